"""One event from a subscriber's queue. What can never be handled is parked at once; what fails otherwise is raised."""

import json
import os
from typing import Any

import boto3

sqs = boto3.client("sqs")


def order_in(event: dict[str, Any]) -> dict[str, Any] | None:
    """The order that the event carries; None: it carries none, and is parked in the team's DLQ."""
    body = event["Records"][0]["body"]
    try:
        order = json.loads(body)["order"]
        return {"items": order["items"], **order}
    except (ValueError, KeyError, TypeError):
        sqs.send_message(QueueUrl=os.environ["PARKING_QUEUE_URL"], MessageBody=body)
        return None
