"""Takes orders in and announces them: PUT /orders/{order_id}, POST /backfills.

Who answers 2xx has announced. A repeat announces again, for whoever stored the order may have
died before it was announced; one event too many is nothing to a subscriber, one too few is all.
"""

import json
import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import BotoCoreError, ClientError

import announcements
from http_api import Answer, answer, problem
from validation import is_time, malformed

table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])
exists = table.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> Answer:
    """One function for both routes. What goes wrong is a 503: the client comes again."""
    body = event.get("body") or ""
    try:
        if event["routeKey"] == "POST /backfills":
            return backfill(body)
        return put_order(event["pathParameters"]["order_id"], body)
    except (ClientError, BotoCoreError, announcements.NotAnnounced) as error:
        return problem(503, "Not now", f"{type(error).__name__}: try again.", {"Retry-After": "5"})


def put_order(order_id: str, body: str) -> Answer:
    """Stores the order unless it is there, announces it in any case, then answers."""
    if reason := malformed(order_id, body):
        return problem(400, "Malformed order", reason)
    order = {**json.loads(body), "order_id": order_id}
    content = json.dumps(order, sort_keys=True)
    status = 201
    try:
        table.put_item(
            Item={"order_id": order_id, "ordered_at": order["ordered_at"], "content": content},
            ConditionExpression="attribute_not_exists(order_id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except exists as failure:
        if failure.response["Item"]["content"]["S"] != content:
            return problem(409, "Another order has this id", f"Order {order_id} was accepted with other content.")
        status = 200
    announcements.announce([order])
    return answer(status, {"order_id": order_id, "status": "accepted"})


def backfill(body: str) -> Answer:
    """Announces every order of a range once more, as it was accepted."""
    try:
        asked = json.loads(body)
        first, end = asked["from"], asked["to"]
    except (ValueError, KeyError, TypeError):
        first = end = None
    if not (is_time(first) and is_time(end)):
        return problem(400, "Malformed backfill", "`from` and `to` are times like 2026-01-05T09:00:00.000Z.")
    orders = stored_orders(first, end)
    announcements.announce(orders)
    return answer(200, {"announced": len(orders)})


def stored_orders(first: str, end: str) -> list[dict[str, Any]]:
    """All orders with `ordered_at` in [first, end); a page of a scan ends at 1 MB, whatever its filter keeps."""
    asked: dict[str, Any] = {"FilterExpression": Attr("ordered_at").gte(first) & Attr("ordered_at").lt(end)}
    found: list[dict[str, Any]] = []
    while True:
        page = table.scan(ConsistentRead=True, **asked)
        found += [json.loads(item["content"]) for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
