"""A stream as an event source: one batch at a time, in order; nothing passes a failed batch.

The source polls its shard four times a second, but only while records wait. A failed batch is
tried again after 1, 2, 4, 8, then every 10 s (model choice; AWS publishes no times), until it
succeeds, its records are too old, or its retries are used up. Left out: parallelization
factor, tumbling windows, filters, resharding (see fidelity.md).

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import asyncio

from harness.cloud.table_stream import StreamRecord, TableStream
from harness.cloud.template import FunctionSpec, StreamMapping
from harness.event_sources.stream_events import done, event, on_failure_record
from harness.functions.asynchronous import Deliver
from harness.functions.fleet import Throttled
from harness.functions.invocation import Result
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace

POLL_MS = 250
RETRY_CAP_S = 10
RETENTION_S = 24 * 3600
"""Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""


class RecordsDiscarded(Record, frozen=True, kw_only=True, tag=True):
    """A stream's event source gave up a batch and went on behind it.

    Attributes:
        condition: "RetryAttemptsExhausted" or "RecordAgeExceeded".
    """

    function: str
    source: str
    count: int
    condition: str


class StreamEventSource:
    """One event source mapping on a shard."""

    ticks = False

    def __init__(
        self,
        *,
        mapping: StreamMapping,
        stream: TableStream,
        source_id: str,
        function: FunctionSpec,
        loop: VirtualLoop,
        trace: Trace,
        randomness: Randomness,
        functions: LambdaService,
        deliver: Deliver,
    ) -> None:
        self._mapping = mapping
        self._stream = stream
        self._source_id = source_id
        self._function = function
        self._loop = loop
        self._trace = trace
        self._chance = randomness.stream(f"stream source/{function.logical_id}/{source_id}")
        self._functions = functions
        self._deliver_to = deliver
        self._position = 0

    def start(self) -> None:
        """Begins to read: at the oldest record, or behind the newest."""
        self._position = len(self._stream.records) if self._mapping.starting_position == "LATEST" else 0
        self._loop.keep(self._read())

    async def _read(self) -> None:
        while True:
            await self._stream.more_than(self._position)
            await asyncio.sleep(self._chance.randint(1, POLL_MS) / 1000)
            if self._mapping.window_s and self._waiting() < self._mapping.batch_size:
                await asyncio.sleep(self._mapping.window_s)
            batch = self._stream.records[self._position : self._position + self._mapping.batch_size]
            await self._work_through(batch)
            self._position += len(batch)

    def _waiting(self) -> int:
        return len(self._stream.records) - self._position

    async def _work_through(self, records: list[StreamRecord]) -> None:
        """Returns when each of these records has been dealt with or discarded."""
        attempts, back_off_s = 0, 1
        while records := self._still_young(records, attempts):
            result = await self._invoke(records)
            attempts += 1
            count = done(result, records, reports_failures=self._mapping.report_batch_item_failures)
            if count:
                records, attempts, back_off_s = records[count:], 0, 1
                if not records:
                    return
            if self._mapping.bisect_on_error and len(records) > 1 and not count:
                middle = len(records) // 2
                await self._work_through(records[:middle])
                records, attempts, back_off_s = records[middle:], 0, 1
                continue
            if 0 <= self._mapping.maximum_retry_attempts < attempts:
                return self._discard(records, "RetryAttemptsExhausted", attempts)
            await asyncio.sleep(back_off_s)
            back_off_s = min(2 * back_off_s, RETRY_CAP_S)

    def _still_young(self, records: list[StreamRecord], attempts: int) -> list[StreamRecord]:
        """Discards what is older than the mapping, or the stream's retention, allows."""
        limit_s = self._mapping.maximum_record_age_s
        limit_s = RETENTION_S if limit_s < 0 else limit_s
        oldest_us = self._loop.clock.now_us - limit_s * 1_000_000
        old = [record for record in records if record.arrived_us < oldest_us]
        if old:
            self._discard(old, "RecordAgeExceeded", attempts)
        return records[len(old) :]

    async def _invoke(self, records: list[StreamRecord]) -> Result:
        """Invokes the function; a throttle is no attempt."""
        back_off_s = 1
        payload = event(self._stream.arn, records)
        while True:
            try:
                return await self._functions.invoke(
                    self._function.logical_id, payload, cause=f"stream of {self._source_id}, {len(records)} records"
                )
            except Throttled:
                await asyncio.sleep(back_off_s)
                back_off_s = min(2 * back_off_s, RETRY_CAP_S)

    def _discard(self, records: list[StreamRecord], condition: str, attempts: int) -> None:
        self._trace.append(
            RecordsDiscarded(
                function=self._function.logical_id, source=self._source_id, count=len(records), condition=condition
            )
        )
        if self._mapping.on_failure:
            clock = self._loop.clock
            text = on_failure_record(
                self._function.arn,
                self._stream.arn,
                self._stream.shard_id,
                records,
                condition=condition,
                attempts=attempts,
                request_id=self._functions.new_request_id(),
                now=clock.utcnow(),
                epoch_us=clock.unix_us() - clock.now_us,
            )
            self._deliver_to(self._mapping.on_failure, text, {})
