"""Consumer of AccessQueue: keeps what each member may enter.

Events come in any order, and entitlements takes its time. So it is the write that decides:
DynamoDB takes it only if it is newer than what is there.
"""

import os
from typing import Any
from urllib.error import HTTPError

import boto3

from batches import Change, work_off
from entitlements import features

_access = boto3.resource("dynamodb").Table(os.environ["ACCESS_TABLE"])
_ConditionFailed = _access.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Follows each change in the batch."""
    return work_off(event, _follow)


def _follow(change: Change) -> None:
    member_id, version, plan = change["member_id"], change["version"], change["plan"]
    try:
        allowed = features(member_id, plan)
    except HTTPError as error:
        if error.code != 422:
            raise
        print(f"Refused for good: {change}")
        return
    item = {"member_id": member_id, "version": version, "plan": plan, "features": allowed}
    try:
        _access.put_item(
            Item=item,
            ConditionExpression="attribute_not_exists(version) OR version < :version",
            ExpressionAttributeValues={":version": version},
        )
    except _ConditionFailed:
        print(f"Older than what is there: {change['event_id']}")
