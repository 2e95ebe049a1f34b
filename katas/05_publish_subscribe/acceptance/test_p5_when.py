"""P5: it counts when it was ordered, not when it arrived."""

import pytest

from channel import draw_event, publish
from evidence import CAME_LAST, MONTH_OF_ARRIVAL, REFUSED_WHOLE
from harness.world import World
from shop import (
    BOARD,
    TASTES,
    VIEW_S,
    WALL,
    View,
    announce,
    clock,
    coffee_and_cookie,
    draw_order,
    drink,
    goodie,
    judge_views,
    new_order,
    place,
)


@pytest.mark.sample
async def test_an_order_of_new_years_eve_counts_in_december(world: World) -> None:
    eve, new_year = "2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z"
    late = new_order("o-eve", "c-1", drink("v60-sidamo", "sidamo", "v60"), goodie("mug"), ordered_at=eve)
    early = new_order("o-new", "c-2", drink("siphon-kenya", "kenya", "siphon", 2), ordered_at=new_year)

    publish(world, draw_event(world, late, occurred_at=clock(world)))  # on 5 January
    publish(world, draw_event(world, early, occurred_at=eve))  # a till whose clock is slow
    await world.run_for(s=VIEW_S)

    when = "ordered a millisecond before and after midnight"
    await judge_views(world, [late, early], views=[BOARD], when=when, mark="E3", likely=MONTH_OF_ARRIVAL)


async def test_an_old_order_arriving_late_does_not_become_the_last_drink(world: World) -> None:
    days = ("2026-01-02", "2026-01-03", "2026-01-04")
    newest_first = [
        draw_order(
            world,
            "c-1",
            drink(f"coffee-of-{day}", "sidamo", f"method-of-{day}"),
            goodie(f"goodie-of-{day}"),
            ordered_at=f"{day}T08:00:00.000Z",
        )
        for day in reversed(days)
    ]
    shuffled = [
        draw_order(
            world,
            "c-2",
            goodie("mug"),
            drink(f"tea-of-{number}", "kenya", "pot", number),
            drink("v60-kenya", "kenya", "v60"),
            ordered_at=f"2026-01-03T08:00:0{number}.000Z",
        )
        for number in range(1, 5)
    ]
    world.random("shuffle").shuffle(shuffled)
    at = "2026-01-04T09:30:00.000Z"
    at_once = [
        new_order(f"o-{name}", "c-3", drink(f"espresso-{name}", "sidamo", "espresso"), ordered_at=at) for name in "ab"
    ]
    world.random("either way").shuffle(at_once)
    other_way = [
        new_order(f"o-{name}", "c-4", drink(f"lungo-{name}", "sidamo", "lungo"), ordered_at=at)
        for name in (("d", "e") if at_once[0]["order_id"] == "o-b" else ("e", "d"))
    ]
    groups = (newest_first, shuffled, at_once, other_way)

    for place_in_group in range(4):
        announce(world, *[group[place_in_group] for group in groups if place_in_group < len(group)])
        await world.run_for(s=30)

    orders = [order for group in groups for order in group]
    when = "older orders having come after newer ones"
    await judge_views(world, orders, views=[BOARD, TASTES], when=when, mark="E3", likely=_why_not_newest)


async def test_the_wall_is_in_the_order_of_the_customers(world: World) -> None:
    orders = [
        draw_order(
            world,
            f"c-{number}",
            goodie("mug"),
            drink("v60-sidamo", "sidamo", "v60"),
            drink("siphon-kenya", "kenya", "siphon"),
            ordered_at=f"2026-01-05T08:5{number}:00.000Z",
        )
        for number in range(5)
    ]

    for order in reversed(orders):
        announce(world, order)
        await world.run_for(s=3)
    await world.run_for(s=VIEW_S)

    when = "the last of them having come first"
    likely = "The wall is sorted by `ordered_at`, `order_id`, `line`; not by arrival."
    await judge_views(world, orders, views=[WALL], when=when, mark="A8", likely=likely)


async def test_an_order_that_was_offline_for_weeks_counts_in_its_month(world: World) -> None:
    order = coffee_and_cookie(world)
    await world.jump(days=40)

    await place(world, order)
    await world.run_for(s=VIEW_S)

    when = "sent in February by a phone that was offline since 5 January"
    await judge_views(world, [order], views=[BOARD, WALL], when=when, mark="E3", likely=MONTH_OF_ARRIVAL)


def _why_not_newest(view: View, wanted: object, got: object) -> str:
    return REFUSED_WHOLE if view.count(got) < view.count(wanted) else CAME_LAST
