"""The transactions. Door, consumer and the dead letters' consumer may each be the first to write one."""

import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["TRANSACTIONS_TABLE"]

Ticket = dict[str, str]
"""What a message says of its transaction: transaction_id, article_id and fingerprint."""


def find(transaction_id: str) -> dict[str, str] | None:
    """The transaction as it is now."""
    key = {"transaction_id": {"S": transaction_id}}
    item = _dynamodb.get_item(TableName=_TABLE, Key=key, ConsistentRead=True).get("Item")
    return None if item is None else {name: value["S"] for name, value in item.items()}


def write(ticket: Ticket, **changes: str) -> bool:
    """Writes the transaction, whether or not it is there.

    Returns:
        False: nothing was written. It has succeeded, or it is another article's.
    """
    values = {**ticket, **changes}
    del values["transaction_id"]
    try:
        _dynamodb.update_item(
            TableName=_TABLE,
            Key={"transaction_id": {"S": ticket["transaction_id"]}},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ConditionExpression="attribute_not_exists(transaction_id)"
            " OR (#fingerprint = :fingerprint AND #state <> :succeeded)",
            ExpressionAttributeNames={"#state": "state", **{f"#{name}": name for name in values}},
            ExpressionAttributeValues={
                ":succeeded": {"S": "succeeded"},
                **{f":{name}": {"S": value} for name, value in values.items()},
            },
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def record(ticket: Ticket) -> dict[str, str]:
    """Notes that it is pending unless somebody was quicker; returns the transaction."""
    pending: dict[str, Any] = {**ticket, "state": "pending"}
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={name: {"S": value} for name, value in pending.items()},
            ConditionExpression="attribute_not_exists(transaction_id)",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return find(ticket["transaction_id"]) or pending
    return pending
