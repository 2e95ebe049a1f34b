"""P2: an accepted order is announced to all, whatever happened to the calls that led to its 2xx."""

import pytest

from books import Order, board_of
from channel import Listener, published
from evidence import AS_JSON, COMPETE, REPEAT_BELIEVED, REUSED, SILENT, why_unheard
from harness.promises import expect
from harness.world import World
from shop import (
    VIEW_S,
    NewWorld,
    coffee_and_cookie,
    draw_order,
    drink,
    judge_accepted,
    judge_problem,
    judge_views,
    place,
    place_stubbornly,
    read_board,
    read_everything,
    read_tastes,
    send,
)
from trouble import calm, crashes, lose_announcement_replies, lost_replies, refuse_announcements, set_going

SETTLED_MINUTES = 30


@pytest.mark.sample
async def test_one_order_reaches_wall_leaderboard_and_recommendations(world: World) -> None:
    order = coffee_and_cookie(world)
    other = draw_order(world, "c-9", drink("siphon-sidamo", "sidamo", "japanese-siphon"))
    await place(world, order)
    await place(world, other)
    await world.run_for(s=VIEW_S)

    likely = why_unheard(world, "Leaderboard", ["o-17"]) or why_unheard(world, "Recommendations", ["o-17"])
    month = order["ordered_at"][:7]
    board = await read_board(world, month)
    wanted = {
        "month": month,
        "aficionado": {"customer_id": "c-4", "drinks": 2},
        "origins": [{"name": "yirgacheffe", "quantity": 2}, {"name": "sidamo", "quantity": 1}],
        "methods": [{"name": "v60", "quantity": 2}, {"name": "japanese-siphon", "quantity": 1}],
        "goodies": [{"name": "oat-cookie", "quantity": 1}],
    }
    _judge("The leaderboard", board, wanted, "A10", likely)
    tastes = await read_tastes(world, "c-4")
    wanted_tastes = {
        "customer_id": "c-4",
        "methods": [{"name": "v60", "quantity": 2}],
        "last_drink": "v60-yirgacheffe",
        "goes_with": [{"product": "oat-cookie", "orders": 1}],
        "try_next": "japanese-siphon",
    }
    _judge("What Recommendations knows of c-4", tastes, wanted_tastes, "A11", likely)
    nobody = await read_tastes(world, "c-nobody")
    unknown = {"customer_id": "c-nobody", "methods": [], "last_drink": None, "goes_with": [], "try_next": "v60"}
    _judge("What Recommendations knows of a stranger", nobody, unknown, "A11", likely)
    empty = await read_board(world, "2024-02")
    _judge("The leaderboard of a month without orders", empty, board_of([], "2024-02"), "A10", "")
    await judge_views(world, [order, other], when="ten seconds after its 2xx", mark="S1", likely=COMPETE)


async def test_a_retried_order_is_announced_whichever_call_was_the_last(new_world: NewWorld) -> None:
    world = await new_world()
    await _accept(world)
    functions = set_going(world)

    async for k, world in crashes(new_world, functions):
        await _judge_announced(world, f"though a function died after its call {k}")
    async for n, world in lost_replies(new_world, functions):
        await _judge_announced(world, f"though the answer to write {n} of a function was lost")


async def test_an_order_is_not_accepted_in_silence(new_world: NewWorld) -> None:
    for is_refused in (True, False):
        world = await new_world()
        order = coffee_and_cookie(world)
        if is_refused:
            refuse_announcements(world, for_s=600)
        else:
            lose_announcement_replies(world, for_s=600)

        await place_stubbornly(world, order)
        await world.run_for(ms=max(0, 600_000 - world.now_ms))
        await world.run_for(minutes=20)

        when = "20 minutes after both its 2xx and the end of the trouble"
        await judge_views(world, [order], when=when, mark="A7", likely=SILENT)


async def test_an_id_is_not_reused_for_another_order(world: World) -> None:
    order = coffee_and_cookie(world)
    await place(world, order)
    await world.run_for(s=VIEW_S)
    before = await read_everything(world, [order])
    count = len(published(world))

    other = {**order, "note": "two sugars"}
    judge_problem(await send(world, other), 409, "Another order under the id o-17", "A4", REUSED)
    bigger = {**order, "items": [{**order["items"][0], "quantity": 3}]}
    judge_problem(await send(world, bigger), 409, "Another order under the id o-17", "A4", REUSED)
    again = {**dict(reversed(order.items())), "items": [dict(reversed(item.items())) for item in order["items"]]}
    judge_accepted(again, await send(world, again), 200, likely=AS_JSON)
    for fault, malformed in _malformed(order):
        judge_problem(await send(world, {**malformed, "order_id": "o-18"}), 400, f"An order {fault}", "A5")
    await world.run_for(s=VIEW_S)

    after = await read_everything(world, [order])
    expect(
        after == before,
        "An order was refused, and a view has changed.",
        expected=f"{before} [A4] [A5]",
        got=after,
        about=["o-17", "o-18"],
    )
    heard = [one.order for one in published(world)[count:] if one.order != order]
    expect(not heard, "An order was refused, and something was announced.", expected="nothing [A4] [A5]", got=heard)


def _malformed(order: Order) -> list[tuple[str, Order]]:
    first, second = order["items"]
    return [
        ("without items", {**order, "items": []}),
        ("of 21 cups", {**order, "items": [{**first, "quantity": 21}, second]}),
        ("with a drink of no method", {**order, "items": [{**first, "method": None}, second]}),
    ]


async def _accept(world: World) -> Order:
    order = coffee_and_cookie(world)
    await place_stubbornly(world, order)
    await world.run_for(s=60)
    return order


async def _judge_announced(world: World, when: str) -> None:
    """The order must be heard of by the tests' own subscriber, as it was sent, and be in each view once."""
    listener = Listener(world)
    order = coffee_and_cookie(world)
    await place_stubbornly(world, order)
    await world.run_for(minutes=SETTLED_MINUTES)
    calm(world)

    heard = [one.order for one in listener.heard if one.order_id == "o-17"]
    expect(
        bool(heard) and all(one == order for one in heard),
        f"Order o-17 was accepted, and not announced as it was sent, {when}.",
        expected=f"one event or more with {order} [A7] [E6]",
        got=heard or "no event",
        likely="" if heard else REPEAT_BELIEVED,
        about=["o-17"],
    )
    await judge_views(world, [order], when=when, mark="A7")


def _judge(what: str, got: object, wanted: object, mark: str, likely: str) -> None:
    expect(
        got == wanted,
        f"{what} is not what order o-17 and one other make of it.",
        expected=f"{wanted} [{mark}] [S1]",
        got=got,
        likely=likely,
        about=["o-17"],
    )
