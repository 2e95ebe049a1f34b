"""The public API: accepts articles, shows transactions."""

import hashlib
import json
import os
import re
from typing import Any

import boto3

import ledger

_sqs = boto3.client("sqs")
_QUEUE_URL = os.environ["INGEST_QUEUE_URL"]


def submit(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """POST /articles"""
    key = event["headers"].get("idempotency-key", "")
    if not 1 <= len(key) <= 64:
        return _problem(400, "Idempotency-Key must have 1-64 characters.")
    try:
        article = _valid(json.loads(event.get("body") or ""))
    except ValueError as error:
        return _problem(400, str(error))

    text = json.dumps(article, sort_keys=True)
    fingerprint = _digest(text)
    transaction_id = _digest(key)[:40]
    status = "pending"
    if not ledger.add(transaction_id, article["article_id"], fingerprint):
        known = ledger.get(transaction_id)
        if known is None or known["fingerprint"] != fingerprint:
            return _problem(422, "This Idempotency-Key belongs to another article.")
        status = known["status"]
    if status == "pending":  # also on a retry: the first attempt may have died before this line
        _sqs.send_message(
            QueueUrl=_QUEUE_URL,
            MessageBody=json.dumps({"transaction_id": transaction_id, "article": article}),
            MessageGroupId=article["article_id"],
            MessageDeduplicationId=transaction_id,
        )
    location = f"https://{event['requestContext']['domainName']}/transactions/{transaction_id}"
    body = {"transaction_id": transaction_id, "status": status, "location": location}
    return _answer(202, body, {"Location": location})


def show(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """GET /transactions/{transaction_id}"""
    transaction_id = event["pathParameters"]["transaction_id"]
    found = ledger.get(transaction_id)
    if found is None:
        return _problem(404, f"There is no transaction {transaction_id}.")
    body: dict[str, Any] = {name: found[name] for name in ("transaction_id", "status", "article_id")}
    if found["status"] == "succeeded":
        body["result"] = {"location": found["outcome"]}
    if found["status"] == "failed":
        body["error"] = {"title": "Given up", "detail": found["outcome"]}
    return _answer(200, body)


def _valid(article: Any) -> dict[str, Any]:
    if not isinstance(article, dict):
        raise ValueError("The body must be a JSON object.")
    article_id, version = article.get("article_id"), article.get("version")
    title, body = article.get("title"), article.get("body")
    if not isinstance(article_id, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", article_id):
        raise ValueError("article_id must match [A-Za-z0-9_-]{1,64}.")
    if type(version) is not int or version < 1:
        raise ValueError("version must be an integer of at least 1.")
    if not isinstance(title, str) or not 1 <= len(title) <= 255:
        raise ValueError("title must be a string of 1-255 characters.")
    if not isinstance(body, str) or len(body) > 100_000:
        raise ValueError("body must be a string of at most 100 000 characters.")
    return {"article_id": article_id, "version": version, "title": title, "body": body}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _problem(status: int, detail: str) -> dict[str, Any]:
    body = {"type": "about:blank", "status": status, "detail": detail}
    return _answer(status, body, {"Content-Type": "application/problem+json"})


def _answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "body": json.dumps(body),
    }
