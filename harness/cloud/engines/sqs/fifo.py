"""A FIFO queue: order within each message group, and each message accepted once.

While a message of a group is in flight, no other of that group is handed out; one receive
takes as many as it can of one group before it goes on to the next. A deduplication id is
remembered for five minutes from the first accepted send, whatever became of the message.

Left out: the limit of 300 calls a second for each action (the throttling fault stands for it),
and that a changed queue delay applies to messages already delayed.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-key-terms.html
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

import msgspec

from harness.cloud.engines.sqs.attributes import Settings
from harness.cloud.engines.sqs.errors import Code, SqsError, invalid_parameter, missing_parameter
from harness.cloud.engines.sqs.message import Message, Received
from harness.cloud.engines.sqs.queue import Queue, not_for_this_type
from harness.cloud.engines.sqs.quotas import DEDUPLICATION_US
from harness.cloud.engines.sqs.records import MessageDeduplicated
from harness.cloud.engines.sqs.store import Copy, ReadyOrder, State
from harness.cloud.engines.sqs.surroundings import Surroundings
from harness.cloud.engines.sqs.validation import check_group_or_deduplication_id

_BLOCKING = frozenset({State.IN_FLIGHT, State.COMING})
_FIRST_SEQUENCE_NUMBER = 18_800_000_000_000_000_000


class _Group:
    """The messages of one group, in order, and how many of them keep the others waiting."""

    __slots__ = ("blocking", "members")

    def __init__(self) -> None:
        self.members: OrderedDict[int, Copy] = OrderedDict()
        self.blocking = 0

    def is_open(self) -> bool:
        return not self.blocking and bool(self.members) and self._head().state is State.READY

    def _head(self) -> Copy:
        return next(iter(self.members.values()))


class GroupOrder(ReadyOrder):
    """Hands out the messages of a group in order, and never while one of them is in flight."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._open: OrderedDict[str, _Group] = OrderedDict()

    def moved(self, copy: Copy, was: State) -> None:
        """Keeps the group of a copy that came, went or changed its state open or closed."""
        group_id = copy.message.group_id or ""
        group = self._groups.setdefault(group_id, _Group())
        group.blocking += (copy.state in _BLOCKING) - (was in _BLOCKING)
        if was is State.GONE:
            group.members[copy.number] = copy
        elif copy.state is State.GONE:
            del group.members[copy.number]
        if group.is_open():
            self._open[group_id] = group
        else:
            self._open.pop(group_id, None)
            if not group.members:
                del self._groups[group_id]

    def candidates(self, limit: int) -> Iterator[Copy]:
        """Copies in order, group by group; see `ReadyOrder.candidates`."""
        while self._open:
            group = next(iter(self._open.values()))
            for copy in list(islice(group.members.values(), limit)):
                if copy.state is not State.READY:
                    break
                yield copy


class Deduplication:
    """The deduplication ids of the last five minutes, with the first message of each."""

    def __init__(self) -> None:
        self._first: OrderedDict[tuple[str, str], tuple[int, str, str]] = OrderedDict()

    def first(self, key: tuple[str, str], now_us: int) -> tuple[str, str] | None:
        """Id and sequence number of the message accepted under this key, while it is remembered."""
        while self._first and next(iter(self._first.values()))[0] + DEDUPLICATION_US <= now_us:
            self._first.popitem(last=False)
        found = self._first.get(key)
        return found and found[1:]

    def remember(self, key: tuple[str, str], now_us: int, message_id: str, sequence_number: str) -> None:
        """Remembers the first message of a key."""
        self._first[key] = (now_us, message_id, sequence_number)


