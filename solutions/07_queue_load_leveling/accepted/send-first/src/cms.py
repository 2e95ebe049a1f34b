"""Rows of the CMS, of any kind. What is known of a row is asked of the table first, and of the CMS last."""

from typing import Any

import legacy


class Failed(Exception):
    """The CMS did not do it, and will not."""


class Unclear(Exception):
    """The CMS may have done it, or may do it yet."""


def row(kind: str, source_id: str, content: dict[str, Any], known: dict[str, int]) -> dict[str, Any]:
    """The row, once it has this version or a newer one."""
    if known.get("version", 0) >= content["version"]:
        return {"id": known["legacy_id"], "version": known["version"]}
    found = _look(kind, source_id, known)
    if found is None:
        return _ask("POST", f"/{kind}", {**content, "source_id": source_id})
    if found["version"] >= content["version"]:
        return found
    return _ask("PUT", f"/{kind}/{found['id']}", {**content, "lock_version": found["lock_version"]})


def _look(kind: str, source_id: str, known: dict[str, int]) -> dict[str, Any] | None:
    if "legacy_id" in known:
        return _ask("GET", f"/{kind}/{known['legacy_id']}")
    rows = _ask("GET", f"/{kind}?source_id={source_id}")["items"]
    return rows[-1] if rows else None


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    looks = method == "GET"
    try:
        answer = legacy.request(method, path, body, timeout_s=12 if looks else 33)
    except legacy.NoAnswer as error:
        raise (Failed if looks else Unclear)(str(error)) from error
    if answer.status < 400:
        return answer.body
    nothing_done = looks or answer.status in (404, 409, 422, 500, 503)
    detail = answer.body.get("detail", "")
    raise (Failed if nothing_done else Unclear)(f"The CMS answered {answer.status}. {detail}")
