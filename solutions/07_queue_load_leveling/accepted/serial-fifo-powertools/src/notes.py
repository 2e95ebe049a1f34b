"""What the lanes note for each other, and a run for its next attempt."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from rows import Refused

_TABLE = os.environ["NOTES_TABLE"]
_PATIENCE_S = 10
_dynamodb = boto3.client("dynamodb")


@contextmanager
def claim(article_id: str, context: Any) -> Iterator[None]:
    """Nobody else writes the article in the block. Waits for the other lane, which takes a moment.

    A claim whose holder got no clear answer stays, until the CMS has surely decided.
    """
    name = f"claim/{article_id}"
    give_up_at = time.time() + _PATIENCE_S
    while not _take(name, context):
        if time.time() > give_up_at:
            raise RuntimeError(f"The other lane has {article_id}.")
        time.sleep(0.5)
    try:
        yield
    except Refused:
        _dynamodb.delete_item(TableName=_TABLE, Key={"name": {"S": name}})
        raise
    _dynamodb.delete_item(TableName=_TABLE, Key={"name": {"S": name}})


def behind(run_id: str) -> str | None:
    """The article id that the run goes on behind; "" at the beginning, None when it is complete."""
    item = _dynamodb.get_item(TableName=_TABLE, Key=_run(run_id), ConsistentRead=True).get("Item")
    behind: str | None = json.loads(item["behind"]["S"]) if item else ""
    return behind


def note(run_id: str, behind: str | None) -> None:
    """Everything up to this article is in the queue."""
    _dynamodb.put_item(TableName=_TABLE, Item={**_run(run_id), "behind": {"S": json.dumps(behind)}})


def _take(name: str, context: Any) -> bool:
    now, left_s = time.time(), context.get_remaining_time_in_millis() / 1000
    values = {":now": {"N": f"{now:.3f}"}, ":by": {"S": context.aws_request_id}}
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={"name": {"S": name}, "ends": {"N": f"{now + left_s + 35:.3f}"}, "holder": values[":by"]},
            ConditionExpression="attribute_not_exists(ends) OR ends < :now OR holder = :by",
            ExpressionAttributeValues=values,
        )
    except _dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _run(run_id: str) -> dict[str, Any]:
    return {"name": {"S": f"run/{run_id}"}}
