"""Streams as event sources: Kinesis and DynamoDB Streams, read shard by shard, in order.

This module knows which shards a mapping reads, and when: a shard that came from a split or a
merge follows its parents. `stream_reader.py` polls one shard, `stream_lane.py` makes batches
of its records, `stream_consumer.py` invokes the function. Left out: enhanced fan-out, shards
of tables that roll, the share of a mapping's polls in the read limits of its shards.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
and https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

from harness.event_sources.feeds import ShardLog
from harness.event_sources.stream_consumer import StreamConsumer
from harness.event_sources.stream_reader import ShardReader


class StreamEventSource:
    """One event source mapping on a stream.

    Attributes:
        consumer: the function behind it.
        readers: of the shards it reads or has read, by id.
    """

    ticks = False

    def __init__(self, consumer: StreamConsumer) -> None:
        self.consumer = consumer
        self.readers: dict[str, ShardReader] = {}
        self._feed = consumer.feed
        self._passed: set[str] = set()
        self._begun = False

    def start(self) -> None:
        """Begins to read: at the oldest records, behind the newest, at a point in time, or where it was stopped.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
        """
        self.consumer.switched_on.set()
        if not self._begun:
            self._begun = True
            self._begin()

    def stop(self) -> None:
        """Invokes the function no more; an invocation that runs ends, and what follows waits in the stream."""
        self.consumer.switched_on.clear()

    def _begin(self) -> None:
        shards = self._feed.shards()
        latest = self.consumer.mapping.starting_position == "LATEST"
        self._passed.update(self._feed.forgotten())
        self._passed.update(shard.shard_id for shard in shards if latest and shard.closed)
        for shard in shards:
            if shard.shard_id not in self._passed and self._may_begin(shard):
                self._read(shard, len(shard.records) if latest else 0)

    @property
    def pending(self) -> int:
        """Records of the stream that this mapping has not dealt with."""
        return sum(reader.pending for reader in self.readers.values())

    @property
    def oldest_us(self) -> int | None:
        """When the oldest of them arrived; None: there is none."""
        found = [reader.oldest_us for reader in self.readers.values()]
        return min((us for us in found if us is not None), default=None)

    def _read(self, shard: ShardLog, position: int) -> None:
        reader = ShardReader(self.consumer, shard, position, self._not_before_us())
        self.readers[shard.shard_id] = reader
        self.consumer.loop.keep(self._follow(reader))

    async def _follow(self, reader: ShardReader) -> None:
        """Reads a shard to its end, then the shards that took its place and whose parents are all read."""
        await reader.run()
        self._passed.add(reader.shard.shard_id)
        for child in self._feed.children_of(reader.shard.shard_id):
            if child.shard_id not in self.readers and self._may_begin(child):
                self._read(child, 0)

    def _may_begin(self, shard: ShardLog) -> bool:
        return all(parent in self._passed for parent in shard.parents)

    def _not_before_us(self) -> int | None:
        timestamp_s = self.consumer.mapping.starting_timestamp_s
        return None if timestamp_s is None else round(timestamp_s * 1_000_000) - self.consumer.epoch_us
