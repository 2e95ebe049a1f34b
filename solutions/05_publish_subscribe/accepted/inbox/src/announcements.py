"""Announces orders on OrderEvents: each as one message that carries the whole order.

A batch takes ten messages, and 256 KiB of them in all; it answers 200 also when it refuses some.
"""

import json
import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3

BATCH_ENTRIES = 10
BATCH_BYTES = 256 * 1024 - 10_000
ATTEMPTS = 3

sns = boto3.client("sns")
topic_arn = os.environ["ORDER_EVENTS_ARN"]


class NotAnnounced(Exception):
    """The topic refused some orders, again and again."""


def announce(orders: list[dict[str, Any]]) -> None:
    """Returns when the topic has taken every one of them.

    Raises:
        NotAnnounced: it has not.
    """
    for batch in _batches([json.dumps(_event(order)) for order in orders]):
        _publish(batch)


def _publish(messages: list[str]) -> None:
    """Publishes a batch, and what was refused of it again."""
    left = {str(number): message for number, message in enumerate(messages)}
    for attempt in range(ATTEMPTS):
        time.sleep(0.2 * attempt)
        entries = [{"Id": id_, "Message": text, "MessageAttributes": _ATTRIBUTES} for id_, text in left.items()]
        answer = sns.publish_batch(TopicArn=topic_arn, PublishBatchRequestEntries=entries)
        left = {failed["Id"]: left[failed["Id"]] for failed in answer.get("Failed", [])}
        if not left:
            return
    raise NotAnnounced(f"{len(left)} of {len(messages)}")


_ATTRIBUTES = {
    "event_type": {"DataType": "String", "StringValue": "OrderCreated"},
    "event_version": {"DataType": "String", "StringValue": "1"},
}


def _event(order: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "event_id": f"e-{uuid.uuid4()}",
        "event_type": "OrderCreated",
        "event_version": 1,
        "occurred_at": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
        "order": order,
    }


def _batches(messages: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for message in messages:
        length = len(message.encode()) + 200  # and its attributes
        if batch and (len(batch) == BATCH_ENTRIES or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch
