"""P6: one subscriber's trouble stays its own."""

from collections.abc import Callable

import pytest

from books import Order
from channel import draw_event, publish
from evidence import GIVEN_UP_TOO_SOON, ONE_CHAIN, SHARED_FATE, VANISHED
from harness.faults.base import Fault
from harness.faults.functions import FunctionExits
from harness.faults.region import CallHeld
from harness.promises import expect
from harness.world import World
from shop import (
    GIVE_UP_MINUTES,
    SUBSCRIBERS,
    VIEW_S,
    VIEWS,
    clock,
    dead_letters,
    draw_order,
    drink,
    goodie,
    judge_no_dead_letters,
    judge_views,
    place,
)

TROUBLE_MINUTES = 15


async def test_a_broken_event_does_not_hold_up_its_neighbours(world: World) -> None:
    orders = [_order(world, number) for number in range(8)]
    events = [draw_event(world, order, occurred_at=clock(world)) for order in orders]
    broken = [draw_event(world, None, occurred_at=clock(world)) for _ in range(2)]
    del broken[1]["order"]
    queues = [queue.logical_id for queue in world.queues()]

    for queue in queues:
        world.pause(queue)
    for event in (broken[0], *events, broken[1]):
        publish(world, event)
        await world.run_for(s=1)
    for queue in queues:
        world.resume(queue)
    await world.run_for(minutes=30)

    when = "30 minutes after it came in one batch with two broken events"
    await judge_views(world, orders, when=when, mark="E7", likely=SHARED_FATE)
    await world.run_for(minutes=GIVE_UP_MINUTES - 30)
    for subscriber in SUBSCRIBERS:
        _judge_set_aside(world, subscriber, broken, events)


@pytest.mark.sample
async def test_the_wall_works_while_recommendations_is_down(world: World) -> None:
    await _judge_apart(
        world, "down", (0, 7, 14), lambda name, until_ms: FunctionExits(function=name, until_ms=until_ms)
    )


async def test_a_slow_subscriber_slows_nobody(world: World) -> None:
    await _judge_apart(
        world,
        "slow",
        (0, 14),
        lambda name, until_ms: CallHeld(function=name, hold_ms=20_000, needs_caller=True, until_ms=until_ms),
    )


async def _judge_apart(world: World, how: str, minutes: tuple[int, ...], trouble: Callable[[str, int], Fault]) -> None:
    """Each subscriber in turn is in trouble for a quarter of an hour, and only its own view may show it.

    Args:
        minutes: of the trouble, at which an order comes.
    """
    orders: list[Order] = []
    for subscriber in SUBSCRIBERS:
        began_ms = world.now_ms
        world.inject(trouble(subscriber, began_ms + TROUBLE_MINUTES * 60_000))
        others = [view for view in VIEWS if view.subscriber != subscriber]
        for minute in minutes:
            await world.run_for(ms=max(0, began_ms + minute * 60_000 - world.now_ms))
            orders.append(_order(world, len(orders)))
            await _place_quickly(world, orders[-1], f"while {subscriber} is {how}")
            await world.run_for(s=VIEW_S)
            when = f"ten seconds after its 2xx, while {subscriber} is {how}"
            await judge_views(world, orders, views=others, when=when, mark="S3", likely=ONE_CHAIN)
        await world.run_for(ms=began_ms + (TROUBLE_MINUTES + 30) * 60_000 - world.now_ms)
        when = f"30 minutes after {subscriber} was {how} for {TROUBLE_MINUTES} minutes"
        await judge_views(world, orders, when=when, mark="S3", likely=GIVEN_UP_TOO_SOON)
    await judge_no_dead_letters(world, why="all of them could be handled later", likely=GIVEN_UP_TOO_SOON)


async def _place_quickly(world: World, order: Order, when: str) -> None:
    answer = await place(world, order, likely=ONE_CHAIN)
    expect(
        answer.latency_ms <= 1000,
        f"PUT /orders/{order['order_id']} took {answer.latency_ms} ms {when}.",
        expected="at most 1000 ms [S2]",
        got=f"{answer.latency_ms} ms",
        likely=ONE_CHAIN,
        about=[order["order_id"]],
    )


def _judge_set_aside(
    world: World, subscriber: str, broken: list[dict[str, object]], good: list[dict[str, object]]
) -> None:
    """The DLQ must hold both broken events, and nothing else."""
    texts = dead_letters(world, subscriber)
    missing = [str(one["event_id"]) for one in broken if not any(str(one["event_id"]) in text for text in texts)]
    exists = world.queue(f"{subscriber}DLQ").exists
    expect(
        not missing,
        f"{len(missing)} of two broken events are not in {subscriber}DLQ after {GIVE_UP_MINUTES} minutes.",
        expected=f"{', '.join(missing)} in {subscriber}DLQ [E7] [S4]",
        got=[text[:200] for text in texts] or ("nothing" if exists else "no such queue in the template"),
        likely=VANISHED,
        about=missing,
    )
    wrong = [str(one["event_id"]) for one in good if any(str(one["event_id"]) in text for text in texts)]
    expect(
        not wrong,
        f"{len(wrong)} good events are in {subscriber}DLQ, beside two broken ones.",
        expected="only the broken ones [S4]",
        got=wrong,
        likely=SHARED_FATE,
        about=wrong,
    )


def _order(world: World, number: int) -> Order:
    v60 = drink("v60-yirgacheffe", "yirgacheffe", "v60", number % 3 + 1)
    return draw_order(world, f"c-{number % 2 + 1}", v60, goodie("oat-cookie"))
