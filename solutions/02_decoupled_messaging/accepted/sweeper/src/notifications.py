"""Messages of a queue, as SNS wraps them."""

import json
from collections.abc import Iterator
from typing import Any


class Batch:
    """A batch of notifications, and which of them have to come again."""

    def __init__(self, event: dict[str, Any]) -> None:
        self._records = event["Records"]
        self._again: list[str] = []

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._records)

    def again(self, record: dict[str, Any], why: object) -> None:
        """This one was not worked off."""
        print(f"{record['messageId']} has to come again: {why!r}")
        self._again.append(record["messageId"])

    @property
    def report(self) -> dict[str, Any]:
        """What Lambda wants to know of the batch."""
        return {"batchItemFailures": [{"itemIdentifier": one} for one in self._again]}


def change_in(record: dict[str, Any]) -> dict[str, Any] | None:
    """The change of a plan that a record announces; None if it is about something else.

    Raises:
        KeyError, ValueError: nobody can read it.
    """
    found = json.loads(json.loads(record["body"])["Message"])
    return found if found["event_type"] == "MemberChanged" else None
