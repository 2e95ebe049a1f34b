"""What the trace keeps of a queue: who sent, received, deleted, and what was lost on the way.

The records are small on purpose (no bodies, no handles): ten thousand messages leave some
thirty thousand of them. That a message became visible again is not recorded: it follows
from its receive and the visibility timeout, and shows in its next `MessageReceived`.
"""

from harness.simulation.trace import Record


class MessageArrived(Record, frozen=True, kw_only=True, tag=True):
    """A queue accepted a message.

    Attributes:
        source: "send"; "redrive" (from a source queue, or back to it by a move task);
            "duplicate" (a fault delivers it again).
    """

    queue: str
    message_id: str
    size_bytes: int
    source: str


class MessageDeduplicated(Record, frozen=True, kw_only=True, tag=True):
    """A FIFO queue answered a send it had already accepted; nothing was added.

    Attributes:
        message_id: the id of the first, accepted message.
    """

    queue: str
    message_id: str


class MessageReceived(Record, frozen=True, kw_only=True, tag=True):
    """A receiver got a message, which is now in flight.

    Attributes:
        receive_count: the ApproximateReceiveCount it was handed out with.
    """

    queue: str
    message_id: str
    receive_count: int
    receiver: str


class MessageDeleted(Record, frozen=True, kw_only=True, tag=True):
    """A message was deleted by its newest receipt handle, or by a purge."""

    queue: str
    message_id: str


class MessageMovedToDeadLetterQueue(Record, frozen=True, kw_only=True, tag=True):
    """The receive that would have exceeded maxReceiveCount moved the message instead."""

    queue: str
    dead_letter_queue: str
    message_id: str
    receive_count: int


class MessageRedriven(Record, frozen=True, kw_only=True, tag=True):
    """A message move task took a message out of a dead-letter queue.

    Attributes:
        message_id: its id in the dead-letter queue.
        new_message_id: its id in the destination.
    """

    queue: str
    destination: str
    message_id: str
    new_message_id: str


class MessageExpired(Record, frozen=True, kw_only=True, tag=True):
    """A message outlived the retention period and is gone.

    Attributes:
        expired_ms: virtual time at which its retention ended; the record is written when the
            queue is next looked at.
    """

    queue: str
    message_id: str
    expired_ms: int
