"""Announces orders on the bus. PutEvents takes ten entries and 1 MB, and answers 200 also when it failed some."""

import json
import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3

ENTRIES = 10
BYTES = 900_000
ATTEMPTS = 3

events = boto3.client("events")
bus = os.environ["ORDER_EVENTS_BUS"]

Entry = dict[str, Any]


class NotAnnounced(Exception):
    """The bus did not take some orders, again and again."""


def announce(orders: list[dict[str, Any]]) -> None:
    """Returns when the bus has taken every one of them.

    Raises:
        NotAnnounced: it has not.
    """
    for batch in _batches([_entry(order) for order in orders]):
        _put(batch)


def _put(entries: list[Entry]) -> None:
    left = entries
    for attempt in range(ATTEMPTS):
        time.sleep(0.2 * attempt)
        results = events.put_events(Entries=left)["Entries"]
        left = [entry for entry, result in zip(left, results, strict=True) if "ErrorCode" in result]
        if not left:
            return
    raise NotAnnounced(f"{len(left)} of {len(entries)}")


def _entry(order: dict[str, Any]) -> Entry:
    now = datetime.now(UTC)
    event = {
        "event_id": f"e-{uuid.uuid4()}",
        "event_type": "OrderCreated",
        "event_version": 1,
        "occurred_at": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
        "order": order,
    }
    return {"EventBusName": bus, "Source": "coffee.orders", "DetailType": "OrderCreated", "Detail": json.dumps(event)}


def _batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry["Detail"]) + 200
        if batch and (len(batch) == ENTRIES or size + length > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch
