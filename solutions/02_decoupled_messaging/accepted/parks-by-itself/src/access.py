"""Consumer of AccessQueue: keeps what each member may enter.

A group is worked off in order. Yet what is redriven comes late, so versions are compared as
well: before entitlements is asked, to save the question, and in the write, to be sure.
"""

import os
import urllib.error
from typing import Any

import boto3

from entitlements import features
from parking import Change, NeverWorks, drive

_access = boto3.resource("dynamodb").Table(os.environ["ACCESS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Follows each change in the batch."""
    return drive(event, _follow)


def _follow(change: Change) -> None:
    known = _access.get_item(Key={"member_id": change["member_id"]}, ConsistentRead=True).get("Item", {})
    if known.get("version", 0) >= change["version"]:
        return
    try:
        allowed = features(change["member_id"], change["plan"], timeout_s=4.5)
    except urllib.error.HTTPError as error:
        if error.code == 422:
            raise NeverWorks("Entitlements refuses this plan for this member.") from error
        raise
    try:
        _access.put_item(
            Item={**change, "features": allowed},
            ConditionExpression="attribute_not_exists(member_id) OR version < :version",
            ExpressionAttributeValues={":version": change["version"]},
        )
    except _access.meta.client.exceptions.ConditionalCheckFailedException:
        print(f"Overtaken: {change}")
