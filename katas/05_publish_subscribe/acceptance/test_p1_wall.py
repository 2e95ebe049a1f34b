"""P1: what the shop accepted is on the wall, brewing apart from handing over."""

import pytest

from evidence import DONE_AGAIN, LIST_OF_NAMES, why_unheard
from harness.promises import expect
from harness.world import World
from shop import VIEW_S, WALL, coffee_and_cookie, draw_order, drink, finish, goodie, judge_views, place, read_wall


@pytest.mark.sample
async def test_an_order_appears_on_the_wall_within_ten_seconds(world: World) -> None:
    order = coffee_and_cookie(world)

    await place(world, order)
    await world.run_for(s=VIEW_S)

    found = await read_wall(world)
    at = order["ordered_at"]
    wanted = {
        "brew": [
            {
                "order_id": "o-17",
                "line": 1,
                "product": "v60-yirgacheffe",
                "quantity": 2,
                "ordered_at": at,
                "method": "v60",
            }
        ],
        "counter": [{"order_id": "o-17", "line": 2, "product": "oat-cookie", "quantity": 1, "ordered_at": at}],
    }
    expect(
        found == wanted,
        "Order o-17 was accepted, and ten seconds later it is not on the wall as it should be.",
        expected=f"{wanted} [A8] [S1]",
        got=found,
        likely=why_unheard(world, "VideoWall", ["o-17"]) or "Drinks belong in `brew`, goodies in `counter`.",
        about=["o-17"],
    )


async def test_a_method_nobody_has_heard_of_is_still_brewed(world: World) -> None:
    method = f"japanese-siphon-{world.random('methods').randint(2, 99)}"
    order = draw_order(world, "c-1", drink("siphon-sidamo", "sidamo", method), goodie("madeleine"))

    await place(world, order)
    await world.run_for(s=VIEW_S)

    await judge_views(world, [order], views=[WALL], when="though it is a drink", mark="A8", likely=LIST_OF_NAMES)


@pytest.mark.sample
async def test_a_finished_ticket_leaves_the_wall(world: World) -> None:
    order = coffee_and_cookie(world)
    await place(world, order)
    await world.run_for(s=VIEW_S)

    for attempt in ("the first", "the second"):
        answer = await finish(world, "o-17", 1)
        expect(
            answer.status == 204,
            f"POST /wall/o-17/1/done was answered {answer.status} at {attempt} attempt.",
            expected="204 [A9]",
            got=f"{answer.status} {answer.text[:300]}",
            likely=why_unheard(world, "VideoWall", ["o-17"]) or DONE_AGAIN,
            about=["o-17"],
        )
        await world.run_for(s=VIEW_S)
        done = [("o-17", 1)]
        when = "its first line being done"
        likely = "A finished ticket leaves, the others of the order stay."
        await judge_views(world, [order], views=[WALL], done=done, when=when, mark="A9", likely=likely)
