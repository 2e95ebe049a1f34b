"""Orders as the stream of an inbox brings them, one by one; it stops at the first that fails and comes again there."""

import json
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger()


def each_order(event: dict[str, Any], handle: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Hands each order over."""
    for record in event["Records"]:
        try:
            if record["eventName"] == "INSERT":
                handle(json.loads(record["dynamodb"]["NewImage"]["content"]["S"]))
        except Exception:
            log.exception("Not counted: %s", record["dynamodb"]["Keys"])
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}
