"""What the meter makes of records."""

import msgspec
import pytest

from harness.cloud.engines.athena.records import QueryEnded
from harness.cloud.engines.events.records import EventPut
from harness.cloud.engines.kinesis.records import RecordArrived
from harness.cloud.engines.sns.records import MessagePublished, NotificationDelivered
from harness.cloud.engines.sqs.records import MessageArrived
from harness.cloud.records import CallEnded, CallSent
from harness.cloud.template.model_kinesis import StreamSpec
from harness.functions.invocation import failed
from harness.metering.meter import NoSuchSeries
from harness.metering.prices import PRICES
from harness.metering.queue_requests import chunks
from harness.tests.metering.recorded import Recorded

KB = 1024


@pytest.fixture
def run() -> Recorded:
    return Recorded()


def sent(
    call: int, service: str, operation: str, *, target: str = "", size: int = 0, function: str = "Work"
) -> CallSent:
    """A call."""
    return CallSent(
        call=call,
        function=function,
        environment="",
        request_id="r-0",
        index=1,
        service=service,
        operation=operation,
        target=target,
        about="",
        sent_bytes=size,
    )


def amounts(run: Recorded) -> dict[tuple[str, str], float]:
    """The quantities by service and unit."""
    return {(one.service, one.unit): one.amount for one in run.meter.quantities()}


def test_calls_are_summed_up_and_the_tests_own_left_out(run: Recorded) -> None:
    run.at(1, sent(1, "dynamodb", "PutItem", target="notes", size=10), sent(2, "s3", "GetObject", function="test"))
    run.at(5, CallEnded(call=1, status=400, received_bytes=7), CallEnded(call=2, status=200, received_bytes=100))
    calls = run.meter.calls()
    assert (calls.count, calls.refused, calls.sent_bytes, calls.received_bytes) == (1, 1, 10, 7)
    assert run.meter.calls(target="Notes").count == run.meter.calls(target="notes").count == 1
    assert run.meter.calls(service="sqs").count == run.meter.calls(operation="GetItem|Query").count == 0


@pytest.mark.parametrize(
    ("route", "path", "found"),
    [
        ("GET /tweet/{tweet_id}", "/tweet/t-1", 1),
        ("GET /tweet/{tweet_id}", "/tweet/t-1/view", 0),
        ("GET /tweet/{proxy+}", "/tweet/t-1/view", 1),
        ("GET /search", "/search", 1),
        ("GET /s.arch", "/search", 0),
        ("POST /search", "/search", 0),
    ],
)
def test_units_are_told_by_route(run: Recorded, route: str, path: str, found: float) -> None:
    run.invoked(f"GET {path}")
    run.consumed(1.0, request_id="r-0")
    run.consumed(5.0, request_id="another")
    assert run.meter.units(route=route) == found
    run.at(1, sent(1, "dynamodb", "GetItem"))
    assert run.meter.calls(route=route).count == found


def test_units_are_told_by_table_kind_operation_function_and_time(run: Recorded) -> None:
    run.consumed(1.0)
    run.at(1000)
    run.consumed(2.0, kind="write", operation="PutItem")
    run.consumed(4.0, table="small", function="Other")
    run.consumed(8.0, function="test")
    meter = run.meter
    assert (meter.units(), meter.units(table="Notes"), meter.units(kind="read")) == (7.0, 3.0, 5.0)
    assert (meter.units(operation="PutItem|Query"), meter.units(function="Other")) == (2.0, 4.0)
    assert (meter.between(1000).units(), meter.between(0, 1000).units()) == (6.0, 1.0)
    assert meter.units(index="by_author") == 0


def test_units_of_provisioned_tables_are_counted_and_not_priced(run: Recorded) -> None:
    run.consumed(2.0, table="small", kind="write")
    run.consumed(1_000_000.0)
    rows = {row.unit: row.usd for row in run.meter.cost()}
    assert rows == {"read request units": pytest.approx(0.1415), "write units of provisioned tables": None}


@pytest.mark.parametrize(("size", "requests"), [(0, 1), (1, 1), (64 * KB, 1), (64 * KB + 1, 2), (256 * KB, 4)])
def test_a_request_to_a_queue_is_billed_for_each_64_kb(size: int, requests: int) -> None:
    """https://aws.amazon.com/sqs/pricing/"""
    assert chunks(size) == requests


