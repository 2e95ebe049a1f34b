"""The public API."""

import hashlib
import json
import os
import re
from typing import Any

import boto3

import transactions

_sqs = boto3.client("sqs")


class Invalid(ValueError):
    """The request is wrong."""


def submit(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """POST /articles: the message first. A message without a record does no harm."""
    try:
        key, article = _key(event), _article(event)
    except Invalid as error:
        return _json(400, {"title": "Bad request", "detail": str(error)})

    text = json.dumps(article, sort_keys=True)
    ticket = {
        "transaction_id": hashlib.blake2b(key.encode(), digest_size=16).hexdigest(),
        "article_id": article["article_id"],
        "fingerprint": hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
    }
    found = transactions.find(ticket["transaction_id"])
    if found is None:
        body = json.dumps({"ticket": ticket, "article": article})
        _sqs.send_message(QueueUrl=os.environ["INGEST_QUEUE_URL"], MessageBody=body)
        found = transactions.record(ticket)
    if found["fingerprint"] != ticket["fingerprint"]:
        return _json(422, {"title": "Idempotency-Key reused", "detail": "It came with another article before."})
    location = f"/transactions/{found['transaction_id']}"
    shown = {"transaction_id": found["transaction_id"], "status": found["state"], "location": location}
    return _json(202, shown, location)


def show(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """GET /transactions/{transaction_id}"""
    found = transactions.find(event["pathParameters"]["transaction_id"])
    if found is None:
        return _json(404, {"title": "Not found"})
    shown: dict[str, Any] = {
        "transaction_id": found["transaction_id"],
        "article_id": found["article_id"],
        "status": found["state"],
    }
    if found["state"] == "succeeded":
        shown["result"] = {"location": found["location"]}
    if found["state"] == "failed":
        shown["error"] = {"title": "Given up", "detail": found.get("trouble") or "Nobody lived to tell why."}
    return _json(200, shown)


def _key(event: dict[str, Any]) -> str:
    key = event["headers"].get("idempotency-key")
    if not isinstance(key, str) or not 1 <= len(key) <= 64:
        raise Invalid("Idempotency-Key: 1-64 characters")
    return key


def _article(event: dict[str, Any]) -> dict[str, Any]:
    try:
        given = json.loads(event.get("body", ""))
    except ValueError as error:
        raise Invalid(f"not JSON: {error}") from error
    if not isinstance(given, dict):
        raise Invalid("not a JSON object")
    article = {name: given.get(name) for name in ("article_id", "version", "title", "body")}
    if not (isinstance(article["article_id"], str) and re.fullmatch(r"[\w-]{1,64}", article["article_id"], re.ASCII)):
        raise Invalid("article_id: [A-Za-z0-9_-]{1,64}")
    if type(article["version"]) is not int or article["version"] < 1:
        raise Invalid("version: an integer, at least 1")
    for name, least, most in (("title", 1, 255), ("body", 0, 100_000)):
        text = article[name]
        if not isinstance(text, str) or not least <= len(text) <= most:
            raise Invalid(f"{name}: {least}-{most} characters")
    return article


def _json(status: int, body: dict[str, Any], location: str | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json" if status < 400 else "application/problem+json"}
    if location:
        headers["Location"] = location
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
