"""What the trace keeps of a topic: what it took in, and what became of it at each subscriber.

Topics and subscribers are named by their logical ids where the template has them.
"""

from harness.simulation.trace import Record


class MessagePublished(Record, frozen=True, kw_only=True, tag=True):
    """A topic accepted a message.

    Attributes:
        publisher: logical id of the function, or who else it was.
    """

    topic: str
    message_id: str
    size_bytes: int
    publisher: str


class PublishDeduplicated(Record, frozen=True, kw_only=True, tag=True):
    """A FIFO topic answered a message it had already accepted; nothing is delivered.

    Attributes:
        message_id: of the first, accepted message.
    """

    topic: str
    message_id: str


class NotificationDelivered(Record, frozen=True, kw_only=True, tag=True):
    """A subscriber took a message.

    Attributes:
        attempt: 1 for the first try.
        again: whether a fault delivers it once more.
    """

    topic: str
    subscriber: str
    message_id: str
    attempt: int
    again: bool = False


class NotificationFiltered(Record, frozen=True, kw_only=True, tag=True):
    """A subscription's filter policy does not want the message."""

    topic: str
    subscriber: str
    message_id: str


class NotificationFailed(Record, frozen=True, kw_only=True, tag=True):
    """A subscriber did not take a message.

    Attributes:
        retriable: whether SNS tries again.
    """

    topic: str
    subscriber: str
    message_id: str
    attempt: int
    reason: str
    retriable: bool


class NotificationMovedToDeadLetterQueue(Record, frozen=True, kw_only=True, tag=True):
    """The subscription's dead-letter queue got what the subscriber did not take."""

    topic: str
    subscriber: str
    message_id: str
    dead_letter_queue: str


class NotificationDropped(Record, frozen=True, kw_only=True, tag=True):
    """What the subscriber did not take is lost: there is no dead-letter queue, or it refuses as well."""

    topic: str
    subscriber: str
    message_id: str
    reason: str
