"""The four functions of stage A. REST API, payload format 1.0; one table for transactions and claims."""

import hashlib
import json
import os
import re
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError

import legacy

TABLE = os.environ["TRANSACTIONS_TABLE"]
CMS_FINISHES_WITHIN_S = 30

dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")


class Refused(Exception):
    """The CMS refuses the article for good."""


class NotWritten(Exception):
    """The CMS holds nothing new, and never will from this attempt."""


# ---- the API ----------------------------------------------------------------------------------


def submit_article(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """POST /articles"""
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    key = headers.get("idempotency-key") or ""
    article, mistake = read_article(event["body"])
    if not 1 <= len(key) <= 64:
        mistake = "The header Idempotency-Key must have 1-64 characters."
    if mistake:
        return reply(400, {"title": "Bad request", "detail": mistake})

    text = json.dumps(article, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    transaction_id = hashlib.sha256(f"transaction of {key}".encode()).hexdigest()[:24]
    new = {"id": transaction_id, "article_id": article["article_id"], "digest": digest, "status": "pending"}
    if put(new, "attribute_not_exists(id)"):
        status = "pending"
    else:
        known = get(transaction_id)
        if known["digest"] != digest:
            return reply(422, {"title": "Key reused", "detail": "The key came with another article before."})
        status = known["status"]
    if status == "pending":
        body = json.dumps({"transaction_id": transaction_id, "article": article})
        sqs.send_message(QueueUrl=os.environ["INGEST_QUEUE_URL"], MessageBody=body)

    call = event["requestContext"]
    location = f"https://{call['domainName']}/{call['stage']}/transactions/{transaction_id}"
    accepted = {"transaction_id": transaction_id, "status": status, "location": location}
    return reply(202, accepted, {"Location": location})


def get_transaction(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """GET /transactions/{id}"""
    known = get(event["pathParameters"]["id"])
    if "status" not in known:
        return reply(404, {"title": "No such transaction"})
    shown: dict[str, Any] = {"transaction_id": known["id"]} | {name: known[name] for name in ("status", "article_id")}
    if known["status"] == "succeeded":
        shown["result"] = {"location": known["detail"]}
    if known["status"] == "failed":
        shown["error"] = {"title": "Failed", "detail": known["detail"]}
    return reply(200, shown)


def read_article(body: str | None) -> tuple[dict[str, Any], str]:
    """The article in a request, and what is wrong with it."""
    try:
        given = json.loads(body or "")
    except ValueError:
        return {}, "The body is not JSON."
    if not isinstance(given, dict):
        return {}, "The body is not an object."
    article = {name: given.get(name) for name in ("article_id", "version", "title", "body")}
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(article["article_id"])) or given.get("article_id") is None:
        return {}, "article_id is missing or not of the form [A-Za-z0-9_-]{1,64}."
    if not isinstance(article["article_id"], str):
        return {}, "article_id is not a string."
    if type(article["version"]) is not int or article["version"] < 1:
        return {}, "version is not an integer of at least 1."
    if not isinstance(article["title"], str) or not 1 <= len(article["title"]) <= 255:
        return {}, "title is not a string of 1-255 characters."
    if not isinstance(article["body"], str) or len(article["body"]) > 100_000:
        return {}, "body is not a string of at most 100 000 characters."
    return article, ""


def reply(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    """An answer of a REST API."""
    kind = "application/json" if status < 400 else "application/problem+json"
    return {"statusCode": status, "headers": {"Content-Type": kind, **(headers or {})}, "body": json.dumps(body)}


# ---- the consumers ----------------------------------------------------------------------------


def feed_legacy(event: dict[str, Any], context: Any) -> None:
    """Consumes IngestQueue. One invocation at a time, yet a dead one may have left a request behind."""
    [record] = event["Records"]
    message = json.loads(record["body"])  # unreadable: raises, and after four receives it is set aside
    article = message["article"]
    claim_id = take_claim("articles", article["article_id"], context)
    try:
        row = write_row("articles", article["article_id"], article_fields(article))
    except NotWritten:
        drop_claim(claim_id, context.aws_request_id)
        raise
    except Refused as refusal:
        finish(message["transaction_id"], "failed", str(refusal))
        sqs.send_message(QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MessageBody=record["body"])
    else:
        finish(message["transaction_id"], "succeeded", f"{os.environ['LEGACY_URL']}/articles/{row['id']}")
    drop_claim(claim_id, context.aws_request_id)


def record_failure(event: dict[str, Any], context: Any) -> None:
    """Consumes IngestDeadLetterQueue."""
    for record in event["Records"]:
        try:
            transaction_id = json.loads(record["body"])["transaction_id"]
        except (ValueError, KeyError, TypeError):
            print("given up, unreadable:", record["body"])
            continue
        print("given up:", record["body"])
        if get(transaction_id).get("status") == "pending":
            finish(transaction_id, "failed", "The article was received four times and never finished.")


def article_fields(article: dict[str, Any]) -> dict[str, Any]:
    """What the CMS is told of an article of the newsroom."""
    return {name: article[name] for name in ("version", "title", "body")}


def write_row(kind: str, source_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The row of this source id, which has this version or a newer one."""
    rows = ask("GET", f"/{kind}?source_id={source_id}", timeout_s=15)["items"]
    if not rows:
        return ask("POST", f"/{kind}", fields | {"source_id": source_id})
    if rows[0]["version"] < fields["version"]:
        return ask("PUT", f"/{kind}/{rows[0]['id']}", fields | {"lock_version": rows[0]["lock_version"]})
    return dict(rows[0])


def ask(method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float = 35) -> dict[str, Any]:
    """A request to the CMS. Raises legacy.NoAnswer or RuntimeError where it may have been done."""
    try:
        answer = legacy.request(method, path, body, timeout_s)
    except legacy.NoAnswer as error:
        if method == "GET":
            raise NotWritten(str(error)) from error
        raise
    if answer.status == 422:
        raise Refused(answer.body.get("detail") or "Refused.")
    if answer.status in (409, 500, 503) or (answer.status >= 400 and method == "GET"):
        raise NotWritten(f"{method} {path}: {answer.status}")
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status}")
    return answer.body


# ---- the table --------------------------------------------------------------------------------


def get(item_id: str) -> dict[str, str]:
    """An item as it is now; {} if there is none."""
    item = dynamodb.get_item(TableName=TABLE, Key={"id": {"S": item_id}}, ConsistentRead=True).get("Item", {})
    return {name: value["S"] for name, value in item.items()}


def put(
    item: dict[str, str], condition: str, names: dict[str, str] | None = None, values: dict[str, Any] | None = None
) -> bool:
    """Writes an item if the condition holds; returns whether it did."""
    extra: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    if values:
        extra["ExpressionAttributeValues"] = values
    content = {name: {"S": value} for name, value in item.items()}
    return holds(dynamodb.put_item, TableName=TABLE, Item=content, ConditionExpression=condition, **extra)


def keep(item: dict[str, str]) -> None:
    """Writes an item, whatever was there."""
    dynamodb.put_item(TableName=TABLE, Item={name: {"S": value} for name, value in item.items()})


def finish(transaction_id: str, status: str, detail: str) -> None:
    """How the transaction ended. What has succeeded stays so."""
    holds(
        dynamodb.update_item,
        TableName=TABLE,
        Key={"id": {"S": transaction_id}},
        UpdateExpression="SET #status = :status, detail = :detail",
        ConditionExpression="attribute_exists(id) AND #status <> :succeeded",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":status": {"S": status},
            ":detail": {"S": detail},
            ":succeeded": {"S": "succeeded"},
        },
    )


def take_claim(kind: str, source_id: str, context: Any) -> str:
    """Claims a row until this worker cannot have a request at the CMS any more; returns the claim's id."""
    claim_id = f"claim of {kind}/{source_id}"
    now = time.time()
    until = now + context.get_remaining_time_in_millis() / 1000 + CMS_FINISHES_WITHIN_S + 5
    claim = {"id": claim_id, "until": f"{until:017.3f}", "by": context.aws_request_id}
    condition = "attribute_not_exists(id) OR #until < :now OR #by = :by"
    values = {":now": {"S": f"{now:017.3f}"}, ":by": {"S": context.aws_request_id}}
    if not put(claim, condition, names={"#until": "until", "#by": "by"}, values=values):
        raise RuntimeError(f"{kind}/{source_id} may still be under way.")
    return claim_id


def drop_claim(claim_id: str, by: str) -> None:
    """Ends a claim that is still ours."""
    holds(
        dynamodb.delete_item,
        TableName=TABLE,
        Key={"id": {"S": claim_id}},
        ConditionExpression="#by = :by",
        ExpressionAttributeNames={"#by": "by"},
        ExpressionAttributeValues={":by": {"S": by}},
    )


def holds(call: Any, **arguments: Any) -> bool:
    """Whether the condition of a write held; it was done then."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True
