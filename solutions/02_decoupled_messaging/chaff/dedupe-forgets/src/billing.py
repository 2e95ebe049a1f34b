"""Consumer of BillingQueue: charges for each change of a plan.

The library remembers by `event_id` which changes have been charged.
"""

import os
import uuid
from typing import Any

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

from batches import Change, work_off

PRICES_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_charges = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])
_memory = DynamoDBPersistenceLayer(table_name=os.environ["EVENTS_TABLE"])
_config = IdempotencyConfig(event_key_jmespath="event_id", raise_on_no_idempotency_key=True)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Charges for each change in the batch."""
    _config.register_lambda_context(context)
    return work_off(event, _charge)


@idempotent_function(data_keyword_argument="change", persistence_store=_memory, config=_config)
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
