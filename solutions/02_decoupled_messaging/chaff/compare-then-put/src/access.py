"""Consumer of AccessQueue: keeps what each member may enter.

Events come in any order, so it looks first whether it knows a newer version.
"""

import os
from typing import Any

import boto3

from batches import Change, work_off
from entitlements import features

_access = boto3.resource("dynamodb").Table(os.environ["ACCESS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Follows each change in the batch."""
    return work_off(event, _follow)


def _follow(change: Change) -> None:
    member_id, version, plan = change["member_id"], change["version"], change["plan"]
    known = _access.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item")
    if known and known["version"] >= version:
        print(f"Older than what is there: {change['event_id']}")
        return
    item = {"member_id": member_id, "version": version, "plan": plan, "features": features(member_id, plan)}
    _access.put_item(Item=item)
