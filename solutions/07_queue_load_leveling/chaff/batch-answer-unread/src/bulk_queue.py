"""Sends articles of the index to BulkQueue."""

import json
import os
from typing import Any

import boto3

_BULK_QUEUE_URL = os.environ["BULK_QUEUE_URL"]
_MOST_ENTRIES = 10
_MOST_BYTES = 250_000
"""Of a batch: below SQS's older limit of 256 KiB, so that no queue refuses it."""

_sqs = boto3.client("sqs")

Entry = dict[str, str]


def send(articles: list[dict[str, Any]]) -> None:
    """Sends every article, in batches. The client raises if a batch cannot be sent."""
    entries = [{"Id": str(number), "MessageBody": json.dumps(one)} for number, one in enumerate(articles)]
    for batch in _batches(entries):
        _sqs.send_message_batch(QueueUrl=_BULK_QUEUE_URL, Entries=batch)


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
