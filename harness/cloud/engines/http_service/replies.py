"""The answers services give: JSON, and problem documents (RFC 9457)."""

from typing import Any

import msgspec

from harness.simulation.wire import Reply

_encode = msgspec.json.Encoder(order="deterministic").encode

TITLES = {
    400: "Bad Request",
    404: "Not Found",
    409: "Conflict",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
"""Titles of problems. Not taken from `http`: its words differ between Python versions."""


def json_reply(status: int, body: object, headers: dict[str, str] | None = None) -> Reply:
    """An answer with a JSON body.

    Args:
        status: HTTP status.
        body: anything msgspec can write as JSON.
        headers: further headers, names in lower case.
    """
    return Reply(status, {"content-type": "application/json", **(headers or {})}, _encode(body))


def problem(status: int, detail: str, *, retry_after_s: int | None = None, **members: Any) -> Reply:
    """An answer that says what is wrong.

    Args:
        status: HTTP status, one of `TITLES`.
        detail: what is wrong, in words.
        retry_after_s: sent as the Retry-After header if given.
        members: further members of the document, such as `code`.
    """
    headers = {"content-type": "application/problem+json"}
    if retry_after_s is not None:
        headers["retry-after"] = str(retry_after_s)
    document = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, **members}
    return Reply(status, headers, _encode(document))
