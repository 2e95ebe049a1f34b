"""A table's stream: one shard, a record for each change of an item, in order.

moto writes the records; they are picked up here after each call that may have changed a table.
Left out: shards that roll every four hours, and the limit of two readers.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

import asyncio
from typing import Any

import msgspec

from harness.cloud.account import REGION, Account
from harness.cloud.binaries import item_in_base64
from harness.simulation.clock import Clock


class StreamRecord(msgspec.Struct, frozen=True):
    """A change of an item.

    Attributes:
        payload: as it stands in Lambda's event, but for the ARN of the stream.
        arrived_us: virtual time of the change.
    """

    sequence_number: str
    payload: dict[str, Any]
    arrived_us: int


class TableStream:
    """The stream of one table.

    Attributes:
        records: all of them, oldest first.
    """

    shard_id = "shardId-00000001641373200000-7c4f61a2"

    def __init__(self, table: str, arn: str, account: Account, clock: Clock) -> None:
        self.arn = arn
        self.records: list[StreamRecord] = []
        self._table = table
        self._account = account
        self._clock = clock
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def more_than(self, count: int) -> None:
        """Returns when there are more records than this; sets no timer."""
        if len(self.records) <= count:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((count, future))
            await future

    def collect(self) -> None:
        """Picks up what has changed, and wakes who waits for it."""
        fresh = self._account.stream_records(self._table, len(self.records))
        self.records += [self._shaped(record) for record in fresh]
        ready = [future for count, future in self._waiting if len(self.records) > count and not future.done()]
        self._waiting = [(count, future) for count, future in self._waiting if len(self.records) <= count]
        for future in ready:
            future.set_result(None)

    def _shaped(self, record: dict[str, Any]) -> StreamRecord:
        told = record["dynamodb"]
        images = {name: item_in_base64(told[name]) for name in ("Keys", "NewImage", "OldImage") if name in told}
        change = {**told, **images, "ApproximateCreationDateTime": float(int(self._clock.unix_s()))}
        payload = {**record, "eventVersion": "1.1", "awsRegion": REGION, "dynamodb": change}
        return StreamRecord(change["SequenceNumber"], payload, self._clock.now_us)
