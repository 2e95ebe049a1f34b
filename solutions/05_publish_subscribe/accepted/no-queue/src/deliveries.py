"""Orders as they come: one from the topic itself, or a batch of second chances from a queue.

What the topic brings is one record, and a failure is raised: Lambda tries it twice more, after one
and after two minutes, and puts the whole event into the second-chance queue. From there it comes
again for 21 minutes, and then is a dead letter.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger()

Handle = Callable[[dict[str, Any]], None]


def each_order(event: dict[str, Any], handle: Handle) -> dict[str, Any]:
    """Hands each order over."""
    if event["Records"][0].get("eventSource") != "aws:sqs":
        for record in event["Records"]:
            handle(_order_in(record))
        return {}
    failures = []
    for message in event["Records"]:
        try:
            for record in json.loads(message["body"])["Records"]:
                handle(_order_in(record))
        except Exception:
            log.exception("Not handled: message %s", message["messageId"])
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}


def _order_in(record: dict[str, Any]) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(record["Sns"]["Message"])["order"]
    return order
