"""MigrateArticles: brings the index into ArchiveQueue, page by page, out of one point in time."""

import json
import os
import time
from typing import Any

import boto3

import progress
import search

_QUEUE_URL = os.environ["ARCHIVE_QUEUE_URL"]
_sqs = boto3.client("sqs")


class NotWhole(Exception):
    """The index or the queue did a part of what it was asked, again and again."""


def handler(event: dict[str, Any], context: Any) -> None:
    """A run that died goes on behind its last page; the point in time is then a new one."""
    run_id, size = event["run_id"], event["page_size"]
    state = progress.read(run_id)
    if state["is_complete"]:
        return
    point = _ask("POST", "/articles/_search/point_in_time?keep_alive=5m")["pit_id"]
    while not state["is_complete"]:
        hits = _page(point, size, state["after"])
        _send(run_id, [hit["_source"] for hit in hits])
        after = hits[-1]["sort"] if hits else state["after"]
        state = {"after": after, "is_complete": len(hits) < size}
        progress.write(run_id, state)
    search.request("DELETE", "/_search/point_in_time", {"pit_id": [point]})


def _page(point: str, size: int, after: list[Any] | None) -> list[dict[str, Any]]:
    query = {
        "size": size,
        "query": {"match_all": {}},
        "pit": {"id": point, "keep_alive": "5m"},
        "sort": [{"updated_at": "asc"}, {"article_id": "asc"}],
    }
    if after:
        query["search_after"] = after
    found: list[dict[str, Any]] = _ask("POST", "/_search", query)["hits"]["hits"]
    return found


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    for wait_s in (0, 1, 2, 4, 8):
        time.sleep(wait_s)
        answer = search.request(method, path, body)
        failed = answer.body.get("_shards", {}).get("failed")
        if answer.status == 200 and not answer.body.get("timed_out") and not failed:
            return answer.body
    raise NotWhole(path)


def _send(run_id: str, articles: list[dict[str, Any]]) -> None:
    """Ten articles may be too much for one batch, so each goes alone: one call more, one worry less."""
    for article in articles:
        _sqs.send_message(
            QueueUrl=_QUEUE_URL,
            MessageBody=json.dumps(article),
            MessageGroupId="archive",
            MessageDeduplicationId=f"{run_id}.{article['article_id']}"[:128],
        )
