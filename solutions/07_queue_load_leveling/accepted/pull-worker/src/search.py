"""Asks the search index over HTTP. Given: it never retries and judges nothing."""

import http.client
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the index answered, whatever the status. `body` is {} where it was no JSON."""

    status: int
    body: dict[str, Any]


class NoAnswer(Exception):
    """No answer came: the connection broke, or `timeout_s` was over."""


def request(method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float = 10.0) -> Answer:
    """Sends one request and waits for its answer.

    Args:
        path: with its query string, e.g. "/articles/_search".
        timeout_s: how long to wait for the answer, seconds.

    Raises:
        NoAnswer: none came.
    """
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    call = urllib.request.Request(os.environ["SEARCH_URL"] + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(call, timeout=timeout_s) as reply:
            return Answer(reply.status, _json(reply.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, _json(error.read()))
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{method} {path}: {error}") from error


def _json(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
