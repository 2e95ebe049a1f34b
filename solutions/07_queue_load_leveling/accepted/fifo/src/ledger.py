"""The table of transactions."""

import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["TRANSACTIONS_TABLE"]


def add(transaction_id: str, article_id: str, fingerprint: str) -> bool:
    """Records a new transaction; False if it is there already."""
    item = {"transaction_id": transaction_id, "article_id": article_id, "fingerprint": fingerprint, "status": "pending"}
    return _unless_refused(
        _dynamodb.put_item,
        Item={name: {"S": value} for name, value in item.items()},
        ConditionExpression="attribute_not_exists(transaction_id)",
    )


def get(transaction_id: str) -> dict[str, str] | None:
    """The transaction as it is now."""
    key = {"transaction_id": {"S": transaction_id}}
    answer = _dynamodb.get_item(TableName=_TABLE, Key=key, ConsistentRead=True)
    return {name: value["S"] for name, value in answer["Item"].items()} if "Item" in answer else None


def finish(transaction_id: str, status: str, outcome: str, message: str = "") -> bool:
    """Records how it ended; False if it has succeeded before, which stays.

    Args:
        outcome: where the article is, or why it failed.
        message: the body of the message, kept for whoever looks into a failure.
    """
    return _unless_refused(
        _dynamodb.update_item,
        Key={"transaction_id": {"S": transaction_id}},
        UpdateExpression="SET #status = :status, outcome = :outcome, message = :message",
        ConditionExpression="#status <> :succeeded",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":status": {"S": status},
            ":outcome": {"S": outcome},
            ":message": {"S": message},
            ":succeeded": {"S": "succeeded"},
        },
    )


def _unless_refused(call: Any, **arguments: Any) -> bool:
    try:
        call(TableName=_TABLE, **arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True
