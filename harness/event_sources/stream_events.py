"""The event that Lambda makes of DynamoDB Streams records, and what it does with the answer.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from harness.cloud.table_stream import StreamRecord
from harness.functions.invocation import Result


def event(stream_arn: str, records: Sequence[StreamRecord]) -> bytes:
    """The event as JSON text."""
    return json.dumps({"Records": [{**record.payload, "eventSourceARN": stream_arn} for record in records]}).encode()


def done(result: Result, records: Sequence[StreamRecord], *, reports_failures: bool) -> int:
    """How many records, from the first on, the function has dealt with.

    With ReportBatchItemFailures the lowest sequence number it names is where to go on; an
    answer that makes no sense, or names a record that is not in the batch, is a failure of all.
    """
    if not result.succeeded:
        return 0
    if not reports_failures:
        return len(records)
    try:
        answer = json.loads(result.payload or b"null")
    except ValueError:
        return 0
    if answer is None:
        return len(records)
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else "no object"
    if failures is None or failures == []:
        return len(records)
    if not isinstance(failures, list):
        return 0
    numbers = [entry.get("itemIdentifier") if isinstance(entry, dict) else None for entry in failures]
    positions = {record.sequence_number: position for position, record in enumerate(records)}
    return min(positions.get(number, 0) if isinstance(number, str) else 0 for number in numbers)


def on_failure_record(
    function_arn: str,
    stream_arn: str,
    shard_id: str,
    records: Sequence[StreamRecord],
    *,
    condition: str,
    attempts: int,
    request_id: str,
    now: datetime,
    epoch_us: int,
) -> str:
    """What an on-failure destination gets: where the records are, not the records.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    first, last = records[0], records[-1]
    return json.dumps(
        {
            "version": "1.0",
            "timestamp": _iso(now),
            "requestContext": {
                "requestId": request_id,
                "functionArn": function_arn,
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "DDBStreamBatchInfo": {
                "shardId": shard_id,
                "startSequenceNumber": first.sequence_number,
                "endSequenceNumber": last.sequence_number,
                "approximateArrivalOfFirstRecord": _iso(
                    datetime.fromtimestamp((epoch_us + first.arrived_us) / 1e6, UTC)
                ),
                "approximateArrivalOfLastRecord": _iso(datetime.fromtimestamp((epoch_us + last.arrived_us) / 1e6, UTC)),
                "batchSize": len(records),
                "streamArn": stream_arn,
            },
        }
    )


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
