"""Consumer of BillingQueue: charges for each change of a plan.

A charge stands under member and version. Whoever writes it a second time, however late and
from whatever envelope, finds that it is there.
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


def _charge(change: Change) -> None:
    charge = {
        "member_id": change["member_id"],
        "sk": f"{change['version']:012}",
        "version": change["version"],
        "plan": change["plan"],
        "amount_cents": PRICES_CENTS[change["plan"]],
    }
    try:
        _charges.put_item(Item=charge, ConditionExpression="attribute_not_exists(member_id)")
    except _ConditionFailed:
        print(f"Charged before: {change['event_id']}")
