"""Who is throttled: a hot key, a table above what it is provisioned with, an index.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
"""

from typing import Any

import pytest

from harness.tests.cloud.tables.account_of_tables import Tables, index

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/"
THROTTLED = "ProvisionedThroughputExceededException"


@pytest.fixture
def tight() -> Tables:
    """Ten write and thirty read units a second for a key."""
    tables = Tables()
    tables.create()
    tables.calls.capacity.per_key.write, tables.calls.capacity.per_key.read = 10, 30
    return tables


def puts(tables: Tables, count: int, table: str = "notes", **attributes: str) -> list[bool]:
    """Whether each of many writes at this instant was done."""
    done = []
    for _ in range(count):
        try:
            tables.put(table, **({"id": "hot"} | attributes))
            done.append(True)
        except tables.client.exceptions.ProvisionedThroughputExceededException:
            done.append(False)
    return done


def test_a_hot_key_is_throttled_and_others_are_not(tight: Tables) -> None:
    assert puts(tight, 12) == [True] * 10 + [False] * 2
    assert puts(tight, 1, id="cold") == [True]
    code, answer = tight.refusal("put_item", TableName="notes", Item={"id": {"S": "hot"}})
    reasons = [{"reason": "TableWriteKeyRangeThroughputExceeded", "resource": f"{ARN}notes"}]
    assert (code, answer["ThrottlingReasons"]) == (THROTTLED, reasons)


def test_a_key_recovers_with_time_and_saves_up_one_second(tight: Tables) -> None:
    puts(tight, 10)
    tight.advance(300)
    assert puts(tight, 5) == [True] * 3 + [False] * 2
    tight.advance(60_000)
    assert puts(tight, 11) == [True] * 10 + [False]


def test_three_and_a_half_seconds_of_a_hot_key_hold_four_and_a_half_times_its_rate(tight: Tables) -> None:
    done = 0
    for _ in range(36):
        done += sum(puts(tight, 2))
        tight.advance(100)
    assert done == 45


