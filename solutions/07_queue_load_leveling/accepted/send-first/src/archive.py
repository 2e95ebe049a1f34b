"""Consumes ArchiveQueue. Rows that are known are looked up in the table; the CMS is asked about the others."""

import json
import time
from typing import Any

import articles
import cms
import search

_ONE = (("author_id", "authors"), ("category_id", "categories"), ("show_id", "shows"))
_MANY = (("category_ids", "categories"), ("tag_ids", "tags"), ("asset_ids", "assets"))
_PATIENCE_S = 8


def handler(event: dict[str, Any], context: Any) -> None:
    """Whatever does not work raises, and the queue counts the attempts."""
    for record in event["Records"]:
        article = json.loads(record["body"])
        _put("articles", article["article_id"], article, context)


def _put(kind: str, source_id: str, document: dict[str, Any], context: Any) -> int:
    """The legacy id of the document's row, which is new enough."""
    known = articles.peek(source_id, kind)
    if known.get("version", 0) >= document["version"]:
        return known["legacy_id"]
    content = _content(document, context)
    worker = context.aws_request_id
    known = _take(kind, source_id, context)
    try:
        row = cms.row(kind, source_id, content, known)
    except cms.Failed:
        articles.put_back(source_id, worker, kind=kind)
        raise
    articles.put_back(source_id, worker, row, kind=kind)
    return int(row["id"])


def _content(document: dict[str, Any], context: Any) -> dict[str, Any]:
    """The document as the CMS takes it, after everything it refers to."""
    content = {name: document[name] for name in ("version", "name", "title", "body") if name in document}
    for name, kind in _ONE:
        if document.get(name):
            content[name] = _related(kind, [document[name]], context)[0]
    for name, kind in _MANY:
        if document.get(name):
            content[name] = _related(kind, document[name], context)
    return content


def _related(kind: str, ids: list[str], context: Any) -> list[int]:
    answer = search.request("POST", f"/{kind}/_mget", {"ids": ids})
    if answer.status != 200:
        raise RuntimeError(f"The index answered {answer.status}.")
    return [_put(kind, doc["_id"], doc["_source"], context) for doc in answer.body["docs"]]


def _take(kind: str, source_id: str, context: Any) -> dict[str, Any]:
    ends = time.time() + _PATIENCE_S
    while True:
        left_s = context.get_remaining_time_in_millis() / 1000
        try:
            return articles.take(source_id, context.aws_request_id, left_s + 35, kind)
        except articles.Taken:
            if time.time() > ends:
                raise
            time.sleep(0.7)
