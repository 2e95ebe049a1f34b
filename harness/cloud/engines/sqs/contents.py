"""What a queue holds, and what becomes of it by itself: delays, visibility and retention end.

Nothing runs by itself: what is due is carried out when the queue is next looked at. The
faults that work on single messages are here too, because all they do is move a copy in time.
"""

import uuid
from typing import TYPE_CHECKING, ClassVar, cast

from harness.cloud.engines.sqs.attributes import Settings
from harness.cloud.engines.sqs.errors import MessageIsGoneError
from harness.cloud.engines.sqs.message import Counts, Message, MessageView
from harness.cloud.engines.sqs.records import MessageArrived, MessageExpired
from harness.cloud.engines.sqs.store import Copy, ReadyOrder, State, Store
from harness.cloud.engines.sqs.surroundings import QueueObserver, Surroundings

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.queue import Queue

_SHOWN_STATES = {
    State.READY: "visible",
    State.HELD: "visible",
    State.IN_FLIGHT: "in flight",
    State.DELAYED: "delayed",
}


class Contents:
    """The name, the settings and the messages of one queue: the lower half of a `Queue`."""

    fifo: ClassVar[bool] = False

    def __init__(self, name: str, settings: Settings, around: Surroundings) -> None:
        self.name = name
        self.url = f"https://sqs.{around.region}.amazonaws.com/{around.account_id}/{name}"
        self.arn = f"arn:aws:sqs:{around.region}:{around.account_id}:{name}"
        self.settings = settings
        self.observers: list[QueueObserver] = []
        self._around = around
        self._clock = around.loop.clock
        self._random = around.randomness.stream(f"sqs/{name}")
        self._store = Store(self._ready_order())

    # ---- looking ------------------------------------------------------------------------------

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes the queue is configured with, defaults included; not the counts."""
        return dict(self.settings.values)

    def counts(self) -> Counts:
        """How many messages are visible, in flight and delayed now."""
        self._refresh()
        held = self._store.population(State.HELD)
        return Counts(
            visible=self._store.population(State.READY) + held,
            in_flight=self._store.population(State.IN_FLIGHT),
            delayed=self._store.population(State.DELAYED),
        )

    def messages(self) -> list[MessageView]:
        """A snapshot of the messages, in the order in which they came."""
        self._refresh()
        return [
            MessageView(
                copy.message.message_id,
                copy.message.body,
                _SHOWN_STATES[copy.state],
                copy.message.receive_count,
                copy.message.group_id,
                copy.message.message_attributes,
            )
            for copy in self._store
            if copy.state in _SHOWN_STATES
        ]

    # ---- faults -------------------------------------------------------------------------------

    def deliver_again(self, message_id: str, *, after_ms: int) -> None:
        """Makes a message receivable once more, that long after now, whatever becomes of it.

        Raises:
            MessageIsGoneError: it is not in the queue (any more).
        """
        message = self._known(message_id)[0].message
        self._store.add(message, State.COMING, self._clock.now_us + after_ms * 1000)
        self._stir()

    def hold_back(self, message_id: str, *, for_ms: int) -> None:
        """Keeps a message from being received before that long after now.

        Raises:
            MessageIsGoneError: it is not in the queue (any more).
        """
        for copy in self._known(message_id):
            copy.not_before_us = self._clock.now_us + for_ms * 1000
            if copy.state is State.READY:
                self._store.place(copy, State.HELD, copy.not_before_us)
        self._stir()

    def expire(self, message_id: str) -> None:
        """Lets a message reach the end of its retention now.

        Raises:
            MessageIsGoneError: it is not in the queue (any more).
        """
        for copy in self._known(message_id):
            self._store.remove(copy)
        now_ms = self._clock.now_ms
        self._around.trace.append(MessageExpired(queue=self.name, message_id=message_id, expired_ms=now_ms))

    def _known(self, message_id: str) -> list[Copy]:
        self._refresh()
        copies = self._store.copies_of(message_id)
        if not copies:
            raise MessageIsGoneError(
                f"Message {message_id} is not in queue {self.name}.\n"
                "Expected: a message that was not deleted, moved or expired.\n"
                "Try: ask while it is in flight, or from an observer's message_deleted."
            )
        return list(copies)

    # ---- time ---------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Carries out what became due since the queue was last looked at."""
        now_us = self._clock.now_us
        retention_us = self.settings.retention_s * 1_000_000
        for copy in self._store.remove_sent_until(now_us - retention_us):
            self._around.trace.append(
                MessageExpired(
                    queue=self.name,
                    message_id=copy.message.message_id,
                    expired_ms=(copy.message.sent_us + retention_us) // 1000,
                )
            )
        for copy, was in self._store.make_due_ready(now_us):
            self._became_ready(copy, was)

    def _became_ready(self, copy: Copy, was: State) -> None:
        if was is State.COMING:
            self._record_arrival(copy.message, "duplicate")
        if copy.not_before_us > self._clock.now_us:
            self._store.place(copy, State.HELD, copy.not_before_us)

    def _record_arrival(self, message: Message, source: str) -> None:
        self._around.trace.append(
            MessageArrived(queue=self.name, message_id=message.message_id, size_bytes=message.size_bytes, source=source)
        )

    # ---- coming -------------------------------------------------------------------------------

    def _new_message_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _enter(self, message: Message, source: str, delay_s: int) -> None:
        self._refresh()
        due_us = self._clock.now_us + delay_s * 1_000_000
        self._store.add(message, State.DELAYED if delay_s else State.READY, due_us)
        self._record_arrival(message, source)
        for observer in self.observers:
            observer.message_arrived(cast("Queue", self), message)
        self._stir()

    def _ready_order(self) -> ReadyOrder:
        return ReadyOrder()

    def _stir(self) -> None:
        """Something changed: whoever waits may have to be served."""
        raise NotImplementedError
