"""Requests and answers of API Gateway (HTTP API, payload format 2.0)."""

import base64
import json
from typing import Any


def text_of(event: dict[str, Any]) -> str:
    """The body of a request."""
    body = event.get("body", "")
    return base64.b64decode(body).decode(errors="replace") if event.get("isBase64Encoded") else body


def answer(status: int, body: dict[str, Any], *, location: str = "") -> dict[str, Any]:
    """An answer with a JSON body."""
    headers = {"Content-Type": "application/json"}
    if location:
        headers["Location"] = location
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def problem(status: int, title: str, detail: str) -> dict[str, Any]:
    """An answer that tells a client what is wrong, as RFC 9457 has it."""
    body = {"title": title, "status": status, "detail": detail}
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/problem+json"},
        "body": json.dumps(body),
    }
