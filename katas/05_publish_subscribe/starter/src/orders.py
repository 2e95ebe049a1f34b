"""Takes orders in: PUT /orders/{order_id}. It is the only one who announces them."""

import json
import os
from typing import Any

import boto3

from http_api import Answer, answer, problem
from validation import malformed

table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> Answer:
    """One function for both routes."""
    if event["routeKey"] == "POST /backfills":
        return problem(501, "Not implemented", "Write it in src/orders.py.")
    return put_order(event["pathParameters"]["order_id"], event.get("body") or "")


def put_order(order_id: str, body: str) -> Answer:
    """Stores the order, whatever was there. Nobody hears of it."""
    if reason := malformed(order_id, body):
        return problem(400, "Malformed order", reason)
    order = {"order_id": order_id, **json.loads(body)}
    table.put_item(Item={"order_id": order_id, "ordered_at": order["ordered_at"], "content": json.dumps(order)})
    return answer(201, {"order_id": order_id, "status": "accepted"})
