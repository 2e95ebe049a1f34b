"""One table for all: transactions, the keys that clients sent, and who works on which article."""

import os
import time
import uuid
from typing import Any

import boto3
from botocore.exceptions import ClientError

Item = dict[str, Any]

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["NEWSROOM_TABLE"]


def open_transaction(key: str, article_id: str, fingerprint: str) -> Item:
    """The transaction of this key, new or known; both items are written, or neither."""
    transaction_id = uuid.uuid4().hex
    transaction = {
        "pk": {"S": f"transaction#{transaction_id}"},
        "id": {"S": transaction_id},
        "article_id": {"S": article_id},
        "fingerprint": {"S": fingerprint},
        "status": {"S": "pending"},
    }
    known_key = {"pk": {"S": f"key#{key}"}, "id": {"S": transaction_id}}
    puts = [_put(known_key, "attribute_not_exists(pk)"), _put(transaction, "attribute_not_exists(pk)")]
    try:
        _dynamodb.transact_write_items(TransactItems=puts)
    except ClientError as error:
        # Another attempt has written them, holds them at this instant, or was this very call.
        if error.response["Error"]["Code"] not in ("TransactionCanceledException", "TransactionInProgressException"):
            raise
        known = _get(f"key#{key}")
        if known is None:
            raise
        return read_transaction(known["id"]) or {}
    return {name: value["S"] for name, value in transaction.items()}


def read_transaction(transaction_id: str) -> Item | None:
    """The transaction as it is now."""
    return _get(f"transaction#{transaction_id}")


def succeed(transaction_id: str, location: str) -> None:
    """The article is in the CMS."""
    _set(f"transaction#{transaction_id}", {"status": "succeeded", "location": location})


def fail(transaction_id: str, reason: str) -> bool:
    """The article was given up; False if another copy of it went through."""
    values = {"status": "failed", "reason": reason}
    return _accepted(_set, f"transaction#{transaction_id}", values, "attribute_exists(pk) AND #status <> :succeeded")


def take_article(article_id: str, owner: str, for_s: float) -> bool:
    """Takes the article for so many seconds; False if somebody else has it."""
    now = time.time()
    item = {"pk": {"S": f"article#{article_id}"}, "holder": {"S": owner}, "until": {"N": f"{now + for_s:.3f}"}}
    return _accepted(
        _dynamodb.put_item,
        TableName=_TABLE,
        Item=item,
        ConditionExpression="attribute_not_exists(pk) OR #until < :now OR holder = :owner",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":now": {"N": f"{now:.3f}"}, ":owner": {"S": owner}},
    )


def leave_article(article_id: str, owner: str) -> None:
    """Gives it back, if it is still ours."""
    _accepted(
        _dynamodb.delete_item,
        TableName=_TABLE,
        Key={"pk": {"S": f"article#{article_id}"}},
        ConditionExpression="holder = :owner",
        ExpressionAttributeValues={":owner": {"S": owner}},
    )


def _put(item: Item, condition: str) -> Item:
    return {"Put": {"TableName": _TABLE, "Item": item, "ConditionExpression": condition}}


def _get(pk: str) -> Item | None:
    answer = _dynamodb.get_item(TableName=_TABLE, Key={"pk": {"S": pk}}, ConsistentRead=True)
    return {name: value["S"] for name, value in answer["Item"].items()} if "Item" in answer else None


def _set(pk: str, values: dict[str, str], condition: str = "attribute_exists(pk)") -> None:
    succeeded = {":succeeded": {"S": "succeeded"}} if ":succeeded" in condition else {}
    _dynamodb.update_item(
        TableName=_TABLE,
        Key={"pk": {"S": pk}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
        ConditionExpression=condition,
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues={**{f":{name}": {"S": value} for name, value in values.items()}, **succeeded},
    )


def _accepted(call: Any, *arguments: Any, **named: Any) -> bool:
    try:
        call(*arguments, **named)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True
