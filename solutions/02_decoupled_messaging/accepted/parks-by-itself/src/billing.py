"""Consumer of BillingQueue: charges for each change of a plan."""

import os
from typing import Any

import boto3

from parking import Change, NeverWorks, drive

_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_charges = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Charges for each change in the batch."""
    return drive(event, _charge)


def _charge(change: Change) -> None:
    if change["plan"] not in _CENTS:
        raise NeverWorks(f"The plan {change['plan']} has no price.")
    _charges.put_item(
        Item={
            "member_id": change["member_id"],
            "sk": f"{change['version']:09}",
            "version": change["version"],
            "plan": change["plan"],
            "amount_cents": _CENTS[change["plan"]],
        }
    )
