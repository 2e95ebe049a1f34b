"""The public API."""

import hashlib
import json
import os
import re
from typing import Any

import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

import transactions

_ONE_LANE = "cms"
_sqs = boto3.client("sqs")
_app = APIGatewayHttpResolver()


class _Problem(Exception):
    """An answer that says what is wrong."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Both routes."""
    return _app.resolve(event, context)


@_app.post("/articles")
def submit() -> Response[str]:
    key = _app.current_event.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= 64:
        raise _Problem(400, "The header Idempotency-Key must have 1-64 characters.")
    article = _checked(_app.current_event.body)
    fingerprint = hashlib.sha256(json.dumps(article).encode()).hexdigest()
    transaction = transactions.put_if_new(
        {
            "transaction_id": "t-" + hashlib.sha256(key.encode()).hexdigest()[:32],
            "article_id": article["article_id"],
            "fingerprint": fingerprint,
            "status": "pending",
        }
    )
    if transaction["fingerprint"] != fingerprint:
        raise _Problem(422, "The key was used for another article.")
    if transaction["status"] == "pending":
        _send(transaction["transaction_id"], article)
    location = f"/transactions/{transaction['transaction_id']}"
    shown = {"transaction_id": transaction["transaction_id"], "status": transaction["status"], "location": location}
    return Response(202, "application/json", json.dumps(shown), headers={"Location": location})


@_app.get("/transactions/<transaction_id>")
def show(transaction_id: str) -> dict[str, Any]:
    found = transactions.read(transaction_id)
    if not found:
        raise _Problem(404, "There is no such transaction.")
    shown: dict[str, Any] = {name: found[name] for name in ("transaction_id", "status", "article_id")}
    if found["status"] == "succeeded":
        shown["result"] = {"location": found["address"]}
    elif found["status"] == "failed":
        shown["error"] = {"title": "The article was given up", "detail": found["detail"]}
    return shown


@_app.exception_handler(_Problem)
def _told(problem: _Problem) -> Response[str]:
    body = {"title": str(problem), "status": problem.status}
    return Response(problem.status, "application/problem+json", json.dumps(body))


def _send(transaction_id: str, article: dict[str, Any]) -> None:
    _sqs.send_message(
        QueueUrl=os.environ["INGEST_QUEUE_URL"],
        MessageBody=json.dumps({"transaction_id": transaction_id, **article}),
        MessageGroupId=_ONE_LANE,
        MessageDeduplicationId=transaction_id,
    )


def _checked(text: str | None) -> dict[str, Any]:
    try:
        article = json.loads(text or "")
        article_id, version, title, body = (article[name] for name in ("article_id", "version", "title", "body"))
    except (ValueError, TypeError, KeyError) as error:
        raise _Problem(400, f"Not an article: {error!r}") from error
    rules = {
        "article_id": isinstance(article_id, str) and re.fullmatch("[A-Za-z0-9_-]{1,64}", article_id),
        "version": isinstance(version, int) and not isinstance(version, bool) and version >= 1,
        "title": isinstance(title, str) and 0 < len(title) <= 255,
        "body": isinstance(body, str) and len(body) <= 100_000,
    }
    broken = [name for name, holds in rules.items() if not holds]
    if broken:
        raise _Problem(400, f"Not valid: {', '.join(broken)}.")
    return {"article_id": article_id, "version": version, "title": title, "body": body}
