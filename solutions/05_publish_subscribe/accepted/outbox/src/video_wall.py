"""VideoWall: what the baristas see. A ticket is created once, and a second event finds it there."""

import contextlib
import os
from typing import Any

import boto3

import coffee
from queue_batch import each_order

table = boto3.resource("dynamodb").Table(os.environ["WALL_TABLE"])
exists = table.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch from VideoWallQueue."""
    return each_order(event, put_up)


def put_up(order: dict[str, Any]) -> None:
    """Puts each line up, unless it is or was there."""
    for ticket in coffee.tickets(order):
        with contextlib.suppress(exists):
            table.put_item(Item=ticket, ConditionExpression="attribute_not_exists(order_id)")
