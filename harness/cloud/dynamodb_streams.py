"""The DynamoDB Streams API: handlers that read a table's stream themselves.

The records are the same that event source mappings deliver. Left out: shards that roll.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
"""

import base64
import binascii
import bisect
import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from harness.cloud.operations import parameters_of
from harness.cloud.table_stream import TableStream
from harness.cloud.template import TableSpec
from harness.faults.board import FaultBoard
from harness.faults.stream_strikes import retention_us
from harness.simulation.clock import EPOCH, Clock
from harness.simulation.wire import Call, Reply

RETENTION_S = 24 * 3600
ITERATOR_S = 900
PAGE_RECORDS = 1000
PAGE_BYTES = 1024 * 1024
"""Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html"""

_TYPES = ("TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


class StreamsError(Exception):
    """DynamoDB Streams refuses a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class _Position(msgspec.Struct, frozen=True, array_like=True):
    arn: str
    position: int
    issued_us: int


class DynamoDbStreams:
    """Answers the calls of `dynamodbstreams` clients."""

    def __init__(
        self, tables: Mapping[str, TableSpec], streams: Mapping[str, TableStream], clock: Clock, faults: FaultBoard
    ) -> None:
        """Args:
        tables: by logical id; those without a stream are left out.
        streams: by logical id.
        """
        self._tables = {tables[logical_id].stream_arn: tables[logical_id] for logical_id in streams}
        self._streams = {tables[logical_id].stream_arn: stream for logical_id, stream in streams.items()}
        self._clock = clock
        self._faults = faults
        self._actions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "ListStreams": self._list,
            "DescribeStream": self._describe,
            "GetShardIterator": self._iterator,
            "GetRecords": self._records,
        }

    async def answer(self, call: Call) -> Reply:
        """Carries out one request; an error is a reply too."""
        headers = {"content-type": "application/x-amz-json-1.0"}
        try:
            if call.operation not in self._actions:
                raise StreamsError("UnknownOperationException", f"DynamoDB Streams has no action '{call.operation}'.")
            body = self._actions[call.operation](parameters_of(call.request.body))
        except StreamsError as error:
            content = msgspec.json.encode({"__type": error.code, "message": error.message})
            return Reply(400, headers | {"x-amzn-errortype": error.code}, content)
        return Reply(200, headers, json.dumps(body).encode())

    # ---- actions ---------------------------------------------------------------------------

    def _list(self, parameters: dict[str, Any]) -> dict[str, Any]:
        name = parameters.get("TableName")
        tables = [table for table in self._tables.values() if name in (None, table.name)]
        return {"Streams": [_outline(table) for table in tables]}

    def _describe(self, parameters: dict[str, Any]) -> dict[str, Any]:
        table, stream = self._found(parameters.get("StreamArn"))
        numbers = {"StartingSequenceNumber": stream.records[0].sequence_number if stream.records else "0" * 21}
        return {
            "StreamDescription": _outline(table)
            | {
                "StreamStatus": "ENABLED",
                "StreamViewType": table.stream_view_type,
                "CreationRequestDateTime": EPOCH.timestamp(),
                "KeySchema": table.creation["KeySchema"],
                "Shards": [{"ShardId": stream.shard_id, "SequenceNumberRange": numbers}],
            }
        }

    def _iterator(self, parameters: dict[str, Any]) -> dict[str, Any]:
        table, stream = self._found(parameters.get("StreamArn"))
        if parameters.get("ShardId") != stream.shard_id:
            message = f"Requested resource not found: Shard {parameters.get('ShardId')} does not exist"
            raise StreamsError("ResourceNotFoundException", message)
        kind = parameters.get("ShardIteratorType")
        if kind not in _TYPES:
            raise StreamsError("ValidationException", f"ShardIteratorType must be one of {', '.join(_TYPES)}.")
        horizon = self._horizon(table, stream)
        position = {"TRIM_HORIZON": horizon, "LATEST": len(stream.records)}.get(kind)
        if position is None:
            number = str(parameters.get("SequenceNumber", ""))
            if not number.isascii() or not number.isdigit() or len(number) > 40:
                raise StreamsError("ValidationException", "Invalid SequenceNumber.")
            wanted = int(number) + (kind == "AFTER_SEQUENCE_NUMBER")
            position = bisect.bisect_left(stream.records, wanted, key=lambda record: int(record.sequence_number))
            if position < horizon:
                message = "The operation attempted to read past the oldest stream record in a shard."
                raise StreamsError("TrimmedDataAccessException", message)
        return {"ShardIterator": self._text(table, position)}

    def _records(self, parameters: dict[str, Any]) -> dict[str, Any]:
        at = self._read(parameters.get("ShardIterator"))
        table, stream = self._found(at.arn)
        limit = parameters.get("Limit", PAGE_RECORDS)
        if not isinstance(limit, int) or not 1 <= limit <= PAGE_RECORDS:
            raise StreamsError("ValidationException", f"Limit must be from 1 to {PAGE_RECORDS}.")
        position, left_bytes = max(at.position, self._horizon(table, stream)), PAGE_BYTES
        shown: list[dict[str, Any]] = []
        for record in stream.records[position : position + limit]:
            left_bytes -= len(json.dumps(record.payload))
            if shown and left_bytes < 0:
                break
            shown.append(_in_answer(record.payload))
        return {"Records": shown, "NextShardIterator": self._text(table, position + len(shown))}

    # ---- details ---------------------------------------------------------------------------

    def _found(self, arn: Any) -> tuple[TableSpec, TableStream]:
        if arn not in self._streams:
            raise StreamsError("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")
        return self._tables[arn], self._streams[arn]

    def _horizon(self, table: TableSpec, stream: TableStream) -> int:
        oldest_us = self._clock.now_us - retention_us(self._faults, table.logical_id, RETENTION_S)
        return bisect.bisect_left(stream.records, oldest_us, key=lambda record: record.arrived_us)

    def _text(self, table: TableSpec, position: int) -> str:
        content = msgspec.json.encode(_Position(table.stream_arn, position, self._clock.now_us))
        return base64.b64encode(content).decode()

    def _read(self, text: Any) -> _Position:
        try:
            at = msgspec.json.decode(base64.b64decode(str(text), validate=True), type=_Position)
        except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
            raise StreamsError("ValidationException", "Invalid ShardIterator") from None
        if at.position < 0 or not 0 <= at.issued_us <= self._clock.now_us:
            raise StreamsError("ValidationException", "Invalid ShardIterator")
        if self._clock.now_us - at.issued_us > ITERATOR_S * 1_000_000:
            message = "Iterator expired: it can be used for 15 minutes."
            raise StreamsError("ExpiredIteratorException", message)
        return at


def _in_answer(payload: dict[str, Any]) -> dict[str, Any]:
    """A record as GetRecords gives it: its identity has other capitals than in an event of Lambda.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Identity.html
    """
    who = payload.get("userIdentity")
    return payload | {"userIdentity": {"PrincipalId": who["principalId"], "Type": who["type"]}} if who else payload


def _outline(table: TableSpec) -> dict[str, Any]:
    label = table.stream_arn.rpartition("/")[2]
    return {"StreamArn": table.stream_arn, "TableName": table.name, "StreamLabel": label}
