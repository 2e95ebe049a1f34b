"""Takes changes from a queue one by one, and parks what will never work in the dead-letter queue."""

import json
import os
from collections.abc import Callable
from typing import Any

import boto3

_PARKED_URL = os.environ["DEAD_LETTER_QUEUE_URL"]
_sqs = boto3.client("sqs")

Change = dict[str, Any]


class NeverWorks(Exception):
    """Trying again is of no use."""


def drive(event: dict[str, Any], take: Callable[[Change], None]) -> dict[str, Any]:
    """Takes each change; a group of a FIFO queue ends at its first failure."""
    again: list[str] = []
    stopped: set[str] = set()
    for record in event["Records"]:
        group = record["attributes"].get("MessageGroupId", record["messageId"])
        if group in stopped or not _is_settled(record, take):
            stopped.add(group)
            again.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _is_settled(record: dict[str, Any], take: Callable[[Change], None]) -> bool:
    """Whether the message may go: it is done, or parked."""
    try:
        change = _read(record["body"])
        if change is not None:
            take(change)
    except NeverWorks as reason:
        return _is_parked(record, str(reason))
    except Exception as error:
        print(f"Later: {error!r}")
        return False
    return True


def _read(body: str) -> Change | None:
    try:
        found = json.loads(body)
        if found["event_type"] != "MemberChanged":
            return None
        return {name: found[name] for name in ("member_id", "version", "plan")}
    except (ValueError, KeyError, TypeError) as error:
        raise NeverWorks(f"Nobody can read it: {error!r}") from error


def _is_parked(record: dict[str, Any], reason: str) -> bool:
    attributes = record["attributes"]
    fifo = {}
    if _PARKED_URL.endswith(".fifo"):
        fifo = {"MessageGroupId": attributes["MessageGroupId"], "MessageDeduplicationId": record["messageId"]}
    try:
        _sqs.send_message(
            QueueUrl=_PARKED_URL,
            MessageBody=record["body"],
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            **fifo,
        )
    except Exception as error:
        print(f"Could not be parked: {error!r}")
        return False
    return True
