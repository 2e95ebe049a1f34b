"""Consumer of BillingQueue: charges for each change of a plan, once."""

import os
from typing import Any

import boto3

from notifications import Batch, change_in

_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_table = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Charges what it can, and says what has to come again."""
    batch = Batch(event)
    for record in batch:
        try:
            if change := change_in(record):
                _charge(change["member_id"], change["version"], change["plan"])
        except Exception as error:
            batch.again(record, error)
    return batch.report


def _charge(member_id: str, version: int, plan: str) -> None:
    """The key says what was charged; an update to the same values changes nothing."""
    _table.update_item(
        Key={"member_id": member_id, "sk": f"charge#{version:08}"},
        UpdateExpression="SET version = :version, #plan = :plan, amount_cents = :cents",
        ExpressionAttributeNames={"#plan": "plan"},
        ExpressionAttributeValues={":version": version, ":plan": plan, ":cents": _CENTS[plan]},
    )
