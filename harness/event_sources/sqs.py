"""SQS as an event source: pollers that receive batches and invoke a function with them.

Five pollers begin; while messages wait and nothing is throttled there is one more every
200 ms, up to the mapping's maximum concurrency. A failed batch is left alone until its
visibility timeout ends; a throttled one is held by its poller and tried again until then.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import asyncio
import contextlib
from dataclasses import dataclass

from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.message import Received
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.latency import latency_us
from harness.cloud.template import QueueMapping
from harness.event_sources.filters import Filters
from harness.event_sources.sqs_events import event, failed_ids, record, size_bytes
from harness.functions.back_off import BackOff
from harness.functions.fleet import Throttled
from harness.functions.invocation import Result
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness

FIRST_POLLERS = 5
MOST_POLLERS = 1250
SCALING_INTERVAL_S = 0.2
"""AWS adds 300 a minute; that they are spread evenly is our model."""

THROTTLE_BACK_OFF_CAP_S = 30
RECEIVE_LIMIT = 10
"""Messages one ReceiveMessage returns at most."""

PAYLOAD_BYTES = 6 * 1024 * 1024
ENVELOPE_BYTES = 100
"""What an event has around its records."""


@dataclass(frozen=True)
class Batch:
    """Messages of one invocation.

    Attributes:
        held_until_s: when the first of them becomes visible again.
    """

    messages: list[Received]
    held_until_s: float


class SqsEventSource:
    """One event source mapping."""

    ticks = False

    def __init__(
        self,
        *,
        mapping: QueueMapping,
        queue: Queue,
        queue_id: str,
        function: str,
        loop: VirtualLoop,
        randomness: Randomness,
        functions: LambdaService,
    ) -> None:
        self._mapping = mapping
        self._queue = queue
        self._queue_id = queue_id
        self._function = function
        self._loop = loop
        self._chance = randomness.stream(f"sqs source/{function}/{queue_id}")
        self._functions = functions
        self._filters = Filters("SQS", mapping.filters)
        self._most = mapping.maximum_concurrency or MOST_POLLERS
        self._collecting = asyncio.Lock()
        self._pollers = 0
        self._run = 0
        self._idle: dict[asyncio.Task[None] | None, None] = {}
        self._throttled = 0
        self._scaling = False

    def start(self) -> None:
        """Begins to poll."""
        for _ in range(min(FIRST_POLLERS, self._most)):
            self._add_poller(lasting=True)

    def stop(self) -> None:
        """Polls no more; what its pollers hold at this moment is still worked off."""
        self._run += 1
        self._pollers = 0
        idle, self._idle = self._idle, {}
        for poller in idle:
            if poller:
                poller.cancel()

    def _add_poller(self, *, lasting: bool) -> None:
        self._pollers += 1
        self._loop.keep(self._poll(lasting, self._run))

    async def _poll(self, lasting: bool, run: int) -> None:
        """One poller: a batch at a time. One that was added for a burst ends with it."""
        while self._run == run:
            batch = await self._receive(None if lasting else 0)
            if batch is None:
                self._pollers -= self._run == run
                return
            for part in self._parts(batch):
                if not await self._process(part) and self._queue.fifo:
                    break  # what follows belongs behind what failed

    def _scale_soon(self) -> None:
        """Looks again a little later for as long as every poller is busy: messages may come meanwhile."""
        if not self._scaling and self._may_grow:
            self._scaling = True
            self._loop.call_later(SCALING_INTERVAL_S, self._scale)

    def _scale(self) -> None:
        self._scaling = False
        if self._may_grow and not self._throttled and self._queue.counts().visible > 0:
            self._add_poller(lasting=False)
        self._scale_soon()

    @property
    def _may_grow(self) -> bool:
        return not self._idle and 0 < self._pollers < self._most

    async def _receive(self, wait_s: float | None) -> Batch | None:
        """A batch; None if there is none. Where there is a window, one batch is collected at a time."""
        me = asyncio.current_task()
        self._idle[me] = None
        async with self._collecting if self._mapping.window_s else contextlib.nullcontext():
            messages = await self._ask(self._mapping.batch_size, wait_s)
            self._idle.pop(me, None)
            if not messages:
                return None
            self._scale_soon()
            return await self._collect(messages)

    async def _collect(self, messages: list[Received]) -> Batch:
        """The batch that begins with these: closed by its size, its window or 6 MB, whichever comes first."""
        size = self._mapping.batch_size
        held_until_s = self._loop.time() + self._visibility_s
        await asyncio.sleep(latency_us("sqs", "ReceiveMessage", self._chance) / 1_000_000)
        closes_s = self._loop.time() + self._mapping.window_s
        messages = self._wanted(messages)
        total_bytes = self._size(messages) if self._mapping.window_s else 0
        while len(messages) < size and total_bytes < PAYLOAD_BYTES and self._loop.time() < closes_s:
            more = self._wanted(await self._ask(size - len(messages), closes_s - self._loop.time()))
            messages += more
            total_bytes += self._size(more)
        return Batch(messages, held_until_s)

    def _wanted(self, messages: list[Received]) -> list[Received]:
        """Those that a filter lets through; Lambda deletes the others.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
        """
        if not self._filters:
            return messages
        wanted = []
        for message in messages:
            if self._filters.wants(record(self._queue.arn, message)):
                wanted.append(message)
            else:
                with contextlib.suppress(SqsError):
                    self._queue.delete(message.receipt_handle)
        return wanted

    def _size(self, messages: list[Received]) -> int:
        return sum(size_bytes(self._queue.arn, message) for message in messages)

    def _parts(self, batch: Batch) -> list[Batch]:
        """The batch in parts of which each makes an event of at most 6 MB; [] if filters have left nothing of it.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
        """
        if batch.messages and all(_is_small(message, len(batch.messages)) for message in batch.messages):
            return [batch]
        parts: list[list[Received]] = []
        left_bytes = 0
        for message in batch.messages:
            needed_bytes = size_bytes(self._queue.arn, message)
            if not parts or needed_bytes > left_bytes:
                parts.append([])
                left_bytes = PAYLOAD_BYTES - ENVELOPE_BYTES
            parts[-1].append(message)
            left_bytes -= needed_bytes
        return [Batch(messages, batch.held_until_s) for messages in parts]

    async def _ask(self, wanted: int, wait_s: float | None) -> list[Received]:
        """What one receive gives; nothing if the queue has been deleted."""
        try:
            return await self._queue.receive(
                max_messages=min(wanted, RECEIVE_LIMIT),
                wait_s=wait_s,
                receiver=f"Lambda ({self._function})",
                visibility_timeout_s=self._visibility_s,
            )
        except SqsError:
            return []

    @property
    def _visibility_s(self) -> int:
        """The queue's; where window and timeout do not fit into it, long enough for both and 30 s more.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        """
        window_s, timeout_s = self._mapping.window_s, self._functions.functions[self._function].spec.timeout_s
        queue_s = self._queue.settings.visibility_timeout_s
        return window_s + timeout_s + 30 if window_s and window_s + timeout_s > queue_s else queue_s

    async def _process(self, batch: Batch) -> bool:
        """Invokes the function, deletes what it has dealt with, and says whether that was all."""
        ids = tuple(message.message_id for message in batch.messages)
        result = await self._invoke(event(self._queue.arn, batch.messages), ids, batch.held_until_s)
        if result is None or not result.succeeded:
            return False
        failed: set[str] = set()
        if self._mapping.report_batch_item_failures:
            failed = failed_ids(result.payload, ids)
        await asyncio.sleep(latency_us("sqs", "DeleteMessageBatch", self._chance) / 1_000_000)
        for message in batch.messages:
            if message.message_id not in failed:
                with contextlib.suppress(SqsError):  # a FIFO queue refuses an expired handle: it comes again
                    self._queue.delete(message.receipt_handle)
        return not failed

    async def _invoke(self, payload: bytes, ids: tuple[str, ...], gives_up_s: float) -> Result | None:
        """Invokes the function; while it is throttled, holds the batch until its visibility ends."""
        back_off = BackOff(THROTTLE_BACK_OFF_CAP_S)
        held = False
        try:
            while True:
                try:
                    return await self._functions.invoke(
                        self._function, payload, cause=f"queue {self._queue_id}", messages=ids
                    )
                except Throttled:
                    self._throttled += not held
                    held = True
                pause_s = back_off.next_s() * self._chance.uniform(0.5, 1.0)
                if self._loop.time() + pause_s >= gives_up_s:
                    await asyncio.sleep(max(0.0, gives_up_s - self._loop.time()))
                    return None
                await asyncio.sleep(round(pause_s, 3))
        finally:
            self._throttled -= held


def _is_small(message: Received, count: int) -> bool:
    """Whether so many messages like this one surely fit into one event; a character is 12 bytes of JSON at most."""
    return not message.message_attributes and 12 * len(message.body) + 4096 < PAYLOAD_BYTES // count
