"""A Kinesis stream, or the stream of a table, as acceptance tests see and use it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.kinesis.records import RecordRefused
from harness.cloud.errors import SubmissionError
from harness.errors import ExplainedError
from harness.event_sources.stream_consumer import RecordsDiscarded, RecordsProcessed
from harness.faults.streams import PoisonRecord
from harness.world.stream_poison import Poison

if TYPE_CHECKING:
    from harness.cloud.engines.kinesis.shard import Shard
    from harness.cloud.engines.kinesis.stream import Stream
    from harness.cloud.table_stream import TableStream
    from harness.event_sources.streams import StreamEventSource
    from harness.faults.board import ActiveFault
    from harness.world.deployment import Deployment


class NoOpenShard(ExplainedError):
    """The test reshards a shard that is closed, or was never there."""


class StreamMissing(SubmissionError):
    """The kata's contract fixes a stream that the template does not have."""


@dataclass(frozen=True)
class StreamedRecord:
    """A record of a stream.

    Attributes:
        partition_key: of a table's stream, the item's key as JSON text.
        data: of a table's stream, the record as JSON text.
        at_ms: virtual time at which it arrived.
    """

    shard_id: str
    sequence_number: str
    partition_key: str
    data: bytes
    at_ms: int

    def json(self) -> Any:
        """The data as JSON."""
        return json.loads(self.data)


@dataclass(frozen=True)
class Refusal:
    """A record that a writer was told to send again.

    Attributes:
        reason: the error code.
    """

    shard_id: str
    partition_key: str
    reason: str
    at_ms: int


class MappingView:
    """A function that reads a stream through an event source mapping."""

    def __init__(self, deployment: Deployment, source: StreamEventSource) -> None:
        self.function = source.consumer.function.logical_id
        self._deployment = deployment
        self._source = source

    @property
    def pending(self) -> int:
        """Records that it has not dealt with."""
        return self._source.pending

    @property
    def lag_ms(self) -> int:
        """How old the oldest of them is; 0: there is none."""
        oldest_us = self._source.oldest_us
        return 0 if oldest_us is None else (self._deployment.loop.clock.now_us - oldest_us) // 1000

    @property
    def iterator_ages(self) -> list[tuple[int, int]]:
        """The metric IteratorAge: (virtual time, age) in milliseconds, whenever records had been dealt with."""
        return [
            (record.at_ms, record.iterator_age_ms)
            for record in self._deployment.trace.of(RecordsProcessed)
            if record.function == self.function and record.source == self._source.consumer.feed.logical_id
        ]

    @property
    def discarded(self) -> list[RecordsDiscarded]:
        """What it has given up, in order."""
        return [
            record
            for record in self._deployment.trace.of(RecordsDiscarded)
            if record.function == self.function and record.source == self._source.consumer.feed.logical_id
        ]


