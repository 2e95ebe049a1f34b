"""The public API: accepts articles, shows transactions."""

import hashlib
import json
import os
import re
from typing import Any

import boto3

import newsroom_table

_sqs = boto3.client("sqs")


def submit(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """POST /articles"""
    key = event["headers"].get("idempotency-key", "")
    article = _article(event.get("body") or "")
    if article is None or not 1 <= len(key) <= 64:
        return _problem(400, "Not a valid article with an Idempotency-Key of 1-64 characters.")

    text = json.dumps(article, sort_keys=True)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    transaction = newsroom_table.open_transaction(key, article["article_id"], fingerprint)
    if transaction["fingerprint"] != fingerprint:
        return _problem(422, "This Idempotency-Key was used for another article.")
    if transaction["status"] == "pending":
        body = json.dumps({"transaction": transaction["id"], "article": article})
        _sqs.send_message(QueueUrl=os.environ["INGEST_QUEUE_URL"], MessageBody=body)
    location = f"transactions/{transaction['id']}"
    accepted = {"transaction_id": transaction["id"], "status": transaction["status"], "location": location}
    return _answer(202, accepted, location=location)


def show(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """GET /transactions/{id}"""
    found = newsroom_table.read_transaction(event["pathParameters"]["id"])
    if found is None:
        return _problem(404, "No such transaction.")
    shown: dict[str, Any] = {
        "transaction_id": found["id"],
        "status": found["status"],
        "article_id": found["article_id"],
        "result": {"location": found["location"]} if found["status"] == "succeeded" else None,
        "error": {"title": "Given up", "detail": found["reason"]} if found["status"] == "failed" else None,
    }
    return _answer(200, shown)


def _article(text: str) -> dict[str, Any] | None:
    """The article in this text; None if it is not valid."""
    try:
        given = json.loads(text)
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    article = {name: given.get(name) for name in ("article_id", "version", "title", "body")}
    article_id, version, title, body = article.values()
    is_valid = (
        isinstance(article_id, str)
        and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", article_id) is not None
        and type(version) is int
        and version >= 1
        and isinstance(title, str)
        and 1 <= len(title) <= 255
        and isinstance(body, str)
        and len(body) <= 100_000
    )
    return article if is_valid else None


def _answer(status: int, body: dict[str, Any], *, location: str = "", kind: str = "application/json") -> dict[str, Any]:
    headers = {"Content-Type": kind, **({"Location": location} if location else {})}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def _problem(status: int, detail: str) -> dict[str, Any]:
    return _answer(status, {"status": status, "detail": detail}, kind="application/problem+json")
