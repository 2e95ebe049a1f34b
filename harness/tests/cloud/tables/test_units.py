"""What calls consume, in the numbers of AWS's documentation.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
"""

from typing import Any

import pytest

from harness.cloud.table_sizes import item_bytes, number_bytes, read_units, write_units
from harness.tests.cloud.tables.account_of_tables import Tables, index


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "ü"}, 2),
        ({"N": "1"}, 2),
        ({"N": "-12"}, 3),
        ({"N": "1234"}, 3),
        ({"N": "12345"}, 4),
        ({"N": "0.00120"}, 2),
        ({"N": "1000000"}, 2),
        ({"N": "1E+10"}, 2),
        ({"N": "0"}, 1),
        ({"B": "aGVsbG8="}, 5),
        ({"B": b"hello"}, 5),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 9),
        ({"M": {"k": {"S": "ab"}}}, 7),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "23"]}, 4),
    ],
)
def test_an_attribute_has_the_size_of_its_name_and_value(value: dict[str, Any], size: int) -> None:
    assert item_bytes({"name": value}) == 4 + size


def test_nothing_has_no_size_and_costs_a_block() -> None:
    assert (item_bytes(None), item_bytes({}), number_bytes("0")) == (0, 0, 1)
    assert (read_units(0, 1.0), write_units(0)) == (1, 1)


@pytest.mark.parametrize(
    ("size", "weak", "strong", "transactional", "write"),
    [(1, 0.5, 1, 2, 1), (1024, 0.5, 1, 2, 1), (1025, 0.5, 1, 2, 2), (4096, 0.5, 1, 2, 4), (4097, 1, 2, 4, 5)],
)
def test_units_are_whole_blocks(size: int, weak: float, strong: float, transactional: float, write: float) -> None:
    assert [read_units(size, strength) for strength in (0.5, 1.0, 2.0)] == [weak, strong, transactional]
    assert (write_units(size), write_units(size, transactional=True)) == (write, write * 2)


def test_a_read_costs_half_if_it_may_be_old_and_something_if_nothing_is_there(tables: Tables) -> None:
    tables.put(id="a", text="x" * 5000)
    key = {"TableName": "notes", "Key": {"id": {"S": "a"}}}

    tables.client.get_item(**key)
    assert tables.units() == [("", "read", 1.0)]
    tables.client.get_item(**key, ConsistentRead=True, ProjectionExpression="id")
    assert tables.units() == [("", "read", 2.0)]
    tables.client.get_item(TableName="notes", Key={"id": {"S": "none"}})
    assert tables.units() == [("", "read", 0.5)]


def test_a_write_costs_the_larger_of_what_was_and_what_is(tables: Tables) -> None:
    key = {"TableName": "notes", "Key": {"id": {"S": "a"}}}
    tables.put(id="a", text="x" * 3000)
    assert tables.units() == [("", "write", 3.0)]
    tables.put(id="a")
    assert tables.units() == [("", "write", 3.0)]
    tables.client.update_item(**key, UpdateExpression="SET t = :t", ExpressionAttributeValues={":t": {"S": "y" * 1500}})
    assert tables.units() == [("", "write", 2.0)]
    tables.client.delete_item(**key)
    assert tables.units() == [("", "write", 2.0)]
    tables.client.delete_item(**key)
    assert tables.units() == [("", "write", 1.0)]


def test_a_condition_that_fails_costs_what_is_there(tables: Tables) -> None:
    tables.put(id="a", text="x" * 2000)
    item = {"id": {"S": "a"}}
    condition = "attribute_not_exists(id)"
    code, _ = tables.refusal("put_item", TableName="notes", Item=item, ConditionExpression=condition)
    assert (code, tables.units()) == ("ConditionalCheckFailedException", [("", "write", 2.0)])


def test_a_refused_request_costs_nothing(tables: Tables) -> None:
    code, _ = tables.refusal("put_item", TableName="notes", Item={"other": {"S": "a"}})
    assert (code, tables.calls.consumption) == ("ValidationException", [])


def test_a_query_costs_the_sum_of_what_it_looked_at_whatever_its_filter_kept(tables: Tables) -> None:
    tables.create("threads", sort_key="at")
    for number in range(10):
        tables.put("threads", id="t", at=f"{number:02d}", text="x" * 900, odd=str(number % 2))
    query: dict[str, Any] = {
        "TableName": "threads",
        "KeyConditionExpression": "#id = :id",
        "ExpressionAttributeNames": {"#id": "id"},
        "ExpressionAttributeValues": {":id": {"S": "t"}},
        "ReturnConsumedCapacity": "TOTAL",
    }
    plain = tables.client.query(**query)
    assert (plain["Count"], plain["ConsumedCapacity"]["CapacityUnits"]) == (10, 1.5)  # 9.2 KB: 3 blocks, half of them

    filtered = query | {
        "FilterExpression": "#odd = :one",
        "ProjectionExpression": "#id",
        "ExpressionAttributeNames": {"#id": "id", "#odd": "odd"},
        "ExpressionAttributeValues": {":id": {"S": "t"}, ":one": {"S": "1"}},
    }
    answer = tables.client.query(**filtered, ConsistentRead=True)
    assert (answer["Count"], answer["ConsumedCapacity"]["CapacityUnits"]) == (5, 3.0)
    counted = tables.client.query(**query, Select="COUNT", Limit=2)
    assert (counted["Count"], counted["ConsumedCapacity"]["CapacityUnits"]) == (2, 0.5)
    nothing = tables.client.query(**query | {"ExpressionAttributeValues": {":id": {"S": "none"}}})
    assert nothing["ConsumedCapacity"]["CapacityUnits"] == 0.5


