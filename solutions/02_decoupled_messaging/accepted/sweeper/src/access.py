"""Consumer of AccessQueue: keeps what each member may enter."""

import os
from typing import Any

import boto3

from entitlements import features
from notifications import Batch, change_in

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["ACCESS_TABLE"]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Follows what it can, and says what has to come again."""
    batch = Batch(event)
    for record in batch:
        try:
            if change := change_in(record):
                _follow(change["member_id"], change["version"], change["plan"])
        except Exception as error:
            batch.again(record, error)
    return batch.report


def _follow(member_id: str, version: int, plan: str) -> None:
    allowed = features(member_id, plan)
    try:
        _dynamodb.update_item(
            TableName=_TABLE,
            Key={"member_id": {"S": member_id}},
            UpdateExpression="SET version = :version, #plan = :plan, features = :features",
            ConditionExpression="attribute_not_exists(version) OR version <= :version",
            ExpressionAttributeNames={"#plan": "plan"},
            ExpressionAttributeValues={
                ":version": {"N": str(version)},
                ":plan": {"S": plan},
                ":features": {"L": [{"S": one} for one in allowed]},
            },
        )
    except _dynamodb.exceptions.ConditionalCheckFailedException:
        print(f"{member_id} is further than version {version}.")
