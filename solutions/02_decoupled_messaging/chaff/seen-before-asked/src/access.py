"""Consumer of AccessQueue: keeps what each member may enter.

Events come in any order, and entitlements takes its time. So it notes the newest version
that it has seen, and works on nothing older.
"""

import os
from typing import Any

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
        _access.update_item(
            Key={"member_id": f"seen#{member_id}"},
            UpdateExpression="SET seen = :version",
            ConditionExpression="attribute_not_exists(seen) OR seen < :version",
            ExpressionAttributeValues={":version": version},
        )
    except _ConditionFailed:
        print(f"Seen before, or older: {change['event_id']}")
        return
    item = {"member_id": member_id, "version": version, "plan": plan, "features": features(member_id, plan)}
    _access.put_item(Item=item)
