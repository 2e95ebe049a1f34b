"""Carries the archive into the CMS: one message at a time, because its queue has one group.

So nobody else creates an author or a tag. A write without an answer raises, and blocks the lane
until the CMS has surely decided.
"""

import json
from typing import Any

import progress
import search
from cms import put

_ONE = {"author_id": "authors", "category_id": "categories", "show_id": "shows"}
_MANY = {"category_ids": "categories", "tag_ids": "tags", "asset_ids": "assets"}
_NOT_IN_THE_CMS = ("id", "article_id", "updated_at")


def handler(event: dict[str, Any], context: Any) -> None:
    """Consumes ArchiveQueue."""
    for record in event["Records"]:
        article = json.loads(record["body"])
        fields = _fields(article, {})
        with progress.claimed(article["article_id"], context):
            put("articles", article["article_id"], fields)


def _fields(document: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    """The document with legacy ids in the place of ours; what it refers to is in the CMS afterwards."""
    fields = {name: value for name, value in document.items() if name not in _NOT_IN_THE_CMS}
    for name, kind in _ONE.items():
        if fields.get(name):
            fields[name] = _legacy_id(kind, fields[name], ids)
    for name, kind in _MANY.items():
        if name in fields:
            fields[name] = [_legacy_id(kind, one, ids) for one in fields[name]]
    return fields


def _legacy_id(kind: str, doc_id: str, ids: dict[str, int]) -> int:
    name = f"{kind}/{doc_id}"
    if name not in ids:
        answer = search.request("GET", f"/{kind}/_doc/{doc_id}")
        if answer.status != 200:
            raise RuntimeError(f"The index answered {answer.status} for {name}.")
        ids[name] = put(kind, doc_id, _fields(answer.body["_source"], ids))["id"]
    return ids[name]
