"""The words in which this kata's scenarios are written: orders, the three views, dead letters."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from books import Order, board_of, customers_of, months_of, tastes_of, wall_of
from channel import draw_event, publish
from evidence import where_lost, why_failed
from harness.promises import expect
from harness.simulation.clock import EPOCH
from harness.world import HttpAnswer, World

NewWorld = Callable[[], Awaitable[World]]

MINUTE_S = 60
VIEW_S = 10
"""How soon a view is complete when nothing goes wrong."""

REPEAT_S = 30
"""How long the application waits before it sends an order again."""

GIVE_UP_MINUTES = 90

SUBSCRIBERS = ("VideoWall", "Leaderboard", "Recommendations")

Done = Iterable[tuple[str, int]]


# ---- orders ---------------------------------------------------------------------------------


def drink(product: str, origin: str, method: str, quantity: int = 1) -> dict[str, Any]:
    """An item that a barista brews."""
    return {
        "kind": "drink",
        "product": product,
        "origin": origin,
        "method": method,
        "quantity": quantity,
        "unit_price_cents": 450,
    }


def goodie(product: str, quantity: int = 1) -> dict[str, Any]:
    """An item that goes over the counter as it is."""
    return {"kind": "goodie", "product": product, "quantity": quantity, "unit_price_cents": 300}


def new_order(order_id: str, customer_id: str, *items: dict[str, Any], ordered_at: str, note: str = "") -> Order:
    """An order as the application sends it, with its id."""
    order = {
        "order_id": order_id,
        "customer_id": customer_id,
        "ordered_at": ordered_at,
        "items": [{"line": line, **item} for line, item in enumerate(items, start=1)],
    }
    return {**order, "note": note} if note else order


def clock(world: World, *, s: float = 0) -> str:
    """The time it is, or will be in so many seconds, as every message here writes it."""
    return (EPOCH + timedelta(milliseconds=world.now_ms + s * 1000)).isoformat(timespec="milliseconds")[:23] + "Z"


def draw_order(world: World, customer_id: str, *items: dict[str, Any], ordered_at: str = "", note: str = "") -> Order:
    """An order whose id nobody can know beforehand."""
    order_id = f"o-{world.random('orders').getrandbits(32):08x}"
    return new_order(order_id, customer_id, *items, ordered_at=ordered_at or clock(world), note=note)


def coffee_and_cookie(world: World) -> Order:
    """The order of the contract: two cups of V60 and a cookie."""
    two_cups = drink("v60-yirgacheffe", "yirgacheffe", "v60", 2)
    return new_order("o-17", "c-4", two_cups, goodie("oat-cookie"), ordered_at=clock(world), note="no sugar")


async def send(world: World, order: Order) -> HttpAnswer:
    """PUTs an order once, whatever the answer."""
    body = {name: value for name, value in order.items() if name != "order_id"}
    return await world.request("PUT", f"/orders/{order['order_id']}", json=body)


async def place(world: World, order: Order, likely: str = "") -> HttpAnswer:
    """PUTs an order, which must be accepted at once."""
    answer = await send(world, order)
    judge_accepted(order, answer, 201, likely=likely)
    return answer


async def place_stubbornly(world: World, order: Order, *, minutes: float = 30) -> HttpAnswer:
    """PUTs an order as the application does: again every 30 s, until it is accepted."""
    ends_ms = world.now_ms + minutes * 60_000
    while True:
        answer = await send(world, order)
        if 200 <= answer.status < 500 or world.now_ms >= ends_ms:
            judge_accepted(order, answer, 201, 200)
            return answer
        await world.run_for(s=REPEAT_S)


def judge_accepted(order: Order, answer: HttpAnswer, *allowed: int, likely: str = "") -> None:
    """The answer must say that the order is accepted."""
    order_id = order["order_id"]
    found = answer.json() if answer.status in allowed else None
    says = {name: found.get(name) for name in ("order_id", "status")} if isinstance(found, dict) else None
    expect(
        says == {"order_id": order_id, "status": "accepted"},
        f"PUT /orders/{order_id}, sent at {answer.sent_ms} ms, was answered {answer.status}.",
        expected=f"{' or '.join(map(str, allowed))} {{'order_id': '{order_id}', 'status': 'accepted'}} [A2] [A3]",
        got=f"{answer.status} {answer.text[:300]}",
        likely=likely,
        about=[order_id],
    )


def judge_problem(answer: HttpAnswer, status: int, what: str, mark: str, likely: str = "") -> None:
    """The answer must be a problem document with this status."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    expect(
        answer.status == status and kind == "application/problem+json",
        f"{what} was answered {answer.status} {kind}.",
        expected=f"{status} application/problem+json [{mark}] [A13]",
        got=f"{answer.status} {kind} {answer.text[:300]}",
        likely=likely,
    )


