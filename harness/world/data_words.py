"""Words of the world that are about what a submission keeps, and about what it consumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.metering.meter import Meter
    from harness.world.bucket_view import BucketView
    from harness.world.deployment import Deployment
    from harness.world.queue_view import QueueView
    from harness.world.stores import Kept
    from harness.world.stream_view import StreamView
    from harness.world.table_view import TableView
    from harness.world.topic_view import TopicView


class DataWords:
    """A part of `World`."""

    _deployment: Deployment

    def table(self, logical_id: str) -> TableView:
        """A table of the template by its logical id; it may be missing (`exists`)."""
        from harness.world.table_view import TableView

        return TableView(logical_id, self._deployment)

    def tables(self) -> list[TableView]:
        """Every table of the template."""
        return [self.table(logical_id) for logical_id in self._deployment.template.tables]

    def queues(self) -> list[QueueView]:
        """Every queue of the template."""
        from harness.world.queue_view import QueueView

        chance = self._deployment.randomness.stream("test/queue sends")
        return [QueueView(logical_id, watch, chance) for logical_id, watch in self._deployment.queues.items()]

    def topics(self) -> list[TopicView]:
        """Every topic of the template."""
        from harness.world.topic_view import TopicView

        return [TopicView(logical_id, self._deployment) for logical_id in self._deployment.template.topics]

    def streams(self) -> list[StreamView]:
        """Every stream of the template: those of Kinesis, then those of tables."""
        from harness.world.stream_view import StreamView

        names = [*self._deployment.streams, *self._deployment.dynamodb.streams]
        return [StreamView(logical_id, self._deployment) for logical_id in names]

    def buckets(self) -> list[BucketView]:
        """Every bucket of the template."""
        from harness.world.bucket_view import BucketView

        found = self._deployment.template.buckets.items()
        return [BucketView(logical_id, spec, self._deployment.s3) for logical_id, spec in found]

    def holding(self, text: str) -> list[Kept]:
        """Everything the submission keeps in which a text stands: tables, buckets, queues, outside services."""
        from harness.world import stores

        return stores.holding(self._deployment, text)

    def limit_partitions(self, *, read_units: float, write_units: float) -> None:
        """What one partition key value of any table or index takes a second, from now on (AWS: 3,000 and 1,000)."""
        per_key = self._deployment.dynamodb.item_calls.capacity.per_key
        per_key.read, per_key.write = read_units, write_units

    def expire_within(self, late_s: int | None) -> None:
        """How late time to live removes what is written from now on, at most; None: it removes nothing any more.

        Without this word it is two days. `remove_expired` removes at any time what has expired.
        """
        self._deployment.time_to_live.at_most_late_s = late_s

    def remove_expired(self) -> int:
        """Time to live removes everything that has expired, now; returns how many items."""
        return self._deployment.time_to_live.remove_expired()

    @property
    def meter(self) -> Meter:
        """What the submission has used so far: calls, units, seconds, money."""
        from harness.world.metered import meter_of

        return meter_of(self._deployment)
