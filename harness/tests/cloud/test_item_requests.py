"""DynamoDB's item operations give, on the short way through moto, what they give on the long one."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud import item_requests
from harness.cloud.account import Account
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Request
from harness.tests.fakes import client

KEY = {"id": {"S": "a"}}
ITEM = KEY | {"n": {"N": "1"}, "m": {"M": {"x": {"L": [{"BOOL": True}, {"NULL": True}]}}}, "ss": {"SS": ["p", "q"]}}
SET = {"UpdateExpression": "SET n = n + :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
T: dict[str, Any] = {"TableName": "orders"}

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("put_item", {**T, "Item": ITEM, "ReturnConsumedCapacity": "TOTAL"}),
    ("put_item", {**T, "Item": ITEM, "ConditionExpression": "attribute_not_exists(id)"}),
    ("put_item", {**T, "Item": KEY | {"b": {"B": b"\x00\xff"}, "bs": {"BS": [b"1", b"2"]}}, "ReturnValues": "ALL_OLD"}),
    ("get_item", {**T, "Key": KEY, "ConsistentRead": True}),
    ("get_item", {**T, "Key": {"id": {"S": "nobody"}}}),
    ("get_item", {"TableName": "missing", "Key": KEY}),
    ("put_item", {**T, "Item": ITEM}),
    ("update_item", {**T, "Key": KEY, "ReturnValues": "ALL_NEW", **SET}),
    ("update_item", {**T, "Key": KEY, "ReturnValues": "UPDATED_OLD", **SET}),
    ("update_item", {**T, "Key": KEY, "ConditionExpression": "n > :one", **SET}),
    (
        "update_item",
        {**T, "Key": KEY, "ConditionExpression": "n < :one", "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **SET},
    ),
    ("update_item", {**T, "Key": KEY, "UpdateExpression": "SET broken"}),
    ("update_item", {**T, "Key": KEY, "UpdateExpression": "SET broken"}),
    ("update_item", {**T, "Key": {"id": {"S": "new"}}, "UpdateExpression": "SET tag = :t REMOVE gone",
                     "ExpressionAttributeValues": {":t": {"S": "x"}}}),
    ("query", {**T, "KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}),
    ("scan", {**T, "Limit": 1}),
    ("scan", {**T, "Select": "COUNT"}),
    ("batch_write_item", {"RequestItems": {"orders": [{"PutRequest": {"Item": {"id": {"S": "c"}}}}]}}),
    ("batch_get_item", {"RequestItems": {"orders": {"Keys": [KEY, {"id": {"S": "c"}}]}}}),
    ("transact_write_items", {"TransactItems": [{"Put": {**T, "Item": {"id": {"S": "d"}}}}]}),
    (
        "transact_write_items",
        {"TransactItems": [{"Put": {**T, "Item": KEY, "ConditionExpression": "attribute_not_exists(id)"}}]},
    ),
    ("transact_get_items", {"TransactItems": [{"Get": {**T, "Key": KEY}}]}),
    ("delete_item", {**T, "Key": KEY, "ReturnValues": "ALL_OLD"}),
    ("delete_item", {**T, "Key": KEY, "ReturnValues": "ALL_OLD"}),
]  # fmt: skip


def outcomes() -> list[Any]:
    """What a client sees of each call, one after the other on one table."""
    account = Account(Clock(), Randomness(1))
    dynamodb = client("dynamodb", account.answer)
    dynamodb.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    seen = []
    for operation, parameters in CALLS:
        try:
            answer = getattr(dynamodb, operation)(**parameters)
        except ClientError as error:
            answer = error.response
        answer["ResponseMetadata"].pop("HTTPHeaders")
        seen.append((operation, answer))
    return seen


def test_each_operation_answers_as_moto_does(monkeypatch: pytest.MonkeyPatch) -> None:
    short = outcomes()
    monkeypatch.setattr(item_requests, "is_item_request", lambda request: False)

    assert short == outcomes()


def test_the_short_way_is_taken_for_items_only() -> None:
    def asks(target: str) -> Request:
        return Request("POST", "https://dynamodb.eu-west-1.amazonaws.com/", {"x-amz-target": target}, b"{}")

    assert item_requests.is_item_request(asks("DynamoDB_20120810.PutItem"))
    assert not item_requests.is_item_request(asks("DynamoDB_20120810.CreateTable"))
    assert not item_requests.is_item_request(asks("DynamoDBStreams_20120810.GetRecords"))
    assert not item_requests.is_item_request(asks("PutItem"))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"TableName": 7}', b"\xff"])
def test_a_body_that_is_no_request_is_refused_and_ends_nothing(body: bytes) -> None:
    account = Account(Clock(), Randomness(1))
    headers = {"x-amz-target": "DynamoDB_20120810.PutItem", "content-type": "application/x-amz-json-1.0"}

    reply = account.answer(Request("POST", "https://dynamodb.eu-west-1.amazonaws.com/", headers, body))

    assert reply.status >= 400
    assert json.loads(reply.body)["__type"]
