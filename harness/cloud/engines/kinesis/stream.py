"""A stream: writes find their shard, shards are split and merged, old records expire.

A parent shard takes no record any more once its children are open, and keeps those it has.

Source: https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
and https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
"""

import bisect
import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.engines.kinesis import quotas
from harness.cloud.engines.kinesis.errors import (
    IN_USE,
    INTERNAL_FAILURE,
    THROUGHPUT_EXCEEDED,
    KinesisError,
    no_such_shard,
    rate_exceeded,
)
from harness.cloud.engines.kinesis.records import RecordArrived, RecordRefused, RecordsExpired, StreamResharded
from harness.cloud.engines.kinesis.shard import HASH_KEYS, HashRange, KinesisRecord, Shard
from harness.faults.board import FaultBoard
from harness.faults.stream_strikes import retention_us, strikes_record
from harness.faults.streams import PutRefused
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Trace

Observer = Callable[[Shard, KinesisRecord], None]
"""Told of each record that arrives, before anybody can read it."""


@dataclass(frozen=True)
class Surroundings:
    """What a stream needs of the world around it."""

    loop: VirtualLoop
    trace: Trace
    faults: FaultBoard
    account_id: str
    region: str


class Stream:
    """One stream.

    Attributes:
        logical_id: in the template; the name, where a function has created it.
        status: "CREATING", "ACTIVE" or "UPDATING".
        write_scale: share of AWS's write limits that its shards have.
        shards: all that ever were, by id, oldest first.
    """

    def __init__(
        self, name: str, *, around: Surroundings, shard_count: int, on_demand: bool = False, logical_id: str = ""
    ) -> None:
        self.name = name
        self.logical_id = logical_id or name
        self.arn = f"arn:aws:kinesis:{around.region}:{around.account_id}:stream/{name}"
        self.on_demand = on_demand
        self.status = "ACTIVE"
        self.retention_hours = quotas.LEAST_RETENTION_HOURS
        self.write_scale = 1.0
        self.tags: dict[str, str] = {}
        self.created_unix_s = around.loop.clock.unix_s()
        self.created_us = around.loop.clock.now_us
        self.shards: dict[str, Shard] = {}
        self.observers: list[Observer] = []
        self.account_id = around.account_id
        self._around = around
        self._clock = around.loop.clock
        self._counter = itertools.count(1)
        self._open: list[Shard] = []
        for first, last in even_ranges(shard_count):
            self._add_shard(HashRange(first, last))

    # ---- writing ---------------------------------------------------------------------------

    def put(
        self, partition_key: str, data: bytes, explicit_hash_key: int | None = None, *, metered: bool = True
    ) -> tuple[Shard, KinesisRecord]:
        """Writes one record.

        Args:
            explicit_hash_key: decides the shard in the place of the partition key's hash.
            metered: whether the record counts against the shard's throughput, and can be refused.

        Raises:
            KinesisError: the shard's throughput is used up, or a fault refuses the record.
        """
        self.require_ready()
        hash_key = hash_of(partition_key) if explicit_hash_key is None else explicit_hash_key
        shard = self.shard_for(hash_key)
        now_us = self._clock.now_us
        record = KinesisRecord(self._next_number(shard.shard_id), partition_key, data, now_us)
        size_bytes = record.size_bytes
        if metered and not self._takes(shard, record, size_bytes):
            self.refused(shard, partition_key, THROUGHPUT_EXCEEDED)
            raise rate_exceeded(shard.shard_id, self.name, self.account_id)
        self._around.trace.append(
            RecordArrived(
                stream=self.logical_id,
                shard=shard.shard_id,
                sequence_number=record.sequence_number,
                partition_key=partition_key,
                size_bytes=size_bytes,
            )
        )
        shard.add(record)
        for observer in [*self.observers]:
            observer(shard, record)
        return shard, record

    def refused(self, shard: Shard, partition_key: str, reason: str = INTERNAL_FAILURE) -> None:
        """Notes that a record was not written."""
        self._around.trace.append(
            RecordRefused(stream=self.logical_id, shard=shard.shard_id, partition_key=partition_key, reason=reason)
        )

    def shard_for(self, hash_key: int) -> Shard:
        """The open shard whose range holds a hash key."""
        place = bisect.bisect_right(self._open, hash_key, key=lambda shard: shard.hash_range.first)
        return self._open[place - 1]

    def _takes(self, shard: Shard, record: KinesisRecord, size_bytes: int) -> bool:
        if self._is_refused(shard, record):
            return False
        return shard.writes.admits(self._clock.now_us, size_bytes, self.write_scale)

    def _is_refused(self, shard: Shard, record: KinesisRecord) -> bool:
        faults = self._around.faults
        if not faults.on(PutRefused):
            return False
        text = f"{record.partition_key} {record.data.decode(errors='replace')}"
        what = f"a record with partition key {record.partition_key} in {self.logical_id}, {shard.shard_id}"
        return strikes_record(faults, PutRefused, self.logical_id, text, what) is not None

    def _next_number(self, shard_id: str) -> str:
        """56 digits that grow with time: of the instant, of the stream's count, of the shard."""
        return f"4967{self._clock.unix_us():020d}{next(self._counter):016d}{int(shard_id[-12:]):016d}"

    # ---- shards ----------------------------------------------------------------------------

    @property
    def open_shards(self) -> list[Shard]:
        """The shards that take records, in the order of their hash keys."""
        return [*self._open]

    def shard(self, shard_id: str) -> Shard:
        """The shard of this id; expired records are forgotten first.

        Raises:
            KinesisError: there is none, or all that it held has expired since it was closed.
        """
        self.expire()
        shard = self.shards.get(shard_id)
        if shard is None or self._is_forgotten(shard):
            raise no_such_shard(shard_id, self.name, self.account_id)
        return shard

    def known_shards(self) -> list[Shard]:
        """The shards that can still be read, oldest first."""
        self.expire()
        return [shard for shard in self.shards.values() if not self._is_forgotten(shard)]

    def children_of(self, shard_id: str) -> list[Shard]:
        """The shards that a split or merge has opened in the place of this one."""
        return [shard for shard in self.shards.values() if shard_id in shard.parents]

    @property
    def retention_us(self) -> int:
        """How long records are kept, at this moment."""
        return retention_us(self._around.faults, self.logical_id, self.retention_hours * 3600)

    def expire(self) -> None:
        """Forgets what is older than the retention."""
        oldest_us = self._clock.now_us - self.retention_us
        if oldest_us <= self.created_us:
            return
        for shard in self.shards.values():
            if count := shard.expire(oldest_us):
                self._around.trace.append(RecordsExpired(stream=self.logical_id, shard=shard.shard_id, count=count))

    def _is_forgotten(self, shard: Shard) -> bool:
        return shard.closed_us is not None and shard.closed_us < self._clock.now_us - self.retention_us

    # ---- resharding ------------------------------------------------------------------------

    def require_ready(self) -> None:
        """Raises KinesisError while the stream is being created."""
        if self.status == "CREATING":
            raise self._in_use()

    def reshard_later(self, change: Callable[[], None]) -> None:
        """The stream is UPDATING for a while; then the change happens at one instant.

        Raises:
            KinesisError: another change is under way.
        """
        if self.status != "ACTIVE":
            raise self._in_use()
        self.status = "UPDATING"
        self._around.loop.call_later(quotas.RESHARDING_S, self.reshard_now, change)

    def reshard_now(self, change: Callable[[], None]) -> None:
        """Carries a change of the shards out."""
        before = {shard.shard_id for shard in self._open}
        known = set(self.shards)
        change()
        self.status = "ACTIVE"
        after = {shard.shard_id for shard in self._open}
        self._around.trace.append(
            StreamResharded(
                stream=self.logical_id,
                closed=tuple(sorted(before - after)),
                opened=tuple(name for name in self.shards if name not in known and name in after),
            )
        )

    def split(self, shard: Shard, at: int) -> None:
        """Closes an open shard and opens two: below this hash key, and from it on."""
        whole = shard.hash_range
        self._close(shard)
        self._add_shard(HashRange(whole.first, at - 1), shard.shard_id)
        self._add_shard(HashRange(at, whole.last), shard.shard_id)

    def merge(self, one: Shard, other: Shard) -> None:
        """Closes two open neighbours and opens one that covers both."""
        first, last = sorted((one, other), key=lambda shard: shard.hash_range.first)
        self._close(one)
        self._close(other)
        self._add_shard(HashRange(first.hash_range.first, last.hash_range.last), one.shard_id, other.shard_id)

    def scale_to(self, count: int) -> None:
        """Splits and merges until there are so many shards, all of the same width.

        Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
        """
        ranges = even_ranges(count)
        for first, _ in ranges:
            shard = self.shard_for(first)
            if shard.hash_range.first != first:
                self.split(shard, first)
        for first, last in ranges:
            while (shard := self.shard_for(first)).hash_range.last != last:
                self.merge(shard, self.shard_for(shard.hash_range.last + 1))

    def _add_shard(self, hash_range: HashRange, *parents: str) -> None:
        shard_id = f"shardId-{len(self.shards):012d}"
        shard = Shard(shard_id, hash_range, self._next_number(shard_id), self._clock.now_us, parents)
        self.shards[shard_id] = shard
        bisect.insort(self._open, shard, key=lambda one: one.hash_range.first)

    def _close(self, shard: Shard) -> None:
        self._open.remove(shard)
        shard.close(self._next_number(shard.shard_id), self._clock.now_us)

    def _in_use(self) -> KinesisError:
        return KinesisError(
            IN_USE,
            f"Stream {self.name} under account {self.account_id} not ACTIVE, instead in state {self.status}",
        )


def even_ranges(count: int) -> list[tuple[int, int]]:
    """All hash keys in so many ranges of the same width; the last takes what is left over."""
    width = HASH_KEYS // count
    return [
        (number * width, (number + 1) * width - 1 if number < count - 1 else HASH_KEYS - 1) for number in range(count)
    ]


def hash_of(partition_key: str) -> int:
    """The hash key of a partition key: its MD5 as a number."""
    return int.from_bytes(hashlib.md5(partition_key.encode(), usedforsecurity=False).digest(), "big")
