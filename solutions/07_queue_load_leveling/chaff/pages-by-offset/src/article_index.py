"""Reads the search index: pages of articles, and the documents they refer to.

An answer counts only if it is whole. A search that was rejected, ran out of its time or lost a
shard is asked again; never is what it left out taken for the end.
"""

import time
from dataclasses import dataclass
from typing import Any

import search

_TRIES = 6
_PAUSE_S = 2.0

Document = dict[str, Any]
Key = tuple[str, str]
"""Kind and our id: ("authors", "au-7")."""

ONE = {"author_id": "authors", "category_id": "categories", "show_id": "shows"}
MANY = {"category_ids": "categories", "tag_ids": "tags", "asset_ids": "assets"}


class IndexUnavailable(Exception):
    """The index gave no whole answer, asked again and again."""


@dataclass(frozen=True)
class Page:
    """Some articles, in the order of the index, and where the next page begins."""

    articles: list[Document]
    cursor: list[Any]


def page_after(cursor: list[Any], size: int) -> Page:
    """The articles that follow the cursor, which holds how many there were so far; [] is none."""
    start = cursor[0] if cursor else 0
    query: dict[str, Any] = {
        "from": start,
        "size": size,
        "sort": [{"updated_at": "asc"}, {"article_id": "asc"}],
    }
    hits = _whole_answer("/articles/_search", query)["hits"]["hits"]
    return Page([hit["_source"] for hit in hits], [start + len(hits)])


def with_relations(article: Document) -> dict[Key, Document]:
    """The article and every document it refers to, directly or through a show or an asset."""
    found: dict[Key, Document] = {("articles", article["article_id"]): article}
    wanted = relations(article)
    while wanted:
        documents = _documents(wanted)
        found |= documents
        wanted = {key for document in documents.values() for key in relations(document)} - found.keys()
    return found


def relations(document: Document) -> set[Key]:
    """What a document refers to."""
    single = {(kind, document[name]) for name, kind in ONE.items() if document.get(name)}
    return single | {(kind, one) for name, kind in MANY.items() for one in document.get(name) or []}


def _documents(keys: set[Key]) -> dict[Key, Document]:
    wanted = [{"_index": kind, "_id": doc_id} for kind, doc_id in sorted(keys)]
    found = _whole_answer("/_mget", {"docs": wanted})["docs"]
    return {(one["_index"], one["_id"]): one["_source"] for one in found if one.get("found")}


def _whole_answer(path: str, query: dict[str, Any]) -> dict[str, Any]:
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE_S * attempt)
        try:
            answer = search.request("POST", path, query)
        except search.NoAnswer:
            continue
        if answer.status == 200 and _is_whole(answer.body):
            return answer.body
    raise IndexUnavailable(f"{path} gave no whole answer in {_TRIES} tries.")


def _is_whole(body: dict[str, Any]) -> bool:
    return not body.get("timed_out") and not body.get("_shards", {}).get("failed")
