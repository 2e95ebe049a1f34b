"""One table for all: transactions, the keys that clients sent, who works on which row, how far runs have come."""

import os
import time
import uuid
from typing import Any

import boto3
from botocore.exceptions import ClientError

Item = dict[str, Any]

_dynamodb = boto3.client("dynamodb")
_TABLE = os.environ["NEWSROOM_TABLE"]
_CMS_IS_DONE_AFTER_S = 30
_CLOCKS_DIFFER_BY_S = 5


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


def take(row_name: str, owner: str, context: Any) -> bool:
    """Takes a row of the CMS until this worker cannot have a request there any more; False if somebody has it."""
    now = time.time()
    until = now + context.get_remaining_time_in_millis() / 1000 + _CMS_IS_DONE_AFTER_S + _CLOCKS_DIFFER_BY_S
    item = {"pk": {"S": f"row#{row_name}"}, "holder": {"S": owner}, "until": {"N": f"{until:.3f}"}}
    return _accepted(
        _dynamodb.put_item,
        TableName=_TABLE,
        Item=item,
        ConditionExpression="attribute_not_exists(pk) OR #until < :now OR holder = :owner",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":now": {"N": f"{now:.3f}"}, ":owner": {"S": owner}},
    )


def leave(row_name: str, owner: str) -> None:
    """Gives it back, if it is still ours."""
    _accepted(
        _dynamodb.delete_item,
        TableName=_TABLE,
        Key={"pk": {"S": f"row#{row_name}"}},
        ConditionExpression="holder = :owner",
        ExpressionAttributeValues={":owner": {"S": owner}},
    )


def read_run(run_id: str) -> Item:
    """`place`, the last place of the run as JSON, and `state`; {} of a run that is new."""
    return _get(f"run#{run_id}") or {}


def write_run(run_id: str, place: str, state: str) -> None:
    """The run has come so far."""
    _set(f"run#{run_id}", {"place": place, "state": state}, condition="")


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
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues={**{f":{name}": {"S": value} for name, value in values.items()}, **succeeded},
        **({"ConditionExpression": condition} if condition else {}),
    )


def _accepted(call: Any, *arguments: Any, **named: Any) -> bool:
    try:
        call(*arguments, **named)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True
