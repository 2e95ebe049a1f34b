"""QUANTITIES: for each service, what a run used of it in the units Amazon bills. Start here.

What the test itself does is not counted.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.cloud.engines.athena.records import QueryEnded
from harness.cloud.engines.events.records import EventPut
from harness.cloud.engines.kinesis.records import RecordArrived, StreamResharded
from harness.cloud.engines.scheduler.records import ScheduleFired
from harness.cloud.engines.sns.records import MessagePublished
from harness.cloud.records import CallSent
from harness.event_sources.api_gateway import ApiRequested
from harness.metering.lambda_time import billed
from harness.metering.queue_requests import CHUNK_BYTES, chunks, queue_requests
from harness.metering.source import Metered

_PAYLOAD_UNIT_BYTES = 25 * 1024
_LOG_EVENT_BYTES = 26
"""Added to each log event. Source: https://aws.amazon.com/cloudwatch/pricing/"""
_MB, _GB = 1024**2, 1024**3
_S3_TIER_1 = (
    *("PutObject", "CopyObject", "PostObject", "UploadPart", "UploadPartCopy", "CreateMultipartUpload"),
    *("CompleteMultipartUpload", "ListObjects", "ListObjectsV2", "ListObjectVersions", "ListBuckets"),
)
_S3_FREE = ("DeleteObject", "DeleteObjects", "AbortMultipartUpload")


@dataclass(frozen=True)
class Quantity:
    """So much of something."""

    service: str
    unit: str
    amount: float


def quantities(metered: Metered) -> list[Quantity]:
    """Everything that was used, in the order of the services."""
    return [one for count in QUANTITIES for one in count(metered) if one.amount]


def _lambda(metered: Metered) -> Iterator[Quantity]:
    """Source: https://aws.amazon.com/lambda/pricing/"""
    yield Quantity("lambda", "requests", sum(1 for _ in metered.invocations()))
    yield Quantity("lambda", "GB-seconds", sum(gb_seconds for _, _, gb_seconds in billed(metered)))


def _dynamodb(metered: Metered) -> Iterator[Quantity]:
    """Source: https://aws.amazon.com/dynamodb/pricing/on-demand/"""
    used: dict[tuple[str, bool], float] = {}
    on_demand = {
        spec.name: spec.creation.get("BillingMode") == "PAY_PER_REQUEST" for spec in metered.template.tables.values()
    }
    for consumption in metered.consumption:
        if metered.holds(consumption.at_us) and consumption.function != "test":
            for units in consumption.units:
                key = (units.kind, on_demand.get(units.table, True))
                used[key] = used.get(key, 0.0) + units.units
    for kind in ("read", "write"):
        yield Quantity("dynamodb", f"{kind} request units", used.get((kind, True), 0.0))
        yield Quantity("dynamodb", f"{kind} units of provisioned tables", used.get((kind, False), 0.0))


def _sqs(metered: Metered) -> Iterator[Quantity]:
    counted = queue_requests(metered)
    yield Quantity("sqs", "standard requests", counted[False])
    yield Quantity("sqs", "FIFO requests", counted[True])


def _sns(metered: Metered) -> Iterator[Quantity]:
    """A publish is a request for each 64 KB. Source: https://aws.amazon.com/sns/pricing/"""
    functions = metered.template.functions
    published = [record for record in metered.records(MessagePublished) if record.publisher in functions]
    yield Quantity("sns", "requests", sum(chunks(record.size_bytes) for record in published))


def _events(metered: Metered) -> Iterator[Quantity]:
    """AWS's own events are free; of ours each is counted, and each full 64 KB of a call besides.

    Source: https://aws.amazon.com/eventbridge/pricing/
    """
    put = sum(1 for one in metered.records(EventPut) if not one.source.startswith("aws.") and not one.replay)
    by_size = sum(call.sent_bytes // CHUNK_BYTES for call in _calls(metered, "events", "PutEvents"))
    yield Quantity("events", "custom events", put + by_size)
    yield Quantity("scheduler", "invocations", sum(1 for _ in metered.records(ScheduleFired)))


def _kinesis(metered: Metered) -> Iterator[Quantity]:
    """Source: https://aws.amazon.com/kinesis/data-streams/pricing/"""
    units = sum(math.ceil(record.size_bytes / _PAYLOAD_UNIT_BYTES) for record in metered.records(RecordArrived))
    yield Quantity("kinesis", "PUT payload units", units)
    shards = sum(spec.shard_count or 0 for spec in metered.template.streams.values() if not spec.on_demand)
    opened = sum(len(one.opened) - len(one.closed) for one in metered.trace.of(StreamResharded))
    yield Quantity("kinesis", "shard hours", (shards + opened) * metered.hours)


def _s3(metered: Metered) -> Iterator[Quantity]:
    """Deletes are free. Source: https://aws.amazon.com/s3/pricing/"""
    operations = [call.operation for call in _calls(metered, "s3")]
    tier_1 = sum(operation in _S3_TIER_1 for operation in operations)
    free = sum(operation in _S3_FREE for operation in operations)
    yield Quantity("s3", "PUT, COPY, POST, LIST requests", tier_1)
    yield Quantity("s3", "GET and other requests", len(operations) - tier_1 - free)


def _apis(metered: Metered) -> Iterator[Quantity]:
    """Of several APIs the first one's kind counts for all: the trace does not tell them apart.

    Source: https://aws.amazon.com/api-gateway/pricing/
    """
    kind = next((api.kind for api in metered.template.apis.values()), "http")
    requests = sum(1 for _ in metered.records(ApiRequested))
    yield Quantity("apigateway", f"{'HTTP' if kind == 'http' else 'REST'} API requests", requests)


def _logs(metered: Metered) -> Iterator[Quantity]:
    """What functions and Lambda itself wrote. Source: https://aws.amazon.com/cloudwatch/pricing/"""
    book = metered.functions.log_book
    size_bytes = sum(
        len(event.text.encode(errors="replace")) + _LOG_EVENT_BYTES
        for logical_id in metered.template.functions
        for event in book.of_function(logical_id)
        if metered.holds(event.at_us)
    )
    yield Quantity("logs", "GB ingested", size_bytes / _GB)


def _athena(metered: Metered) -> Iterator[Quantity]:
    """Whole megabytes, ten at least, of each query that scanned something and did not fail.

    Source: https://aws.amazon.com/athena/pricing/
    """
    scanned = [query.scanned_bytes for query in metered.records(QueryEnded) if query.state != "FAILED"]
    megabytes = sum(max(10, math.ceil(size_bytes / _MB)) for size_bytes in scanned if size_bytes)
    yield Quantity("athena", "TB scanned", megabytes / _MB)


def _calls(metered: Metered, service: str, operation: str = "") -> list[CallSent]:
    return [
        call
        for call in metered.records(CallSent)
        if call.service == service and operation in ("", call.operation) and call.function != "test"
    ]


QUANTITIES: tuple[Callable[[Metered], Iterator[Quantity]], ...] = (
    _lambda,
    _dynamodb,
    _sqs,
    _sns,
    _events,
    _kinesis,
    _s3,
    _apis,
    _logs,
    _athena,
)
