"""The two functions of stage B. Each runs once at a time, so what they do has an order."""

import json
import os
import time
from typing import Any

import boto3

import search
from app import NotWritten, Refused, drop_claim, get, keep, take_claim, write_row

sqs = boto3.client("sqs")

KIND_OF = {
    "author_id": "authors",
    "category_id": "categories",
    "category_ids": "categories",
    "tag_ids": "tags",
    "show_id": "shows",
    "asset_ids": "assets",
}


# ---- from the index to the queue ----------------------------------------------------------------


def migrate_articles(event: dict[str, Any], context: Any) -> None:
    """MigrateArticles: everything behind the bookmark goes to the queue, then the bookmark moves."""
    bookmark_id = f"bookmark of {event['run_id']}"
    bookmark = get(bookmark_id) or {"id": bookmark_id, "behind": ""}
    while bookmark.get("state") != "read to the end":
        articles = read_articles(bookmark["behind"], event["page_size"])
        for article in articles:
            sqs.send_message(QueueUrl=os.environ["ARCHIVE_QUEUE_URL"], MessageBody=json.dumps(article))
        if articles:
            bookmark = {"id": bookmark_id, "behind": articles[-1]["article_id"]}
        else:
            bookmark["state"] = "read to the end"
        keep(bookmark)


def read_articles(behind: str, size: int) -> list[dict[str, Any]]:
    """The next articles, in the order of their ids."""
    query: dict[str, Any] = {"size": size, "sort": [{"article_id": "asc"}]}
    if behind:
        query["search_after"] = [behind]
    answer = ask_index("POST", "/articles/_search", query)
    return [hit["_source"] for hit in answer["hits"]["hits"]]


def ask_index(method: str, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
    """An answer of the index that is not a part of one."""
    for _ in range(10):
        answer = search.request(method, path, query)
        body = answer.body
        if answer.status == 200 and not body.get("timed_out") and not body.get("_shards", {}).get("failed"):
            return body
        time.sleep(3)
    raise RuntimeError(f"{method} {path}: {answer.status}")


# ---- from the queue to the CMS --------------------------------------------------------------------


def import_article(event: dict[str, Any], context: Any) -> None:
    """Consumes ArchiveQueue."""
    [record] = event["Records"]
    article = json.loads(record["body"])
    import_row("articles", article["article_id"], article, context)


def import_row(kind: str, source_id: str, document: dict[str, Any], context: Any) -> int:
    """The legacy id of the document's row, which comes after the rows it names.

    There is one worker only, but one that died may have left a request at the CMS: hence the claim.
    """
    fields: dict[str, Any] = {}
    for name, value in document.items():
        if name in KIND_OF and isinstance(value, list):
            fields[name] = [import_named(KIND_OF[name], one, context) for one in value]
        elif name in KIND_OF:
            fields[name] = value and import_named(KIND_OF[name], value, context)
        elif name in ("version", "name", "title", "body"):
            fields[name] = value
    claim_id = take_claim(kind, source_id, context)
    try:
        row = write_row(kind, source_id, fields)
    except (NotWritten, Refused):
        drop_claim(claim_id, context.aws_request_id)
        raise
    drop_claim(claim_id, context.aws_request_id)
    return int(row["id"])


def import_named(kind: str, source_id: str, context: Any) -> int:
    """The same for a document that is only named."""
    return import_row(kind, source_id, ask_index("GET", f"/{kind}/_doc/{source_id}")["_source"], context)
