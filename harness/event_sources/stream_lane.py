"""A lane of a shard: its records in order, one batch at a time; nothing passes a failed batch.

A shard has one lane, or as many as the mapping's parallelization factor; each key has its
lane. A failed batch is tried again after 1, 2, 4, 8, then every 10 s (model choice; AWS
publishes no times), until it succeeds, its records are too old, or its retries are used up.
Splitting a batch uses up no retry and waits for nothing.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

from harness.event_sources.stream_consumer import EXPIRED, Attempts, StreamConsumer
from harness.event_sources.stream_events import ENVELOPE_BYTES, PAYLOAD_BYTES, Item, done
from harness.event_sources.tumbling import TumblingWindow, returned_state
from harness.functions.back_off import BackOff
from harness.functions.fleet import Throttled
from harness.functions.invocation import Result

RETRY_CAP_S = 10


class Lane:
    """Works records off in order."""

    def __init__(self, consumer: StreamConsumer, shard_id: str) -> None:
        self._consumer = consumer
        self._mapping = consumer.mapping
        self._clock = consumer.loop.clock
        self._shard_id = shard_id
        self._waiting: deque[Item] = deque()
        self._waiting_bytes = 0
        self._in_hand: deque[Item] = deque()
        self._processed: list[Item] = []
        self._news: asyncio.Event = asyncio.Event()
        self._ended = False
        self._window: TumblingWindow | None = None
        if self._mapping.tumbling_window_s:
            self._window = TumblingWindow(
                length_s=self._mapping.tumbling_window_s,
                epoch_us=consumer.epoch_us,
                shard_id=shard_id,
                stream_arn=consumer.feed.arn,
            )

    @property
    def pending(self) -> int:
        """Records that have been read and not dealt with."""
        return len(self._waiting) + len(self._in_hand)

    @property
    def oldest_us(self) -> int | None:
        """When the oldest of them arrived; None: there is none."""
        first = next(iter(self._in_hand or self._waiting), None)
        return first.arrived_us if first else None

    def add(self, item: Item) -> None:
        """A record that has been read."""
        self._waiting.append(item)
        self._waiting_bytes += _size(item)
        self._news.set()

    def end(self) -> None:
        """The shard is closed and read to its end."""
        self._ended = True
        self._news.set()

    async def run(self) -> None:
        """Returns when the shard has ended and all its records have been dealt with."""
        while await self._has_work():
            batch = await self._next_batch()
            self._in_hand.extend(batch)
            self._processed = []
            await self._work_through(batch)
            if self._consumer.comes_again(again := self._processed):
                self._in_hand.extend(again)
                await self._work_through(again)
        if self._window and self._window.is_open:
            await self._close_window()

    # ---- batches ---------------------------------------------------------------------------

    async def _has_work(self) -> bool:
        """Waits for a record; meanwhile a window that ends is closed. False: none will come any more."""
        while not self._waiting:
            if self._ended:
                return False
            window = self._window
            if window is None or not window.is_open:
                await self._hear(None)
                continue
            left_us = window.ends_us + self._consumer.feed.poll_ms * 1000 - self._clock.now_us
            if left_us > 0:
                await self._hear(left_us / 1_000_000)
            else:
                await self._close_window()
        return True

    async def _hear(self, at_most_s: float | None) -> None:
        """Waits until a record comes, or for so long."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._news.wait()

    async def _next_batch(self) -> list[Item]:
        """The batch that begins with the oldest record, closed by its size, its window or 6 MB."""
        window = self._window
        if window and not window.holds(self._waiting[0]) and window.is_open:
            await self._close_window()
        closes_us = self._clock.now_us + self._mapping.window_s * 1_000_000
        if window:
            window.begin(self._waiting[0])
            closes_us = min(closes_us, window.ends_us)
        while not self._ended and not self._is_full() and (left_us := closes_us - self._clock.now_us) > 0:
            await self._hear(left_us / 1_000_000)
        return self._take()

    def _is_full(self) -> bool:
        if len(self._waiting) >= self._mapping.batch_size or self._waiting_bytes >= self._room_bytes:
            return True
        return self._window is not None and not self._window.holds(self._waiting[-1])

    @property
    def _room_bytes(self) -> int:
        """What the records of one event may have in all."""
        return PAYLOAD_BYTES - ENVELOPE_BYTES - (self._window.state_bytes if self._window else 0)

    def _take(self) -> list[Item]:
        batch: list[Item] = []
        left_bytes = self._room_bytes
        while self._waiting and len(batch) < self._mapping.batch_size:
            item = self._waiting[0]
            left_bytes -= _size(item)
            if batch and (left_bytes < 0 or (self._window and not self._window.holds(item))):
                break
            batch.append(self._waiting.popleft())
            self._waiting_bytes -= _size(item)
        return batch

    # ---- attempts --------------------------------------------------------------------------

    async def _work_through(self, items: Sequence[Item]) -> None:
        """Returns when each of these records has been dealt with or discarded."""
        attempts = Attempts()
        failures, throttles = BackOff(RETRY_CAP_S), BackOff(RETRY_CAP_S)
        while items := await self._due(items, attempts):
            try:
                result = await self._invoke(items)
            except Throttled:
                await asyncio.sleep(throttles.next_s())
                continue
            throttles.reset()
            attempts = Attempts(attempts.count + 1, result)
            count = self._done(result, items)
            if count:
                await self._finish(items[:count])
                items, failures = items[count:], BackOff(RETRY_CAP_S)
                attempts = Attempts(0 if self._mapping.bisect_on_error else 1, result)
            if not items:
                return
            if self._mapping.bisect_on_error and (count or len(items) > 1):
                if not count:
                    middle = len(items) // 2
                    await self._work_through(items[:middle])
                    items, attempts, failures = items[middle:], Attempts(), BackOff(RETRY_CAP_S)
                continue
            if 0 <= self._mapping.maximum_retry_attempts < attempts.count:
                return self._discard(items, "RetryAttemptsExhausted", attempts)
            await asyncio.sleep(failures.next_s())

    async def _invoke(self, items: Sequence[Item]) -> Result:
        if self._window is None:
            return await self._consumer.invoke(items, None)
        self._window.open()
        return await self._consumer.invoke(items, self._window.extra())

    def _done(self, result: Result, items: Sequence[Item]) -> int:
        """How many records are dealt with; in a window only an answer with a state counts."""
        count = done(result, items, reports_failures=self._mapping.report_batch_item_failures)
        if self._window and count:
            returned, state = returned_state(result)
            if not returned:
                return 0
            self._window.keep(state)
        return count

    async def _finish(self, items: Sequence[Item]) -> None:
        self._consumer.processed(self._shard_id, items)
        self._processed += items
        self._let_go(items)
        if self._window and self._window.is_full:
            await self._close_window(early=True)

    async def _due(self, items: Sequence[Item], attempts: Attempts) -> Sequence[Item]:
        """Those that the next attempt is about: once the mapping is switched on, the ones that are young enough."""
        await self._consumer.switched_on.wait()
        return self._still_young(items, attempts)

    def _still_young(self, items: Sequence[Item], attempts: Attempts) -> Sequence[Item]:
        """Discards what is older than the stream's retention, or the mapping, allows."""
        items = self._without(items, self._consumer.feed.retention_us, EXPIRED, attempts)
        limit_s = self._mapping.maximum_record_age_s
        return items if limit_s < 0 else self._without(items, limit_s * 1_000_000, "RecordAgeExceeded", attempts)

    def _without(self, items: Sequence[Item], age_us: int, condition: str, attempts: Attempts) -> Sequence[Item]:
        oldest_us = self._clock.now_us - age_us
        count = sum(item.arrived_us < oldest_us for item in items)
        if count:
            self._discard(items[:count], condition, attempts)
        return items[count:]

    def _discard(self, items: Sequence[Item], condition: str, attempts: Attempts) -> None:
        self._consumer.discard(self._shard_id, items, condition, attempts)
        self._let_go(items)

    def _let_go(self, items: Sequence[Item]) -> None:
        for _ in items:
            self._in_hand.popleft()

    # ---- windows ---------------------------------------------------------------------------

    async def _close_window(self, *, early: bool = False) -> None:
        """The closing invocation: repeated until it succeeds or its retries are used up; then the state is dropped."""
        assert self._window
        failures = BackOff(RETRY_CAP_S)
        attempts = Attempts()
        while True:
            await self._consumer.switched_on.wait()
            try:
                result = await self._consumer.invoke([], self._window.extra(final=True, early=early))
            except Throttled:
                await asyncio.sleep(failures.next_s())
                continue
            attempts = Attempts(attempts.count + 1, result)
            if result.succeeded:
                break
            if 0 <= self._mapping.maximum_retry_attempts < attempts.count:
                self._consumer.discard(self._shard_id, [], "RetryAttemptsExhausted", attempts)
                break
            await asyncio.sleep(failures.next_s())
        self._window.close()


def _size(item: Item) -> int:
    """Bytes of a record in an event, with what separates it from the next."""
    return len(item.text) + 2
