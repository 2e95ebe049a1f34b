"""Answers of the HTTP API, and what its requests hold. Given."""

import base64
import json
from decimal import Decimal
from typing import Any


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """A JSON answer."""
    return _answer(status, body, "application/json")


def problem(status: int, title: str) -> dict[str, Any]:
    """A problem document (RFC 9457)."""
    return _answer(status, {"title": title, "status": status}, "application/problem+json")


def json_of(event: dict[str, Any]) -> Any:
    """The JSON in the request's body; None if there is none."""
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        text = base64.b64decode(text).decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return None


def _answer(status: int, body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": kind}, "body": json.dumps(body, default=_number)}


def _number(value: Any) -> int:
    if isinstance(value, Decimal):  # what DynamoDB gives for a number
        return int(value)
    raise TypeError(f"{value!r} is no JSON")
