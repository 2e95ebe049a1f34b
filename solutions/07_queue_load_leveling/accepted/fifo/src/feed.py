"""Carries articles into the CMS. The FIFO group makes sure that nobody else has the same article.

An exception leaves the message in flight, and its group blocked, until the visibility timeout is
over: by then the CMS is done with whatever was asked of it, and a look tells the truth.
"""

import json
import os
from typing import Any

import boto3

import ledger
import legacy

_sqs = boto3.client("sqs")
_DEAD_LETTER_QUEUE_URL = os.environ["DEAD_LETTER_QUEUE_URL"]


class NotNow(Exception):
    """Another time it may work."""


class Refused(Exception):
    """It never will."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Consumes IngestQueue, one message at a time."""
    for record in event["Records"]:
        message = _read(record["body"])
        if message is None:
            _set_aside(record)
            continue
        try:
            location = _publish(message["article"])
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


def _publish(article: dict[str, Any]) -> str:
    rows = _ask("GET", f"/articles?source_id={article['article_id']}", timeout_s=12)["items"]
    fields = {name: article[name] for name in ("version", "title", "body")}
    if not rows:
        row = _ask("POST", "/articles", {"source_id": article["article_id"], **fields})
    elif rows[0]["version"] < article["version"]:
        row = _ask("PUT", f"/articles/{rows[0]['id']}", {**fields, "lock_version": rows[0]["lock_version"]})
    else:
        row = rows[0]
    return f"{os.environ['LEGACY_URL']}/articles/{row['id']}"


def _ask(method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float = 35) -> dict[str, Any]:
    answer = legacy.request(method, path, body, timeout_s)
    if answer.status == 422:
        raise Refused(answer.body.get("detail") or "The CMS refused it.")
    if answer.status >= 400:
        raise NotNow(f"{method} {path}: {answer.status}")
    return answer.body


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
