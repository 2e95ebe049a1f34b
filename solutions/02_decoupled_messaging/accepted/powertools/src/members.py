"""PUT and GET /members/{member_id}, with Powertools' event handler."""

import os
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from http_api import answer, json_of, problem

logger = Logger(service="memberships")
app = APIGatewayHttpResolver()
_table = boto3.resource("dynamodb").Table(os.environ["MEMBERS_TABLE"])
_Taken = _table.meta.client.exceptions.ConditionalCheckFailedException
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


@app.get("/members/<member_id>")
def show(member_id: str) -> Response[str]:
    """The member, as it is now."""
    member = _read(member_id)
    return _answered(member) if member else _refused(HTTPStatus.NOT_FOUND, "Nobody knows this member.")


@app.put("/members/<member_id>")
def change(member_id: str) -> Response[str]:
    """The member, in the plan that is asked for."""
    body = json_of(app.current_event.raw_event)
    plan = body.get("plan") if isinstance(body, dict) else None
    if not 1 <= len(member_id) <= 64 or not set(member_id) <= _LETTERS or plan not in ("basic", "plus", "pro"):
        return _refused(HTTPStatus.BAD_REQUEST, "A member's id and a plan are needed.")
    return _answered(_changed(member_id, plan))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Routes that Powertools does not find are requests for impossible members."""
    return app.resolve(event, context)


@app.not_found
def not_found(error: Exception) -> Response[str]:
    """A path with letters that no member's id has."""
    is_put = app.current_event.raw_event["requestContext"]["http"]["method"] == "PUT"
    return _refused(HTTPStatus.BAD_REQUEST if is_put else HTTPStatus.NOT_FOUND, "There is no such member.")


def _changed(member_id: str, plan: str) -> dict[str, Any]:
    try:
        return _table.update_item(
            Key={"member_id": member_id},
            UpdateExpression="SET #p = :plan, occurred_at = :now ADD version :one",
            ConditionExpression="#p <> :plan",  # true as well where there is no plan yet
            ExpressionAttributeNames={"#p": "plan"},
            ExpressionAttributeValues={":plan": plan, ":one": 1, ":now": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"},
            ReturnValues="ALL_NEW",
        )["Attributes"]
    except _Taken:
        return _read(member_id)


def _read(member_id: str) -> dict[str, Any]:
    return _table.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item", {})


def _answered(member: dict[str, Any]) -> Response[str]:
    return _response(answer(200, {name: member[name] for name in ("member_id", "plan", "version")}))


def _refused(status: HTTPStatus, title: str) -> Response[str]:
    return _response(problem(status, title))


def _response(made: dict[str, Any]) -> Response[str]:
    return Response(status_code=made["statusCode"], content_type=made["headers"]["Content-Type"], body=made["body"])
