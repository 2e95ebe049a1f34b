"""What is known of each row in the CMS, articles and others, and until when somebody works on it."""

import os
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

_dynamodb = boto3.client("dynamodb")


class Taken(Exception):
    """Somebody else works on the row."""


def take(source_id: str, worker: str, for_s: float, kind: str = "articles") -> dict[str, Any]:
    """Reserves the row for so many seconds, and returns what is known of it.

    Raises:
        Taken: somebody else has reserved it.
    """
    now = time.time()
    try:
        answer = _dynamodb.update_item(
            **_place(kind, source_id),
            UpdateExpression="SET taken_until = :until, worker = :worker",
            ConditionExpression="attribute_not_exists(taken_until) OR taken_until < :now OR worker = :worker",
            ExpressionAttributeValues={
                ":until": {"N": f"{now + for_s:.3f}"},
                ":now": {"N": f"{now:.3f}"},
                ":worker": {"S": worker},
            },
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Taken(f"{kind}/{source_id}") from error
        raise
    return _known(answer["Attributes"])


def peek(source_id: str, kind: str) -> dict[str, int]:
    """What is known of the row, without reserving it."""
    return _known(_dynamodb.get_item(**_place(kind, source_id), ConsistentRead=True).get("Item", {}))


def put_back(source_id: str, worker: str, row: dict[str, Any] | None = None, kind: str = "articles") -> None:
    """Ends the reservation, and notes the row if one is given. Nothing happens if it is no longer ours."""
    note = ", legacy_id = :id, version = :version" if row else ""
    values = {":id": {"N": str(row["id"])}, ":version": {"N": str(row["version"])}} if row else {}
    try:
        _dynamodb.update_item(
            **_place(kind, source_id),
            UpdateExpression=f"SET taken_until = :never{note}",
            ConditionExpression="worker = :worker",
            ExpressionAttributeValues={":never": {"N": "0"}, ":worker": {"S": worker}, **values},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def _place(kind: str, source_id: str) -> dict[str, Any]:
    if kind == "articles":
        return {"TableName": os.environ["ARTICLES_TABLE"], "Key": {"article_id": {"S": source_id}}}
    return {"TableName": os.environ["ROWS_TABLE"], "Key": {"row": {"S": f"{kind}/{source_id}"}}}


def _known(item: dict[str, Any]) -> dict[str, int]:
    return {name: int(item[name]["N"]) for name in ("legacy_id", "version") if name in item}
