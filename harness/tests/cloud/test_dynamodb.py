"""Weak reads that lag: who sees the past, how far back, and that nothing is changed by looking."""

from typing import Any

import pytest

from harness.cloud.account import Account
from harness.cloud.dynamodb import DynamoDb
from harness.faults.service import EventuallyConsistentRead
from harness.simulation.wire import Answer, Request
from harness.tests.fakes import Simulation, client, json_request


class Lagging:
    """A table called orders behind boto3, and the moment to read it."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self.account = Account(self.simulation.clock, self.simulation.randomness)
        self.service = DynamoDb(
            self.account, self.simulation.clock, self.simulation.faults, self.simulation.randomness.stream("dynamodb")
        )
        self.client = client("dynamodb", self._ask)
        self.client.create_table(
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def _ask(self, request: Request) -> Answer:
        return self.simulation.run(self.service.answer(self.simulation.call(request)))

    def put(self, id_: str, state: str = "new") -> None:
        self.client.put_item(TableName="orders", Item={"id": {"S": id_}, "state": {"S": state}})

    def state(self, id_: str, **how: Any) -> str | None:
        item = self.client.get_item(TableName="orders", Key={"id": {"S": id_}}, **how).get("Item")
        return item["state"]["S"] if item else None

    def states(self, id_: str, times: int = 30) -> set[str | None]:
        return {self.state(id_) for _ in range(times)}


@pytest.fixture
def lagging() -> Lagging:
    return Lagging()


def test_without_the_fault_every_read_sees_what_was_written(lagging: Lagging) -> None:
    lagging.put("o-7")

    assert lagging.states("o-7") == {"new"}


def test_right_after_a_write_no_weak_read_sees_it(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")
    lagging.simulation.advance(0.000001)

    assert lagging.state("o-7") is None


def test_within_the_lag_some_weak_reads_see_the_write_and_some_do_not(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")
    lagging.simulation.advance(0.5)

    assert lagging.states("o-7") == {None, "new"}


def test_after_the_lag_every_read_sees_the_write(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")
    lagging.simulation.advance(1.001)

    assert lagging.states("o-7") == {"new"}


def test_a_consistent_read_always_sees_the_write(lagging: Lagging) -> None:
    active = lagging.simulation.faults.inject(EventuallyConsistentRead())
    lagging.put("o-7")

    assert lagging.state("o-7", ConsistentRead=True) == "new"
    assert active.opportunities == 0


def test_of_several_writes_a_weak_read_may_see_any_state_of_the_last_second(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7", "first")
    lagging.simulation.advance(2)
    lagging.put("o-7", "second")
    lagging.simulation.advance(0.3)
    lagging.put("o-7", "third")
    lagging.simulation.advance(0.3)

    assert lagging.states("o-7", 60) == {"first", "second", "third"}


def test_looking_back_changes_nothing(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")
    lagging.simulation.advance(0.1)
    lagging.states("o-7")

    assert lagging.state("o-7", ConsistentRead=True) == "new"


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (lambda dynamodb: dynamodb.scan(TableName="orders")["Items"], []),
        (
            lambda dynamodb: dynamodb.query(
                TableName="orders",
                KeyConditionExpression="id = :id",
                ExpressionAttributeValues={":id": {"S": "o-7"}},
            )["Items"],
            [],
        ),
        (
            lambda dynamodb: dynamodb.batch_get_item(RequestItems={"orders": {"Keys": [{"id": {"S": "o-7"}}]}})[
                "Responses"
            ]["orders"],
            [],
        ),
    ],
)
def test_scans_queries_and_batches_lag_too(lagging: Lagging, read: Any, found: list[Any]) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")
    lagging.simulation.advance(0.000001)

    assert read(lagging.client) == found


def test_a_batch_that_asks_for_consistency_gets_it(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")
    request = {"orders": {"Keys": [{"id": {"S": "o-7"}}], "ConsistentRead": True}}

    assert len(lagging.client.batch_get_item(RequestItems=request)["Responses"]["orders"]) == 1


def test_a_write_is_never_judged_by_the_past(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    lagging.put("o-7")

    with pytest.raises(lagging.client.exceptions.ConditionalCheckFailedException):
        lagging.client.put_item(
            TableName="orders", Item={"id": {"S": "o-7"}}, ConditionExpression="attribute_not_exists(id)"
        )


def test_what_no_read_can_see_any_more_is_forgotten(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead(lag_ms=1000))
    for number in range(20):
        lagging.put(f"o-{number}")
        lagging.simulation.advance(0.5)

    assert len(lagging.service._past) <= 3


def test_a_read_that_is_no_json_is_left_to_moto(lagging: Lagging) -> None:
    lagging.simulation.faults.inject(EventuallyConsistentRead())
    request = json_request("dynamodb", "GetItem")

    answer = lagging._ask(Request(request.method, request.url, request.headers, b"["))

    assert answer.status in (400, 500)
