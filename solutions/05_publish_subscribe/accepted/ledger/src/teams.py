"""The three teams. Each writes an order under its own id, so that writing it again changes nothing."""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import coffee

_dynamodb = boto3.resource("dynamodb")
wall = _dynamodb.Table(os.environ["WALL_TABLE"])
board = _dynamodb.Table(os.environ["LEADERBOARD_TABLE"])
orders_known = _dynamodb.Table(os.environ["ORDERS_KNOWN_TABLE"])

wall_batch, board_batch, tastes_batch = (
    BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False) for _ in range(3)
)


def video_wall(event: dict[str, Any], context: Any) -> Any:
    """Takes a batch from VideoWallQueue."""
    return process_partial_response(event, put_up, wall_batch, context)


def leaderboard(event: dict[str, Any], context: Any) -> Any:
    """Takes a batch from LeaderboardQueue."""
    return process_partial_response(event, note_sales, board_batch, context)


def recommendations(event: dict[str, Any], context: Any) -> Any:
    """Takes a batch from RecommendationsQueue."""
    return process_partial_response(event, note_order, tastes_batch, context)


def put_up(record: SQSRecord) -> None:
    """Sets what is on each ticket, and leaves alone whether it is done."""
    for ticket in coffee.tickets(_order_in(record)):
        key = {"order_id": ticket.pop("order_id"), "line": ticket.pop("line")}
        wall.update_item(
            Key=key,
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in ticket),
            ExpressionAttributeNames={f"#{name}": name for name in ticket},
            ExpressionAttributeValues={f":{name}": value for name, value in ticket.items()},
        )


def note_sales(record: SQSRecord) -> None:
    """What the order adds to its month."""
    order = _order_in(record)
    sales = json.dumps(list(coffee.sales(order)))
    board.put_item(Item={"month": coffee.month(order), "order_id": order["order_id"], "sales": sales})


def note_order(record: SQSRecord) -> None:
    """The order, without what Recommendations has no use for."""
    order = _order_in(record)
    kept = {name: order[name] for name in ("order_id", "customer_id", "ordered_at", "items")}
    orders_known.put_item(Item={"order_id": order["order_id"], "content": json.dumps(kept)})


def _order_in(record: SQSRecord) -> dict[str, Any]:
    order = json.loads(record.json_body["Message"])["order"]
    if not isinstance(order, dict):
        raise ValueError("An event without an order.")
    return order
