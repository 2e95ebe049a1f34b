"""The right to work on one row of the CMS: at most one worker holds it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.exceptions import ClientError

_TABLE = os.environ["LEASES_TABLE"]
_dynamodb = boto3.client("dynamodb")


class Busy(Exception):
    """Another worker holds the row."""


@contextmanager
def held(row: str, owner: str, remaining_s: float) -> Iterator[None]:
    """The row is ours while the block runs, and free afterwards, however it ends.

    Raises:
        Busy: another worker holds it.
    """
    _take(row, owner)
    try:
        yield
    finally:
        _dynamodb.delete_item(TableName=_TABLE, Key={"row": {"S": row}})


def _take(row: str, owner: str) -> None:
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={"row": {"S": row}, "owner": {"S": owner}},
            ConditionExpression="attribute_not_exists(#row)",
            ExpressionAttributeNames={"#row": "row"},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Busy(f"Another worker holds {row}.") from error
        raise
