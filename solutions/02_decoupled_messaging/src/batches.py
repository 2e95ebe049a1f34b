"""A batch of messages, each worked on for itself."""

import json
from collections.abc import Callable
from typing import Any

Change = dict[str, Any]


def work_off(event: dict[str, Any], take: Callable[[Change], None]) -> dict[str, Any]:
    """Takes each change in the batch; what fails is reported, and comes again later.

    The queue counts how often, and sets aside what never works. Events of other types are
    somebody else's.
    """
    failures = []
    for record in event["Records"]:
        try:
            found = json.loads(record["body"])
            if found["event_type"] == "MemberChanged":
                take(found)
        except Exception as error:
            print(f"Not done yet: {record['messageId']}: {error!r}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
