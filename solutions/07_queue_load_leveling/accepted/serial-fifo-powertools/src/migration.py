"""MigrateArticles: bundles each article with everything it needs, and puts the bundles into the archive's lane."""

import json
import os
import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger

import notes
import search

_logger = Logger()
_sqs = boto3.client("sqs")

_REFERENCES = {
    "author_id": "authors",
    "category_id": "categories",
    "category_ids": "categories",
    "tag_ids": "tags",
    "show_id": "shows",
    "asset_ids": "assets",
}


def handler(event: dict[str, Any], context: Any) -> None:
    """Pages in the order of the ids: unique, so nothing can fall between two pages."""
    run_id, size = event["run_id"], event["page_size"]
    behind = notes.behind(run_id)
    while behind is not None:
        articles = _articles(behind, size)
        for article in articles:
            _send(run_id, {"article": article, "needs": _needs(article)})
        behind = articles[-1]["article_id"] if len(articles) == size else None
        notes.note(run_id, behind)
    _logger.info("complete", extra={"run_id": run_id})


def _articles(behind: str, size: int) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"size": size, "sort": ["article_id"]}
    if behind:
        query["query"] = {"range": {"article_id": {"gt": behind}}}
    return [hit["_source"] for hit in _ask("/articles/_search", query)["hits"]["hits"]]


def _needs(article: dict[str, Any]) -> dict[str, Any]:
    """Every document that the article needs, by kind/id: those with needs of their own come with them."""
    found: dict[str, Any] = {}
    wanted = _named(article)
    while wanted:
        docs = [dict(zip(("_index", "_id"), one.split("/", 1), strict=True)) for one in wanted]
        got = [one for one in _ask("/_mget", {"docs": docs})["docs"] if one.get("found")]
        found |= {f"{one['_index']}/{one['_id']}": one["_source"] for one in got}
        wanted = [name for one in got for name in _named(one["_source"]) if name not in found]
    return found


def _named(document: dict[str, Any]) -> list[str]:
    names = []
    for field, kind in _REFERENCES.items():
        value = document.get(field) or []
        names += [f"{kind}/{one}" for one in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(names))


def _ask(path: str, query: dict[str, Any]) -> dict[str, Any]:
    for pause_s in (1, 2, 4, 8, 0):
        try:
            answer = search.request("POST", path, query)
        except search.NoAnswer as trouble:
            _logger.warning(str(trouble))
        else:
            body = answer.body
            is_partial = body.get("timed_out") or body.get("_shards", {}).get("failed")
            if answer.status == 200 and not is_partial:
                return body
            _logger.warning("no whole answer", extra={"status": answer.status})
        time.sleep(pause_s)
    raise RuntimeError(f"{path} gave no whole answer.")


def _send(run_id: str, bundle: dict[str, Any]) -> None:
    article = bundle["article"]
    _sqs.send_message(
        QueueUrl=os.environ["ARCHIVE_QUEUE_URL"],
        MessageBody=json.dumps(bundle),
        MessageGroupId="archive",
        MessageDeduplicationId=f"{run_id}-{article['article_id']}"[:128],
    )
