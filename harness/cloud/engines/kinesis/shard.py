"""A shard: a range of hash keys, and the records whose partition keys fall into it, in order.

Source: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
"""

import asyncio
import bisect
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from harness.cloud.engines.kinesis.meters import ReadMeter, WriteMeter

HASH_KEYS = 2**128
"""Hash keys are the MD5 of partition keys, as numbers below this."""


class KinesisRecord(msgspec.Struct, frozen=True):
    """A record of a shard.

    Attributes:
        arrived_us: virtual time of its arrival.
    """

    sequence_number: str
    partition_key: str
    data: bytes
    arrived_us: int

    @property
    def size_bytes(self) -> int:
        """What counts against the shard's throughput."""
        return len(self.data) + len(self.partition_key.encode())


@dataclass(frozen=True)
class HashRange:
    """Hash keys from `first` to `last`, both included."""

    first: int
    last: int

    def holds(self, hash_key: int) -> bool:
        """Whether a hash key lies in it."""
        return self.first <= hash_key <= self.last


@dataclass(eq=False)
class Shard:
    """One shard. Positions count its records from 0, those that have expired included.

    Attributes:
        parents: ids of the shards it came from: none, one (split) or two (merge).
        starting: its first sequence number is above this.
        ending: None while it is open.
        horizon: position of the oldest record that has not expired.
    """

    shard_id: str
    hash_range: HashRange
    starting: str
    created_us: int
    parents: tuple[str, ...] = ()
    ending: str | None = None
    closed_us: int | None = None
    records: list[KinesisRecord] = field(default_factory=list)
    horizon: int = 0
    writes: WriteMeter = field(default_factory=WriteMeter)
    reads: ReadMeter = field(default_factory=ReadMeter)
    lookups: ReadMeter = field(default_factory=ReadMeter)
    _waiting: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether no record will ever come any more."""
        return self.closed_us is not None

    def add(self, record: KinesisRecord) -> None:
        """Appends a record and wakes who waits for it."""
        self.records.append(record)
        self._wake(lambda count: len(self.records) > count)

    def close(self, ending: str, now_us: int) -> None:
        """Takes no record from now on."""
        self.ending, self.closed_us = ending, now_us
        self._wake(lambda _: True)

    async def more_than(self, count: int) -> None:
        """Returns when there are more records than this, or when there never will be; sets no timer."""
        if len(self.records) <= count and not self.closed:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((count, future))
            await future

    def expire(self, oldest_us: int) -> int:
        """Forgets the records that arrived before this instant, and returns how many those were."""
        before = self.horizon
        self.horizon = bisect.bisect_left(self.records, oldest_us, lo=before, key=lambda record: record.arrived_us)
        return self.horizon - before

    def position_of(self, sequence_number: int) -> int:
        """Position of the first record with this number or a higher one."""
        return bisect.bisect_left(self.records, sequence_number, key=lambda record: int(record.sequence_number))

    def position_at(self, arrived_us: int) -> int:
        """Position of the first record that arrived at this instant or later."""
        return bisect.bisect_left(self.records, arrived_us, key=lambda record: record.arrived_us)

    def _wake(self, is_ready: Callable[[int], bool]) -> None:
        if not self._waiting:
            return
        ready = [future for count, future in self._waiting if is_ready(count)]
        self._waiting = [(count, future) for count, future in self._waiting if not is_ready(count)]
        for future in ready:
            if not future.done():
                future.set_result(None)
