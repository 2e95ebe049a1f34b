"""What is known of each article: its row in the CMS, and until when somebody works on it."""

import os
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["ARTICLES_TABLE"]


class Taken(Exception):
    """Somebody else works on the article."""


def take(article_id: str, worker: str, for_s: float) -> dict[str, Any]:
    """Reserves the article for so many seconds, and returns what is known of it.

    Raises:
        Taken: somebody else has reserved it.
    """
    now = time.time()
    try:
        answer = _dynamodb.update_item(
            TableName=_TABLE,
            Key={"article_id": {"S": article_id}},
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
            raise Taken(article_id) from error
        raise
    item = answer["Attributes"]
    return {name: int(item[name]["N"]) for name in ("legacy_id", "version") if name in item}


def put_back(article_id: str, worker: str, row: dict[str, Any] | None = None) -> None:
    """Ends the reservation, and notes the row if one is given. Nothing happens if it is no longer ours."""
    note = ", legacy_id = :id, version = :version" if row else ""
    values = {":id": {"N": str(row["id"])}, ":version": {"N": str(row["version"])}} if row else {}
    try:
        _dynamodb.update_item(
            TableName=_TABLE,
            Key={"article_id": {"S": article_id}},
            UpdateExpression=f"SET taken_until = :never{note}",
            ConditionExpression="worker = :worker",
            ExpressionAttributeValues={":never": {"N": "0"}, ":worker": {"S": worker}, **values},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
