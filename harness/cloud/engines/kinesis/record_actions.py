"""The actions on records: put, find a position, get.

Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
"""

import re
from typing import Any

from harness.cloud.engines.kinesis import quotas, requests
from harness.cloud.engines.kinesis.errors import INTERNAL_FAILURE, KinesisError, invalid, rate_exceeded, violates
from harness.cloud.engines.kinesis.iterators import Position, read_iterator
from harness.cloud.engines.kinesis.shard import HASH_KEYS, KinesisRecord, Shard
from harness.cloud.engines.kinesis.stream import Stream, hash_of
from harness.cloud.engines.kinesis.streams import Streams
from harness.cloud.engines.kinesis.views import child_shard, unix_s
from harness.faults.service import BatchPartialFailure
from harness.simulation.wire import Call

Body = dict[str, Any]

_DIGITS = re.compile(r"0|[1-9][0-9]{0,38}")
_SEQUENCE_NUMBER = re.compile(r"0|[1-9][0-9]{0,128}")
_BY_NUMBER = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
_ITERATOR_TYPES = (*_BY_NUMBER, "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")


class RecordActions:
    """Carries out the actions on records, and gives the body of the reply."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._clock = streams.around.loop.clock
        self._faults = streams.around.faults

    # ---- writing ---------------------------------------------------------------------------

    def put(self, request: requests.PutRecord, call: Call) -> Body:
        """PutRecord."""
        stream = self._streams.of(request)
        _check_entry(request)
        number = request.sequence_number_for_ordering
        if number is not None and not _SEQUENCE_NUMBER.fullmatch(number):
            raise invalid(f"SequenceNumberForOrdering {number} is invalid.")
        shard, record = stream.put(request.partition_key, request.data, _hash_key(request))
        return {"ShardId": shard.shard_id, "SequenceNumber": record.sequence_number}

    def put_many(self, request: requests.PutRecords, call: Call) -> Body:
        """PutRecords: each record is written or refused on its own, in the order of the request."""
        stream = self._streams.of(request)
        _check_batch(request.records)
        stream.require_ready()
        left_out = self._left_out(len(request.records), call)
        results = [
            self._internal_failure(stream, entry) if number in left_out else self._put_entry(stream, entry)
            for number, entry in enumerate(request.records)
        ]
        return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}

    def _put_entry(self, stream: Stream, entry: requests.PutEntry) -> Body:
        try:
            shard, record = stream.put(entry.partition_key, entry.data, _hash_key(entry))
        except KinesisError as error:
            return {"ErrorCode": error.code, "ErrorMessage": error.message}
        return {"SequenceNumber": record.sequence_number, "ShardId": shard.shard_id}

    def _internal_failure(self, stream: Stream, entry: requests.PutEntry) -> Body:
        given = _hash_key(entry)
        stream.refused(stream.shard_for(hash_of(entry.partition_key) if given is None else given), entry.partition_key)
        return {"ErrorCode": INTERNAL_FAILURE, "ErrorMessage": "Internal service failure."}

    def _left_out(self, count: int, call: Call) -> set[int]:
        """The records that a fault of batch calls leaves out: every n-th, at least the last."""
        fault = self._faults.on_call(BatchPartialFailure, call)
        return set(range(fault.every - 1, count, fault.every)) or {count - 1} if fault else set()

    # ---- reading ---------------------------------------------------------------------------

    def iterator(self, request: requests.GetShardIterator, call: Call) -> Body:
        """GetShardIterator."""
        stream = self._streams.of(request)
        stream.require_ready()
        shard = stream.shard(request.shard_id)
        position = self._position(shard, request)
        now_us = self._clock.now_us
        if not shard.lookups.admits(now_us):
            raise rate_exceeded(shard.shard_id, stream.name, stream.account_id)
        return {"ShardIterator": Position(stream.name, shard.shard_id, position, now_us).text()}

    def _position(self, shard: Shard, request: requests.GetShardIterator) -> int:
        kind = request.shard_iterator_type
        if kind not in _ITERATOR_TYPES:
            allowed = f"Member must satisfy enum value set: [{', '.join(_ITERATOR_TYPES)}]"
            raise violates(kind, "shardIteratorType", allowed)
        if kind == "LATEST":
            return len(shard.records)
        if kind == "AT_TIMESTAMP":
            if request.timestamp is None:
                raise invalid("Must specify timestamp parameter for iterator type AT_TIMESTAMP.")
            arrived_us = round(request.timestamp * 1_000_000) - self._clock.unix_us() + self._clock.now_us
            return max(shard.horizon, shard.position_at(arrived_us))
        if kind in _BY_NUMBER:
            number = _starting_number(shard, request)
            return max(shard.horizon, shard.position_of(number + (kind == "AFTER_SEQUENCE_NUMBER")))
        return shard.horizon

    def get(self, request: requests.GetRecords, call: Call) -> Body:
        """GetRecords."""
        now_us = self._clock.now_us
        at = read_iterator(request.shard_iterator, now_us)
        stream = self._streams.named(at.stream)
        shard = stream.shard(at.shard_id)
        limit = quotas.READ_RECORDS if request.limit is None else request.limit
        if not 1 <= limit <= quotas.READ_RECORDS:
            raise violates(limit, "limit", f"Member must be between 1 and {quotas.READ_RECORDS}")
        if not shard.reads.admits(now_us):
            raise rate_exceeded(shard.shard_id, stream.name, stream.account_id)
        start = max(at.position, shard.horizon)
        records = _up_to_ten_mib(shard, start, limit)
        shard.reads.took(now_us, sum(record.size_bytes for record in records))
        return self._answer(stream, shard, start, records)

    def _answer(self, stream: Stream, shard: Shard, start: int, records: list[KinesisRecord]) -> Body:
        now_us = self._clock.now_us
        end = start + len(records)
        body: Body = {"Records": [self._shown(record) for record in records], "MillisBehindLatest": 0}
        if end < len(shard.records):
            body["MillisBehindLatest"] = (now_us - shard.records[end].arrived_us) // 1000
        if shard.closed and end >= len(shard.records):
            body["ChildShards"] = [child_shard(child) for child in stream.children_of(shard.shard_id)]
        else:
            body["NextShardIterator"] = Position(stream.name, shard.shard_id, end, now_us).text()
        return body

    def _shown(self, record: KinesisRecord) -> Body:
        return {
            "SequenceNumber": record.sequence_number,
            "ApproximateArrivalTimestamp": unix_s(self._clock, record.arrived_us),
            "Data": record.data,
            "PartitionKey": record.partition_key,
        }


def _up_to_ten_mib(shard: Shard, start: int, limit: int) -> list[KinesisRecord]:
    taken: list[KinesisRecord] = []
    left_bytes = quotas.READ_BYTES
    for record in shard.records[start : start + limit]:
        left_bytes -= record.size_bytes
        if left_bytes < 0:
            break
        taken.append(record)
    return taken


def _starting_number(shard: Shard, request: requests.GetShardIterator) -> int:
    text = request.starting_sequence_number or ""
    if not _SEQUENCE_NUMBER.fullmatch(text):
        raise invalid(f"StartingSequenceNumber {text} is invalid.")
    number = int(text)
    if not int(shard.starting) <= number < 10**56:
        raise invalid(
            f"StartingSequenceNumber {text} used in GetShardIterator on shard {shard.shard_id} is invalid because it "
            "did not come from this stream."
        )
    return number


def _check_batch(entries: list[requests.PutEntry]) -> None:
    if not 1 <= len(entries) <= quotas.PUT_RECORDS:
        raise violates(f"{len(entries)} records", "records", f"Member must have length from 1 to {quotas.PUT_RECORDS}")
    for entry in entries:
        _check_entry(entry)
    total_bytes = sum(len(entry.data) + len(entry.partition_key.encode()) for entry in entries)
    if total_bytes > quotas.PUT_BYTES:
        raise invalid(f"Records size exceeds {quotas.PUT_BYTES // quotas.MIB} MB limit")


def _check_entry(entry: requests.PutEntry | requests.PutRecord) -> None:
    key = entry.partition_key
    if not 1 <= len(key) <= quotas.PARTITION_KEY_CHARACTERS:
        limit = f"Member must have length from 1 to {quotas.PARTITION_KEY_CHARACTERS}"
        raise violates(key, "partitionKey", limit)
    if len(entry.data) + len(key.encode()) > quotas.RECORD_BYTES:
        raise violates(
            f"{len(entry.data)} bytes", "data", f"Member must have length less than or equal to {quotas.MIB}"
        )
    _hash_key(entry)


def _hash_key(entry: requests.PutEntry | requests.PutRecord) -> int | None:
    text = entry.explicit_hash_key
    if text is None:
        return None
    if not _DIGITS.fullmatch(text) or int(text) >= HASH_KEYS:
        raise invalid(
            f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {text}"
        )
    return int(text)
