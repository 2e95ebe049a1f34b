"""The lens: a test reads its world as ever, and another one where it is told to be."""

import dataclasses
from typing import Any

import pytest

from harness.judge.perturbation.falsify import Odd, Phantom, altered, ways
from harness.judge.perturbation.lens import Lens
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import submit, work
from harness.world import HttpAnswer, World

ORDER = '{"id": "o-7"}'


@pytest.fixture
def small(build: Build) -> SmallWorld:
    return build(work=work, submit=submit)


async def scenario(world: World) -> tuple[Any, ...]:
    """Whatever a test may read; then what it has read."""
    answer = await world.get("/orders/o-7")
    world.queue("Orders").send(ORDER)
    await world.settle()
    orders, failed = world.queue("Orders"), world.queue("Failed")
    bodies = [one.body for one in orders.arrivals]
    return answer.status, bodies, orders.waiting, failed.exists, len(world.invocations("Work"))


def read(small: SmallWorld, lens: Lens) -> tuple[Any, ...]:
    seen: tuple[Any, ...] = small.run(scenario(lens.over(small.world)))
    return seen


def test_a_lens_that_falsifies_nothing_changes_nothing_and_knows_what_was_read(small: SmallWorld) -> None:
    lens = Lens()

    assert read(small, lens) == (200, [ORDER], 0, True, 1)
    assert list(lens.readings) == [
        "get()",
        "queue(Orders).arrivals",
        "queue(Orders).waiting",
        "queue(Failed).exists",
        "invocations(Work)",
    ]


@pytest.mark.parametrize(
    ("place", "way", "seen"),
    [
        ("get()", "another status", (599, [ORDER], 0, True, 1)),
        ("queue(Orders).arrivals", "one less", (200, [], 0, True, 1)),
        ("queue(Orders).arrivals", "one twice", (200, [ORDER] * 2, 0, True, 1)),
        ("queue(Orders).arrivals", "one altered", (200, [f"{ORDER}~"], 0, True, 1)),
        ("queue(Orders).waiting", "one more", (200, [ORDER], 1, True, 1)),
        ("queue(Failed).exists", "the opposite", (200, [ORDER], 0, False, 1)),
        ("invocations(Work)", "one twice", (200, [ORDER], 0, True, 2)),
    ],
)
def test_one_place_is_falsified_in_one_way(small: SmallWorld, place: str, way: str, seen: tuple[Any, ...]) -> None:
    assert read(small, Lens({place: (1, way)})) == seen


def test_a_lens_knows_since_when_a_place_is_what_it_was_last(small: SmallWorld) -> None:
    lens = Lens()
    queue = lens.over(small.world).queue("Failed")
    seen = [len(queue.arrivals), len(queue.arrivals)]
    queue.send("gone")
    seen += [len(queue.arrivals), len(queue.arrivals)]

    reading = lens.readings["queue(Failed).arrivals"]
    assert (seen, reading.times, reading.since) == ([0, 0, 1, 1], 4, 3)


def test_a_place_is_falsified_from_a_reading_on(small: SmallWorld) -> None:
    world = Lens({"queue(Orders).waiting": (3, "one more")}).over(small.world)
    assert [world.queue("Orders").waiting for _ in range(4)] == [0, 0, 1, 1]


def test_what_a_test_does_reaches_the_world(small: SmallWorld) -> None:
    lens = Lens()
    world = lens.over(small.world)
    world.queue("Failed").send("gone")

    [arrival] = world.queue("Failed").arrivals
    world.queue("Orders").redrive(arrival)

    assert [one.body for one in small.world.queue("Orders").arrivals] == ["gone"]
    assert world.queue("Failed").move_to(world.queue("Orders")) == 1


ANSWER = HttpAnswer("GET", "/", 404, {"a": "b"}, b'{"count": 1, "ok": true, "items": ["x"]}', 0, 5)


@dataclasses.dataclass(frozen=True)
class Row:
    name: str = "n"
    version: int = 1


@pytest.mark.parametrize(
    ("value", "way", "falsified"),
    [
        (ANSWER, "another status", dataclasses.replace(ANSWER, status=200)),
        (
            ANSWER,
            "another body",
            dataclasses.replace(ANSWER, body=b'{"count": 2, "ok": false, "items": ["x~"]}'),
        ),
        (dataclasses.replace(ANSWER, body=b"<"), "another body", dataclasses.replace(ANSWER, body=b"<~")),
        (3, "one more", 4),
        ("text", "another text", "text~"),
        ((1, 2), "one less", (1,)),
        ([{"id": 1, "of": None}], "one altered", [{"id": 2, "of": None}]),
        ({"a": 1, "b": 2}, "one less", {"a": 1}),
        ({"a": True}, "altered", {"a": False}),
    ],
)
def test_a_value_is_falsified(value: Any, way: str, falsified: Any) -> None:
    assert ways(value)[way](value) == falsified


def test_a_record_is_altered_in_every_field() -> None:
    row = altered(Row())
    assert (row.name, row.version) == ("n~", 2)


def test_one_too_many_stands_where_nothing_was_and_has_any_field() -> None:
    [phantom] = ways([])["one too many"]([])
    assert isinstance(phantom, Phantom)
    assert (phantom.body[:3], phantom["id"], phantom.get("id")) == ("pha", "phantom", "phantom")
    assert phantom.at_ms >= 1000
    assert ways({})["one too many"]({}) == {"phantom": Odd("phantom")}


def test_what_nobody_can_falsify_has_no_way() -> None:
    assert (ways(None), ways(object())) == ({}, {})
