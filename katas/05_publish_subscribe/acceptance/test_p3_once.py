"""P3: delivered twice, counted once."""

import pytest

from books import Order
from channel import draw_event, publish
from evidence import BACK_ON_THE_WALL, KILLED_BETWEEN, WHICH_ID, why_unheard
from harness.promises import expect
from harness.world import World
from shop import (
    SUBSCRIBERS,
    VIEW_S,
    VIEWS,
    WALL,
    NewWorld,
    announce,
    clock,
    coffee_and_cookie,
    draw_order,
    drink,
    finish,
    goodie,
    judge_problem,
    judge_views,
    place,
    read_everything,
)
from trouble import calm, crashes, deliver_in_copies, judge_copied, let_writes_meet, lost_replies

SETTLED_MINUTES = 30


async def test_a_message_delivered_twice_counts_once(world: World) -> None:
    orders = _two_orders(world)
    copied = deliver_in_copies(world, 0, 40, 300_000)  # in one batch, in another beside it, and later
    let_writes_meet(world)

    announce(world, *orders)
    await world.run_for(minutes=SETTLED_MINUTES)

    judge_copied(copied)
    when = "each message having been delivered again, at once and after five minutes"
    await judge_views(world, orders, when=when, mark="E8", likely="A copy of a message was counted again.")


@pytest.mark.sample
async def test_the_same_order_announced_twice_counts_once(world: World) -> None:
    order = coffee_and_cookie(world)
    await place(world, order)
    await world.run_for(s=VIEW_S)
    await judge_views(world, [order], when="ten seconds after its 2xx", mark="S1")

    await world.run_for(hours=1)
    publish(world, draw_event(world, order, occurred_at=clock(world)))
    await world.run_for(s=VIEW_S)

    when = "announced again an hour later with another event_id"
    await judge_views(world, [order], when=when, mark="E2", likely=WHICH_ID)


async def test_a_crash_after_any_call_changes_no_number(new_world: NewWorld) -> None:
    world = await new_world()
    undisturbed = await _leave(world)

    async for k, world in crashes(new_world, SUBSCRIBERS):
        _judge_left(world, await _leave(world), undisturbed, f"when its environment died after call {k}")
    async for n, world in lost_replies(new_world, SUBSCRIBERS):
        _judge_left(world, await _leave(world), undisturbed, f"when it never heard the answer to write {n}")


async def test_a_brewed_coffee_does_not_come_back(world: World) -> None:
    order = coffee_and_cookie(world)
    copied = deliver_in_copies(world, 60_000)
    announce(world, order)
    await world.run_for(s=VIEW_S)
    done = [("o-17", 1)]
    await _finish(world, 1)

    await world.run_for(minutes=4)
    judge_copied(copied)
    when = "its coffee brewed at 10 s, and the event delivered again after a minute"
    await judge_views(world, [order], views=[WALL], done=done, when=when, mark="A9", likely=BACK_ON_THE_WALL)
    announce(world, order)
    await world.run_for(minutes=4)

    when = "its coffee brewed at 10 s, and the order announced again after four minutes"
    await judge_views(world, [order], views=[WALL], done=done, when=when, mark="A9", likely=BACK_ON_THE_WALL)
    await _finish(world, 1)
    never = await finish(world, "o-17", 3)
    judge_problem(never, 404, "`done` of a line that never was", "A9", likely="`done` does not look what it finds.")


def _two_orders(world: World) -> list[Order]:
    return [
        coffee_and_cookie(world),
        draw_order(world, "c-9", drink("siphon-sidamo", "sidamo", "japanese-siphon", 3), goodie("oat-cookie", 2)),
    ]


async def _leave(world: World) -> dict[str, object]:
    """What the views show when an order has come, and whatever went wrong has been tried again."""
    order = coffee_and_cookie(world)
    announce(world, order)
    await world.run_for(minutes=SETTLED_MINUTES)
    calm(world)
    return await read_everything(world, [order])


def _judge_left(world: World, left: dict[str, object], undisturbed: dict[str, object], when: str) -> None:
    for view in VIEWS:
        expect(
            left[view.name] == undisturbed[view.name],
            f"{view.name} shows something else about order o-17 {when}.",
            expected=f"as without that: {undisturbed[view.name]} [E8]",
            got=left[view.name],
            likely=why_unheard(world, view.subscriber, ["o-17"]) or KILLED_BETWEEN,
            about=["o-17"],
        )


async def _finish(world: World, line: int) -> None:
    answer = await finish(world, "o-17", line)
    expect(
        answer.status == 204,
        f"POST /wall/o-17/{line}/done was answered {answer.status}.",
        expected="204 [A9]",
        got=f"{answer.status} {answer.text[:300]}",
        likely=why_unheard(world, "VideoWall", ["o-17"]) or BACK_ON_THE_WALL,
        about=["o-17"],
    )
