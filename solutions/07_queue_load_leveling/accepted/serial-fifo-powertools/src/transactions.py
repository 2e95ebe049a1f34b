"""The transactions in DynamoDB."""

import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["TRANSACTIONS_TABLE"]


def put_if_new(transaction: dict[str, str]) -> dict[str, str]:
    """Writes the transaction unless its id is there; returns the one that is there now."""
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={name: {"S": value} for name, value in transaction.items()},
            ConditionExpression="attribute_not_exists(transaction_id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except _dynamodb.exceptions.ConditionalCheckFailedException as refusal:
        return {name: value["S"] for name, value in refusal.response["Item"].items()}
    return transaction


def read(transaction_id: str) -> dict[str, str]:
    """The transaction as it is now; {} if there is none."""
    answer = _dynamodb.get_item(TableName=_TABLE, Key={"transaction_id": {"S": transaction_id}}, ConsistentRead=True)
    return {name: value["S"] for name, value in answer.get("Item", {}).items()}


def end(transaction_id: str, status: str, **details: str) -> None:
    """Notes how it ended. What has succeeded stays so."""
    values: dict[str, Any] = {f":{name}": {"S": value} for name, value in {"status": status, **details}.items()}
    try:
        _dynamodb.update_item(
            TableName=_TABLE,
            Key={"transaction_id": {"S": transaction_id}},
            UpdateExpression="SET #status = :status" + "".join(f", {name} = :{name}" for name in details),
            ConditionExpression="attribute_exists(transaction_id) AND #status <> :succeeded",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={**values, ":succeeded": {"S": "succeeded"}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
