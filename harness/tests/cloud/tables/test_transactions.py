"""Transactions that meet, and transactions that come twice.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from typing import Any

import pytest

from harness.tests.cloud.tables.account_of_tables import Tables


def add(key: str, number: int = 1) -> dict[str, Any]:
    """Adds to a counter."""
    return {
        "Update": {
            "TableName": "notes",
            "Key": {"id": {"S": key}},
            "UpdateExpression": "ADD n :n",
            "ExpressionAttributeValues": {":n": {"N": str(number)}},
        }
    }


def put(key: str, condition: str = "") -> dict[str, Any]:
    """Puts an item."""
    more = {"ConditionExpression": condition} if condition else {}
    return {"Put": {"TableName": "notes", "Item": {"id": {"S": key}}} | more}


def count(tables: Tables, key: str = "a") -> int:
    """The counter."""
    return int(tables.client.get_item(TableName="notes", Key={"id": {"S": key}})["Item"]["n"]["N"])


def test_two_transactions_under_way_at_once_cannot_have_the_same_item(tables: Tables) -> None:
    tables.client.transact_write_items(TransactItems=[add("a"), put("v1")])
    tables.advance(4)
    code, answer = tables.refusal("transact_write_items", TransactItems=[put("v2"), add("a")])
    codes = [reason["Code"] for reason in answer["CancellationReasons"]]
    assert (code, codes) == ("TransactionCanceledException", ["None", "TransactionConflict"])
    assert answer["CancellationReasons"][1]["Message"] == "Transaction is ongoing for the item"
    assert "Message" not in answer["CancellationReasons"][0]
    tables.client.transact_write_items(TransactItems=[put("v2"), add("b")])
    tables.advance(10)
    tables.client.transact_write_items(TransactItems=[add("a")])
    assert count(tables) == 2


def test_a_plain_write_meets_a_transaction_under_way(tables: Tables) -> None:
    tables.client.transact_write_items(TransactItems=[put("a")])
    code, _ = tables.refusal("put_item", TableName="notes", Item={"id": {"S": "a"}})
    assert code == "TransactionConflictException"
    assert tables.client.get_item(TableName="notes", Key={"id": {"S": "a"}})["Item"] == {"id": {"S": "a"}}
    tables.advance(7)
    tables.put(id="a")


def test_who_has_the_answer_of_a_transaction_is_not_in_conflict_with_it(tables: Tables) -> None:
    """The shortest latencies: 9 ms for a transaction, 4.5 ms for another call, its work in the middle."""
    tables.client.transact_write_items(TransactItems=[put("a")])
    tables.advance(4.5 + 2.25)
    tables.put(id="a")
    tables.client.transact_write_items(TransactItems=[put("b")])
    tables.advance(4.5 + 4.5)
    tables.client.transact_write_items(TransactItems=[put("b")])


def test_a_transactional_read_is_cancelled_by_a_write_under_way(tables: Tables) -> None:
    get = [{"Get": {"TableName": "notes", "Key": {"id": {"S": "a"}}}}]
    tables.put(id="a")
    assert tables.refusal("transact_get_items", TransactItems=get)[0] == "TransactionCanceledException"
    tables.advance(7)
    assert tables.client.transact_get_items(TransactItems=get)["Responses"] == [{"Item": {"id": {"S": "a"}}}]


def test_a_transaction_cancelled_by_a_condition_changes_nothing(tables: Tables) -> None:
    tables.client.transact_write_items(TransactItems=[add("a", 5)])
    tables.advance(10)
    blocked = [add("a"), put("a2"), put("a3", "attribute_exists(id)")]
    code, answer = tables.refusal("transact_write_items", TransactItems=blocked)
    codes = [reason["Code"] for reason in answer["CancellationReasons"]]
    assert (code, codes) == ("TransactionCanceledException", ["None", "None", "ConditionalCheckFailed"])
    assert count(tables) == 5
    tables.advance(10)
    tables.client.transact_write_items(TransactItems=[add("a")])
    tables.client.update_item(**(add("c")["Update"]))
    assert (count(tables), count(tables, "c"), tables.client.scan(TableName="notes")["Count"]) == (6, 1, 2)


def test_updates_after_a_cancelled_transaction_are_kept(tables: Tables) -> None:
    tables.create("threads", sort_key="nr", StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    change = {
        "TableName": "threads",
        "Key": {"id": {"S": "t"}, "nr": {"S": "1"}},
        "UpdateExpression": "ADD n :n",
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    }
    tables.client.update_item(**change)
    tables.refusal("transact_write_items", TransactItems=[{"Update": change}, put("x", "attribute_exists(id)")])
    tables.advance(10)
    tables.client.update_item(**change)
    item = tables.client.get_item(TableName="threads", Key=change["Key"])["Item"]
    assert item["n"] == {"N": "2"}
    assert [record["eventName"] for record in tables.account.stream_records("threads")] == ["INSERT", "MODIFY"]


def test_a_transaction_sent_again_with_its_token_counts_once_for_ten_minutes(tables: Tables) -> None:
    once = {"TransactItems": [add("a")], "ClientRequestToken": "t-1"}
    tables.client.transact_write_items(**once)
    again = tables.client.transact_write_items(**once, ReturnConsumedCapacity="TOTAL")
    assert (count(tables), again["ConsumedCapacity"][0]["ReadCapacityUnits"]) == (1, 2.0)
    tables.advance(599_000)
    tables.client.transact_write_items(**once)
    assert count(tables) == 1
    tables.advance(1_000)
    tables.client.transact_write_items(**once)
    assert count(tables) == 2


def test_a_token_with_other_parameters_is_refused(tables: Tables) -> None:
    tables.client.transact_write_items(TransactItems=[add("a")], ClientRequestToken="t-1")
    code, _ = tables.refusal("transact_write_items", TransactItems=[add("a", 2)], ClientRequestToken="t-1")
    assert (code, count(tables)) == ("IdempotentParameterMismatchException", 1)


def test_a_cancelled_transaction_is_not_remembered(tables: Tables) -> None:
    once = {"TransactItems": [add("a"), put("b", "attribute_exists(id)")], "ClientRequestToken": "t-1"}
    assert tables.refusal("transact_write_items", **once)[0] == "TransactionCanceledException"
    tables.put(id="b")
    tables.client.transact_write_items(**once)
    assert count(tables) == 1


def test_a_hundred_items_can_be_read_and_written_together(tables: Tables) -> None:
    names = [f"i{number}" for number in range(100)]
    tables.client.transact_write_items(TransactItems=[put(name) for name in names])
    tables.advance(10)
    gets = [{"Get": {"TableName": "notes", "Key": {"id": {"S": name}}}} for name in names]
    assert len(tables.client.transact_get_items(TransactItems=gets)["Responses"]) == 100


def test_an_update_that_creates_is_one_record_in_the_stream(tables: Tables) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""
    view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    tables.create("streamed", StreamSpecification=view)
    change = add("a")["Update"] | {"TableName": "streamed"}
    tables.client.update_item(**change)
    tables.client.transact_write_items(TransactItems=[{"Update": change | {"Key": {"id": {"S": "b"}}}}])
    records = tables.account.stream_records("streamed")
    assert [(record["eventName"], record["dynamodb"]["NewImage"]) for record in records] == [
        ("INSERT", {"id": {"S": "a"}, "n": {"N": "1"}}),
        ("INSERT", {"id": {"S": "b"}, "n": {"N": "1"}}),
    ]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers[1] == numbers[0] + 1
    assert records[0]["dynamodb"]["SizeBytes"] == 3 + (3 + 3)  # the key, and an image of key and number


@pytest.mark.parametrize(
    "parameters",
    [
        {"TransactItems": [{"Put": {"TableName": "notes", "Item": {}}}]},
        {
            "TransactItems": [
                {"Update": {"TableName": "none", "Key": {"id": {"S": "a"}}, "UpdateExpression": "ADD n :n"}}
            ]
        },
        {"TransactItems": [put("a"), put("a")]},
        {"TransactItems": [put(f"n-{number}") for number in range(101)]},
    ],
)
def test_a_transaction_that_is_not_well_formed_has_dynamodbs_error(tables: Tables, parameters: Any) -> None:
    code, _ = tables.refusal("transact_write_items", **parameters)
    assert code in ("ValidationException", "ResourceNotFoundException", "TransactionCanceledException")
    assert tables.client.scan(TableName="notes")["Count"] == 0


def test_an_item_twice_or_a_hundred_and_one_actions_are_a_wrong_request(tables: Tables) -> None:
    twice, _ = tables.refusal("transact_write_items", TransactItems=[put("a"), put("a")])
    many, _ = tables.refusal("transact_write_items", TransactItems=[put(f"n-{number}") for number in range(101)])
    assert (twice, many) == ("ValidationException", "ValidationException")
