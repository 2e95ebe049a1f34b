"""Consumer of BillingQueue: charges for each change of a plan.

A charge stands under the id of its message. A message that comes again finds that it is there.
"""

import os
from typing import Any

import boto3

from batches import Change, work_off

PRICES_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_charges = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])
_ConditionFailed = _charges.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Charges for each change in the batch."""
    return work_off(event, _charge)


def _charge(change: Change, message_id: str) -> None:
    charge = {
        "member_id": change["member_id"],
        "sk": message_id,
        "version": change["version"],
        "plan": change["plan"],
        "amount_cents": PRICES_CENTS[change["plan"]],
    }
    try:
        _charges.put_item(Item=charge, ConditionExpression="attribute_not_exists(member_id)")
    except _ConditionFailed:
        print(f"Charged before: {message_id}")
