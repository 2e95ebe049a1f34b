"""Puts articles into the Legacy CMS, and tells its failures apart by what can be known of them."""

import os
from typing import Any

import legacy
from article import Article

FINISHES_WITHIN_S = 30
"""The CMS has finished or abandoned a request this long after it received it."""

_LOOK_TIMEOUT_S = 15.0
"""Looking changes nothing, so it may be given up early."""

_WRITE_TIMEOUT_S = 35.0
"""Past the 30 s of the CMS: without an answer by then, the write is decided all the same."""

_NOTHING_DONE = (409, 429, 500, 503)


class Refused(Exception):
    """The CMS will never take this article; the message is its reason."""


class NotNow(Exception):
    """Nothing was done. Another time it may work."""


class OutcomeUnknown(Exception):
    """Perhaps it was done, perhaps it still will be."""


def put_article(article: Article) -> str:
    """The CMS holds this version or a newer one; returns the article's address there.

    Raises:
        Refused, NotNow, OutcomeUnknown: it may not hold it.
    """
    row = put_row("articles", article.article_id, _fields(article))
    return f"{os.environ['LEGACY_URL']}/articles/{row['id']}"


def put_row(kind: str, source_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The CMS holds a row with these fields, or with a newer version; returns it.

    Safe only while nobody else puts the same row: the CMS takes two of a kind without a word.

    Raises:
        Refused, NotNow, OutcomeUnknown: it may not hold it.
    """
    row = find_row(kind, source_id)
    if row is None:
        return _write("POST", f"/{kind}", {"source_id": source_id, **fields})
    if row["version"] < fields["version"]:
        return _write("PUT", f"/{kind}/{row['id']}", {**fields, "lock_version": row["lock_version"]})
    return row


def find_row(kind: str, source_id: str) -> dict[str, Any] | None:
    """The row of this source id, if there is one.

    Raises:
        Refused, NotNow: nobody knows.
    """
    path = f"/{kind}?source_id={source_id}"
    try:
        answer = legacy.request("GET", path, timeout_s=_LOOK_TIMEOUT_S)
    except legacy.NoAnswer as error:
        raise NotNow(str(error)) from error
    if answer.status != 200:
        raise _failure("GET", path, answer, unknown=NotNow)
    items: list[dict[str, Any]] = answer.body["items"]
    return items[0] if items else None


def _fields(article: Article) -> dict[str, Any]:
    return {"version": article.version, "title": article.title, "body": article.body}


def _write(method: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = legacy.request(method, path, fields, timeout_s=_WRITE_TIMEOUT_S)
    except legacy.NoAnswer as error:
        raise OutcomeUnknown(str(error)) from error
    if answer.status not in (200, 201):
        raise _failure(method, path, answer, unknown=OutcomeUnknown)
    return answer.body


def _failure(method: str, path: str, answer: legacy.Answer, *, unknown: type[Exception]) -> Exception:
    if answer.status == 422:
        return Refused(str(answer.body.get("detail") or "The CMS gave no reason."))
    kind = NotNow if answer.status in _NOTHING_DONE else unknown
    return kind(f"{method} {path} answered {answer.status}.")
