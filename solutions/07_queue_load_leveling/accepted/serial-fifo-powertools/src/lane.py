"""The lane to the CMS: one group, so one message in flight, so one request in flight."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import legacy
import transactions

_sqs = boto3.client("sqs")
_logger = Logger()


class _Refused(Exception):
    """The CMS said no, for good."""


def handler(event: dict[str, Any], context: Any) -> Any:
    """Consumes IngestQueue."""
    processor = SqsFifoPartialProcessor()
    return process_partial_response(event, _import, processor, context)


def undertaker(event: dict[str, Any], context: Any) -> Any:
    """Consumes IngestDeadLetterQueue."""
    processor = SqsFifoPartialProcessor()
    return process_partial_response(event, _bury, processor, context)


def _import(record: SQSRecord) -> None:
    try:
        article = record.json_body
        article_id = article["article_id"]
    except (ValueError, TypeError, KeyError):
        _logger.warning("unreadable", extra={"message": record.body})
        _move_aside(record)
        return
    try:
        row = _written(article, _rows(article_id))
    except _Refused as refusal:
        transactions.end(article["transaction_id"], "failed", detail=str(refusal), message=record.body)
        _move_aside(record)
        return
    address = f"{os.environ['LEGACY_URL']}/articles/{row['id']}"
    transactions.end(article["transaction_id"], "succeeded", address=address)


def _bury(record: SQSRecord) -> None:
    """Marks what nobody has marked. The message is kept in the transaction."""
    try:
        transaction_id = record.json_body["transaction_id"]
    except (ValueError, TypeError, KeyError):
        _logger.error("an unreadable message was given up", extra={"message": record.body})
        return
    if transactions.read(transaction_id).get("status") == "pending":
        transactions.end(transaction_id, "failed", detail="No attempt came to an end.", message=record.body)


def _rows(article_id: str) -> list[dict[str, Any]]:
    answer = legacy.request("GET", f"/articles?source_id={article_id}", timeout_s=12)
    if answer.status != 200:
        raise RuntimeError(f"The CMS answered {answer.status}.")
    return list(answer.body["items"])


def _written(article: dict[str, Any], known: list[dict[str, Any]]) -> dict[str, Any]:
    content = {name: article[name] for name in ("version", "title", "body")}
    if not known:
        return _write("POST", "/articles", {**content, "source_id": article["article_id"]})
    if known[0]["version"] >= article["version"]:
        return known[0]
    content["lock_version"] = known[0]["lock_version"]
    return _write("PUT", f"/articles/{known[0]['id']}", content)


def _write(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = legacy.request(method, path, body, timeout_s=35)
    if answer.status == 422:
        raise _Refused(answer.body.get("detail") or "no reason given")
    if answer.status not in (200, 201):
        raise RuntimeError(f"The CMS answered {answer.status}.")
    return answer.body


def _move_aside(record: SQSRecord) -> None:
    """By hand, at once: nothing may block the lane."""
    _sqs.send_message(
        QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody=record.body,
        MessageGroupId=record.attributes.message_group_id,
        MessageDeduplicationId=record.message_id,
    )
