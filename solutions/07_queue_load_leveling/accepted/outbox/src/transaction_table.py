"""The transactions: one item for each Idempotency-Key, the client's view of its article."""

import os
import uuid
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from article import Article
from message import Message

PENDING, SUCCEEDED, FAILED = "pending", "succeeded", "failed"

_KEYS = uuid.UUID("6f1d6a3e-6d0f-4a3b-9a55-6f0d7f0f6f07")
_TABLE = os.environ["TRANSACTIONS_TABLE"]
_dynamodb = boto3.client("dynamodb")


@dataclass(frozen=True)
class Transaction:
    """What the newsroom may know of one accepted article, and the message that is to be sent for it."""

    transaction_id: str
    article_id: str
    fingerprint: str
    message_body: str
    status: str = PENDING
    result_location: str = ""
    error_detail: str = ""


def opened(idempotency_key: str, article: Article) -> Transaction:
    """The transaction of this key: a new one, or the one that is already there.

    The id follows from the key, so two attempts of one client meet in one item, whichever of
    them died where.
    """
    transaction_id = str(uuid.uuid5(_KEYS, idempotency_key))
    message_body = Message(transaction_id, article).to_body()
    new = Transaction(transaction_id, article.article_id, article.fingerprint(), message_body)
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={name: {"S": value} for name, value in vars(new).items()},
            ConditionExpression="attribute_not_exists(transaction_id)",
        )
    except ClientError as error:
        if not _is_refused_condition(error):
            raise
        return found(transaction_id) or new
    return new


def found(transaction_id: str) -> Transaction | None:
    """The transaction as it is now. The client may have got its id a millisecond ago."""
    answer = _dynamodb.get_item(TableName=_TABLE, Key=_key(transaction_id), ConsistentRead=True)
    item: dict[str, Any] = answer.get("Item", {})
    return Transaction(**{name: value["S"] for name, value in item.items()}) if item else None


def succeed(transaction_id: str, result_location: str) -> None:
    """The CMS holds the article, or a newer version of it."""
    _dynamodb.update_item(
        TableName=_TABLE,
        Key=_key(transaction_id),
        UpdateExpression="SET #status = :succeeded, result_location = :location, error_detail = :none",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":succeeded": {"S": SUCCEEDED},
            ":location": {"S": result_location},
            ":none": {"S": ""},
        },
    )


def fail(transaction_id: str, detail: str) -> bool:
    """The article was given up. Returns False if it has succeeded: another copy was quicker."""
    try:
        _dynamodb.update_item(
            TableName=_TABLE,
            Key=_key(transaction_id),
            UpdateExpression="SET #status = :failed, error_detail = :detail",
            ConditionExpression="#status <> :succeeded",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":failed": {"S": FAILED},
                ":succeeded": {"S": SUCCEEDED},
                ":detail": {"S": detail},
            },
        )
    except ClientError as error:
        if not _is_refused_condition(error):
            raise
        return False
    return True


def _key(transaction_id: str) -> dict[str, Any]:
    return {"transaction_id": {"S": transaction_id}}


def _is_refused_condition(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")
