"""MigrateArticles: from the index to ArchiveQueue. Send first, note it afterwards, as everywhere here."""

import json
import os
import time
from typing import Any

import boto3

import search

_dynamodb = boto3.client("dynamodb")
_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> None:
    """Each page: read, sent whole, noted."""
    key = {"row": {"S": f"run/{event['run_id']}"}}
    found = _dynamodb.get_item(TableName=os.environ["ROWS_TABLE"], Key=key, ConsistentRead=True)
    last = json.loads(found["Item"]["last"]["S"]) if "Item" in found else []
    while last != "the end":
        hits = _page(event["page_size"], last)
        for start in range(0, len(hits), 2):  # an article may have 110 KB, and a batch 256
            _send([hit["_id"] for hit in hits[start : start + 2]], [hit["_source"] for hit in hits[start : start + 2]])
        last = hits[-1]["sort"] if len(hits) == event["page_size"] else "the end"
        _dynamodb.put_item(TableName=os.environ["ROWS_TABLE"], Item={**key, "last": {"S": json.dumps(last)}})


def _page(size: int, last: list[Any]) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"size": size, "sort": [{"updated_at": "asc"}, {"article_id": "asc"}]}
    if last:
        query["search_after"] = last
    for wait_s in (1, 2, 4, 8, 16):
        answer = search.request("POST", "/articles/_search", query)
        if answer.status == 200 and not answer.body["timed_out"] and not answer.body["_shards"]["failed"]:
            hits: list[dict[str, Any]] = answer.body["hits"]["hits"]
            return hits
        time.sleep(wait_s)
    raise RuntimeError("The index gives no whole page.")


def _send(ids: list[str], articles: list[dict[str, Any]]) -> None:
    """All of them, however often that takes; Lambda's retry is the last resort."""
    waiting = [{"Id": str(n), "MessageBody": json.dumps(one)} for n, one in enumerate(articles)]
    for _ in range(5):
        answer = _sqs.send_message_batch(QueueUrl=os.environ["ARCHIVE_QUEUE_URL"], Entries=waiting)
        taken = {one["Id"] for one in answer.get("Successful", [])}
        waiting = [entry for entry in waiting if entry["Id"] not in taken]
        if not waiting:
            return
        time.sleep(1)
    raise RuntimeError(f"Not all of {ids} were taken.")
