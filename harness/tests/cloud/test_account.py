"""What of moto is private or fragile, and used here: its clock, its ids, its reset, and our short cuts."""

import copy
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import moto.core.responses
import moto.core.utils
import moto.dynamodb.parsing.validators
import pytest
from botocore.exceptions import ClientError

from harness.cloud.account import Account, UnknownEndpoint
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Request
from harness.tests.fakes import client

AN_HOUR_LATER = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(clock: Clock) -> Account:
    return Account(clock, Randomness(1))


@pytest.fixture
def dynamodb(account: Account) -> Any:
    return client("dynamodb", account.answer)


def create_table(dynamodb: Any, name: str = "orders") -> Any:
    return dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]


# ---- its clock -----------------------------------------------------------------------------------


def test_a_table_is_created_at_the_virtual_instant(dynamodb: Any, clock: Clock) -> None:
    clock.advance_to(3_600_000_000)

    assert create_table(dynamodb)["CreationDateTime"] == AN_HOUR_LATER


def test_an_object_is_modified_at_the_virtual_instant(account: Account, clock: Clock) -> None:
    s3 = client("s3", account.answer)
    s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    clock.advance_to(3_600_000_000)

    s3.put_object(Bucket="photos", Key="a.jpg", Body=b"x")

    assert s3.head_object(Bucket="photos", Key="a.jpg")["LastModified"] == AN_HOUR_LATER


def test_a_stream_record_arrives_at_the_virtual_instant(account: Account, clock: Clock) -> None:
    kinesis = client("kinesis", account.answer)
    clock.advance_to(3_600_000_000)
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
    shard = {"StreamName": "clicks", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}

    records = kinesis.get_records(ShardIterator=kinesis.get_shard_iterator(**shard)["ShardIterator"])["Records"]

    assert records[0]["ApproximateArrivalTimestamp"] == AN_HOUR_LATER


def test_a_bus_is_created_at_the_virtual_instant(account: Account, clock: Clock) -> None:
    events = client("events", account.answer)
    clock.advance_to(3_600_000_000)

    events.create_event_bus(Name="bus")

    assert events.describe_event_bus(Name="bus")["CreationTime"] == AN_HOUR_LATER


def test_outside_a_call_moto_reads_the_real_clock(dynamodb: Any) -> None:
    create_table(dynamodb)

    assert moto.core.utils.utcnow().year >= 2026
    assert moto.core.utils.utcnow() != moto.core.utils.utcnow()


# ---- its ids -------------------------------------------------------------------------------------


def event_ids(seed: int) -> list[str]:
    account = Account(Clock(), Randomness(seed))
    events = client("events", account.answer)
    entry = {"Source": "tests", "DetailType": "t", "Detail": "{}"}
    return [events.put_events(Entries=[entry])["Entries"][0]["EventId"] for _ in range(3)]


def test_ids_repeat_with_the_seed_and_differ_with_another() -> None:
    assert event_ids(7) == event_ids(7)
    assert len(set(event_ids(7))) == 3
    assert event_ids(7) != event_ids(8)


# ---- between two accounts ------------------------------------------------------------------------


def test_a_fresh_account_is_empty(dynamodb: Any) -> None:
    create_table(dynamodb)

    fresh = client("dynamodb", Account(Clock(), Randomness(1)).answer)

    assert fresh.list_tables()["TableNames"] == []
    assert create_table(fresh)["TableStatus"] == "ACTIVE"


# ---- what it answers -----------------------------------------------------------------------------


def test_a_condition_that_fails_is_the_error_boto3_knows(dynamodb: Any) -> None:
    create_table(dynamodb)
    put = {"TableName": "orders", "Item": {"id": {"S": "o-7"}}, "ConditionExpression": "attribute_not_exists(id)"}
    dynamodb.put_item(**put)

    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(**put)


