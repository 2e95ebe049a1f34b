"""Consumes IngestQueue. Whatever does not work raises, and the queue counts the attempts.

Even a refusal is tried ten times: it costs nine requests, and it saves a second way to fail.
"""

import json
import os
from typing import Any

import articles
import legacy
import transactions

_CMS_S = 30
_CLOCKS_S = 5


class Failed(Exception):
    """The CMS did not do it, and will not."""


class Unclear(Exception):
    """The CMS may have done it, or may do it yet."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Each message holds a ticket and an article."""
    for record in event["Records"]:
        message = json.loads(record["body"])
        known = transactions.find(message["ticket"]["transaction_id"])
        if known and known["fingerprint"] != message["ticket"]["fingerprint"]:
            continue  # two articles under one key at one moment; this one was answered 422
        _feed(message["ticket"], message["article"], context)


def _feed(ticket: dict[str, str], article: dict[str, Any], context: Any) -> None:
    article_id, worker = article["article_id"], context.aws_request_id
    left_s = context.get_remaining_time_in_millis() / 1000
    known = articles.take(article_id, worker, left_s + _CMS_S + _CLOCKS_S)
    try:
        row = _row(article, known)
    except Failed as failure:
        articles.put_back(article_id, worker)
        transactions.write(ticket, state="pending", trouble=str(failure))
        raise
    articles.put_back(article_id, worker, row)
    transactions.write(ticket, state="succeeded", location=f"{os.environ['LEGACY_URL']}/articles/{row['id']}")


def _row(article: dict[str, Any], known: dict[str, int]) -> dict[str, Any]:
    """The article's row, once it has this version or a newer one."""
    if known.get("version", 0) >= article["version"]:
        return {"id": known["legacy_id"], "version": known["version"]}
    content = {"version": article["version"], "title": article["title"], "body": article["body"]}
    row = _look(article["article_id"], known)
    if row is None:
        return _ask("POST", "/articles", {**content, "source_id": article["article_id"]})
    if row["version"] >= article["version"]:
        return row
    return _ask("PUT", f"/articles/{row['id']}", {**content, "lock_version": row["lock_version"]})


def _look(article_id: str, known: dict[str, int]) -> dict[str, Any] | None:
    if "legacy_id" in known:
        return _ask("GET", f"/articles/{known['legacy_id']}")
    rows = _ask("GET", f"/articles?source_id={article_id}")["items"]
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
