"""The routes that show what the teams know: everything is added up when it is asked for."""

import json
import os
from collections import Counter
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

import coffee
from coffee import top
from http_api import Answer, answer, problem

_dynamodb = boto3.resource("dynamodb")
wall = _dynamodb.Table(os.environ["WALL_TABLE"])
board = _dynamodb.Table(os.environ["LEADERBOARD_TABLE"])
orders_known = _dynamodb.Table(os.environ["ORDERS_KNOWN_TABLE"])


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
    """A ticket leaves the wall for ever."""
    try:
        wall.update_item(
            Key={"order_id": order_id, "line": int(line)},
            UpdateExpression="SET done = :yes",
            ConditionExpression="attribute_exists(order_id)",
            ExpressionAttributeValues={":yes": True},
        )
    except (ValueError, wall.meta.client.exceptions.ConditionalCheckFailedException):
        return problem(404, "No such ticket", f"Order {order_id} has no line {line}.")
    return {"statusCode": 204}


def show_wall() -> dict[str, Any]:
    """What is to be brewed, and what goes over the counter."""
    tickets = _everything(wall.scan, FilterExpression=Attr("done").not_exists())
    tickets.sort(key=lambda one: (one["ordered_at"], one["order_id"], one["line"]))
    shown: dict[str, Any] = {"brew": [], "counter": []}
    for ticket in tickets:
        ticket |= {name: int(ticket[name]) for name in ("line", "quantity")}
        shown["brew" if ticket.pop("kind") == "drink" else "counter"].append(ticket)
    return shown


def show_leaderboard(month: str) -> dict[str, Any]:
    """The tally of a month."""
    sums: dict[str, Counter[str]] = {kind: Counter() for kind in ("customer", "origin", "method", "goodie")}
    for entry in _everything(board.query, KeyConditionExpression=Key("month").eq(month)):
        for kind, name, quantity in json.loads(entry["sales"]):
            sums[kind][name] += quantity
    best = top(sums["customer"], 1)
    return {
        "month": month,
        "aficionado": {"customer_id": best[0][0], "drinks": best[0][1]} if best else None,
        "origins": _named(sums["origin"], 3),
        "methods": _named(sums["method"], 3),
        "goodies": _named(sums["goodie"], 3),
    }


def show_recommendations(customer_id: str) -> dict[str, Any]:
    """What a customer drinks, what goes with it, and what to try next."""
    orders = [json.loads(item["content"]) for item in _everything(orders_known.scan)]
    theirs = sorted(
        (order for order in orders if order["customer_id"] == customer_id),
        key=lambda order: (order["ordered_at"], order["order_id"]),
    )
    methods, sold = _methods(theirs), _methods(orders)
    drinks = [drink for order in theirs if (drink := coffee.last_drink(order))]
    last = drinks[-1] if drinks else None
    companions = Counter(other for order in orders for product, other in coffee.pairs(order) if product == last)
    new = {name: quantity for name, quantity in sold.items() if name not in methods}
    return {
        "customer_id": customer_id,
        "methods": _named(methods, len(methods)),
        "last_drink": last,
        "goes_with": [{"product": product, "orders": count} for product, count in top(companions, 3)],
        "try_next": top(new, 1)[0][0] if new else None,
    }


def _methods(orders: list[dict[str, Any]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for order in orders:
        for kind, name, quantity in coffee.sales(order):
            if kind == "method":
                sums[name] += quantity
    return sums


def _named(tally: Counter[str], n: int) -> list[dict[str, Any]]:
    return [{"name": name, "quantity": quantity} for name, quantity in top(tally, n)]


def _everything(read: Any, **asked: Any) -> list[dict[str, Any]]:
    """All pages of a scan or query."""
    items: list[dict[str, Any]] = []
    while True:
        page = read(ConsistentRead=True, **asked)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
