"""Intake of a team that counts: an order is put into the inbox once. From there the stream leads on."""

import contextlib
import json
import os
from typing import Any

import boto3

from parking import order_in

inbox = boto3.resource("dynamodb").Table(os.environ["INBOX_TABLE"])
exists = inbox.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> None:
    """Takes one event from the team's queue."""
    if order := order_in(event):
        with contextlib.suppress(exists):
            inbox.put_item(
                Item={"order_id": order["order_id"], "content": json.dumps(order)},
                ConditionExpression="attribute_not_exists(order_id)",
            )
