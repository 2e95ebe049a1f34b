"""What is in an order: tickets for the wall, sums for the leaderboards, pairs. No AWS in here."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

Order = dict[str, Any]


def tickets(order: Order) -> list[dict[str, Any]]:
    """One ticket per line, as the wall shows it, and `kind`: what is brewed is a drink."""
    return [
        {
            "order_id": order["order_id"],
            "line": item["line"],
            "kind": item["kind"],
            "product": item["product"],
            "quantity": item["quantity"],
            "ordered_at": order["ordered_at"],
            **({"method": item["method"]} if item["kind"] == "drink" else {}),
        }
        for item in order["items"]
    ]


def sales(order: Order) -> Iterator[tuple[str, str, int]]:
    """What was sold, line by line: (kind of tally, name, quantity). A name may come more than once."""
    for item in order["items"]:
        if item["kind"] == "drink":
            yield "customer", order["customer_id"], item["quantity"]
            yield "origin", item["origin"], item["quantity"]
            yield "method", item["method"], item["quantity"]
        else:
            yield "goodie", item["product"], item["quantity"]


def pairs(order: Order) -> list[tuple[str, str]]:
    """Products found together in this order, each pair once and in both directions: (a, b) and (b, a)."""
    products = sorted({item["product"] for item in order["items"]})
    once = list(combinations(products, 2))
    return once + [(b, a) for a, b in once]


def last_drink(order: Order) -> str | None:
    """The product of the lowest line that is a drink."""
    drinks = [item for item in order["items"] if item["kind"] == "drink"]
    return min(drinks, key=lambda item: item["line"])["product"] if drinks else None


def month(order: Order) -> str:
    """The month an order belongs to: "2026-01"."""
    return str(order["ordered_at"][:7])


def top(tally: dict[str, int], n: int) -> list[tuple[str, int]]:
    """The first n of a tally: most first, then by name."""
    return sorted(tally.items(), key=lambda entry: (-entry[1], entry[0]))[:n]
