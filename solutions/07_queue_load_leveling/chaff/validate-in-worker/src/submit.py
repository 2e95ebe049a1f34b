"""POST /articles: accepts an article and says where its transaction can be watched."""

import json
import os
from typing import Any

import boto3

import transaction_table
from article import Article
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
        fields = json.loads(text_of(event))
        article = Article(*(fields.get(name) for name in ("article_id", "version", "title", "body")))
    except (ValueError, AttributeError) as error:
        return problem(400, "Invalid article", str(error))

    transaction = transaction_table.opened(key, article)
    if transaction.fingerprint != article.fingerprint():
        return problem(422, "Idempotency-Key used before", "This key belongs to another article.")
    if transaction.status == PENDING:
        _send(transaction, article)
    return _accepted(transaction)


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
