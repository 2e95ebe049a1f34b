"""The only one who talks to the CMS. Comes once a minute, works until its time or the work is over.

The newsroom comes first: an article of the archive is begun only when none of the newsroom waits,
and only with half a minute left. A message is deleted once its article is in the CMS or set aside.
Anything else leaves it to its visibility timeout.
"""

import json
import os
from typing import Any

import boto3

import archive
import newsroom_table
from cms import NotNow, Refused, Unknown, put

_sqs = boto3.client("sqs")
_INGEST = os.environ["INGEST_QUEUE_URL"]
_EXHAUSTED = os.environ["EXHAUSTED_QUEUE_URL"]
_ARCHIVE = os.environ["ARCHIVE_QUEUE_URL"]
_DEAD_LETTERS = os.environ["DEAD_LETTER_QUEUE_URL"]

_TIME_TO_STOP_MS = 10_000
_TIME_FOR_THE_ARCHIVE_MS = 30_000


def handler(event: dict[str, Any], context: Any) -> None:
    """Reports what was given up, then works through the queue."""
    while message := _receive(_EXHAUSTED, wait_s=0):
        _set_aside(message, "It was tried ten times.")
        _delete(_EXHAUSTED, message)
    while (left_s := (context.get_remaining_time_in_millis() - _TIME_TO_STOP_MS) // 1000) > 0:
        received = _receive(_INGEST, wait_s=0)
        if received is None and context.get_remaining_time_in_millis() > _TIME_FOR_THE_ARCHIVE_MS:
            archived = _receive(_ARCHIVE, wait_s=0)
            if archived is not None:
                if archive.is_done(archived, context):
                    _delete(_ARCHIVE, archived)
                continue
        received = received or _receive(_INGEST, wait_s=min(20, left_s))
        if received is None:
            return
        if _is_done(received, context):
            _delete(_INGEST, received)


def _is_done(message: dict[str, Any], context: Any) -> bool:
    try:
        content = json.loads(message["Body"])
        article, transaction = content["article"], content["transaction"]
    except (ValueError, TypeError, KeyError):
        _set_aside(message, "")
        return True
    owner = f"{context.aws_request_id}/{message['ReceiptHandle'][-40:]}"
    row_name = f"articles/{article['article_id']}"
    if not newsroom_table.take(row_name, owner, context):
        return False
    try:
        location = _publish(article)
    except Unknown as trouble:
        print(trouble)
        return False  # keeping the article: until it is free again nobody can know
    except NotNow as trouble:
        print(trouble)
        newsroom_table.leave(row_name, owner)
        return False
    except Refused as refusal:
        _set_aside(message, str(refusal))
    else:
        newsroom_table.succeed(transaction, location)
    newsroom_table.leave(row_name, owner)
    return True


def _publish(article: dict[str, Any]) -> str:
    row = put("articles", article["article_id"], {name: article[name] for name in ("version", "title", "body")})
    return f"{os.environ['LEGACY_URL']}/articles/{row['id']}"


def _receive(queue_url: str, wait_s: int) -> dict[str, Any] | None:
    answer = _sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=1, WaitTimeSeconds=wait_s, MessageAttributeNames=["All"]
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages[0] if messages else None


def _delete(queue_url: str, message: dict[str, Any]) -> None:
    _sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def _set_aside(message: dict[str, Any], reason: str) -> None:
    """Tells the newsroom first, then puts the message where the operators look."""
    try:
        if not newsroom_table.fail(json.loads(message["Body"])["transaction"], reason):
            return
    except (ValueError, TypeError, KeyError):
        print("Nobody can read this message:", message["Body"])
    _sqs.send_message(QueueUrl=_DEAD_LETTERS, MessageBody=message["Body"])
