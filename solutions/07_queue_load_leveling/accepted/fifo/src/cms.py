"""Writes rows of the CMS: looks, then creates, updates or leaves alone."""

from typing import Any

import legacy


class NotNow(Exception):
    """Another time it may work. Nothing was done, if the request was answered."""


class Refused(Exception):
    """It never will."""


def put(kind: str, source_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The row, which has this version or a newer one. Nobody else may be at it meanwhile."""
    rows = _ask("GET", f"/{kind}?source_id={source_id}", timeout_s=12)["items"]
    if not rows:
        return _ask("POST", f"/{kind}", {"source_id": source_id, **fields})
    if rows[0]["version"] < fields["version"]:
        return _ask("PUT", f"/{kind}/{rows[0]['id']}", {**fields, "lock_version": rows[0]["lock_version"]})
    found: dict[str, Any] = rows[0]
    return found


def _ask(method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float = 35) -> dict[str, Any]:
    answer = legacy.request(method, path, body, timeout_s)
    if answer.status == 422:
        raise Refused(answer.body.get("detail") or "The CMS refused it.")
    if answer.status >= 400:
        raise NotNow(f"{method} {path}: {answer.status}")
    return answer.body