def test_a_scan_costs_the_whole_table(tables: Tables) -> None:
    for number in range(9):
        tables.put(id=str(number), text="x" * 1000)
    answer = tables.client.scan(
        TableName="notes",
        FilterExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "3"}},
        ReturnConsumedCapacity="TOTAL",
    )
    assert (answer["Count"], answer["ConsumedCapacity"]["CapacityUnits"]) == (1, 1.5)


def test_batches_are_rounded_item_by_item(tables: Tables) -> None:
    puts = [{"PutRequest": {"Item": {"id": {"S": str(one)}, "t": {"S": "x" * 500}}}} for one in range(4)]
    written = tables.client.batch_write_item(RequestItems={"notes": puts}, ReturnConsumedCapacity="TOTAL")
    assert written["ConsumedCapacity"] == [{"TableName": "notes", "CapacityUnits": 4.0}]

    keys = {"notes": {"Keys": [{"id": {"S": str(one)}} for one in range(5)]}}
    read = tables.client.batch_get_item(RequestItems=keys, ReturnConsumedCapacity="INDEXES")
    assert read["ConsumedCapacity"] == [{"TableName": "notes", "CapacityUnits": 2.5, "Table": {"CapacityUnits": 2.5}}]


def test_a_transaction_costs_double(tables: Tables) -> None:
    items = [
        {"Put": {"TableName": "notes", "Item": {"id": {"S": "a"}, "t": {"S": "x" * 1500}}}},
        {"Update": {"TableName": "notes", "Key": {"id": {"S": "b"}}, "UpdateExpression": "ADD n :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}}}},
    ]  # fmt: skip
    written = tables.client.transact_write_items(TransactItems=items, ReturnConsumedCapacity="TOTAL")
    assert written["ConsumedCapacity"] == [{"TableName": "notes", "CapacityUnits": 6.0, "WriteCapacityUnits": 6.0}]
    tables.advance(100)
    gets = [{"Get": {"TableName": "notes", "Key": {"id": {"S": one}}}} for one in "ab"]
    read = tables.client.transact_get_items(TransactItems=gets, ReturnConsumedCapacity="INDEXES")
    amounts = {"CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}
    assert read["ConsumedCapacity"] == [{"TableName": "notes", **amounts, "Table": amounts}]


def test_an_index_is_written_where_its_entry_changes(tables: Tables) -> None:
    tables.create(
        "tweets",
        attributes={"author": "S", "place": "S"},
        GlobalSecondaryIndexes=[
            index("by_author", "author", projection="KEYS_ONLY"),
            index("by_place", "place", projection="INCLUDE", attributes=("text",)),
        ],
    )
    table = [("", "write", 1.0)]

    tables.put("tweets", id="1", views="0")
    assert tables.units() == table  # in no index
    answer = tables.put("tweets", id="1", author="ann", views="0")
    assert tables.units() == [*table, ("by_author", "write", 1.0)]  # put in
    assert answer["ConsumedCapacity"] == {
        "TableName": "tweets",
        "CapacityUnits": 2.0,
        "Table": {"CapacityUnits": 1.0},
        "GlobalSecondaryIndexes": {"by_author": {"CapacityUnits": 1.0}},
    }
    tables.put("tweets", id="1", author="ann", views="1")
    assert tables.units() == table  # its entry does not change
    tables.put("tweets", id="1", author="bob", views="1")
    assert tables.units() == [*table, ("by_author", "write", 1.0), ("by_author", "write", 1.0)]  # moved
    tables.put("tweets", id="1", place="Rome", text="x" * 1500)
    assert tables.units() == [("", "write", 2.0), ("by_author", "write", 1.0), ("by_place", "write", 2.0)]
    tables.client.delete_item(TableName="tweets", Key={"id": {"S": "1"}})
    assert tables.units() == [("", "write", 2.0), ("by_place", "write", 2.0)]


def test_a_query_of_an_index_costs_its_entries(tables: Tables) -> None:
    tables.create(
        "tweets",
        attributes={"author": "S"},
        GlobalSecondaryIndexes=[index("by_author", "author", "id", projection="KEYS_ONLY")],
    )
    for number in range(9):
        tables.put("tweets", id=str(number), author="ann", text="x" * 1000)
    answer = tables.client.query(
        TableName="tweets",
        IndexName="by_author",
        KeyConditionExpression="author = :a",
        ExpressionAttributeValues={":a": {"S": "ann"}},
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == {
        "TableName": "tweets",
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"by_author": {"CapacityUnits": 0.5}},
    }


def test_a_local_index_is_named_as_one(tables: Tables) -> None:
    tables.create(
        "threads", sort_key="at", attributes={"likes": "S"}, LocalSecondaryIndexes=[index("by_likes", "id", "likes")]
    )
    answer = tables.put("threads", id="t", at="1", likes="3")
    assert answer["ConsumedCapacity"]["LocalSecondaryIndexes"] == {"by_likes": {"CapacityUnits": 1.0}}


def test_nothing_is_said_of_units_unless_it_is_asked_for(tables: Tables) -> None:
    key = {"TableName": "notes", "Key": {"id": {"S": "a"}}}
    assert "ConsumedCapacity" not in tables.client.update_item(**key, UpdateExpression="REMOVE t")
    assert "ConsumedCapacity" not in tables.client.delete_item(**key)
    assert "ConsumedCapacity" not in tables.client.batch_get_item(RequestItems={"notes": {"Keys": [key["Key"]]}})