def test_an_operation_that_moto_does_not_have_says_so(account: Account) -> None:
    with pytest.raises(ClientError, match="This simulator does not have it") as caught:
        client("dynamodb", account.answer).list_global_tables()

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize("body", [b"{}", b"{", b"[]", b"\xff", b'{"TableName": 5}'])
def test_a_request_that_moto_does_not_understand_is_an_error_answer(account: Account, body: bytes) -> None:
    headers = {
        "x-amz-target": "DynamoDB_20120810.GetItem",
        "content-type": "application/x-amz-json-1.0",
        "authorization": "AWS4-HMAC-SHA256 Credential=KATA/20260105/eu-west-1/dynamodb/aws4_request",
    }

    reply = account.answer(Request("POST", "https://dynamodb.eu-west-1.amazonaws.com/", headers, body))

    assert reply.status in (400, 500)


def test_a_host_of_no_service_is_unknown(account: Account) -> None:
    with pytest.raises(UnknownEndpoint, match=r"https://nothing\.example/"):
        account.answer(Request("GET", "https://nothing.example/"))


def test_a_call_of_the_harness_itself_gives_the_answer_or_says_why_not(account: Account) -> None:
    assert account.json_call("dynamodb", "DynamoDB_20120810.ListTables") == {"TableNames": []}
    with pytest.raises(RuntimeError, match=r"DynamoDB_20120810\.DescribeTable: .*Requested resource not found"):
        account.json_call("dynamodb", "DynamoDB_20120810.DescribeTable", TableName="orders")


# ---- our short cuts ------------------------------------------------------------------------------


def updated(dynamodb: Any) -> Any:
    """What an update makes that uses most of what an update expression can say, twice in a row."""
    create_table(dynamodb)
    update = {
        "TableName": "orders",
        "Key": {"id": {"S": "o-7"}},
        "UpdateExpression": "SET #n = if_not_exists(#n, :zero) + :one, "
        "tags = list_append(if_not_exists(tags, :none), :tag) REMOVE gone ADD seen :tags",
        "ExpressionAttributeNames": {"#n": "count"},
        "ExpressionAttributeValues": {
            ":zero": {"N": "0"},
            ":one": {"N": "1"},
            ":none": {"L": []},
            ":tag": {"L": [{"S": "t"}]},
            ":tags": {"SS": ["x", "y"]},
        },
        "ReturnValues": "ALL_NEW",
    }
    dynamodb.update_item(**update)
    return dynamodb.update_item(**update)["Attributes"]


def test_the_quick_copy_of_an_expression_changes_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = updated(client("dynamodb", Account(Clock(), Randomness(1)).answer))
    monkeypatch.setattr(moto.dynamodb.parsing.validators, "deepcopy", copy.deepcopy)
    plain = updated(client("dynamodb", Account(Clock(), Randomness(1)).answer))

    assert quick == plain
    assert quick["count"] == {"N": "2"}
    assert quick["tags"] == {"L": [{"S": "t"}, {"S": "t"}]}


def test_the_remembered_method_names_are_those_moto_works_out() -> None:
    from moto.dynamodb.responses import DynamoHandler

    remembered = moto.core.responses.method_names_from_class(DynamoHandler)

    assert remembered == moto.core.utils.method_names_from_class(DynamoHandler)
    assert moto.core.responses.method_names_from_class(DynamoHandler) is remembered


def test_the_short_cuts_are_where_moto_looks_for_them() -> None:
    assert moto.core.responses.method_names_from_class is not moto.core.utils.method_names_from_class
    assert moto.dynamodb.parsing.validators.deepcopy is not copy.deepcopy


_PROGRAM = """
from harness.cloud.account import Account
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.tests.cloud.test_account import create_table
from harness.tests.fakes import client

replies = []
account = Account(Clock(), Randomness(3))
def ask(request):
    replies.append(account.answer(request))
    return replies[-1]
create_table(client("dynamodb", ask))
client("dynamodb", ask).put_item(TableName="orders", Item={"id": {"S": "1"}, "tags": {"SS": ["a", "b", "c"]}})
client("dynamodb", ask).get_item(TableName="orders", Key={"id": {"S": "1"}})
print([(reply.status, sorted(reply.headers.items()), reply.body) for reply in replies])
"""


def test_replies_are_the_same_to_the_byte_under_every_hash_seed() -> None:
    def replies(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert replies("1") == replies("2")
