"""Consumer of IngestQueue: carries articles into the Legacy CMS, each at most once at a time."""

import logging
import os
from typing import Any

import boto3

import transaction_table
from cms import Refused, put_article
from lease import Busy, held
from message import Unreadable, parse_message

_GIVEN_UP_QUEUE_URL = os.environ["GIVEN_UP_QUEUE_URL"]
_logger = logging.getLogger(__name__)
_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Works on each message; those it reports come back when their visibility timeout is over."""
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: dict[str, Any], context: Any) -> bool:
    """Whether the message may be deleted: its article is in the CMS, has been given up, or is being worked on.

    Every other end (a CMS in trouble, a bug) is worth another try later, and the
    queue counts the tries.
    """
    try:
        _carry(record, context)
    except (Refused, Unreadable) as reason:
        _give_up(record, str(reason))
    except Busy:
        _logger.info("Another worker is on it: %s", record["messageId"])
    except Exception:
        _logger.exception("Not done yet: %s", record["messageId"])
        return False
    return True


def _carry(record: dict[str, Any], context: Any) -> None:
    message = parse_message(record["body"])
    remaining_s = context.get_remaining_time_in_millis() / 1000
    with held(f"articles/{message.article.article_id}", context.aws_request_id, remaining_s):
        location = put_article(message.article)
    transaction_table.succeed(message.transaction_id, location)


def _give_up(record: dict[str, Any], reason: str) -> None:
    """Trying again will not help: hands the message over at once, with the reason."""
    _sqs.send_message(
        QueueUrl=_GIVEN_UP_QUEUE_URL,
        MessageBody=record["body"],
        MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
    )
