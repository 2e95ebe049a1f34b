"""Consumer of BillingQueue: charges for each change of a plan."""

import contextlib
import os

import boto3

from changes import Change, consumer

_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_table = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])


def charge(change: Change) -> None:
    """The change is charged."""
    plan, version = change["plan"], change["version"]
    item = {"member_id": change["member_id"], "sk": f"v{version:010}", "version": version, "plan": plan}
    with contextlib.suppress(_table.meta.client.exceptions.ConditionalCheckFailedException):  # charged before
        _table.put_item(Item={**item, "amount_cents": _CENTS[plan]}, ConditionExpression="attribute_not_exists(sk)")


handler = consumer(charge)
