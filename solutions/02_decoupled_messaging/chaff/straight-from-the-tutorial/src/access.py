"""Consumer of AccessQueue: keeps what each member may enter.

What comes last is what counts.
"""

import os
from typing import Any

import boto3

from batches import Change, work_off
from entitlements import features

_access = boto3.resource("dynamodb").Table(os.environ["ACCESS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> None:
    """Follows each change in the batch."""
    work_off(event, _follow)


def _follow(change: Change) -> None:
    member_id, version, plan = change["member_id"], change["version"], change["plan"]
    item = {"member_id": member_id, "version": version, "plan": plan, "features": features(member_id, plan)}
    _access.put_item(Item=item)
