"""A standard queue: at least once, best-effort order, in virtual time.

A timer is set only while a receiver waits. Ready messages are handed out in the order in
which they became visible; faults change that.

Left out: the sampling of a short poll (a receive finds every visible message), the fairness
of fair queues (a MessageGroupId is carried and has no effect here), and that a purge, or a
new attribute, takes up to a minute.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from harness.cloud.engines.sqs import quotas
from harness.cloud.engines.sqs.attributes import Settings, changed_settings
from harness.cloud.engines.sqs.errors import Code, SqsError, invalid_parameter, no_such_queue
from harness.cloud.engines.sqs.message import (
    SENDER_ROLE,
    AttributeValue,
    Message,
    Received,
    hand_over,
    md5_of_attributes,
    md5_of_body,
)
from harness.cloud.engines.sqs.receipts import Receipts
from harness.cloud.engines.sqs.receivers import Ask, Line
from harness.cloud.engines.sqs.records import MessageDeleted, MessageReceived
from harness.cloud.engines.sqs.redrive import Redriving
from harness.cloud.engines.sqs.store import Copy, State
from harness.cloud.engines.sqs.surroundings import Surroundings
from harness.cloud.engines.sqs.validation import check_group_or_deduplication_id, check_message, check_range


class Queue(Redriving):
    """One queue. Create it through `SqsService.create_queue`."""

    def __init__(self, name: str, settings: Settings, around: Surroundings) -> None:
        super().__init__(name, settings, around)
        self.tags: dict[str, str] = {}
        self.created_unix_s = self.modified_unix_s = int(self._clock.unix_s())
        self._start_unix_ms = self._clock.unix_ms() - self._clock.now_ms
        self._receipts = Receipts(around.randomness.stream(f"sqs/{name}/receipts").randbytes(32))
        self._line = Line(around.loop, self._hand_out, self._store.next_due_us)
        self._purged_us: int | None = None

    def set_attributes(self, attributes: dict[str, str]) -> None:
        """Changes attributes at once; what is in flight or delayed keeps the time it has."""
        self.settings = changed_settings(self.settings, attributes, fifo=self.fifo)
        self.modified_unix_s = int(self._clock.unix_s())
        self._stir()

    # ---- sending ------------------------------------------------------------------------------

    def send(
        self,
        body: str,
        *,
        message_attributes: dict[str, AttributeValue] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        delay_s: int | None = None,
        sender_id: str = SENDER_ROLE,
        trace_header: str | None = None,
    ) -> Message:
        """Accepts a message.

        Args:
            delay_s: 0-900; how long it stays invisible. Absent: the queue's delay.

        Returns:
            The message; on a FIFO queue that has already accepted it, one with the id and the
            sequence number of the first.

        Raises:
            SqsError: SQS would not accept it.
        """
        attributes = message_attributes or {}
        size_bytes = check_message(body, attributes, self.settings.maximum_message_bytes)
        if group_id is not None:
            check_group_or_deduplication_id("MessageGroupId", group_id)
        if delay_s is not None:
            check_range("DelaySeconds", delay_s, 0, quotas.DELAY_S)
        message = Message(
            message_id=self._new_message_id(),
            body=body,
            message_attributes=attributes,
            md5_of_body=md5_of_body(body),
            md5_of_message_attributes=md5_of_attributes(attributes),
            size_bytes=size_bytes,
            sender_id=sender_id,
            sent_us=self._clock.now_us,
            group_id=group_id,
            deduplication_id=deduplication_id,
            trace_header=trace_header,
        )
        return self._accept(message, delay_s)

    def _accept(self, message: Message, delay_s: int | None) -> Message:
        if message.deduplication_id is not None:
            raise not_for_this_type("MessageDeduplicationId", message.deduplication_id)
        self._enter(message, "send", self.settings.delay_s if delay_s is None else delay_s)
        return message

    # ---- receiving ----------------------------------------------------------------------------

    async def receive(
        self, *, max_messages: int, wait_s: float | None, receiver: str, visibility_timeout_s: int | None = None
    ) -> list[Received]:
        """Messages, as soon as there is one; they are in flight from now on.

        Args:
            wait_s: how long to wait for the first one; 0 does not wait; None waits for ever
                and sets no timer of its own.
            receiver: who receives, for the trace.
            visibility_timeout_s: for these messages; None: the queue's.
        """
        ask = Ask(max_messages, receiver, visibility_timeout_s)
        if wait_s == 0:
            self._line.serve()
        if wait_s == 0 or not self._line:
            received = self._hand_out(ask)
            self._line.stir(something_is_ready=False)
            if received or wait_s == 0:
                return received
        return await self._line.wait(ask, wait_s)

    def refuse_if_too_much_is_in_flight(self) -> None:
        """Raises OverLimit as ReceiveMessage does on a standard queue.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
        """
        if self.counts().in_flight >= quotas.IN_FLIGHT_MESSAGES:
            raise SqsError(
                Code.OVER_LIMIT, f"Too many messages are in flight: the limit is {quotas.IN_FLIGHT_MESSAGES}."
            )

    def _hand_out(self, ask: Ask) -> list[Received]:
        self._refresh()
        limit = min(ask.max_messages, quotas.IN_FLIGHT_MESSAGES - self._store.population(State.IN_FLIGHT))
        received: list[Received] = []
        if limit > 0:
            for copy in self._store.candidates(limit):
                if self._is_exhausted(copy):
                    self._move_to_dead_letter_queue(copy)
                else:
                    received.append(self._received(copy, ask))
                if len(received) == limit:
                    break
        return received

    def _received(self, copy: Copy, ask: Ask) -> Received:
        now_us = self._clock.now_us
        timeout_s = ask.visibility_timeout_s
        timeout_s = self.settings.visibility_timeout_s if timeout_s is None else timeout_s
        message = copy.message
        message.receive_count += 1
        if message.first_received_us is None:
            message.first_received_us = now_us
        copy.receives += 1
        copy.receipt = message.receive_count
        copy.received_us = now_us
        self._store.place(copy, State.IN_FLIGHT, now_us + timeout_s * 1_000_000)
        handle = self._receipts.handle(copy.number, copy.receipt)
        received = hand_over(message, handle, copy.receipt, self._start_unix_ms)
        self._around.trace.append(
            MessageReceived(
                queue=self.name,
                message_id=message.message_id,
                receive_count=message.receive_count,
                receiver=ask.receiver,
            )
        )
        for observer in self.observers:
            observer.message_received(self, received)
        return received

    # ---- after a receive ----------------------------------------------------------------------

    def delete(self, receipt_handle: str) -> None:
        """Deletes a message by its newest receipt handle; with an older one nothing happens.

        Of a message that a fault delivers twice at once, the newest receipt of all deletes both
        copies, and the newest of one copy that copy; a copy still to come comes all the same.

        Raises:
            SqsError: ReceiptHandleIsInvalid; on a FIFO queue also InvalidParameterValue for an
                expired handle.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
        """
        self._refresh()
        number, receipt = self._receipts.read(receipt_handle)
        copy = self._store.copy(number)
        if copy and copy.state is not State.COMING and self._receipt_deletes(copy, receipt, receipt_handle):
            self._delete(copy)
            self._stir()

    def change_visibility(self, receipt_handle: str, timeout_s: int) -> None:
        """Makes a message in flight visible again that long after now; 0: at once.

        Raises:
            SqsError: MessageNotInflight, InvalidParameterValue (gone, or more than 12 h in all),
                ReceiptHandleIsInvalid.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
        """
        check_range("VisibilityTimeout", timeout_s, 0, quotas.VISIBILITY_S)
        self._refresh()
        number, receipt = self._receipts.read(receipt_handle)
        copy = self._store.copy(number)
        if copy is None or copy.state is State.COMING:
            raise invalid_parameter(
                "ReceiptHandle",
                receipt_handle,
                "Message does not exist or is not available for visibility timeout change.",
            )
        if copy.state is not State.IN_FLIGHT or copy.receipt != receipt:
            raise SqsError(Code.MESSAGE_NOT_IN_FLIGHT, "The message of this receipt handle is not in flight.")
        due_us = self._clock.now_us + timeout_s * 1_000_000
        if due_us > copy.received_us + quotas.VISIBILITY_S * 1_000_000:
            raise invalid_parameter(
                "VisibilityTimeout",
                timeout_s,
                f"Total VisibilityTimeout for the message is beyond the limit [{quotas.VISIBILITY_S} seconds]",
            )
        self._store.place(copy, State.IN_FLIGHT, due_us)
        self._refresh()
        self._stir()

    def purge(self) -> None:
        """Deletes every message, at once.

        Raises:
            SqsError: PurgeQueueInProgress; the last purge was less than 60 s ago.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
        """
        now_us = self._clock.now_us
        if self._purged_us is not None and now_us < self._purged_us + quotas.PURGE_INTERVAL_US:
            raise SqsError(
                Code.PURGE_QUEUE_IN_PROGRESS,
                f"Only one PurgeQueue operation on {self.name} is allowed every 60 seconds.",
            )
        self._purged_us = now_us
        self._refresh()
        for copy in self._store:
            if copy.state is not State.COMING:
                self._tell_deleted(copy)
            self._store.remove(copy)
        self._stir()

    def close(self) -> None:
        """Ends every wait: the queue is deleted."""
        self._line.dismiss(no_such_queue())

    def _receipt_deletes(self, copy: Copy, receipt: int, receipt_handle: str) -> bool:
        return copy.receipt == receipt

    def _delete(self, copy: Copy) -> None:
        """The newest receipt of a message takes all of it; an older one only its own copy."""
        message = copy.message
        copies = [copy]
        if copy.receipt == message.receive_count:
            copies = [one for one in self._store.copies_of(message.message_id) if one.state is not State.COMING]
        for one in copies:
            self._tell_deleted(one)
            self._store.remove(one)

    def _tell_deleted(self, copy: Copy) -> None:
        self._around.trace.append(MessageDeleted(queue=self.name, message_id=copy.message.message_id))
        for observer in self.observers:
            observer.message_deleted(self, copy.message)

    # ---- inside -------------------------------------------------------------------------------

    def _stir(self) -> None:
        self._line.stir(something_is_ready=self._store.population(State.READY) > 0)


def not_for_this_type(name: str, value: object) -> SqsError:
    """The error for a parameter that belongs to the other type of queue."""
    return invalid_parameter(name, value, "The request include parameter that is not valid for this queue type.")
