"""Reads one shard from a position on, and gives its records to lanes by their keys.

A shard is polled at a fixed rhythm, but only while it has something: idle polls cost nothing.
Records that a poll finds are there at that instant; while there are more than one poll
returns, the next follows at once.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

import asyncio
import hashlib

from harness.event_sources.feeds import ShardLog
from harness.event_sources.stream_consumer import StreamConsumer
from harness.event_sources.stream_lane import Lane

POLL_RECORDS = 10_000
"""Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html"""


class ShardReader:
    """One mapping's way through one shard."""

    def __init__(self, consumer: StreamConsumer, shard: ShardLog, position: int, not_before_us: int | None) -> None:
        """Args:
        position: of the first record to read.
        not_before_us: records that arrived before this virtual time are stepped over; None: none.
        """
        self.shard = shard
        self.position = position
        self.lanes = [Lane(consumer, shard.shard_id) for _ in range(consumer.mapping.parallelization_factor)]
        self._consumer = consumer
        self._not_before_us = not_before_us
        self._poll_us = consumer.feed.poll_ms * 1000
        self._phase_us = consumer.chance.randrange(self._poll_us)

    @property
    def pending(self) -> int:
        """Records of the shard that have not been dealt with."""
        return len(self.shard.records) - self.position + sum(lane.pending for lane in self.lanes)

    @property
    def oldest_us(self) -> int | None:
        """When the oldest of them arrived; None: there is none."""
        found = [lane.oldest_us for lane in self.lanes if lane.oldest_us is not None]
        if self.position < len(self.shard.records):
            found.append(self.shard.records[self.position].arrived_us)
        return min(found, default=None)

    async def run(self) -> None:
        """Returns when the shard is closed and all of its records have been dealt with."""
        work = [self._consumer.loop.keep(lane.run()) for lane in self.lanes]
        while True:
            await self.shard.more_than(self.position)
            if self.position >= len(self.shard.records):
                break
            await self._until_next_poll()
            while self.position < len(self.shard.records):
                self._read()
        for lane in self.lanes:
            lane.end()
        await asyncio.gather(*work)

    async def _until_next_poll(self) -> None:
        left_us = (self._phase_us - self._consumer.loop.clock.now_us) % self._poll_us
        await asyncio.sleep(left_us / 1_000_000)

    def _read(self) -> None:
        records = self.shard.records[self.position : self.position + POLL_RECORDS]
        self.position += len(records)
        for record in records:
            if self._not_before_us is not None and record.arrived_us < self._not_before_us:
                continue
            item = self._consumer.feed.item(self.shard.shard_id, record)
            if item:
                self._lane_of(item.key).add(item)

    def _lane_of(self, key: str) -> Lane:
        if len(self.lanes) == 1:
            return self.lanes[0]
        digest = hashlib.md5(key.encode(errors="replace"), usedforsecurity=False).digest()
        return self.lanes[int.from_bytes(digest[-4:], "big") % len(self.lanes)]
