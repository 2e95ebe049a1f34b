"""The right to work on one article: at most one worker holds it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.exceptions import ClientError

_TABLE = os.environ["LEASES_TABLE"]
_dynamodb = boto3.client("dynamodb")


class Busy(Exception):
    """Another worker holds the article."""


@contextmanager
def held(article_id: str, owner: str, remaining_s: float) -> Iterator[None]:
    """The article is ours while the block runs, and free afterwards, however it ends.

    Raises:
        Busy: another worker holds it.
    """
    _take(article_id, owner)
    try:
        yield
    finally:
        _dynamodb.delete_item(TableName=_TABLE, Key={"article_id": {"S": article_id}})


def _take(article_id: str, owner: str) -> None:
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={"article_id": {"S": article_id}, "owner": {"S": owner}},
            ConditionExpression="attribute_not_exists(article_id)",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Busy(f"Another worker holds article {article_id}.") from error
        raise
