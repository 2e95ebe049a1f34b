"""PUT and GET /members/{member_id}: who has which plan.

The member and the event about it are written in one transaction: both, or none. The event
stands in the outbox until the sweeper has published it.
"""

import json
import os
import re
from datetime import UTC, datetime
from typing import Any

import boto3

from http_api import answer, json_of, problem

_MEMBERS_TABLE, _OUTBOX_TABLE = os.environ["MEMBERS_TABLE"], os.environ["OUTBOX_TABLE"]
_MEMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ATTEMPTS = 5
_dynamodb = boto3.client("dynamodb")

Member = dict[str, Any]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the member, as it is after the request."""
    member_id = event["pathParameters"]["member_id"]
    if event["requestContext"]["http"]["method"] == "GET":
        member = _member(member_id)
        return answer(200, member) if member else problem(404, "Nobody knows this member.")
    body = json_of(event)
    plan = body.get("plan") if isinstance(body, dict) else None
    if not _MEMBER_ID.fullmatch(member_id) or plan not in ("basic", "plus", "pro"):
        return problem(400, "A member's id, and one of the plans basic, plus and pro, are needed.")
    return _change(member_id, plan)


def _change(member_id: str, plan: str) -> dict[str, Any]:
    """Tries until nobody else writes between the look and the write."""
    for _ in range(_ATTEMPTS):
        known = _member(member_id)
        if known.get("plan") == plan:
            return answer(200, known)
        member = {"member_id": member_id, "plan": plan, "version": known.get("version", 0) + 1}
        if _is_saved(member, known):
            return answer(200, member)
    return problem(409, "Too many others are changing this member.")


def _is_saved(member: Member, known: Member) -> bool:
    """Writes both, or neither if the member is no longer what it was.

    The SDK gives the transaction a token, so that one repeated after a lost answer is the same one.
    """
    try:
        _dynamodb.transact_write_items(TransactItems=[_member_put(member, known), _event_put(member, known)])
    except _dynamodb.exceptions.TransactionCanceledException:
        return False
    return True


def _member_put(member: Member, known: Member) -> dict[str, Any]:
    item = {
        "member_id": {"S": member["member_id"]},
        "plan": {"S": member["plan"]},
        "version": {"N": str(member["version"])},
    }
    return {
        "Put": {
            "TableName": _MEMBERS_TABLE,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(member_id) OR version = :before",
            "ExpressionAttributeValues": {":before": {"N": str(known.get("version", 0))}},
        }
    }


def _event_put(member: Member, known: Member) -> dict[str, Any]:
    event = {
        "event_id": f"{member['member_id']}.{member['version']}",
        "event_type": "MemberChanged",
        "schema_version": 1,
        "occurred_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **member,
        "previous_plan": known.get("plan"),
    }
    item = {"event_id": {"S": event["event_id"]}, "event": {"S": json.dumps(event)}}
    return {"Put": {"TableName": _OUTBOX_TABLE, "Item": item}}


def _member(member_id: str) -> Member:
    found = _dynamodb.get_item(TableName=_MEMBERS_TABLE, Key={"member_id": {"S": member_id}}, ConsistentRead=True)
    item = found.get("Item")
    if not item:
        return {}
    return {"member_id": member_id, "plan": item["plan"]["S"], "version": int(item["version"]["N"])}
