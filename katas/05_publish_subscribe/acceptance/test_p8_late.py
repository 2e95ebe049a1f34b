"""P8: who comes late misses nothing."""

from typing import Any

import pytest

from books import Order
from channel import Heard, Listener
from evidence import FIRST_PAGE, FORGOT, KNOWN_ONLY, NOT_AS_ACCEPTED, STATUS_200
from harness.promises import expect
from harness.world import HttpAnswer, World
from shop import (
    REPEAT_S,
    VIEW_S,
    VIEWS,
    coffee_and_cookie,
    draw_order,
    drink,
    finish,
    goodie,
    judge_same,
    judge_views,
    new_order,
    place,
    read_everything,
)
from trouble import hold_subscribers, refuse_announcements

JANUARY = ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")
NOTE_CHARACTERS = 32_000


@pytest.mark.sample
async def test_a_new_subscriber_needs_nothing_from_orders(world: World) -> None:
    listener = Listener(world)
    order = coffee_and_cookie(world)

    await place(world, order)
    await world.run_for(s=VIEW_S)

    _judge_heard(listener.heard, [order], "ten seconds after its 2xx", KNOWN_ONLY)
    await judge_views(world, [order], when="a fourth listener being there", mark="S1")


async def test_a_backfill_reaches_the_newcomer_and_changes_nothing_for_the_others(world: World) -> None:
    december = ["2025-12-20T18:00:00.000Z", "2025-12-31T23:59:59.999Z"]
    january = [JANUARY[0], "2026-01-02T08:00:00.000Z", "2026-01-04T08:00:00.000Z"]
    times = [*december, *january, JANUARY[1]]  # a phone whose clock is fast: already February
    orders = [_order_of(world, number, at) for number, at in enumerate(times)]
    of_january = orders[2:5]
    for order in orders:
        await place(world, order)
    await world.run_for(minutes=1)
    done = [(orders[0]["order_id"], 1), (orders[2]["order_id"], 1), (orders[3]["order_id"], 2)]
    for order_id, line in done:
        await finish(world, order_id, line)
    await judge_views(world, orders, done=done, when="a minute after its 2xx", mark="S1")
    before = await read_everything(world, orders)

    await world.jump(days=400)
    world.remove_expired()
    listener = Listener(world)
    answer = await _backfill(world, *JANUARY)
    await world.run_for(minutes=10)

    _judge_announced(answer, len(of_january), likely=FIRST_PAGE)
    _judge_heard(listener.heard, of_january, "after a backfill of January")
    after = await read_everything(world, orders)
    for view in VIEWS:
        when = "after a backfill 400 days later, which must change nothing"
        wanted, got = before[view.name], after[view.name]
        judge_same(world, view, wanted, got, orders, when=when, mark="S7", likely=FORGOT)


async def test_a_backfill_is_not_cut_at_the_first_page(world: World) -> None:
    hold_subscribers(world)
    note = "a" * NOTE_CHARACTERS
    orders = [_order_of(world, number, f"2026-01-04T08:00:{number:02d}.000Z", note) for number in range(40)]
    for order in orders:
        await place(world, order)
    listener = Listener(world)

    answer = await _backfill(world, *JANUARY)
    await world.run_for(minutes=10)

    _judge_announced(answer, 40, likely=FIRST_PAGE)
    _judge_heard(listener.heard, orders, "after a backfill of 1.3 MB")


async def test_a_backfill_that_says_done_is_done(world: World) -> None:
    hold_subscribers(world)
    orders = [
        new_order(
            f"o-{'even' if number % 2 == 0 else 'odd'}-{number}",
            "c-1",
            drink("v60-sidamo", "sidamo", "v60"),
            ordered_at=f"2026-01-04T08:00:{number:02d}.000Z",
        )
        for number in range(20)
    ]
    for order in orders:
        await place(world, order)
    listener = Listener(world)
    refuse_announcements(world, for_s=60, containing='"o-odd-')

    answer = await _backfill(world, *JANUARY)
    while answer.status >= 500 and world.now_ms < 1_800_000:
        await world.run_for(s=REPEAT_S)
        answer = await _backfill(world, *JANUARY)
    await world.run_for(minutes=10)

    _judge_announced(answer, 20, likely=FIRST_PAGE)
    _judge_heard(listener.heard, orders, f"though its backfill was answered 200 at {answer.received_ms} ms", STATUS_200)


async def _backfill(world: World, first: str, end: str) -> HttpAnswer:
    return await world.post("/backfills", json={"from": first, "to": end})


def _judge_announced(answer: HttpAnswer, count: int, *, likely: str) -> None:
    """The backfill must say how many orders it has announced."""
    got = answer.json() if answer.status == 200 else None
    announced = got.get("announced") if isinstance(got, dict) else None
    expect(
        announced == count,
        f"A backfill was answered {answer.status} and announced {announced} of {count} orders.",
        expected=f'200 {{"announced": {count}}} [A12]',
        got=f"{answer.status} {answer.text[:300]}",
        likely=likely if answer.status == 200 else "",
    )


def _judge_heard(heard: list[Heard], orders: list[Order], when: str, likely: str = "") -> None:
    """A listener must have heard of these orders and of no others, in the contract's shape."""
    ids = [order["order_id"] for order in orders]
    by_id = {one.order_id: one for one in heard}
    missing = [order_id for order_id in ids if order_id not in by_id]
    expect(
        not missing,
        f"The newcomer has not heard of {len(missing)} of {len(ids)} orders {when}.",
        expected=f"an event of each, {missing[0] if missing else ''} among them [E6] [A12]",
        got=f"{len(by_id)} orders",
        likely=likely or FIRST_PAGE,
        about=missing[:5],
    )
    for one in heard:
        wanted = next((order for order in orders if order["order_id"] == one.order_id), None)
        expect(
            wanted is not None and _shape(one) == _shape_of(wanted),
            f"The newcomer heard something else of order {one.order_id or '(none)'} {when}.",
            expected=f"{_short(_shape_of(wanted)) if wanted else 'no event of it'} [E1] [E6]",
            got=_short(_shape(one)),
            likely=NOT_AS_ACCEPTED,
            about=[one.order_id],
        )


def _shape(heard: Heard) -> dict[str, Any]:
    event = heard.event
    return {
        "type": heard.event_type,
        "version": heard.event_version,
        "event_type": event.get("event_type"),
        "event_version": event.get("event_version"),
        "has_event_id": isinstance(event.get("event_id"), str) and event["event_id"] != "",
        "has_occurred_at": isinstance(event.get("occurred_at"), str) and event["occurred_at"].endswith("Z"),
        "order": heard.order,
    }


def _shape_of(order: Order) -> dict[str, Any]:
    return {
        "type": "OrderCreated",
        "version": "1",
        "event_type": "OrderCreated",
        "event_version": 1,
        "has_event_id": True,
        "has_occurred_at": True,
        "order": order,
    }


def _short(value: Any) -> str:
    return str(value)[:600]


def _order_of(world: World, number: int, ordered_at: str, note: str = "") -> Order:
    v60 = drink("v60-yirgacheffe", "yirgacheffe", "v60", number % 3 + 1)
    return draw_order(world, f"c-{number % 2 + 1}", v60, goodie("oat-cookie"), ordered_at=ordered_at, note=note)
