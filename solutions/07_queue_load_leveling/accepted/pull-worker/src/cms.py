"""Writes rows of the CMS, of any kind, and tells how it can fail."""

from typing import Any

import legacy


class NotNow(Exception):
    """The CMS did nothing, or cannot have done anything."""


class Unknown(Exception):
    """The CMS may have done it, or may still do it."""


class Refused(Exception):
    """The CMS will never do it."""


def put(kind: str, source_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The row of this source id, which has the version of the fields or a newer one."""
    rows = _ask("GET", f"/{kind}?source_id={source_id}")["items"]
    row: dict[str, Any] | None = max(rows, key=lambda one: one["version"], default=None)
    if row is None:
        return _ask("POST", f"/{kind}", {"source_id": source_id, **fields})
    if row["version"] < fields["version"]:
        return _ask("PUT", f"/{kind}/{row['id']}", {"lock_version": row["lock_version"], **fields})
    return row


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    is_look = method == "GET"
    try:
        answer = legacy.request(method, path, body, timeout_s=10 if is_look else 35)
    except legacy.NoAnswer as error:
        raise NotNow(str(error)) if is_look else Unknown(str(error)) from error
    if answer.status == 422:
        raise Refused(answer.body.get("detail") or "refused")
    if answer.status >= 400:
        nothing_done = is_look or answer.status in (409, 500, 503)
        raise (NotNow if nothing_done else Unknown)(f"{method} {path}: {answer.status}")
    return answer.body
