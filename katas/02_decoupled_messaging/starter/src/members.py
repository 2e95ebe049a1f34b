"""PUT and GET /members/{member_id}: who has which plan."""

import os
import re
from typing import Any

import boto3

from http_api import answer, json_of, problem

_PLANS = ("basic", "plus", "pro")
_MEMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_members = boto3.resource("dynamodb").Table(os.environ["MEMBERS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the member, as it is after the request."""
    member_id = event["pathParameters"]["member_id"]
    if event["requestContext"]["http"]["method"] == "GET":
        return _show(member_id)
    body = json_of(event)
    plan = body.get("plan") if isinstance(body, dict) else None
    if not _MEMBER_ID.fullmatch(member_id) or plan not in _PLANS:
        return problem(400, "A member's id, and one of the plans basic, plus and pro, are needed.")
    return _change(member_id, plan)


def _show(member_id: str) -> dict[str, Any]:
    member = _members.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item")
    return _shown(member) if member else problem(404, "Nobody knows this member.")


def _change(member_id: str, plan: str) -> dict[str, Any]:
    """Saves the member, always in version 1, and tells nobody. Write the rest."""
    member = {"member_id": member_id, "plan": plan, "version": 1}
    _members.put_item(Item=member)
    return _shown(member)


def _shown(member: dict[str, Any]) -> dict[str, Any]:
    return answer(200, {name: member[name] for name in ("member_id", "plan", "version")})
