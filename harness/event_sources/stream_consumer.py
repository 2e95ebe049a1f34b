"""The function behind a mapping on a stream: invoked with batches, and what becomes of its records.

Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.cloud.template import FunctionSpec, StreamMapping
from harness.event_sources.feeds import Feed
from harness.event_sources.stream_events import Discarded, Item, event, object_key, on_failure_record
from harness.faults.board import FaultBoard
from harness.faults.stream_strikes import strikes_record
from harness.faults.streams import DuplicateBatch
from harness.functions.asynchronous import Deliver
from harness.functions.invocation import Result
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import uuid_from
from harness.simulation.trace import Record, Trace

EXPIRED = "RecordExpired"
"""The stream itself has forgotten the records: they are lost, and no destination hears of them."""


class RecordsProcessed(Record, frozen=True, kw_only=True, tag=True):
    """A function has worked through records of a shard.

    Attributes:
        source: logical id of the stream or table.
        iterator_age_ms: how old the last of them was at that moment: the metric IteratorAge.
    """

    function: str
    source: str
    shard: str
    count: int
    iterator_age_ms: int


class RecordsDiscarded(Record, frozen=True, kw_only=True, tag=True):
    """A stream's event source gave up records and went on behind them.

    Attributes:
        condition: "RetryAttemptsExhausted", "RecordAgeExceeded", or "RecordExpired" where the
            stream itself has forgotten them.
    """

    function: str
    source: str
    count: int
    condition: str
    shard: str = ""


@dataclass(frozen=True)
class Attempts:
    """What has been tried with some records.

    Attributes:
        last: how the last attempt ended; None: the function was never invoked with them.
    """

    count: int = 0
    last: Result | None = None


@dataclass(frozen=True)
class StreamConsumer:
    """A function that reads a stream.

    Attributes:
        mapping_id: the mapping's UUID.
        switched_on: whoever is about to invoke the function waits for it.
    """

    mapping: StreamMapping
    feed: Feed
    function: FunctionSpec
    functions: LambdaService
    loop: VirtualLoop
    trace: Trace
    faults: FaultBoard
    chance: random.Random
    deliver: Deliver
    mapping_id: str
    switched_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def epoch_us(self) -> int:
        """Unix time of virtual time 0."""
        return self.loop.clock.unix_us() - self.loop.clock.now_us

    async def invoke(self, items: Sequence[Item], extra: dict[str, Any] | None) -> Result:
        """Invokes the function once.

        Raises:
            Throttled: it could not be; that is no attempt.
        """
        cause = f"stream of {self.feed.logical_id}, {len(items)} records"
        return await self.functions.invoke(self.function.logical_id, event(items, extra), cause=cause)

    def processed(self, shard_id: str, items: Sequence[Item]) -> None:
        """The function has dealt with these."""
        self.trace.append(
            RecordsProcessed(
                function=self.function.logical_id,
                source=self.feed.logical_id,
                shard=shard_id,
                count=len(items),
                iterator_age_ms=(self.loop.clock.now_us - items[-1].arrived_us) // 1000,
            )
        )

    def comes_again(self, items: Sequence[Item]) -> bool:
        """Whether a fault hands these records over once more."""
        faults = [fault for fault in self.faults.on(DuplicateBatch) if fault.function in ("", self.function.logical_id)]
        if not faults or not items:
            return False
        text = " ".join(item.text for item in items)
        what = f"{len(items)} records of {self.feed.logical_id} for {self.function.logical_id}"
        return strikes_record(self.faults, DuplicateBatch, self.feed.logical_id, text, what) is not None

    def discard(self, shard_id: str, items: Sequence[Item], condition: str, attempts: Attempts) -> None:
        """Gives records up, and says so to the on-failure destination."""
        self.trace.append(
            RecordsDiscarded(
                function=self.function.logical_id,
                source=self.feed.logical_id,
                count=len(items),
                condition=condition,
                shard=shard_id,
            )
        )
        arn = self.mapping.on_failure
        if not arn or not items or condition == EXPIRED:
            return
        last, now = attempts.last, self.loop.clock.utcnow()
        discarded = Discarded(
            function_arn=self.function.qualified_arn,
            stream_arn=self.feed.arn,
            shard_id=shard_id,
            batch_info=self.feed.batch_info,
            items=items,
            condition=condition,
            attempts=attempts.count,
            request_id=(last.request_id if last else "") or self.functions.new_request_id(),
            result=last,
            now=now,
            epoch_us=self.epoch_us,
        )
        bucket = arn.startswith("arn:aws:s3:")
        key = object_key(self.mapping_id, shard_id, now, uuid_from(self.chance)) if bucket else ""
        self.deliver(
            arn, on_failure_record(discarded, with_payload=bucket), {"ObjectKey": ("String", key)} if bucket else {}
        )