def test_calls_pollers_and_other_services_make_requests_to_queues(run: Recorded) -> None:
    run.at(1, sent(1, "sqs", "SendMessageBatch", target="kata-inbox", size=100 * KB))
    run.at(2, sent(2, "sqs", "ReceiveMessage", target="kata-ordered.fifo"))
    run.at(3, CallEnded(call=2, status=200, received_bytes=65 * KB))
    run.at(
        4, *(MessageArrived(queue="kata-inbox", message_id=f"m{n}", size_bytes=10, source="send") for n in range(12))
    )
    run.invoked("queue Inbox", tuple(f"m{n}" for n in range(12)))
    run.invoked("queue Inbox", ("m0",), failed("Error", "no", "r"))
    run.at(5, NotificationDelivered(topic="T", subscriber="Ordered", message_id="x", attempt=1))
    found = amounts(run)
    assert found["sqs", "standard requests"] == 2 + (2 + 2) + 1
    assert found["sqs", "FIFO requests"] == 2 + 1


def test_events_publishes_and_records_are_billed_by_their_size() -> None:
    """https://aws.amazon.com/sns/pricing/, https://aws.amazon.com/eventbridge/pricing/"""
    stream = StreamSpec(logical_id="S", name="s", arn="", shard_count=2, on_demand=False, retention_hours=24, tags={})
    run = Recorded(streams={"S": stream})
    run.at(1, MessagePublished(topic="T", message_id="1", size_bytes=65 * KB, publisher="Work"))
    run.at(1, MessagePublished(topic="T", message_id="2", size_bytes=1, publisher="the test"))
    put = EventPut(bus="b", event_id="1", source="shop", detail_type="d", rules=())
    run.at(2, put, sent(1, "events", "PutEvents", size=100), msgspec.structs.replace(put, source="aws.s3"))
    run.at(3, RecordArrived(stream="S", shard="0", sequence_number="1", partition_key="k", size_bytes=26 * KB))
    run.at(1_800_000)
    found = amounts(run)
    assert (found["sns", "requests"], found["events", "custom events"]) == (2, 1)
    assert (found["kinesis", "PUT payload units"], found["kinesis", "shard hours"]) == (2, 1.0)
    assert next(row.usd for row in run.meter.cost() if row.service == "kinesis") is None


def test_puts_gets_and_deletes_of_objects_differ(run: Recorded) -> None:
    """https://aws.amazon.com/s3/pricing/"""
    operations = ("PutObject", "ListObjectsV2", "GetObject", "HeadObject", "DeleteObject")
    run.at(1, *(sent(number, "s3", operation) for number, operation in enumerate(operations)))
    found = amounts(run)
    assert found["s3", "PUT, COPY, POST, LIST requests"] == 2
    assert found["s3", "GET and other requests"] == 2


def test_a_query_of_athena_is_billed_for_ten_megabytes_at_least(run: Recorded) -> None:
    """https://aws.amazon.com/athena/pricing/"""
    ended = [("SUCCEEDED", 1), ("SUCCEEDED", 20 * KB * KB + 1), ("CANCELLED", 1), ("FAILED", 99), ("SUCCEEDED", 0)]
    run.at(1, *(QueryEnded(query="q", state=state, scanned_bytes=size) for state, size in ended))
    assert amounts(run)["athena", "TB scanned"] * KB * KB == 10 + 21 + 10


def test_a_scale_turns_a_run_into_a_million(run: Recorded) -> None:
    run.at(1, sent(1, "sqs", "SendMessage", target="kata-inbox"))
    (row,) = run.meter.cost(per_million=10)
    assert (row.amount, row.page) == (100_000, PRICES["sqs", "standard requests"].page)
    assert row.usd == pytest.approx(0.04)
    assert run.meter.total_usd(per_million=10) == pytest.approx(0.04)


def test_nothing_used_costs_nothing(run: Recorded) -> None:
    assert (run.meter.cost(), run.meter.total_usd()) == ([], 0)


@pytest.mark.parametrize(("kind", "name"), [("queue", "None"), ("cows", "Inbox")])
def test_a_series_that_is_not_there_is_told(run: Recorded, kind: str, name: str) -> None:
    with pytest.raises(NoSuchSeries, match="There is no series"):
        run.meter.series(kind, name)  # type: ignore[call-overload]
