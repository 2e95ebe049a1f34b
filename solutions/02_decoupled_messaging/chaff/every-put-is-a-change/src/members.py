"""PUT and GET /members/{member_id}: who has which plan.

A change is one write. That somebody has to be told is the business of whoever reads the
table's stream: there is no second call here that could be forgotten.
"""

import os
import re
from datetime import UTC, datetime
from typing import Any

import boto3

from http_api import answer, json_of, problem

_PLANS = ("basic", "plus", "pro")
_MEMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_members = boto3.resource("dynamodb").Table(os.environ["MEMBERS_TABLE"])
_ConditionFailed = _members.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the member, as it is after the request."""
    member_id = event["pathParameters"]["member_id"]
    if event["requestContext"]["http"]["method"] == "GET":
        return _show(member_id)
    body = json_of(event)
    plan = body.get("plan") if isinstance(body, dict) else None
    if not _MEMBER_ID.fullmatch(member_id) or plan not in _PLANS:
        return problem(400, "A member's id, and one of the plans basic, plus and pro, are needed.")
    changed = _changed(member_id, plan)
    return _shown(changed) if changed else problem(409, "Somebody else changed this member.")


def _show(member_id: str) -> dict[str, Any]:
    member = _member(member_id)
    return _shown(member) if member else problem(404, "Nobody knows this member.")


def _changed(member_id: str, plan: str) -> dict[str, Any]:
    """The member with this plan, one version further than it was."""
    version = int(_member(member_id).get("version", 0)) + 1
    written = {"member_id": member_id, "plan": plan, "version": version, "changed_at": _now()}
    try:
        _members.put_item(
            Item=written,
            ConditionExpression="attribute_not_exists(version) OR version = :before",
            ExpressionAttributeValues={":before": version - 1},
        )
    except _ConditionFailed:
        return {}
    return written


def _member(member_id: str) -> dict[str, Any]:
    return _members.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item", {})


def _shown(member: dict[str, Any]) -> dict[str, Any]:
    return answer(200, {name: member[name] for name in ("member_id", "plan", "version")})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