class StreamView:
    """A stream of the submission, by the logical id of the Kinesis stream or of the table. All but `exists` need it."""

    def __init__(self, logical_id: str, deployment: Deployment) -> None:
        self.logical_id = logical_id
        self._deployment = deployment

    @property
    def exists(self) -> bool:
        """Whether the template has it."""
        return self.logical_id in self._deployment.streams or self.logical_id in self._deployment.dynamodb.streams

    @property
    def records(self) -> list[StreamedRecord]:
        """Every record that ever arrived, shard by shard, in order; those the stream has forgotten included."""
        table = self._deployment.dynamodb.streams.get(self.logical_id)
        if table is not None:
            return [_of_table(table, record) for record in table.records]
        return [
            StreamedRecord(
                shard.shard_id, record.sequence_number, record.partition_key, record.data, record.arrived_us // 1000
            )
            for shard in self._kinesis.shards.values()
            for record in shard.records
        ]

    @property
    def records_per_shard(self) -> dict[str, int]:
        """How many records ever arrived in each shard, closed ones included."""
        table = self._deployment.dynamodb.streams.get(self.logical_id)
        if table is not None:
            return {table.shard_id: len(table.records)}
        return {shard_id: len(shard.records) for shard_id, shard in self._kinesis.shards.items()}

    @property
    def refusals(self) -> list[Refusal]:
        """Every record that the stream refused to take: for its shard's limits, or by a fault."""
        return [
            Refusal(record.shard, record.partition_key, record.reason, record.at_ms)
            for record in self._deployment.trace.of(RecordRefused)
            if record.stream == self.logical_id
        ]

    @property
    def mappings(self) -> list[MappingView]:
        """The functions that read it, in the order of the template."""
        sources = self._deployment.stream_sources
        return [
            MappingView(self._deployment, one) for one in sources if one.consumer.feed.logical_id == self.logical_id
        ]

    def mapping(self, function: str) -> MappingView:
        """The mapping of one function.

        Raises:
            StreamMissing: it does not read this stream.
        """
        for mapping in self.mappings:
            if mapping.function == function:
                return mapping
        raise StreamMissing(
            f"{function} does not read {self.logical_id}.",
            expected=f"an event of {function} on {self.logical_id}",
            got=", ".join(one.function for one in self.mappings) or "no function that reads it",
            file="template.yaml",
        )

    # ---- what a test does ------------------------------------------------------------------

    def put(self, data: str | bytes, *, partition_key: str, explicit_hash_key: int | None = None) -> StreamedRecord:
        """Puts a record on the stream past the submission, and past the limits of its shard."""
        content = data.encode() if isinstance(data, str) else data
        shard, record = self._kinesis.put(partition_key, content, explicit_hash_key, metered=False)
        return StreamedRecord(shard.shard_id, record.sequence_number, partition_key, content, record.arrived_us // 1000)

    @property
    def open_shards(self) -> list[str]:
        """Ids of the shards that take records, in the order of their hash keys."""
        return [shard.shard_id for shard in self._kinesis.open_shards]

    def split(self, shard_id: str = "") -> None:
        """Splits a shard in the middle, now; without an id, the first."""
        stream = self._kinesis
        shard = self._shard(shard_id) if shard_id else stream.open_shards[0]
        middle = (shard.hash_range.first + shard.hash_range.last) // 2 + 1
        stream.reshard_now(lambda: stream.split(shard, middle))

    def merge(self, shard_id: str = "", other_id: str = "") -> None:
        """Merges two neighbours, now; without ids, the first two."""
        stream = self._kinesis
        ids = (shard_id, other_id) if shard_id else tuple(self.open_shards[:2])
        one, other = (self._shard(each) for each in ids)
        stream.reshard_now(lambda: stream.merge(one, other))

    def scale_to(self, count: int) -> None:
        """Reshards to so many shards of the same width, now."""
        stream = self._kinesis
        stream.reshard_now(lambda: stream.scale_to(count))

    def limit_writes(self, share: float) -> None:
        """Gives each shard this share of AWS's write limits: 0.1 is 100 records and 0.1 MiB a second."""
        self._kinesis.write_scale = share

    def poison(self, active: ActiveFault) -> None:
        """Lets a fault put its record on the stream when it begins."""
        assert isinstance(active.fault, PoisonRecord)
        poison = Poison(self._deployment, self.logical_id, active)
        now_ms = self._deployment.loop.clock.now_ms
        if active.fault.from_ms <= now_ms:
            poison.begin()
        else:
            self._deployment.loop.call_at(active.fault.from_ms / 1000, poison.begin)

    def require(self) -> None:
        """Raises StreamMissing if the template has no such stream."""
        if not self.exists:
            raise self._missing("a Kinesis stream, or a table with a StreamSpecification")

    # ---- details ---------------------------------------------------------------------------

    @property
    def _kinesis(self) -> Stream:
        stream = self._deployment.streams.get(self.logical_id)
        if stream is None:
            raise self._missing("a resource of type AWS::Kinesis::Stream")
        return stream

    def _shard(self, shard_id: str) -> Shard:
        for shard in self._kinesis.open_shards:
            if shard.shard_id == shard_id:
                return shard
        raise NoOpenShard(f"{self.logical_id} has no open shard {shard_id}.", expected=" or ".join(self.open_shards))

    def _missing(self, expected: str) -> StreamMissing:
        return StreamMissing(
            f"The template has no stream {self.logical_id}.", expected=f"{self.logical_id}: {expected}",
            file="template.yaml",
        )  # fmt: skip


def _of_table(stream: TableStream, record: Any) -> StreamedRecord:
    key = json.dumps(record.payload["dynamodb"]["Keys"], sort_keys=True)
    data = json.dumps(record.payload).encode()
    return StreamedRecord(stream.shard_id, record.sequence_number, key, data, record.arrived_us // 1000)
