"""A batch of messages."""

import json
from collections.abc import Callable
from typing import Any

Change = dict[str, Any]


def work_off(event: dict[str, Any], take: Callable[[Change], None]) -> None:
    """Takes each change in the batch; if one fails, the batch comes again later.

    Events of other types are somebody else's.
    """
    for record in event["Records"]:
        found = json.loads(record["body"])
        if found["event_type"] == "MemberChanged":
            take(found)
