"""The story of a failure: what belongs to the ids it is about, and nothing else."""

import json

import pytest

from harness.faults.delivery import DuplicateDelivery
from harness.faults.environment import CrashAfterCall
from harness.judge.story import STORY_LINES, tell
from harness.tests.fakes import Raised, aws, instant
from harness.tests.world.conftest import Build, SmallWorld
from harness.tests.world.programs import queue_url, submit
from harness.world import World


def work(event):
    """Names its order in a call, then is done; order o-bad is one too many."""
    id_ = json.loads(event["Records"][0]["body"])["id"]
    yield aws("dynamodb.GetItem", TableName="orders", Key={"id": {"S": id_}})
    if id_ == "o-bad":
        raise Raised("ValueError", "one too many")


def post(small: SmallWorld, *ids: str) -> None:
    async def scenario() -> None:
        url = queue_url(small.world.queue("Orders").watch.queue.name)
        for id_ in ids:
            await small.world.post("/orders", json={"id": id_, "queue": url})
        await small.world.settle()

    small.run(scenario())


def texts(world: World, *about: str) -> list[str]:
    return [line.text for line in tell(world, about)]


@pytest.fixture
def shop(build: Build) -> SmallWorld:
    return build(work=work, submit=submit)


def test_the_story_of_an_order_goes_from_the_client_to_the_delete(shop: SmallWorld) -> None:
    post(shop, "o-7", "o-8")

    message = shop.world.queue("Orders").arrivals[0].message_id[:8]
    assert texts(shop.world, "o-7") == [
        "client        POST /orders",
        "Submit#1  starts cold (POST /orders)",
        "Submit#1  sqs SendMessage -> 200",
        f"Orders  message {message} arrives",
        f"Orders  message {message} is received, for the first time",
        "Submit#1  succeeded",
        "client        is answered 202",
        "Work#1  starts cold (queue Orders)",
        "Work#1  dynamodb GetItem orders -> ResourceNotFoundException",
        "Work#1  succeeded",
        f"Orders  message {message} is deleted",
    ]


def test_its_lines_are_in_the_order_of_time(shop: SmallWorld) -> None:
    post(shop, "o-7")

    instants = [line.at_ms for line in tell(shop.world, ["o-7"])]
    assert instants == sorted(instants)


def test_a_request_that_names_the_id_in_its_path_belongs_to_it(shop: SmallWorld) -> None:
    shop.run(shop.world.get("/orders/o-9"))

    assert texts(shop.world, "o-9") == [
        "client        GET /orders/o-9",
        "Submit#1  starts cold (GET /orders/o-9)",
        "Submit#1  succeeded",
        "client        is answered 200",
    ]


def test_strikes_stand_out(shop: SmallWorld) -> None:
    shop.world.inject(CrashAfterCall(k=1, functions=("Work",), times=1))
    shop.world.inject(DuplicateDelivery(queue="Orders", times=1))

    post(shop, "o-7")

    strikes = [line.text for line in tell(shop.world, ["o-7"]) if line.strike]
    message = shop.world.queue("Orders").arrivals[0].message_id
    assert f"FAULT         duplicate_delivery: message {message} in Orders" in strikes
    assert "FAULT         crash_after_call: dynamodb GetItem orders" in strikes


def test_a_crash_says_that_the_environment_is_gone_and_the_redelivery_its_number(shop: SmallWorld) -> None:
    shop.world.inject(CrashAfterCall(k=1, functions=("Work",), times=1))

    post(shop, "o-7")

    told = texts(shop.world, "o-7")
    assert "Work#1  is gone: crash_after_call" in told
    assert any(text.endswith("is received, for the second time") for text in told)


def test_a_message_that_keeps_failing_is_told_to_the_dead_letter_queue(shop: SmallWorld) -> None:
    post(shop, "o-bad")

    told = texts(shop.world, "o-bad")
    assert any(text.endswith("moves to the dead-letter queue") for text in told)
    assert any(text.startswith("Failed  message") and text.endswith("arrives by redrive") for text in told)
    assert any("failed: ValueError: one too many" in text for text in told)


def test_a_long_story_keeps_its_beginning_its_end_and_its_strikes(shop: SmallWorld) -> None:
    shop.world.inject(CrashAfterCall(k=1, functions=("Work",), skip=1, times=1))

    post(shop, "o-bad", "o-bad", "o-bad")

    lines = tell(shop.world, ["o-bad"])
    gap = next(line.text for line in lines if line.text.startswith("..."))
    assert len(lines) <= STORY_LINES + 5
    assert lines[0].text == "client        POST /orders"
    assert int(gap.split()[1]) > 0
    assert [line.text for line in lines if line.strike] == ["FAULT         crash_after_call: dynamodb GetItem orders"]


def test_where_no_id_is_named_an_overview_is_told(build: Build) -> None:
    small = build(work=work, submit=instant({"statusCode": 200}))
    post(small, "o-7")

    assert texts(small.world) == texts(small.world, "", "nobody has heard of this")
    assert all("message" not in text or "wait" in text for text in texts(small.world))


def test_a_world_in_which_nothing_happened_has_no_story(build: Build) -> None:
    assert tell(build(work=work, submit=submit).world, ["o-7"]) == ()