def announce(world: World, *orders: Order) -> None:
    """Another shop's till publishes orders, all at one instant, past the submission."""
    for order in orders:
        publish(world, draw_event(world, order, occurred_at=clock(world)))


async def finish(world: World, order_id: str, line: int) -> HttpAnswer:
    """A barista says that a ticket is done."""
    return await world.post(f"/wall/{order_id}/{line}/done")


# ---- the three views ------------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """What one team shows.

    Attributes:
        read: what its routes say now, as far as the contract speaks of it, of these orders.
        expected: what they must say.
        mark: of the contract.
        count, unit: how much it shows.
    """

    name: str
    subscriber: str
    read: Callable[[World, list[Order]], Awaitable[Any]]
    expected: Callable[[list[Order], Done], Any]
    mark: str
    count: Callable[[Any], int]
    unit: str


async def read_wall(world: World) -> dict[str, Any]:
    """GET /wall, the fields of the contract."""
    found = await _get(world, "/wall", "A8")
    ticket = ("order_id", "line", "product", "quantity", "ordered_at")
    return {
        "brew": [_only(one, *ticket, "method") for one in _list(found, "brew", "/wall")],
        "counter": [_only(one, *ticket) for one in _list(found, "counter", "/wall")],
    }


async def read_board(world: World, month: str) -> dict[str, Any]:
    """GET /leaderboards/{month}, the fields of the contract."""
    found = await _get(world, path := f"/leaderboards/{month}", "A10")
    best = found.get("aficionado")
    lists = {
        kind: [_only(one, "name", "quantity") for one in _list(found, kind, path)]
        for kind in ("origins", "methods", "goodies")
    }
    aficionado = _only(best, "customer_id", "drinks") if best is not None else None
    return {"month": found.get("month"), "aficionado": aficionado, **lists}


async def read_tastes(world: World, customer_id: str) -> dict[str, Any]:
    """GET /recommendations/{customer_id}, the fields of the contract."""
    found = await _get(world, path := f"/recommendations/{customer_id}", "A11")
    return {
        "customer_id": found.get("customer_id"),
        "methods": [_only(one, "name", "quantity") for one in _list(found, "methods", path)],
        "last_drink": found.get("last_drink"),
        "goes_with": [_only(one, "product", "orders") for one in _list(found, "goes_with", path)],
        "try_next": found.get("try_next"),
    }


async def _read_wall(world: World, orders: list[Order]) -> Any:
    return await read_wall(world)


async def _read_boards(world: World, orders: list[Order]) -> Any:
    return {month: await read_board(world, month) for month in months_of(orders)}


async def _read_tastes(world: World, orders: list[Order]) -> Any:
    return {one: await read_tastes(world, one) for one in customers_of(orders)}


def _tickets(wall: Any) -> int:
    return len(wall["brew"]) + len(wall["counter"])


def _quantities(entries: list[Any]) -> int:
    quantities = [one.get("quantity") for one in entries if isinstance(one, dict)]
    return sum(quantity for quantity in quantities if isinstance(quantity, int))


WALL = View("The wall", "VideoWall", _read_wall, wall_of, "A8", _tickets, "tickets")
BOARD = View(
    "The leaderboard",
    "Leaderboard",
    _read_boards,
    lambda orders, done: {month: board_of(orders, month) for month in months_of(orders)},
    "A10",
    lambda boards: sum(_quantities(one["methods"]) + _quantities(one["goodies"]) for one in boards.values()),
    "cups and goodies",
)
TASTES = View(
    "What Recommendations knows",
    "Recommendations",
    _read_tastes,
    lambda orders, done: {one: tastes_of(orders, one) for one in customers_of(orders)},
    "A11",
    lambda tastes: sum(_quantities(one["methods"]) for one in tastes.values()),
    "cups",
)
VIEWS = (WALL, BOARD, TASTES)


Why = Callable[[View, Any, Any], str]
"""Says the likely mistake of a view, from what it must show and what it shows."""


async def judge_views(
    world: World,
    orders: list[Order],
    *,
    when: str,
    mark: str,
    views: Iterable[View] = VIEWS,
    done: Done = (),
    likely: str | Why = "",
) -> None:
    """Each view must show exactly these orders, each once.

    Args:
        when: ends the sentence: "ten seconds after its 2xx".
    """
    for view in views:
        wanted = view.expected(orders, done)
        got = await view.read(world, orders)
        told = likely if isinstance(likely, str) else likely(view, wanted, got)
        judge_same(world, view, wanted, got, orders, when=when, mark=mark, likely=told)


def judge_same(
    world: World, view: View, wanted: Any, got: Any, orders: list[Order], *, when: str, mark: str, likely: str
) -> None:
    """A view must show what it should."""
    about = [order["order_id"] for order in orders]
    what = f"order {about[0]}" if len(about) == 1 else f"the {len(about)} orders"
    if got == wanted:
        return
    shown, due = view.count(got), view.count(wanted)
    instead = f"shows {shown} {view.unit} of {what} instead of {due}"
    expect(
        False,
        f"{view.name} {instead if shown != due else f'does not show {what} as it should'}, {when}.",
        expected=f"{_difference(wanted, got)} [{view.mark}] [{mark}]",
        got=_difference(got, wanted),
        likely=where_lost(world, view.subscriber, about) or likely or why_failed(world, view.subscriber, about),
        about=about[:5],
    )


async def read_everything(world: World, orders: list[Order], views: Iterable[View] = VIEWS) -> dict[str, Any]:
    """All views of these orders."""
    return {view.name: await view.read(world, orders) for view in views}


def _difference(one: Any, other: Any) -> Any:
    """What differs in the first of two values: of objects only the fields that do."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: _difference(value, other.get(name)) for name, value in one.items() if value != other.get(name)}
    return one


