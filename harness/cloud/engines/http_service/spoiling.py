"""Answers of work that was done, made unreadable or different in form."""

from typing import Any

import msgspec

from harness.faults.downstream_answers import SchemaDrift
from harness.simulation.wire import Reply

_decode = msgspec.json.decode
_encode = msgspec.json.encode

_ERROR_PAGE = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"
_HTML = {"content-type": "text/html; charset=utf-8"}

FORMS = ("truncated", "html", "wrong_type", "empty", "binary", "cut")


class UnknownFormError(ValueError):
    """A fault plan names a kind of garbage that no service knows: its author's mistake."""


def garbage(form: str, reply: Reply) -> Reply:
    """The answer in this form of garbage, under the status it had."""
    kept = {name: value for name, value in reply.headers.items() if name != "content-length"}
    if form == "truncated":
        return Reply(reply.status, kept, reply.body[: (len(reply.body) + 1) // 2])
    if form == "cut":
        return Reply(reply.status, {**kept, "content-length": str(len(reply.body))}, reply.body[: len(reply.body) // 2])
    if form == "html":
        return Reply(reply.status, {**kept, **_HTML}, _ERROR_PAGE)
    if form == "wrong_type":
        return Reply(reply.status, {**kept, "content-type": "text/plain"}, reply.body)
    if form == "empty":
        return Reply(reply.status, kept, b"")
    if form == "binary":
        return Reply(reply.status, kept, bytes(byte ^ 0xA5 for byte in reply.body))
    raise UnknownFormError(f'A downstream_garbage fault names the form "{form}".\nExpected: one of {", ".join(FORMS)}.')


def drifted(drift: SchemaDrift, reply: Reply) -> Reply:
    """The answer with its fields changed as the fault says; one that is no JSON stays as it is."""
    try:
        body = _decode(reply.body)
    except (ValueError, RecursionError):
        return reply
    kept = {name: value for name, value in reply.headers.items() if name != "content-length"}
    return Reply(reply.status, kept, _encode(_changed(body, drift, dict(drift.rename))))


def _changed(value: Any, drift: SchemaDrift, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_changed(one, drift, names) for one in value]
    if not isinstance(value, dict):
        return value
    changed: dict[str, Any] = {}
    for name, one in value.items():
        if name in drift.drop:
            continue
        inside = _changed(one, drift, names)
        if name in drift.to_null:
            inside = None
        elif name in drift.to_text and isinstance(inside, int | float):
            inside = str(inside).lower() if isinstance(inside, bool) else str(inside)
        changed[names.get(str(name), str(name))] = inside
    return {**changed, **dict.fromkeys(drift.add, "new")}
