"""Consumes IngestDeadLetterQueue: the one place where a transaction fails."""

import json
from typing import Any

import transactions


def handler(event: dict[str, Any], context: Any) -> None:
    """Marks the transaction of each message, and keeps the message with it."""
    for record in event["Records"]:
        try:
            ticket = json.loads(record["body"])["ticket"]
        except (ValueError, TypeError, KeyError):
            print("Unreadable, and given up:", record["body"])
            continue
        transactions.write(ticket, state="failed", message=record["body"])
