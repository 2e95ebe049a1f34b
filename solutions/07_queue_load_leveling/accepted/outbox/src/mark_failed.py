"""Consumer of GivenUpQueue: tells the newsroom, then puts the message where a person will look.

Only this function says "failed". Articles come here because the CMS refused them, or because the
queue had enough of them: also when each worker that touched them died without a word.
"""

import os
from typing import Any

import boto3

import transaction_table
from message import Unreadable, parse_message

_DEAD_LETTER_QUEUE_URL = os.environ["DEAD_LETTER_QUEUE_URL"]
_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> None:
    """Marks the transactions first: an article in the dead-letter queue is known to have failed."""
    for record in event["Records"]:
        reason = _reason(record)
        if _mark(record["body"], reason):
            _sqs.send_message(
                QueueUrl=_DEAD_LETTER_QUEUE_URL,
                MessageBody=record["body"],
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )


def _reason(record: dict[str, Any]) -> str:
    attribute = record["messageAttributes"].get("reason", {})
    return str(attribute.get("stringValue") or "It was tried again and again without success.")


def _mark(body: str, reason: str) -> bool:
    """Whether the article has failed indeed; False if another copy of it went through."""
    try:
        message = parse_message(body)
    except Unreadable:
        return True
    return transaction_table.fail(message.transaction_id, reason)
