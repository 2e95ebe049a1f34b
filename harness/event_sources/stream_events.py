"""The event that Lambda makes of a stream's records, and what it does with the answer.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from harness.functions.invocation import Result

PAYLOAD_BYTES = 6 * 1024 * 1024
"""A batch's event is smaller, metadata included.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
"""

ENVELOPE_BYTES = 2048
"""What an event may need beside its records; a window's state comes on top."""


class Item(msgspec.Struct, frozen=True):
    """A record on its way to a function.

    Attributes:
        key: what order is kept by: the partition key, or the key of the item.
        text: the record as it stands in the event, as JSON text in ASCII.
        arrived_us: virtual time at which it was written.
    """

    sequence_number: str
    key: str
    text: str
    arrived_us: int


def event(items: Sequence[Item], extra: dict[str, Any] | None = None) -> bytes:
    """The event as JSON text.

    Args:
        extra: what a tumbling window adds beside the records.
    """
    records = '{"Records": [' + ", ".join(item.text for item in items) + "]"
    return (records + (", " + json.dumps(extra)[1:] if extra else "}")).encode()


def done(result: Result, items: Sequence[Item], *, reports_failures: bool) -> int:
    """How many records, from the first on, the function has dealt with.

    With ReportBatchItemFailures the lowest sequence number it names is where to go on; an
    answer that makes no sense, or names a record that is not in the batch, is a failure of all.
    """
    if not result.succeeded:
        return 0
    if not reports_failures:
        return len(items)
    try:
        answer = json.loads(result.payload or b"null")
    except (ValueError, RecursionError):
        return 0
    if answer is None:
        return len(items)
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else "no object"
    if failures is None or failures == []:
        return len(items)
    if not isinstance(failures, list):
        return 0
    numbers = [entry.get("itemIdentifier") if isinstance(entry, dict) else None for entry in failures]
    positions = {item.sequence_number: position for position, item in enumerate(items)}
    return min(positions.get(number, 0) if isinstance(number, str) else 0 for number in numbers)


@dataclass(frozen=True)
class Discarded:
    """Records that an event source mapping gave up.

    Attributes:
        batch_info: name of the part of the record that says where they are.
        condition: why.
        result: of the last attempt; None: the function was never invoked with them.
        epoch_us: Unix time of virtual time 0.
    """

    function_arn: str
    stream_arn: str
    shard_id: str
    batch_info: str
    items: Sequence[Item]
    condition: str
    attempts: int
    request_id: str
    result: Result | None
    now: datetime
    epoch_us: int


def on_failure_record(discarded: Discarded, *, with_payload: bool) -> str:
    """What an on-failure destination gets: where the records are; a bucket gets their event as well.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    and https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    items, result = discarded.items, discarded.result
    first, last = items[0], items[-1]
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": discarded.request_id,
            "functionArn": discarded.function_arn,
            "condition": discarded.condition,
            "approximateInvokeCount": discarded.attempts,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": result.version if result else "$LATEST",
            "functionError": (result.function_error if result else "") or "Unhandled",
        },
        "version": "1.0",
        "timestamp": _iso(discarded.now),
        discarded.batch_info: {
            "shardId": discarded.shard_id,
            "startSequenceNumber": first.sequence_number,
            "endSequenceNumber": last.sequence_number,
            "approximateArrivalOfFirstRecord": _arrival(discarded.epoch_us, first),
            "approximateArrivalOfLastRecord": _arrival(discarded.epoch_us, last),
            "batchSize": len(items),
            "streamArn": discarded.stream_arn,
        },
    }
    if with_payload:
        record["payload"] = event(items).decode()
    return json.dumps(record)


def object_key(mapping_id: str, shard_id: str, now: datetime, unique: str) -> str:
    """Name of the object in a bucket that is an on-failure destination.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    return f"aws/lambda/{mapping_id}/{shard_id}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{unique}"


def _arrival(epoch_us: int, item: Item) -> str:
    return _iso(datetime.fromtimestamp((epoch_us + item.arrived_us) / 1e6, UTC))


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
