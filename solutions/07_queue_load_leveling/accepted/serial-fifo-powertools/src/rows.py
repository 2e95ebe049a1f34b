"""Rows of the CMS."""

from typing import Any

import legacy


class Refused(Exception):
    """The CMS said no, for good."""


def put(kind: str, source_id: str, content: dict[str, Any]) -> dict[str, Any]:
    """The row of this source id, after it was created, updated, or found new enough."""
    known = _rows(kind, source_id)
    if not known:
        return _write("POST", f"/{kind}", {**content, "source_id": source_id})
    if known[0]["version"] >= content["version"]:
        return known[0]
    return _write("PUT", f"/{kind}/{known[0]['id']}", {**content, "lock_version": known[0]["lock_version"]})


def _rows(kind: str, source_id: str) -> list[dict[str, Any]]:
    answer = legacy.request("GET", f"/{kind}?source_id={source_id}", timeout_s=12)
    if answer.status != 200:
        raise RuntimeError(f"The CMS answered {answer.status}.")
    return list(answer.body["items"])


def _write(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = legacy.request(method, path, body, timeout_s=35)
    if answer.status == 422:
        raise Refused(answer.body.get("detail") or "no reason given")
    if answer.status not in (200, 201):
        raise RuntimeError(f"The CMS answered {answer.status}.")
    return answer.body