def test_a_throttled_write_has_done_nothing_and_the_stream_has_not_heard_of_it(tight: Tables) -> None:
    tight.create("streamed", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    puts(tight, 10, "streamed", text="first")
    assert puts(tight, 1, "streamed", text="second") == [False]
    update = {
        "TableName": "streamed",
        "Key": {"id": {"S": "hot"}},
        "UpdateExpression": "SET #t = :t",
        "ExpressionAttributeNames": {"#t": "text"},
        "ExpressionAttributeValues": {":t": {"S": "third"}},
    }
    assert tight.refusal("update_item", **update)[0] == THROTTLED
    assert tight.refusal("delete_item", TableName="streamed", Key={"id": {"S": "hot"}})[0] == THROTTLED

    item = tight.client.get_item(TableName="streamed", Key={"id": {"S": "hot"}})["Item"]
    assert item["text"]["S"] == "first"
    assert len(tight.account.stream_records("streamed")) == 1  # the other nine changed nothing
    tight.advance(1000)
    tight.client.update_item(**update)
    assert [record["dynamodb"]["NewImage"]["text"]["S"] for record in tight.account.stream_records("streamed")] == [
        "first",
        "third",
    ]


def test_reads_have_a_limit_of_their_own(tight: Tables) -> None:
    get = {"TableName": "notes", "Key": {"id": {"S": "hot"}}, "ConsistentRead": True}
    for _ in range(30):
        tight.client.get_item(**get)
    code, answer = tight.refusal("get_item", **get)
    assert (code, answer["ThrottlingReasons"][0]["reason"]) == (THROTTLED, "TableReadKeyRangeThroughputExceeded")
    assert puts(tight, 1) == [True]


def test_a_query_above_the_limit_is_throttled_until_its_key_has_rested(tight: Tables) -> None:
    tight.create("threads", sort_key="nr")
    for number in range(9):
        tight.put("threads", id="t", nr=str(number), text="x" * 950)
    query: dict[str, Any] = {
        "TableName": "threads",
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": "t"}},
        "ConsistentRead": True,
    }
    for _ in range(10):
        assert tight.client.query(**query)["Count"] == 9  # three units each
    assert tight.refusal("query", **query)[0] == THROTTLED
    tight.advance(100)
    assert tight.client.query(**query)["Count"] == 9


def test_what_a_batch_has_no_units_for_is_left_unprocessed(tight: Tables) -> None:
    tight.create("threads", sort_key="nr")
    puts(tight, 8, "threads", id="t", nr="0")
    requests = [{"PutRequest": {"Item": {"id": {"S": "t"}, "nr": {"S": str(one)}}}} for one in range(1, 5)]
    answer = tight.client.batch_write_item(RequestItems={"threads": requests})
    assert answer["UnprocessedItems"] == {"threads": requests[2:]}
    assert tight.refusal("batch_write_item", RequestItems={"threads": requests})[0] == THROTTLED
    assert tight.client.scan(TableName="threads")["Count"] == 3

    keys = [{"id": {"S": "t"}, "nr": {"S": str(one)}} for one in range(40)]
    read = tight.client.batch_get_item(RequestItems={"threads": {"Keys": keys, "ConsistentRead": True}})
    assert read["UnprocessedKeys"] == {"threads": {"Keys": keys[30:], "ConsistentRead": True}}


def test_a_transaction_without_units_is_cancelled_with_the_reason_at_its_item(tight: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""
    items = [{"Put": {"TableName": "notes", "Item": {"id": {"S": one}}}} for one in ("cold", "hot")]
    puts(tight, 9)
    code, answer = tight.refusal("transact_write_items", TransactItems=items)
    codes = [reason["Code"] for reason in answer["CancellationReasons"]]
    assert (code, codes) == ("TransactionCanceledException", ["None", "ProvisionedThroughputExceeded"])
    assert "Item" not in tight.client.get_item(TableName="notes", Key={"id": {"S": "cold"}})


def test_an_index_that_is_hot_throttles_the_tables_writes(tight: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html"""
    tight.create("tweets", attributes={"state": "S"}, GlobalSecondaryIndexes=[index("by_state", "state")])
    for number in range(10):
        tight.put("tweets", id=str(number), state="new")
    code, answer = tight.refusal("put_item", TableName="tweets", Item={"id": {"S": "x"}, "state": {"S": "new"}})
    reasons = [{"reason": "IndexWriteKeyRangeThroughputExceeded", "resource": f"{ARN}tweets/index/by_state"}]
    assert (code, answer["ThrottlingReasons"]) == (THROTTLED, reasons)
    tight.put("tweets", id="x", state="old")


def test_a_provisioned_table_takes_its_rate_and_what_it_saved_in_five_minutes(tables: Tables) -> None:
    throughput = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    tables.create("small", BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
    done = [puts(tables, 1, "small", id=str(number))[0] for number in range(310)]
    assert sum(done) == 300
    tables.advance(5_000)
    assert puts(tables, 7, "small") == [True] * 5 + [False] * 2
    _, answer = tables.refusal("put_item", TableName="small", Item={"id": {"S": "x"}})
    assert answer["ThrottlingReasons"][0]["reason"] == "TableWriteProvisionedThroughputExceeded"


def test_a_table_on_demand_begins_with_four_thousand_write_units_a_second(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"""
    big = "x" * 99 * 1024
    done = [puts(tables, 1, id=str(number), text=big)[0] for number in range(42)]
    assert done == [True] * 40 + [False] * 2


def test_a_key_takes_a_thousand_write_units_by_default(tables: Tables) -> None:
    assert puts(tables, 11, text="x" * 99 * 1024) == [True] * 10 + [False]


def test_the_same_item_twice_in_a_batch_is_refused_and_so_are_more_than_25(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
    twice = [{"PutRequest": {"Item": {"id": {"S": "a"}}}}, {"DeleteRequest": {"Key": {"id": {"S": "a"}}}}]
    many = [{"PutRequest": {"Item": {"id": {"S": str(one)}}}} for one in range(26)]
    for requests in (twice, many):
        assert tables.refusal("batch_write_item", RequestItems={"notes": requests})[0] == "ValidationException"
    assert tables.client.scan(TableName="notes")["Count"] == 0