class FifoQueue(Queue):
    """One FIFO queue; its name ends with .fifo."""

    fifo: ClassVar[bool] = True

    def __init__(self, name: str, settings: Settings, around: Surroundings) -> None:
        super().__init__(name, settings, around)
        self._deduplication = Deduplication()
        self._attempts: OrderedDict[str, tuple[int, list[Received]]] = OrderedDict()
        self._sequence_number = _FIRST_SEQUENCE_NUMBER + self._random.getrandbits(32)

    # ---- sending ------------------------------------------------------------------------------

    def _accept(self, message: Message, delay_s: int | None) -> Message:
        if not message.group_id:
            raise missing_parameter("MessageGroupId")
        if delay_s:
            raise not_for_this_type("DelaySeconds", delay_s)
        message.deduplication_id = self._deduplication_id(message)
        key = (message.deduplication_id, message.group_id if self.settings.deduplicates_per_group else "")
        now_us = self._clock.now_us
        first = self._deduplication.first(key, now_us)
        if first:
            message.message_id, message.sequence_number = first
            self._around.trace.append(MessageDeduplicated(queue=self.name, message_id=message.message_id))
            return message
        message.sequence_number = self._next_sequence_number()
        self._deduplication.remember(key, now_us, message.message_id, message.sequence_number)
        self._enter(message, "send", self.settings.delay_s)
        return message

    def _deduplication_id(self, message: Message) -> str:
        if message.deduplication_id is not None:
            check_group_or_deduplication_id("MessageDeduplicationId", message.deduplication_id)
            return message.deduplication_id
        if not self.settings.content_based_deduplication:
            raise SqsError(
                Code.INVALID_PARAMETER_VALUE,
                "The queue should either have ContentBasedDeduplication enabled or "
                "MessageDeduplicationId provided explicitly",
            )
        return hashlib.sha256(message.body.encode()).hexdigest()

    def _next_sequence_number(self) -> str:
        self._sequence_number += 1 + self._random.getrandbits(8)
        return str(self._sequence_number)

    def take_over(self, message: Message) -> None:
        """Takes a message from a source queue: with a new send time, and its id as deduplication id.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
        """
        super().take_over(
            msgspec.structs.replace(
                message,
                sent_us=self._clock.now_us,
                deduplication_id=message.message_id,
                sequence_number=self._next_sequence_number(),
            )
        )

    def take_back(self, message: Message) -> str:
        """Takes a message from a dead-letter queue: with a new place in the order of its group."""
        return super().take_back(msgspec.structs.replace(message, sequence_number=self._next_sequence_number()))

    # ---- receiving ----------------------------------------------------------------------------

    def refuse_if_too_much_is_in_flight(self) -> None:
        """A FIFO queue raises no OverLimit: it hands out nothing more."""

    def remember_attempt(self, attempt_id: str, received: list[Received]) -> None:
        """Remembers what the receive of this ReceiveRequestAttemptId got."""
        self._attempts.pop(attempt_id, None)
        self._attempts[attempt_id] = (self._clock.now_us, received)

    def repeat_attempt(self, attempt_id: str, visibility_timeout_s: int | None) -> list[Received] | None:
        """What that receive got, again, for the full visibility timeout; None if this cannot be.

        It can be within five minutes, while all its messages are in flight by that receive.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
        """
        self._refresh()
        now_us = self._clock.now_us
        while self._attempts and next(iter(self._attempts.values()))[0] + DEDUPLICATION_US <= now_us:
            self._attempts.popitem(last=False)
        _, received = self._attempts.get(attempt_id, (0, []))
        copies = [self._in_flight(again.receipt_handle) for again in received]
        if not received or not all(copies):
            return None
        timeout_s = self.settings.visibility_timeout_s if visibility_timeout_s is None else visibility_timeout_s
        for copy in filter(None, copies):
            self._store.place(copy, State.IN_FLIGHT, now_us + timeout_s * 1_000_000)
        self._stir()
        return received

    def _in_flight(self, receipt_handle: str) -> Copy | None:
        number, receipt = self._receipts.read(receipt_handle)
        copy = self._store.copy(number)
        return copy if copy and copy.state is State.IN_FLIGHT and copy.receipt == receipt else None

    # ---- deleting -----------------------------------------------------------------------------

    def _receipt_deletes(self, copy: Copy, receipt: int, receipt_handle: str) -> bool:
        if copy.receipt != receipt or copy.state is not State.IN_FLIGHT:
            raise invalid_parameter("ReceiptHandle", receipt_handle, "The receipt handle has expired.")
        return True

    def _delete(self, copy: Copy) -> None:
        if copy.again_us is None:
            super()._delete(copy)
            return
        self._tell_deleted(copy)
        due_us = max(copy.again_us, self._clock.now_us)
        copy.again_us = None
        copy.receives = 0
        self._store.place(copy, State.COMING, due_us)

    # ---- faults -------------------------------------------------------------------------------

    def deliver_again(self, message_id: str, *, after_ms: int) -> None:
        """Loses the next delete of a message: it comes back that long after now, at the earliest.

        Its group waits for it, so that order holds and nothing overlaps. If its visibility ends
        before it is deleted, then that is its second delivery and there is no other.

        Raises:
            MessageIsGoneError: it is not in the queue (any more).
        """
        for copy in self._known(message_id):
            copy.again_us = self._clock.now_us + after_ms * 1000

    def _became_ready(self, copy: Copy, was: State) -> None:
        if was is State.IN_FLIGHT:
            copy.again_us = None
        super()._became_ready(copy, was)

    # ---- inside -------------------------------------------------------------------------------

    def _ready_order(self) -> ReadyOrder:
        return GroupOrder()
