"""How messages move between a queue and its dead-letter queue, one way and the other.

The receive that would exceed maxReceiveCount moves the message instead, so a message stays in
its queue until somebody asks for it again. Its id and its receive count go with it.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Optional

import msgspec

from harness.cloud.engines.sqs.contents import Contents
from harness.cloud.engines.sqs.message import Message
from harness.cloud.engines.sqs.records import MessageMovedToDeadLetterQueue, MessageRedriven
from harness.cloud.engines.sqs.store import Copy

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.queue import Queue


class Redriving(Contents):
    """The part of a `Queue` that deals with other queues."""

    @property
    def dead_letter_queue(self) -> Optional["Queue"]:
        """The queue that takes what keeps failing, if the redrive policy names one that exists."""
        redrive = self.settings.redrive
        return self._around.find(redrive.dead_letter_target_arn) if redrive else None

    def _is_exhausted(self, copy: Copy) -> bool:
        """Whether one more receive would exceed maxReceiveCount; duplicates are counted on their own."""
        redrive = self.settings.redrive
        return redrive is not None and copy.receives >= redrive.max_receive_count and self.dead_letter_queue is not None

    def _move_to_dead_letter_queue(self, copy: Copy) -> None:
        target = self.dead_letter_queue
        assert target is not None
        message = copy.message
        self._store.remove(copy)
        self._around.trace.append(
            MessageMovedToDeadLetterQueue(
                queue=self.name,
                dead_letter_queue=target.name,
                message_id=message.message_id,
                receive_count=message.receive_count,
            )
        )
        target.take_over(msgspec.structs.replace(message, dead_letter_source_arn=self.arn))

    def move_one(self, destination: Callable[[Message], "Queue"]) -> bool:
        """Moves the first visible message out, for a move task; says whether there was one.

        Args:
            destination: the queue a message goes to; if it raises, the message stays.
        """
        self._refresh()
        for copy in self._store.candidates(1):
            target = destination(copy.message)
            self._store.remove(copy)
            old_id = copy.message.message_id
            new_id = target.take_back(copy.message)
            self._around.trace.append(
                MessageRedriven(queue=self.name, destination=target.name, message_id=old_id, new_message_id=new_id)
            )
            return True
        return False

    def take_over(self, message: Message) -> None:
        """Takes a message from a queue whose dead-letter queue this is.

        The original send time stays, and so retention goes on counting from it.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        """
        self._enter(message, "redrive", 0)

    def take_back(self, message: Message) -> str:
        """Takes a message a move task brings from a dead-letter queue, and returns its new id.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
        """
        fresh = msgspec.structs.replace(
            message,
            message_id=self._new_message_id(),
            sent_us=self._clock.now_us,
            receive_count=0,
            first_received_us=None,
            dead_letter_source_arn=None,
        )
        self._enter(fresh, "redrive", 0)
        return fresh.message_id
