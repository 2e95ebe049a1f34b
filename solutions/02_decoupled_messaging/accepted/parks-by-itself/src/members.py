"""PUT and GET /members/{member_id}: who has which plan.

Optimistic locking: read, decide, and write on condition that nobody wrote in between. Where
somebody did, or the condition failed against a write of one's own that went unanswered, the
next look shows it.
"""

import os
import re
from datetime import UTC, datetime
from typing import Any

import boto3

from http_api import answer, json_of, problem

_members = boto3.resource("dynamodb").Table(os.environ["MEMBERS_TABLE"])
_Overtaken = _members.meta.client.exceptions.ConditionalCheckFailedException
_LOOKS = 5


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the member, as it is after the request."""
    member_id = event["pathParameters"]["member_id"]
    if event["routeKey"].startswith("GET"):
        member = _look(member_id)
        return _shown(member) if member else problem(404, "Nobody knows this member.")
    body = json_of(event)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", member_id) or not _is_order(body):
        return problem(400, "A member's id, and one of the plans basic, plus and pro, are needed.")
    for _ in range(_LOOKS):
        member = _look(member_id)
        if member.get("plan") == body["plan"]:
            return _shown(member)
        try:
            return _shown(_write(member_id, body["plan"], member))
        except _Overtaken:
            continue
    return problem(409, "Others change this member all the time.")


def _is_order(body: Any) -> bool:
    return isinstance(body, dict) and body.get("plan") in ("basic", "plus", "pro")


def _look(member_id: str) -> dict[str, Any]:
    return _members.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item", {})


def _write(member_id: str, plan: str, before: dict[str, Any]) -> dict[str, Any]:
    known = int(before.get("version", 0))
    changed_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    member = {"member_id": member_id, "plan": plan, "version": known + 1, "changed_at": changed_at}
    _members.put_item(
        Item=member,
        ConditionExpression="attribute_not_exists(member_id) OR version = :known",
        ExpressionAttributeValues={":known": known},
    )
    return member


def _shown(member: dict[str, Any]) -> dict[str, Any]:
    return answer(200, {name: member[name] for name in ("member_id", "plan", "version")})
