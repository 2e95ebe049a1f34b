"""Announces what was stored, or touched by a backfill. What fails comes again, for a day."""

import json
from typing import Any

from announcements import announce


def handler(event: dict[str, Any], context: Any) -> None:
    """Takes records of the stream of OrdersTable."""
    images = [record["dynamodb"]["NewImage"] for record in event["Records"] if record["eventName"] != "REMOVE"]
    announce([json.loads(image["content"]["S"]) for image in images])
