"""POST /articles: accepts an article and says where its transaction can be watched."""

import os
from typing import Any

import boto3

import legacy
import transaction_table
from article import Article, InvalidArticle, parse_article
from http_api import answer, problem, text_of
from message import Message
from transaction_table import PENDING, Transaction

_INGEST_QUEUE_URL = os.environ["INGEST_QUEUE_URL"]
_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers 202 once the article can no longer be lost."""
    key = event["headers"].get("idempotency-key", "")
    if not 1 <= len(key) <= 64:
        return problem(400, "Invalid Idempotency-Key", "The header Idempotency-Key must have 1-64 characters.")
    try:
        article = parse_article(text_of(event))
    except InvalidArticle as error:
        return problem(400, "Invalid article", str(error))

    transaction = transaction_table.opened(key, article)
    if transaction.fingerprint != article.fingerprint():
        return problem(422, "Idempotency-Key used before", "This key belongs to another article.")
    if transaction.status == PENDING:
        location = _location_in_cms(article)
        if location:
            transaction_table.succeed(transaction.transaction_id, location)
        else:
            _send(transaction, article)
    return _accepted(transaction)


def _location_in_cms(article: Article) -> str:
    """Where the CMS has this version or a newer one; "" if it has none, or does not say so in time."""
    if article.version == 1:
        return ""
    try:
        answer = legacy.request("GET", f"/articles?source_id={article.article_id}", timeout_s=1)
    except legacy.NoAnswer:
        return ""
    rows = [row for row in answer.body.get("items", []) if row["version"] >= article.version]
    return f"{os.environ['LEGACY_URL']}/articles/{rows[0]['id']}" if rows else ""


def _send(transaction: Transaction, article: Article) -> None:
    """Queues the article, also when the transaction was there before.

    Whoever wrote it may have died before the message was sent. A second message costs one
    look at the CMS; a missing one costs the article.
    """
    message = Message(transaction.transaction_id, article)
    _sqs.send_message(QueueUrl=_INGEST_QUEUE_URL, MessageBody=message.to_body())


def _accepted(transaction: Transaction) -> dict[str, Any]:
    location = f"/transactions/{transaction.transaction_id}"
    body = {"transaction_id": transaction.transaction_id, "status": transaction.status, "location": location}
    return answer(202, body, location=location)
