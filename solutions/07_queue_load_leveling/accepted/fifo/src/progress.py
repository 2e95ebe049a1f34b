"""How far each run has come, and who is writing which article at this moment."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cms import Refused

_TABLE = os.environ["PROGRESS_TABLE"]
_CMS_IS_DONE_AFTER_S = 30
_CLOCKS_DIFFER_BY_S = 5
_dynamodb = boto3.client("dynamodb")


class Claimed(Exception):
    """The other lane is writing the article."""


@contextmanager
def claimed(article_id: str, context: Any) -> Iterator[None]:
    """The article is ours in the block. Freed only if the CMS said how it ended: otherwise it runs out."""
    left_s = context.get_remaining_time_in_millis() / 1000
    _take(article_id, context.aws_request_id, time.time() + left_s + _CMS_IS_DONE_AFTER_S + _CLOCKS_DIFFER_BY_S)
    try:
        yield
    except Refused:
        _free(article_id)
        raise
    _free(article_id)


def read(run_id: str) -> dict[str, Any]:
    """`after`, the sort values to go on behind, and `is_complete`."""
    found = _dynamodb.get_item(TableName=_TABLE, Key={"id": {"S": f"run {run_id}"}}, ConsistentRead=True)
    item = found.get("Item")
    return json.loads(item["state"]["S"]) if item else {"after": None, "is_complete": False}


def write(run_id: str, state: dict[str, Any]) -> None:
    """The run has come so far."""
    _dynamodb.put_item(TableName=_TABLE, Item={"id": {"S": f"run {run_id}"}, "state": {"S": json.dumps(state)}})


def _take(article_id: str, owner: str, until: float) -> None:
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={"id": {"S": f"article {article_id}"}, "until": {"N": f"{until:.3f}"}, "by": {"S": owner}},
            ConditionExpression="attribute_not_exists(id) OR #until < :now OR #by = :by",
            ExpressionAttributeNames={"#until": "until", "#by": "by"},
            ExpressionAttributeValues={":now": {"N": f"{time.time():.3f}"}, ":by": {"S": owner}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Claimed(article_id) from error
        raise


def _free(article_id: str) -> None:
    """Nobody else can have it: it ends long after whoever took it."""
    _dynamodb.delete_item(TableName=_TABLE, Key={"id": {"S": f"article {article_id}"}})