async def _get(world: World, path: str, mark: str) -> dict[str, Any]:
    answer = await world.get(path)
    found = answer.json() if answer.status == 200 else None
    expect(
        isinstance(found, dict),
        f"GET {path} was answered {answer.status} at {answer.received_ms} ms.",
        expected=f"200 and a JSON object [{mark}]",
        got=f"{answer.status} {answer.text[:300]}",
    )
    assert isinstance(found, dict)
    return found


def _list(found: dict[str, Any], name: str, path: str) -> list[Any]:
    value = found.get(name)
    expect(isinstance(value, list), f"GET {path} has no list `{name}`.", expected=f"`{name}`, a list", got=found)
    assert isinstance(value, list)
    return value


def _only(value: Any, *names: str) -> Any:
    return {name: value.get(name) for name in names} if isinstance(value, dict) else value


# ---- dead letters ---------------------------------------------------------------------------


def dead_letters(world: World, subscriber: str) -> list[str]:
    """Texts of all that ever arrived in a subscriber's DLQ; none if the template lacks it."""
    return [one.body for one in world.queue(f"{subscriber}DLQ").arrivals]


async def judge_no_dead_letters(world: World, *, why: str, likely: str = "") -> None:
    """90 minutes after the last event no DLQ may ever have held anything."""
    await world.run_for(minutes=GIVE_UP_MINUTES)
    for subscriber in SUBSCRIBERS:
        found = dead_letters(world, subscriber)
        expect(
            not found,
            f"{len(found)} events were given up by {subscriber}; {why}.",
            expected=f"nothing in {subscriber}DLQ [S4]",
            got=[text[:200] for text in found[:5]],
            likely=likely,
        )


async def together(*waits: Awaitable[Any]) -> list[Any]:
    """All of these at the same moment."""
    return list(await asyncio.gather(*waits))
