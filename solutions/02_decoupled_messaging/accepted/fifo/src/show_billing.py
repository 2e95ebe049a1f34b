"""GET /billing/{member_id}: what a member was charged. Given, but yours to change.

It expects items of BillingTable with `member_id`, `sk`, `version`, `plan` and `amount_cents`.
"""

import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

from http_api import answer, problem

_charges = boto3.resource("dynamodb").Table(os.environ["BILLING_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with all charges, sorted by version, and their sum."""
    member_id = event["pathParameters"]["member_id"]
    items = _charges.query(KeyConditionExpression=Key("member_id").eq(member_id))["Items"]
    if not items:
        return problem(404, "This member was never charged.")
    charges = [{name: item[name] for name in ("version", "plan", "amount_cents")} for item in items]
    charges.sort(key=lambda charge: charge["version"])
    total = sum(charge["amount_cents"] for charge in charges)
    return answer(200, {"member_id": member_id, "charges": charges, "total_cents": total})
