"""The routes that show what the three services know, read from the tables that template.yaml proposes.

WallTable         order_id, line (number)     a ticket, see `coffee.tickets`; `done` once it is
LeaderboardTable  pk = month                  sk = "customer#c-4", "origin#...", "method#...", "goodie#..."; quantity
TastesTable       pk = "customer#c-4"         sk = "method#v60": quantity;  sk = "last": product
                  pk = "product#oat-cookie"   sk = "pairs": an attribute "with#<product>" for each companion
                  pk = "sales"                sk = "method#v60": quantity, of all customers
"""

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

from coffee import top
from http_api import Answer, answer

_dynamodb = boto3.resource("dynamodb")
wall = _dynamodb.Table(os.environ["WALL_TABLE"])
leaderboard = _dynamodb.Table(os.environ["LEADERBOARD_TABLE"])
tastes = _dynamodb.Table(os.environ["TASTES_TABLE"])


def handler(event: dict[str, Any], context: Any) -> Answer:
    """One function for all of these routes."""
    given = event.get("pathParameters") or {}
    match event["routeKey"]:
        case "GET /wall":
            return answer(200, show_wall())
        case "POST /wall/{order_id}/{line}/done":
            return done(given["order_id"], given["line"])
        case "GET /leaderboards/{month}":
            return answer(200, show_leaderboard(given["month"]))
        case _:
            return answer(200, show_recommendations(given["customer_id"]))


def done(order_id: str, line: str) -> Answer:
    """A ticket leaves the wall."""
    wall.delete_item(Key={"order_id": order_id, "line": int(line)})
    return {"statusCode": 204}


def show_wall() -> dict[str, Any]:
    """What is to be brewed, and what goes over the counter."""
    open_ones = [one for one in _everything(wall.scan) if "done" not in one]
    tickets = sorted(open_ones, key=lambda one: (one["ordered_at"], one["order_id"], one["line"]))
    return {
        "brew": [_shown(one, "method") for one in tickets if one["kind"] == "drink"],
        "counter": [_shown(one) for one in tickets if one["kind"] == "goodie"],
    }


def show_leaderboard(month: str) -> dict[str, Any]:
    """The tally of a month."""
    tally = _tally(_everything(leaderboard.query, KeyConditionExpression=Key("pk").eq(month)))
    best = top(tally.get("customer", {}), 1)
    return {
        "month": month,
        "aficionado": {"customer_id": best[0][0], "drinks": best[0][1]} if best else None,
        "origins": _named(tally.get("origin", {}), 3),
        "methods": _named(tally.get("method", {}), 3),
        "goodies": _named(tally.get("goodie", {}), 3),
    }


def show_recommendations(customer_id: str) -> dict[str, Any]:
    """What a customer drinks, what goes with it, and what to try next."""
    theirs = _everything(tastes.query, KeyConditionExpression=Key("pk").eq(f"customer#{customer_id}"))
    methods = _tally(theirs).get("method", {})
    last = next((one["product"] for one in theirs if one["sk"] == "last"), None)
    sold = _tally(_everything(tastes.query, KeyConditionExpression=Key("pk").eq("sales"))).get("method", {})
    new = {name: quantity for name, quantity in sold.items() if name not in methods}
    return {
        "customer_id": customer_id,
        "methods": _named(methods, len(methods)),
        "last_drink": last,
        "goes_with": [{"product": product, "orders": orders} for product, orders in top(_companions(last), 3)],
        "try_next": top(new, 1)[0][0] if new else None,
    }


def _companions(product: str | None) -> dict[str, int]:
    if product is None:
        return {}
    item = tastes.get_item(Key={"pk": f"product#{product}", "sk": "pairs"}, ConsistentRead=True).get("Item", {})
    return {name.removeprefix("with#"): int(value) for name, value in item.items() if name.startswith("with#")}


def _tally(items: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Quantities by kind and name, from items with sk = "kind#name"."""
    found: dict[str, dict[str, int]] = {}
    for item in items:
        kind, _, name = item["sk"].partition("#")
        if name:
            found.setdefault(kind, {})[name] = int(item["quantity"])
    return found


def _named(tally: dict[str, int], n: int) -> list[dict[str, Any]]:
    return [{"name": name, "quantity": quantity} for name, quantity in top(tally, n)]


def _shown(ticket: dict[str, Any], *more: str) -> dict[str, Any]:
    numbers = {name: int(ticket[name]) for name in ("line", "quantity")}
    return {name: ticket[name] for name in ("order_id", "product", "ordered_at", *more)} | numbers


def _everything(read: Any, **asked: Any) -> list[dict[str, Any]]:
    """All pages of a scan or query."""
    page = read(ConsistentRead=True, **asked)
    items: list[dict[str, Any]] = page["Items"]
    while "LastEvaluatedKey" in page:
        page = read(ConsistentRead=True, ExclusiveStartKey=page["LastEvaluatedKey"], **asked)
        items += page["Items"]
    return items
