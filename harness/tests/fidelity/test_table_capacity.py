"""DynamoDB's capacity, throttling, transactions and time to live, as deployed functions meet them with boto3.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
"""

import asyncio
from typing import Any

import pytest

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 60}}
Resources:
  Ask: {Type: AWS::Serverless::Function, Properties: {Handler: app.handler, Policies: [AdministratorAccess]}}
  Hear:
    Type: AWS::Serverless::Function
    Properties:
      Handler: hear.handler
      Events:
        Changes:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Notes.StreamArn, StartingPosition: TRIM_HORIZON, BatchSize: 10}
  Notes:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: notes
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: id, AttributeType: S}
        - {AttributeName: author, AttributeType: S}
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: by_author
          KeySchema: [{AttributeName: author, KeyType: HASH}]
          Projection: {ProjectionType: KEYS_ONLY}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
  Small:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: small
      BillingMode: PROVISIONED
      ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
"""

HEAR = """
def handler(event, context):
    for record in event["Records"]:
        who = record.get("userIdentity", {}).get("principalId", "")
        print("heard", record["eventName"], record["dynamodb"]["Keys"]["id"]["S"], who)
        if packed := record["dynamodb"].get("NewImage", {}).get("packed"):
            print("packed", packed)
"""


class Tables:
    """The deployed app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.world = app.world

    def ask(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """The answer to each call, made by one invocation; an error is its answer."""
        event = {"service": "dynamodb", "calls": [list(call) for call in calls]}
        answers: list[Any] = self.app.run(self.world.invoke("Ask", event))
        return answers

    def ask_streams(self, operation: str, **parameters: Any) -> list[Any]:
        """The answer of DynamoDB Streams."""
        event = {"service": "dynamodbstreams", "calls": [[operation, parameters]]}
        answers: list[Any] = self.app.run(self.world.invoke("Ask", event))
        return answers

    def at_once(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """The answers to calls of as many invocations at the same instant, their environments warm."""

        async def ask() -> list[Any]:
            events = [{"service": "dynamodb", "calls": [list(call)]} for call in calls]
            return [each[0] for each in await asyncio.gather(*(self.world.invoke("Ask", event) for event in events))]

        self.world.recycle("Ask")
        self.app.run(self._warm(len(calls)))
        return self.app.run(ask())

    async def _warm(self, count: int) -> None:
        await asyncio.gather(*(self.world.invoke("Ask", {"service": "dynamodb", "calls": []}) for _ in range(count)))

    def wait(self, **how: float) -> None:
        """Lets virtual time pass."""
        self.app.run(self.world.run_for(**how))


@pytest.fixture(scope="module")
def tables(deploy: Deploy) -> Tables:
    """One app for all tests; each has items of its own."""
    return Tables(deploy(TEMPLATE, {"src/app.py": CLIENT, "src/hear.py": HEAR}))


def put(key: str, table: str = "notes", **more: Any) -> dict[str, Any]:
    """Parameters of PutItem."""
    return {"TableName": table, "Item": {"id": {"S": key}} | more}


def add(key: str) -> dict[str, Any]:
    """An action of a transaction that adds one to a counter."""
    change = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    return {"Update": {"TableName": "notes", "Key": {"id": {"S": key}}} | change}


def code(answer: dict[str, Any]) -> str:
    """The error code of an answer, "" if it is none."""
    return str(answer.get("Error", {}).get("Code", ""))


def test_an_answer_tells_the_capacity_it_consumed(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html"""
    more = {"ReturnConsumedCapacity": "INDEXES"}
    written, weak, strong = tables.ask(
        ("put_item", put("c", author={"S": "ann"}, text={"S": "x" * 5000}) | more),
        ("get_item", {"TableName": "notes", "Key": {"id": {"S": "c"}}} | more),
        ("get_item", {"TableName": "notes", "Key": {"id": {"S": "c"}}, "ConsistentRead": True} | more),
    )
    assert written["ConsumedCapacity"] == {
        "TableName": "notes",
        "CapacityUnits": 6.0,
        "Table": {"CapacityUnits": 5.0},
        "GlobalSecondaryIndexes": {"by_author": {"CapacityUnits": 1.0}},
    }
    assert (weak["ConsumedCapacity"]["CapacityUnits"], strong["ConsumedCapacity"]["CapacityUnits"]) == (1.0, 2.0)


def test_a_query_is_charged_for_what_its_filter_throws_away(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html"""
    scan = {"TableName": "notes", "ReturnConsumedCapacity": "TOTAL"}
    none = {"FilterExpression": "author = :a", "ExpressionAttributeValues": {":a": {"S": "nobody"}}}
    whole, filtered = tables.ask(("scan", scan), ("scan", scan | none))
    assert filtered["Count"] == 0
    assert filtered["ConsumedCapacity"] == whole["ConsumedCapacity"]
    read = [made.items_read for made in tables.app.world.calls(operation="Scan")[-2:]]
    assert read == [whole["Count"]] * 2
    assert whole["Count"] > 0


def test_a_hot_key_is_throttled_and_the_sdk_is_told_to_retry(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""
    tables.world.limit_partitions(read_units=30, write_units=3)
    try:
        answers = tables.ask(*(("put_item", put("hot")) for _ in range(5)), ("put_item", put("cold")))
    finally:
        tables.world.limit_partitions(read_units=3000, write_units=1000)
    codes = [code(answer) for answer in answers]
    assert codes[:3] == ["", "", ""]
    assert codes[4:] == ["ProvisionedThroughputExceededException", ""]
    assert answers[4]["ThrottlingReasons"][0]["reason"] == "TableWriteKeyRangeThroughputExceeded"
    assert tables.world.table("Notes").throttled >= 1


def test_a_batch_leaves_unprocessed_what_there_is_no_capacity_for(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
    text = {"S": "x" * 99_000}  # 97 units, and 300 are in reserve
    requests = [{"PutRequest": {"Item": {"id": {"S": f"b{number}"}, "text": text}}} for number in range(4)]
    some, none = tables.ask(*[("batch_write_item", {"RequestItems": {"small": requests}})] * 2)
    assert some["UnprocessedItems"] == {"small": requests[3:]}
    assert code(none) == "ProvisionedThroughputExceededException"
    assert len(tables.world.table("Small").items()) == 3


def test_transactions_that_meet_on_an_item_cancel_each_other(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html"""
    transactions = [("transact_write_items", {"TransactItems": [add("meet"), add(f"own-{one}")]}) for one in range(3)]
    answers = tables.at_once(*transactions)
    codes = sorted(code(answer) for answer in answers)
    assert codes == ["", "TransactionCanceledException", "TransactionCanceledException"]
    loser = next(answer for answer in answers if code(answer))
    assert [reason["Code"] for reason in loser["CancellationReasons"]] == ["TransactionConflict", "None"]
    assert tables.world.table("Notes").get(id="meet") == {"id": "meet", "n": 1}


def test_one_client_after_another_never_conflicts(tables: Tables) -> None:
    answers = tables.ask(*(("transact_write_items", {"TransactItems": [add("alone")]}) for _ in range(10)))
    answers += tables.ask(("transact_write_items", {"TransactItems": [add("alone")]}), ("put_item", put("alone")))
    assert [code(answer) for answer in answers] == [""] * 12


def test_the_same_token_counts_once(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""
    once = {"TransactItems": [add("token")], "ClientRequestToken": "5f2e"}
    other = {"TransactItems": [add("other")], "ClientRequestToken": "5f2e"}
    answers = tables.ask(*[("transact_write_items", each) for each in (once, once, other)])
    assert [code(answer) for answer in answers] == ["", "", "IdempotentParameterMismatchException"]
    assert tables.world.table("Notes").get(id="token") == {"id": "token", "n": 1}


def test_the_token_that_boto3_makes_is_a_new_one_for_each_call(tables: Tables) -> None:
    tables.ask(*[("transact_write_items", {"TransactItems": [add("made")]})] * 2)
    assert tables.world.table("Notes").get(id="made") == {"id": "made", "n": 2}


def test_an_update_that_creates_an_item_is_one_insert_in_the_stream(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""
    tables.ask(("update_item", add("fresh")["Update"]))
    tables.wait(s=5)
    heard = [line.text for line in tables.world.logs("Hear") if " fresh" in line.text]
    assert heard == ["heard INSERT fresh "]


def test_an_expired_item_is_found_until_it_is_removed_within_two_days(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html"""
    soon = str(1767603600 + tables.world.now_ms // 1000 + 60)
    tables.ask(*[("put_item", put(f"e{one}", expires_at={"N": soon})) for one in range(8)])
    tables.wait(s=120)
    table = tables.world.table("Notes")
    assert all(table.get(id=f"e{one}") for one in range(8))
    tables.wait(hours=24)
    left = [one for one in range(8) if table.get(id=f"e{one}")]
    assert 0 < len(left) < 8
    tables.wait(hours=24, s=10)
    assert not any(table.get(id=f"e{one}") for one in range(8))
    removed = [line.text for line in tables.world.logs("Hear") if "REMOVE e" in line.text]
    assert sorted(removed) == [f"heard REMOVE e{one} dynamodb.amazonaws.com" for one in range(8)]


def test_get_records_says_who_removed_an_item_with_capitals_that_an_event_of_lambda_does_not_have(
    tables: Tables,
) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Identity.html"""
    soon = str(1767603600 + tables.world.now_ms // 1000 + 60)
    tables.ask(("put_item", put("read", expires_at={"N": soon})))
    tables.wait(hours=49)

    ((stream,),) = (each["Streams"] for each in tables.ask_streams("list_streams", TableName="notes"))
    (described,) = tables.ask_streams("describe_stream", StreamArn=stream["StreamArn"])
    (shard,) = described["StreamDescription"]["Shards"]
    start = {"StreamArn": stream["StreamArn"], "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    (iterator,) = tables.ask_streams("get_shard_iterator", **start)
    (answer,) = tables.ask_streams("get_records", ShardIterator=iterator["ShardIterator"])

    (removed,) = [one for one in answer["Records"] if one["dynamodb"]["Keys"]["id"]["S"] == "read"]
    assert removed["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


def test_a_test_reads_and_writes_a_table_and_its_stream_tells(tables: Tables) -> None:
    table = tables.world.table("Notes")
    table.put({"id": "direct", "n": 2, "share": 0.5, "tags": ["a"], "place": {"lat": 1.5}})
    assert table.get(id="direct") == {"id": "direct", "n": 2, "share": 0.5, "tags": ["a"], "place": {"lat": 1.5}}
    assert [text for text in table.texts() if "direct" in text]
    table.delete(id="direct")
    tables.wait(s=5)
    heard = [line.text for line in tables.world.logs("Hear") if " direct" in line.text]
    assert heard == ["heard INSERT direct ", "heard REMOVE direct "]


def test_bytes_are_stored_counted_read_and_told_by_the_stream(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""
    item = put("bytes", packed={"B": "ab\x00"}, more={"L": [{"BS": ["c"]}]}, large={"B": "x" * 1000})
    _, answer = tables.ask(
        ("transact_write_items", {"TransactItems": [{"Put": item}]}),
        (
            "update_item",
            {
                "TableName": "notes",
                "Key": {"id": {"S": "bytes"}},
                "UpdateExpression": "SET n = :n",
                "ConditionExpression": "packed = :packed",
                "ExpressionAttributeValues": {":n": {"N": "1"}, ":packed": {"B": "ab\x00"}},
                "ReturnConsumedCapacity": "TOTAL",
            },
        ),
    )
    tables.wait(s=5)
    told = [line.text for line in tables.world.logs("Hear") if line.text.startswith("packed")]
    found = tables.world.table("Notes").get(id="bytes")
    last = tables.world.stream("Notes").records[-1]

    assert answer["ConsumedCapacity"]["CapacityUnits"] == 2
    assert found == {"id": "bytes", "packed": b"ab\x00", "more": [{b"c"}], "large": b"x" * 1000, "n": 1}
    assert told == ["packed {'B': 'YWIA'}"] * 2
    assert last.json()["dynamodb"]["ApproximateCreationDateTime"] == 1767603600 + last.at_ms // 1000


def test_a_page_of_a_scan_ends_at_a_megabyte_whatever_its_filter_keeps(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.Pagination"""
    table = tables.world.table("Notes")
    table.wipe()
    for number in range(40):
        table.put({"id": f"n-{number:02}", "author": "one", "text": "x" * 32_000})
    scan = {"TableName": "notes"}
    none = {"FilterExpression": "author = :a", "ExpressionAttributeValues": {":a": {"S": "nobody"}}}

    first, nothing = tables.ask(("scan", scan), ("scan", scan | none))
    (rest,) = tables.ask(("scan", scan | {"ExclusiveStartKey": first["LastEvaluatedKey"]}))

    assert (first["Count"], rest["Count"]) == (31, 9)
    assert "LastEvaluatedKey" not in rest
    assert (nothing["Count"], nothing["ScannedCount"]) == (0, 31)
    assert nothing["LastEvaluatedKey"] == first["LastEvaluatedKey"]
