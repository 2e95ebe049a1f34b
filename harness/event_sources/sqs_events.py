"""The event that Lambda makes of SQS messages, and its reading of the answer.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

from harness.cloud.account import REGION
from harness.cloud.engines.sqs.message import AttributeValue, Received


def event(queue_arn: str, batch: Sequence[Received]) -> bytes:
    """The event as JSON text."""
    return json.dumps({"Records": [record(queue_arn, message) for message in batch]}).encode()


def size_bytes(queue_arn: str, message: Received) -> int:
    """What a message adds to the event."""
    return len(json.dumps(record(queue_arn, message))) + 2


def record(queue_arn: str, message: Received) -> dict[str, Any]:
    """One message as it stands in the event."""
    shown: dict[str, Any] = {
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": dict(message.attributes),
        "messageAttributes": {name: _attribute(one) for name, one in message.message_attributes.items()},
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }
    if message.md5_of_message_attributes:
        shown["md5OfMessageAttributes"] = message.md5_of_message_attributes
    return shown


def _attribute(one: AttributeValue) -> dict[str, Any]:
    """A message attribute in Lambda's spelling."""
    shaped: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": one.data_type}
    if one.string_value is not None:
        shaped["stringValue"] = one.string_value
    if one.binary_value is not None:
        shaped["binaryValue"] = base64.b64encode(one.binary_value).decode()
    return shaped


def failed_ids(payload: bytes, batch_ids: Sequence[str]) -> set[str]:
    """The messages that a partial batch response keeps in the queue.

    null, {} and an empty or missing list mean that all succeeded; anything that Lambda
    cannot make sense of means that the whole batch failed.
    """
    everything = set(batch_ids)
    try:
        answer = json.loads(payload or b"null")
    except (ValueError, RecursionError):
        return everything
    if answer is None:
        return set()
    if not isinstance(answer, dict):
        return everything
    failures = answer.get("batchItemFailures")
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return everything
    ids = {str(entry.get("itemIdentifier")) if isinstance(entry, dict) else "" for entry in failures}
    return ids if ids <= everything else everything
