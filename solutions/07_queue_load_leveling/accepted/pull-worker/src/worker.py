"""The only one who talks to the CMS. Comes once a minute, works until its time or the work is over.

A message is deleted once its article is in the CMS or set aside. Anything else leaves it to its
visibility timeout.
"""

import json
import os
from typing import Any

import boto3

import legacy
import newsroom_table

_sqs = boto3.client("sqs")
_INGEST = os.environ["INGEST_QUEUE_URL"]
_EXHAUSTED = os.environ["EXHAUSTED_QUEUE_URL"]
_DEAD_LETTERS = os.environ["DEAD_LETTER_QUEUE_URL"]

_TIME_TO_STOP_MS = 10_000
_CMS_IS_DONE_AFTER_S = 30
_CLOCKS_DIFFER_BY_S = 5


class NotNow(Exception):
    """The CMS did nothing, or cannot have done anything."""


class Unknown(Exception):
    """The CMS may have done it, or may still do it."""


class Refused(Exception):
    """The CMS will never do it."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Reports what was given up, then works through the queue."""
    while message := _receive(_EXHAUSTED, wait_s=0):
        _set_aside(message, "It was tried ten times.")
        _delete(_EXHAUSTED, message)
    while (left_s := (context.get_remaining_time_in_millis() - _TIME_TO_STOP_MS) // 1000) > 0:
        received = _receive(_INGEST, wait_s=min(20, left_s))
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
    for_s = context.get_remaining_time_in_millis() / 1000 + _CMS_IS_DONE_AFTER_S + _CLOCKS_DIFFER_BY_S
    if not newsroom_table.take_article(article["article_id"], owner, for_s):
        return False
    try:
        location = _publish(article)
    except Unknown as trouble:
        print(trouble)
        return False  # keeping the article: until `for_s` is over nobody can know
    except NotNow as trouble:
        print(trouble)
        newsroom_table.leave_article(article["article_id"], owner)
        return False
    except Refused as refusal:
        _set_aside(message, str(refusal))
    else:
        newsroom_table.succeed(transaction, location)
    newsroom_table.leave_article(article["article_id"], owner)
    return True


def _publish(article: dict[str, Any]) -> str:
    fields = {"version": article["version"], "title": article["title"], "body": article["body"]}
    rows = _ask("GET", f"/articles?source_id={article['article_id']}")["items"]
    row = max(rows, key=lambda one: one["version"], default=None)
    if row is None:
        row = _ask("POST", "/articles", {"source_id": article["article_id"], **fields})
    elif row["version"] < article["version"]:
        row = _ask("PUT", f"/articles/{row['id']}", {"lock_version": row["lock_version"], **fields})
    return f"{os.environ['LEGACY_URL']}/articles/{row['id']}"


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    is_look = method == "GET"
    try:
        answer = legacy.request(method, path, body, timeout_s=10 if is_look else 35)
    except legacy.NoAnswer as error:
        raise NotNow(str(error)) if is_look else Unknown(str(error)) from error
    if answer.status == 422:
        raise Refused(answer.body.get("detail") or "refused")
    if answer.status >= 400:
        nothing_done = is_look or answer.status in (409, 500, 503)
        raise (NotNow if nothing_done else Unknown)(f"{method} {path}: {answer.status}")
    return answer.body


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
