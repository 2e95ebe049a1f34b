"""MigrateArticles: names every article of the index in ArchiveQueue. The worker reads it when its turn comes."""

import json
import os
from typing import Any

import boto3

import index
import newsroom_table

_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> None:
    """One message for each article, and after each page a note how far this run has come."""
    run = newsroom_table.read_run(event["run_id"])
    place, state = json.loads(run.get("place", "null")), run.get("state", "running")
    while state == "running":
        hits = _page(event["page_size"], place)
        for hit in hits:
            _sqs.send_message(QueueUrl=os.environ["ARCHIVE_QUEUE_URL"], MessageBody=json.dumps({"id": hit["_id"]}))
        if hits:
            place = hits[-1]["sort"]
        else:
            state = "complete"
        newsroom_table.write_run(event["run_id"], json.dumps(place), state)


def _page(size: int, place: list[Any] | None) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"size": size, "_source": False, "sort": ["updated_at", "article_id"]}
    if place:
        query["search_after"] = place
    hits: list[dict[str, Any]] = index.ask("POST", "/articles/_search", query)["hits"]["hits"]
    return hits
