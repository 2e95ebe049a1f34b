"""P7: the event can grow, and the channel can carry more than orders."""

import copy
from typing import Any

import pytest

from channel import draw_event, publish
from evidence import FILTERS_IN_CODE, GREW
from harness.promises import expect
from harness.world import World
from shop import (
    VIEW_S,
    clock,
    coffee_and_cookie,
    draw_order,
    drink,
    goodie,
    judge_no_dead_letters,
    judge_views,
    place,
    read_everything,
)


@pytest.mark.sample
async def test_an_event_of_version_two_is_understood(world: World) -> None:
    orders = [
        coffee_and_cookie(world),
        draw_order(world, "c-9", drink("siphon-sidamo", "sidamo", "japanese-siphon", 3), goodie("mug", 2)),
    ]

    for order, version in zip(orders, (2, 7), strict=True):
        publish(world, _grown(draw_event(world, order, occurred_at=clock(world)), version))
    await world.run_for(s=VIEW_S)

    when = "announced by events of the versions 2 and 7"
    await judge_views(world, orders, when=when, mark="E4", likely=GREW)
    await judge_no_dead_letters(world, why="later versions only add fields", likely=GREW)


async def test_events_for_others_cost_nothing(world: World) -> None:
    order = coffee_and_cookie(world)
    await place(world, order)
    await world.run_for(minutes=1)
    before = await read_everything(world, [order])
    invoked = len(world.invocations())

    for number in range(50):
        paid = draw_order(world, "c-8", drink("v60-kenya", "kenya", "v60", number % 20 + 1))
        publish(world, draw_event(world, paid, occurred_at=clock(world), event_type="OrderPaid"))
        viewed = draw_event(world, None, occurred_at=clock(world), event_type="MenuViewed")
        del viewed["order"]
        publish(world, viewed)
    await world.run_for(minutes=1)

    came = [one for one in world.invocations()[invoked:] if not one.cause.startswith("schedule")]
    expect(
        not came,
        f"100 events that concern nobody here cost {len(came)} invocations.",
        expected="none, but by a schedule of your own [S6]",
        got=sorted({f"{one.function}, by {one.cause}" for one in came}),
        likely=FILTERS_IN_CODE,
    )
    after = await read_everything(world, [order])
    expect(after == before, "A foreign event has changed a view.", expected=f"{before} [E5]", got=after, about=["o-17"])
    await judge_no_dead_letters(world, why="events of other types are nobody's business", likely=FILTERS_IN_CODE)


def _grown(event: dict[str, Any], version: int) -> dict[str, Any]:
    """The same event as a later version may write it: more fields everywhere."""
    grown = copy.deepcopy(event)
    grown |= {"event_version": version, "trace_id": "t-1", "shop": {"id": "s-1", "city": "Vigo"}}
    grown["order"] |= {"loyalty": {"points": 7}, "channel": "app", "tags": ["new"]}
    for item in grown["order"]["items"]:
        item |= {"allergens": ["milk"], "size_ml": 250}
    return grown
