"""What an event source mapping reads: the shards of a Kinesis stream, or the one of a table's stream.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import base64
import json
from collections.abc import Sequence
from typing import Any, Protocol

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.kinesis.shard import KinesisRecord
from harness.cloud.engines.kinesis.stream import Stream
from harness.cloud.engines.kinesis.views import unix_s
from harness.cloud.table_stream import StreamRecord, TableStream
from harness.cloud.template import FunctionSpec
from harness.event_sources.filters import Filters
from harness.event_sources.stream_events import Item
from harness.faults.board import FaultBoard
from harness.faults.stream_strikes import retention_us
from harness.simulation.clock import Clock

TABLE_RETENTION_S = 24 * 3600
"""Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""


class ShardLog(Protocol):
    """A shard as a mapping reads it: records in order, and whether more will come."""

    @property
    def shard_id(self) -> str:
        """Its id in the stream."""

    @property
    def records(self) -> Sequence[Any]:
        """All that ever arrived, oldest first."""

    @property
    def closed(self) -> bool:
        """Whether no record will come any more."""

    @property
    def parents(self) -> tuple[str, ...]:
        """The shards it came from by a split or a merge."""

    async def more_than(self, count: int) -> None:
        """Returns when there are more records than this, or when there never will be."""


class Feed(Protocol):
    """A stream as a mapping reads it.

    Attributes:
        poll_ms: how often a shard is asked for records.
        batch_info: where the records are, in an on-failure record.
    """

    arn: str
    logical_id: str
    poll_ms: int
    batch_info: str

    @property
    def retention_us(self) -> int:
        """How long records are kept, at this moment."""

    def shards(self) -> list[ShardLog]:
        """Those that can be read, oldest first."""

    def forgotten(self) -> list[str]:
        """Ids of the shards that cannot be read any more."""

    def children_of(self, shard_id: str) -> list[ShardLog]:
        """What a split or merge has put in the place of a shard."""

    def item(self, shard_id: str, record: Any) -> Item | None:
        """A record on its way to the function; None if a filter drops it."""


class KinesisFeed:
    """A Kinesis stream: each shard polled once a second."""

    poll_ms = 1000
    batch_info = "KinesisBatchInfo"

    def __init__(self, stream: Stream, function: FunctionSpec, filters: Sequence[str], clock: Clock) -> None:
        self.arn = stream.arn
        self.logical_id = stream.logical_id
        self._stream = stream
        self._role = function.role or f"arn:aws:iam::{ACCOUNT_ID}:role/{function.name}Role"
        self._filters = Filters("Kinesis", filters)
        self._clock = clock

    @property
    def retention_us(self) -> int:
        """How long records are kept, at this moment."""
        return self._stream.retention_us

    def shards(self) -> list[ShardLog]:
        """Those that can be read, oldest first."""
        return [*self._stream.known_shards()]

    def forgotten(self) -> list[str]:
        """Ids of the shards that cannot be read any more."""
        known = {shard.shard_id for shard in self._stream.known_shards()}
        return [shard_id for shard_id in self._stream.shards if shard_id not in known]

    def children_of(self, shard_id: str) -> list[ShardLog]:
        """What a split or merge has put in the place of a shard."""
        return [*self._stream.children_of(shard_id)]

    def item(self, shard_id: str, record: KinesisRecord) -> Item | None:
        """A record on its way to the function; None if a filter drops it."""
        shown = {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record.partition_key,
                "sequenceNumber": record.sequence_number,
                "data": base64.b64encode(record.data).decode(),
                "approximateArrivalTimestamp": unix_s(self._clock, record.arrived_us),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard_id}:{record.sequence_number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._role,
            "awsRegion": REGION,
            "eventSourceARN": self.arn,
        }
        if not self._filters.wants(shown):
            return None
        return Item(record.sequence_number, record.partition_key, json.dumps(shown), record.arrived_us)


class TableFeed:
    """The stream of a table: one shard, polled four times a second."""

    poll_ms = 250
    batch_info = "DDBStreamBatchInfo"

    def __init__(self, stream: TableStream, logical_id: str, filters: Sequence[str], faults: FaultBoard) -> None:
        self.arn = stream.arn
        self.logical_id = logical_id
        self._shard = TableShard(stream)
        self._filters = Filters("DynamoDB", filters)
        self._faults = faults

    @property
    def retention_us(self) -> int:
        """How long records are kept, at this moment."""
        return retention_us(self._faults, self.logical_id, TABLE_RETENTION_S)

    def shards(self) -> list[ShardLog]:
        """The only one."""
        return [self._shard]

    def forgotten(self) -> list[str]:
        """None: the shard is never rolled."""
        return []

    def children_of(self, shard_id: str) -> list[ShardLog]:
        """None: the shard is never rolled."""
        return []

    def item(self, shard_id: str, record: StreamRecord) -> Item | None:
        """A record on its way to the function; None if a filter drops it."""
        shown = {**record.payload, "eventSourceARN": self.arn}
        if not self._filters.wants(shown):
            return None
        key = json.dumps(record.payload["dynamodb"]["Keys"], sort_keys=True)
        return Item(record.sequence_number, key, json.dumps(shown), record.arrived_us)


class TableShard:
    """The one shard of a table's stream."""

    closed = False
    parents: tuple[str, ...] = ()

    def __init__(self, stream: TableStream) -> None:
        self.shard_id = stream.shard_id
        self._stream = stream

    @property
    def records(self) -> Sequence[StreamRecord]:
        """All that ever arrived, oldest first."""
        return self._stream.records

    async def more_than(self, count: int) -> None:
        """Returns when there are more records than this."""
        await self._stream.more_than(count)
