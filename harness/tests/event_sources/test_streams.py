"""DynamoDB Streams as an event source: order, retries, bisecting, partial answers, giving up.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import asyncio
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser.models import DynamoDBStreamModel

from harness.cloud.account import Account
from harness.cloud.dynamodb import DynamoDb
from harness.cloud.table_stream import TableStream
from harness.cloud.template import StreamMapping
from harness.event_sources.feeds import TableFeed
from harness.event_sources.stream_consumer import RecordsDiscarded, StreamConsumer
from harness.event_sources.streams import StreamEventSource
from harness.functions.invocation import failed
from harness.tests.fakes import FakeFunctions, Simulation, function, json_request

FAILED = failed("ValueError", "no", "r-1")
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-05T09:00:00.000"


class Streamed:
    """A table whose stream feeds a function which is a coroutine."""

    def __init__(self, behave: Any, *, view: str = "NEW_AND_OLD_IMAGES", start: bool = True, **mapping: Any) -> None:
        self.simulation = Simulation()
        self.account = Account(self.simulation.loop.clock, self.simulation.randomness)
        self.account.json_call(
            "dynamodb",
            "DynamoDB_20120810.CreateTable",
            TableName="orders",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )
        clock = self.simulation.loop.clock
        chance = self.simulation.randomness.stream("dynamodb")
        self.dynamodb = DynamoDb(self.account, clock, self.simulation.faults, chance)
        self.stream = TableStream("orders", ARN, self.account, clock)
        self.dynamodb.streams["Orders"] = self.stream
        self.functions = FakeFunctions(self.simulation, behave)
        self.delivered: list[tuple[str, Any]] = []
        self.mapping = {"starting_position": "TRIM_HORIZON", **mapping}
        if start:
            self.start()

    def start(self) -> None:
        fake: Any = self.functions
        mapping = StreamMapping(**self.mapping)
        consumer = StreamConsumer(
            mapping=mapping,
            feed=TableFeed(self.stream, "Orders", mapping.filters, self.simulation.faults),
            function=function(),
            functions=fake,
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            faults=self.simulation.faults,
            chance=self.simulation.randomness.stream("stream source"),
            deliver=lambda arn, text, attributes: self.delivered.append((arn, json.loads(text))),
            mapping_id="14e0db71-5d35-4eb5-b481-8945cf9d10c2",
        )
        source = StreamEventSource(consumer)
        self.simulation.loop.call_soon(source.start)
        self.simulation.advance(0)

    def write(self, operation: str, **parameters: Any) -> None:
        request = json_request("dynamodb", operation, TableName="orders", **parameters)
        self.simulation.run(self.dynamodb.answer(self.simulation.call(request)))

    def put(self, *ids: str, **attributes: str) -> None:
        for one in ids:
            item = {"id": {"S": one}, **{name: {"S": value} for name, value in attributes.items()}}
            self.write("PutItem", Item=item)

    def settle(self) -> None:
        self.simulation.settle()

    @property
    def batches(self) -> list[list[str]]:
        """The keys of the records of each invocation."""
        return [[_key(record) for record in event["Records"]] for _, event in self.functions.invoked]

    @property
    def moments_s(self) -> list[float]:
        """When each invocation began, in seconds after the first."""
        first_ms = self.functions.invoked[0][0]
        return [round((at_ms - first_ms) / 1000, 3) for at_ms, _ in self.functions.invoked]


def _key(record: Any) -> str:
    return str(record["dynamodb"]["Keys"]["id"]["S"])


def fails_on(*keys: str, times: int = 1000) -> Any:
    """A function that fails on a batch with one of these records, so many times."""
    left = [times]

    async def behave(event: Any) -> Any:
        if left[0] and any(_key(record) in keys for record in event["Records"]):
            left[0] -= 1
            return FAILED
        return None

    return behave


async def works(event: Any) -> Any:
    return None


def test_records_come_in_the_order_of_the_changes_within_a_quarter_of_a_second():
    streamed = Streamed(works)

    streamed.put("a", "b", "c")
    streamed.settle()

    assert streamed.batches == [["a", "b", "c"]]
    assert streamed.functions.invoked[0][0] <= 250


def test_the_event_is_what_powertools_takes_for_one():
    streamed = Streamed(works)
    streamed.put("a", title="Storm")
    streamed.put("a", title="Calm")
    streamed.write("DeleteItem", Key={"id": {"S": "a"}})
    streamed.settle()

    event = streamed.functions.invoked[0][1]
    records = DynamoDBStreamModel.model_validate(event).Records

    assert [record.eventName for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert event["Records"][1]["dynamodb"]["OldImage"] == {"id": {"S": "a"}, "title": {"S": "Storm"}}
    assert event["Records"][1]["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "title": {"S": "Calm"}}
    assert {record["eventSourceARN"] for record in event["Records"]} == {ARN}


@pytest.mark.parametrize(
    ("view", "images"),
    [("KEYS_ONLY", set()), ("NEW_IMAGE", {"NewImage"}), ("OLD_IMAGE", {"OldImage"})],
)
def test_a_record_has_the_images_of_its_view_type(view, images):
    streamed = Streamed(works, view=view)
    streamed.put("a", title="Storm")
    streamed.put("a", title="Calm")
    streamed.settle()

    change = streamed.functions.invoked[0][1]["Records"][1]["dynamodb"]

    assert {name for name in change if name.endswith("Image")} == images
    assert change["StreamViewType"] == view


def test_a_write_that_changes_nothing_leaves_no_record():
    streamed = Streamed(works)

    streamed.put("a", title="Storm")
    streamed.put("a", title="Storm")
    streamed.settle()

    assert streamed.batches == [["a"]]


def test_latest_begins_behind_what_is_already_there():
    streamed = Streamed(works, start=False, starting_position="LATEST")
    streamed.put("old")
    streamed.start()

    streamed.put("new")
    streamed.settle()

    assert streamed.batches == [["new"]]


def test_a_failed_batch_is_tried_again_after_one_two_four_eight_and_then_every_ten_seconds():
    streamed = Streamed(fails_on("a", times=6))

    streamed.put("a")
    streamed.settle()

    assert streamed.moments_s == [0, 1, 3, 7, 15, 25, 35]


def test_nothing_passes_a_failed_batch():
    streamed = Streamed(fails_on("a", times=2), batch_size=1)

    streamed.put("a", "b")
    streamed.settle()

    assert streamed.batches == [["a"], ["a"], ["a"], ["b"]]


def test_a_batch_whose_retries_are_used_up_is_discarded_to_the_destination_and_the_next_comes():
    streamed = Streamed(fails_on("a"), batch_size=1, maximum_retry_attempts=1, on_failure="arn:aws:sqs:::dead")

    streamed.put("a", "b")
    streamed.settle()

    [(arn, record)] = streamed.delivered
    assert streamed.batches == [["a"], ["a"], ["b"]]
    assert arn == "arn:aws:sqs:::dead"
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1
    assert record["DDBStreamBatchInfo"]["streamArn"] == ARN


def test_records_older_than_allowed_are_discarded():
    streamed = Streamed(fails_on("a"), batch_size=1, maximum_record_age_s=60)

    streamed.put("a")
    streamed.simulation.advance(30)
    streamed.put("b")
    streamed.settle()

    [discarded] = streamed.simulation.trace.of(RecordsDiscarded)
    assert discarded.condition == "RecordAgeExceeded"
    assert discarded.at_us >= 60_000_000
    assert streamed.batches[-1] == ["b"]


def test_bisecting_finds_the_poison_record_and_lets_its_neighbours_through_without_a_wait():
    streamed = Streamed(fails_on("c"), bisect_on_error=True, maximum_retry_attempts=0)

    streamed.put("a", "b", "c", "d")
    streamed.settle()

    assert streamed.batches == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["d"]]
    assert streamed.moments_s == [0, 0, 0, 0, 0]
    assert [record.count for record in streamed.simulation.trace.of(RecordsDiscarded)] == [1]


def test_a_partial_answer_goes_on_from_the_lowest_record_it_names():
    seen: list[list[str]] = []

    async def behave(event: Any) -> Any:
        seen.append([_key(record) for record in event["Records"]])
        if len(seen) == 1:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
            return {"batchItemFailures": [{"itemIdentifier": numbers[2]}, {"itemIdentifier": numbers[1]}]}
        return {"batchItemFailures": []}

    streamed = Streamed(behave, report_batch_item_failures=True)
    streamed.put("a", "b", "c")
    streamed.settle()

    assert seen == [["a", "b", "c"], ["b", "c"]]


@pytest.mark.parametrize("answer", [{"batchItemFailures": [{"itemIdentifier": "9"}]}, {"batchItemFailures": "x"}, "x"])
def test_a_partial_answer_that_makes_no_sense_fails_the_whole_batch(answer):
    answers = iter([answer, None])

    async def behave(event: Any) -> Any:
        return next(answers)

    streamed = Streamed(behave, report_batch_item_failures=True)
    streamed.put("a", "b")
    streamed.settle()

    assert streamed.batches == [["a", "b"], ["a", "b"]]


def test_a_throttle_is_no_attempt():
    async def behave(event: Any) -> Any:
        await asyncio.sleep(5)

    streamed = Streamed(behave, maximum_retry_attempts=0)
    streamed.functions.limit = 0
    streamed.put("a")
    streamed.simulation.advance(4)
    streamed.functions.limit = 1
    streamed.settle()

    assert streamed.batches == [["a"]]
    assert len(streamed.functions.refused_ms) >= 2
    assert streamed.simulation.trace.of(RecordsDiscarded) == []


def test_a_window_gathers_records_until_it_ends():
    streamed = Streamed(works, window_s=5)

    streamed.put("a")
    streamed.simulation.advance(2)
    streamed.put("b")
    streamed.settle()

    assert streamed.batches == [["a", "b"]]
