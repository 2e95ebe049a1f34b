"""Answers of the HTTP API."""

import json
from typing import Any

Answer = dict[str, Any]


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "body": json.dumps(body),
    }


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Answer:
    """A problem document (RFC 9457)."""
    body = {"title": title, "status": status, "detail": detail}
    return answer(status, body, {"Content-Type": "application/problem+json", **(headers or {})})
