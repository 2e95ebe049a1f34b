"""What the three services must know after some orders, worked out by hand: no events, no tables."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

Order = dict[str, Any]


def wall_of(orders: Iterable[Order], done: Iterable[tuple[str, int]] = ()) -> dict[str, Any]:
    """GET /wall, when these lines are done."""
    lines = [(order, item) for order in _once(orders) for item in order["items"]]
    lines = [(order, item) for order, item in lines if (order["order_id"], item["line"]) not in set(done)]
    lines.sort(key=lambda pair: (pair[0]["ordered_at"], pair[0]["order_id"], pair[1]["line"]))
    drinks = [(order, item) for order, item in lines if item["kind"] == "drink"]
    return {
        "brew": [{**_ticket(order, item), "method": item["method"]} for order, item in drinks],
        "counter": [_ticket(order, item) for order, item in lines if item["kind"] == "goodie"],
    }


def board_of(orders: Iterable[Order], month: str) -> dict[str, Any]:
    """GET /leaderboards/{month}."""
    items = [(order, item) for order in _once(orders) if order["ordered_at"][:7] == month for item in order["items"]]
    drinks = [(order, item) for order, item in items if item["kind"] == "drink"]
    most = _top(_sum((order["customer_id"], item["quantity"]) for order, item in drinks), 1)
    return {
        "month": month,
        "aficionado": {"customer_id": most[0][0], "drinks": most[0][1]} if most else None,
        "origins": _named(_sum((item["origin"], item["quantity"]) for _, item in drinks), 3),
        "methods": _named(_sum((item["method"], item["quantity"]) for _, item in drinks), 3),
        "goodies": _named(
            _sum((item["product"], item["quantity"]) for _, item in items if item["kind"] == "goodie"), 3
        ),
    }


def tastes_of(orders: Iterable[Order], customer_id: str) -> dict[str, Any]:
    """GET /recommendations/{customer_id}."""
    orders = _once(orders)
    theirs = [order for order in orders if order["customer_id"] == customer_id]
    methods = _methods(theirs)
    last = _last_drink(theirs)
    together = _sum(
        (product, 1) for order in orders if last in (found := _products(order)) for product in found if product != last
    )
    new = {name: quantity for name, quantity in _methods(orders).items() if name not in methods}
    return {
        "customer_id": customer_id,
        "methods": _named(methods, len(methods)),
        "last_drink": last,
        "goes_with": [{"product": name, "orders": count} for name, count in _top(together, 3)],
        "try_next": _top(new, 1)[0][0] if new else None,
    }


def months_of(orders: Iterable[Order]) -> list[str]:
    """The months in which they were ordered."""
    return sorted({order["ordered_at"][:7] for order in orders})


def customers_of(orders: Iterable[Order]) -> list[str]:
    """Who ordered."""
    return sorted({order["customer_id"] for order in orders})


def _once(orders: Iterable[Order]) -> list[Order]:
    return list({order["order_id"]: order for order in orders}.values())


def _ticket(order: Order, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": order["order_id"],
        "line": item["line"],
        "product": item["product"],
        "quantity": item["quantity"],
        "ordered_at": order["ordered_at"],
    }


def _last_drink(orders: list[Order]) -> str | None:
    with_drinks = [order for order in orders if any(item["kind"] == "drink" for item in order["items"])]
    if not with_drinks:
        return None
    latest = max(with_drinks, key=lambda order: (order["ordered_at"], order["order_id"]))
    drinks = [item for item in latest["items"] if item["kind"] == "drink"]
    return str(min(drinks, key=lambda item: item["line"])["product"])


def _products(order: Order) -> set[str]:
    return {item["product"] for item in order["items"]}


def _methods(orders: list[Order]) -> dict[str, int]:
    return _sum(
        (item["method"], item["quantity"]) for order in orders for item in order["items"] if item["kind"] == "drink"
    )


def _sum(entries: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, quantity in entries:
        sums[name] += quantity
    return dict(sums)


def _top(tally: dict[str, int], n: int) -> list[tuple[str, int]]:
    return sorted(tally.items(), key=lambda entry: (-entry[1], entry[0]))[:n]


def _named(tally: dict[str, int], n: int) -> list[dict[str, Any]]:
    return [{"name": name, "quantity": quantity} for name, quantity in _top(tally, n)]
