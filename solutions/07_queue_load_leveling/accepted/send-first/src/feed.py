"""Consumes IngestQueue. Whatever does not work raises, and the queue counts the attempts.

Even a refusal is tried ten times: it costs nine requests, and it saves a second way to fail.
"""

import json
import os
from typing import Any

import articles
import cms
import transactions

_CMS_S = 30
_CLOCKS_S = 5


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
        content = {"version": article["version"], "title": article["title"], "body": article["body"]}
        row = cms.row("articles", article_id, content, known)
    except cms.Failed as failure:
        articles.put_back(article_id, worker)
        transactions.write(ticket, state="pending", trouble=str(failure))
        raise
    articles.put_back(article_id, worker, row)
    transactions.write(ticket, state="succeeded", location=f"{os.environ['LEGACY_URL']}/articles/{row['id']}")
