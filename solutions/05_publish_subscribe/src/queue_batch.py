"""A batch of events from a subscriber's queue: each stands or falls alone."""

import json
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger()


def each_order(event: dict[str, Any], handle: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Hands each order over. What raises stays in the queue; after 14 receives it is a dead letter."""
    failures = []
    for record in event["Records"]:
        try:
            handle(json.loads(record["body"])["order"])
        except Exception:
            log.exception("Not handled: message %s", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
