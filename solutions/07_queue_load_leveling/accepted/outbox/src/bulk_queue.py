"""Sends articles of the index to BulkQueue, all of them or an exception."""

import json
import os
import time
from typing import Any

import boto3

_BULK_QUEUE_URL = os.environ["BULK_QUEUE_URL"]
_MOST_ENTRIES = 10
_MOST_BYTES = 250_000
"""Of a batch: below SQS's older limit of 256 KiB, so that no queue refuses it."""

_TRIES = 5
_sqs = boto3.client("sqs")

Entry = dict[str, str]


class NotSent(Exception):
    """Some messages were not taken, sent again and again."""


def send(articles: list[dict[str, Any]]) -> None:
    """Every article is in the queue when this returns.

    Raises:
        NotSent: some are not.
    """
    entries = [{"Id": str(number), "MessageBody": json.dumps(one)} for number, one in enumerate(articles)]
    for batch in _batches(entries):
        _send_batch(batch)


def _send_batch(batch: list[Entry]) -> None:
    """A batch is answered 200 also if entries of it failed: those are sent again."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(attempt)
        answer = _sqs.send_message_batch(QueueUrl=_BULK_QUEUE_URL, Entries=batch)
        refused = {one["Id"] for one in answer.get("Failed", [])}
        batch = [entry for entry in batch if entry["Id"] in refused]
        if not batch:
            return
    raise NotSent(f"{len(batch)} messages were refused {_TRIES} times.")


def _batches(entries: list[Entry]) -> list[list[Entry]]:
    batches: list[list[Entry]] = []
    room = 0
    for entry in entries:
        size = len(entry["MessageBody"].encode())
        if not batches or len(batches[-1]) == _MOST_ENTRIES or size > room:
            batches.append([])
            room = _MOST_BYTES
        batches[-1].append(entry)
        room -= size
    return batches
