"""Carries articles into the CMS. The FIFO group makes sure that no other copy of a message is under way.

The archive's lane may be at the same article, so each takes a claim on it first.

An exception leaves the message in flight, and its group blocked, until the visibility timeout is
over: by then the CMS is done with whatever was asked of it, and a look tells the truth.
"""

import json
import os
from typing import Any

import boto3

import ledger
import progress
from cms import Refused, put

_sqs = boto3.client("sqs")
_DEAD_LETTER_QUEUE_URL = os.environ["DEAD_LETTER_QUEUE_URL"]


def handler(event: dict[str, Any], context: Any) -> None:
    """Consumes IngestQueue, one message at a time."""
    for record in event["Records"]:
        message = _read(record["body"])
        if message is None:
            _set_aside(record)
            continue
        try:
            location = _publish(message["article"], context)
        except Refused as refusal:
            ledger.finish(message["transaction_id"], "failed", str(refusal), record["body"])
            _set_aside(record)
        else:
            ledger.finish(message["transaction_id"], "succeeded", location)


def mark_failed(event: dict[str, Any], context: Any) -> None:
    """Consumes IngestDeadLetterQueue: what got there without a word is marked here."""
    for record in event["Records"]:
        message = _read(record["body"])
        if message is None:
            print("An unreadable message was given up:", record["body"])
            continue
        known = ledger.get(message["transaction_id"])
        if known is not None and known["status"] == "pending":
            ledger.finish(message["transaction_id"], "failed", "Ten attempts failed.", record["body"])


def _publish(article: dict[str, Any], context: Any) -> str:
    article_id = article["article_id"]
    fields = {name: article[name] for name in ("version", "title", "body")}
    with progress.claimed(article_id, context):
        row = put("articles", article_id, fields)
    return f"{os.environ['LEGACY_URL']}/articles/{row['id']}"


def _read(body: str) -> dict[str, Any] | None:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    return message if isinstance(message, dict) and "transaction_id" in message else None


def _set_aside(record: dict[str, Any]) -> None:
    """Moves a message by hand, so that it does not block its group."""
    _sqs.send_message(
        QueueUrl=_DEAD_LETTER_QUEUE_URL,
        MessageBody=record["body"],
        MessageGroupId=record["attributes"]["MessageGroupId"],
        MessageDeduplicationId=record["messageId"],
    )
