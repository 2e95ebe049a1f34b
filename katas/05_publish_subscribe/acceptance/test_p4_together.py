"""P4: orders at the same moment all count."""

import pytest

from books import Order
from evidence import CONFLICT_IS_NO_DUPLICATE, SAME_VALUE, TWICE_IN_ONE
from harness.faults.service import ThrottledCall, TransactionsConflict
from harness.world import World
from shop import (
    BOARD,
    TASTES,
    VIEW_S,
    announce,
    draw_order,
    drink,
    goodie,
    judge_no_dead_letters,
    judge_views,
    place,
    together,
)
from trouble import let_writes_meet

SETTLED_MINUTES = 30
GOODIES = ("oat-cookie", "madeleine", "brownie", "mug", "scone")


async def test_thirty_orders_in_one_second_are_all_counted(world: World) -> None:
    orders = _rush(world, 30)
    let_writes_meet(world)

    announce(world, *orders[:20])
    await together(*[place(world, order) for order in orders[20:]])
    await world.run_for(minutes=SETTLED_MINUTES)

    await judge_views(world, orders, when="thirty having come at one moment", mark="S5", likely=SAME_VALUE)


async def test_a_transaction_conflict_is_not_a_duplicate(world: World) -> None:
    orders = _rush(world, 6)
    for subscriber in ("Leaderboard", "Recommendations"):
        conflict = TransactionsConflict(function=subscriber, operation="TransactWriteItems", times=5)
        world.inject(conflict, optional=True)
        single = ThrottledCall(function=subscriber, operation="PutItem|UpdateItem|DeleteItem|BatchWriteItem", times=5)
        world.inject(single, optional=True)

    announce(world, *orders)
    await world.run_for(minutes=SETTLED_MINUTES)

    when = "others having been in the way of its first writes"
    likely = CONFLICT_IS_NO_DUPLICATE
    await judge_views(world, orders, views=[BOARD, TASTES], when=when, mark="S5", likely=likely)
    await judge_no_dead_letters(world, why="only its first writes were refused", likely=likely)


@pytest.mark.sample
async def test_a_party_order_counts_every_line(world: World) -> None:
    drinks = [drink(f"coffee-{n}", f"origin-{n}", f"method-{n}", n) for n in range(1, 7)]
    mixed = draw_order(world, "c-1", *drinks, *[goodie(f"goodie-{n}", n) for n in range(1, 5)])
    v60, siphon = drink("v60-sidamo", "sidamo", "v60", 2), drink("siphon-sidamo", "sidamo", "japanese-siphon")
    again = [v60, v60, siphon, goodie("oat-cookie"), v60, goodie("oat-cookie", 3), siphon, v60, goodie("mug"), v60]
    repeated = draw_order(world, "c-2", *again)

    await place(world, mixed)
    await place(world, repeated)
    await world.run_for(s=VIEW_S)

    when = "one of ten products and one with the same products again and again"
    await judge_views(world, [mixed, repeated], when=when, mark="A1", likely=TWICE_IN_ONE)


def _rush(world: World, count: int) -> list[Order]:
    """Orders of three customers and one drink, so that all of them raise the same counters."""
    draws = world.random("rush")
    return [
        draw_order(
            world,
            f"c-{number % 3 + 1}",
            drink("v60-yirgacheffe", "yirgacheffe", "v60", draws.randint(1, 4)),
            goodie(GOODIES[number % len(GOODIES)]),
        )
        for number in range(count)
    ]
