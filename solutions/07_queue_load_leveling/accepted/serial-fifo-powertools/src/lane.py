"""The newsroom's lane to the CMS: one group, so one message in flight, so one request in flight.

The archive has a lane of its own. Only where both come to the same article do they meet, at its claim.
"""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import notes
import rows
import transactions

_sqs = boto3.client("sqs")
_logger = Logger()


def handler(event: dict[str, Any], context: Any) -> Any:
    """Consumes IngestQueue."""
    processor = SqsFifoPartialProcessor()
    return process_partial_response(event, _import, processor, context)  # gives _import the context, too


def undertaker(event: dict[str, Any], context: Any) -> Any:
    """Consumes IngestDeadLetterQueue."""
    processor = SqsFifoPartialProcessor()
    return process_partial_response(event, _bury, processor, context)


def _import(record: SQSRecord, lambda_context: Any) -> None:
    try:
        article = record.json_body
        article_id = article["article_id"]
    except (ValueError, TypeError, KeyError):
        _logger.warning("unreadable", extra={"message": record.body})
        _move_aside(record)
        return
    try:
        with notes.claim(article_id, lambda_context):
            row = rows.put("articles", article_id, {name: article[name] for name in ("version", "title", "body")})
    except rows.Refused as refusal:
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


def _move_aside(record: SQSRecord) -> None:
    """By hand, at once: nothing may block the lane."""
    _sqs.send_message(
        QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"],
        MessageBody=record.body,
        MessageGroupId=record.attributes.message_group_id,
        MessageDeduplicationId=record.message_id,
    )
