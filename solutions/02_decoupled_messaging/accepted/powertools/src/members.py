"""PUT and GET /members/{member_id}: who has which plan."""

import os
from datetime import UTC, datetime
from typing import Any

import boto3

from http_api import answer, json_of, problem

_table = boto3.resource("dynamodb").Table(os.environ["MEMBERS_TABLE"])
_Taken = _table.meta.client.exceptions.ConditionalCheckFailedException
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The member, as it is after the request."""
    member_id = event["pathParameters"]["member_id"]
    if event["routeKey"].startswith("PUT "):
        return _change(member_id, json_of(event))
    member = _read(member_id)
    return _answered(member) if member else problem(404, "Nobody knows this member.")


def _change(member_id: str, body: Any) -> dict[str, Any]:
    plan = body.get("plan") if isinstance(body, dict) else None
    if not 1 <= len(member_id) <= 64 or not set(member_id) <= _LETTERS or plan not in ("basic", "plus", "pro"):
        return problem(400, "A member's id and a plan are needed.")
    try:
        changed = _table.update_item(
            Key={"member_id": member_id},
            UpdateExpression="SET #p = :plan, occurred_at = :now ADD version :one",
            ConditionExpression="#p <> :plan",  # true as well where there is no plan yet
            ExpressionAttributeNames={"#p": "plan"},
            ExpressionAttributeValues={":plan": plan, ":one": 1, ":now": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"},
            ReturnValues="ALL_NEW",
        )["Attributes"]
    except _Taken:
        changed = _read(member_id)
    return _answered(changed)


def _read(member_id: str) -> dict[str, Any]:
    return _table.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item", {})


def _answered(member: dict[str, Any]) -> dict[str, Any]:
    return answer(200, {name: member[name] for name in ("member_id", "plan", "version")})
