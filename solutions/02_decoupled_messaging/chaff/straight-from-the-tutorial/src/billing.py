"""Consumer of BillingQueue: charges for each change of a plan."""

import os
import uuid
from typing import Any

import boto3

from batches import Change, work_off

PRICES_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_charges = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])


def handler(event: dict[str, Any], context: Any) -> None:
    """Charges for each change in the batch."""
    work_off(event, _charge)


def _charge(change: Change) -> None:
    _charges.put_item(
        Item={
            "member_id": change["member_id"],
            "sk": str(uuid.uuid4()),
            "version": change["version"],
            "plan": change["plan"],
            "amount_cents": PRICES_CENTS[change["plan"]],
        }
    )
