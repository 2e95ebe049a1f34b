"""PUT and GET /members/{member_id}: who has which plan.

A change is announced, and then it is saved: so no event is lost.
"""

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import boto3

from http_api import answer, json_of, problem

_PLANS = ("basic", "plus", "pro")
_MEMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_sns = boto3.client("sns")
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
    try:
        return _shown(_changed(member_id, plan))
    except _ConditionFailed:
        return problem(409, "Somebody else changed this member.")


def _show(member_id: str) -> dict[str, Any]:
    member = _member(member_id)
    return _shown(member) if member else problem(404, "Nobody knows this member.")


def _changed(member_id: str, plan: str) -> dict[str, Any]:
    """The member with this plan: one version further, unless it has the plan already."""
    known = _member(member_id)
    if known and known["plan"] == plan:
        return known
    before = int(known.get("version", 0))
    written = {"member_id": member_id, "plan": plan, "version": before + 1, "changed_at": _now()}
    _publish(written, known.get("plan"))
    _members.put_item(
        Item=written,
        ConditionExpression="attribute_not_exists(version) OR version = :before",
        ExpressionAttributeValues={":before": before},
    )
    return written


def _publish(member: dict[str, Any], previous_plan: str | None) -> None:
    member_id, version = member["member_id"], int(member["version"])
    changed = {
        "event_id": f"{member_id}#{version}",
        "event_type": "MemberChanged",
        "schema_version": 1,
        "occurred_at": member["changed_at"],
        "member_id": member_id,
        "version": version,
        "plan": member["plan"],
        "previous_plan": previous_plan,
    }
    _sns.publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Message=json.dumps(changed),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": changed[name]} for name in ("event_type", "plan")
        },
    )


def _member(member_id: str) -> dict[str, Any]:
    return _members.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item", {})


def _shown(member: dict[str, Any]) -> dict[str, Any]:
    return answer(200, {name: member[name] for name in ("member_id", "plan", "version")})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
