"""A batch from a FIFO queue: what a group's first failure leaves behind it waits with it."""

import json
from collections.abc import Callable
from typing import Any

Change = dict[str, Any]


def work_off(event: dict[str, Any], take: Callable[[Change], None]) -> dict[str, Any]:
    """Takes the changes of each member in their order, and stops a member at its first failure.

    Other members in the batch go on.
    """
    stopped: set[str] = set()
    failures = []
    for record in event["Records"]:
        group = record["attributes"]["MessageGroupId"]
        if group not in stopped and not _is_taken(record, take):
            stopped.add(group)
        if group in stopped:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _is_taken(record: dict[str, Any], take: Callable[[Change], None]) -> bool:
    try:
        found = json.loads(record["body"])
        if found["event_type"] == "MemberChanged":
            take(found)
    except Exception as error:
        print(f"Not done yet: {record['messageId']}: {error!r}")
        return False
    return True
