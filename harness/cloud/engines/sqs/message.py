"""A message, what a receiver gets of it, and the digests a client may check.

A `Message` is what was sent, with its receive count; where it is in its queue (in flight,
delayed, ...) is the business of a `Copy`, see store.py.
"""

import hashlib
import struct
from typing import NamedTuple

import msgspec

SENDER_ROLE = "AROAKATASSIMULATEDAWS"
"""Unique id of the role under which everybody in the simulation calls."""


class AttributeValue(msgspec.Struct, frozen=True):
    """A message attribute; `data_type` is String, Number or Binary, maybe with a label.

    Exactly one of `string_value` and `binary_value` is set.
    """

    data_type: str
    string_value: str | None = None
    binary_value: bytes | None = None

    @property
    def value_bytes(self) -> bytes:
        """The value as it is counted and digested."""
        return self.binary_value if self.binary_value is not None else (self.string_value or "").encode()


class Message(msgspec.Struct):
    """One accepted message.

    Attributes:
        sent_us: virtual time of the send; retention counts from here.
        receive_count: receives so far, in all queues and by all copies.
        dead_letter_source_arn: the queue it was moved here from, if this is a dead-letter queue.
    """

    message_id: str
    body: str
    message_attributes: dict[str, AttributeValue]
    md5_of_body: str
    md5_of_message_attributes: str | None
    size_bytes: int
    sender_id: str
    sent_us: int
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str | None = None
    trace_header: str | None = None
    dead_letter_source_arn: str | None = None
    receive_count: int = 0
    first_received_us: int | None = None


class Received(msgspec.Struct, frozen=True):
    """A message as one receive handed it out, complete; a client gets what it asked for of it.

    Attributes:
        attributes: system attributes under their AWS names, values as strings.
        receipt: number of this receive of the message; its newest one deletes.
    """

    message_id: str
    receipt_handle: str
    body: str
    attributes: dict[str, str]
    message_attributes: dict[str, AttributeValue]
    md5_of_body: str
    md5_of_message_attributes: str | None
    receive_count: int
    receipt: int


class MessageView(NamedTuple):
    """A message in a snapshot of a queue; `state` is "visible", "in flight" or "delayed"."""

    message_id: str
    body: str
    state: str
    receive_count: int
    group_id: str | None
    message_attributes: dict[str, AttributeValue]


class Counts(NamedTuple):
    """How many messages a queue holds, exactly (the real service says approximately)."""

    visible: int
    in_flight: int
    delayed: int


def md5_of_body(body: str) -> str:
    """The digest a client compares with its own of the body it sent or received."""
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: dict[str, AttributeValue]) -> str | None:
    """The digest of message attributes, or None where there are none.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
    (calculating the MD5 message digest for message attributes)
    """
    if not attributes:
        return None
    state = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        value = attributes[name]
        for part in (name.encode(), value.data_type.encode()):
            state.update(struct.pack(">I", len(part)) + part)
        state.update(b"\x02" if value.binary_value is not None else b"\x01")
        state.update(struct.pack(">I", len(value.value_bytes)) + value.value_bytes)
    return state.hexdigest()


def size_bytes(body: str, attributes: dict[str, AttributeValue]) -> int:
    """What counts against the size limit: body, and name, type and value of each attribute, in UTF-8.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    """
    size = len(body.encode())
    for name, value in attributes.items():
        size += len(name.encode()) + len(value.data_type.encode()) + len(value.value_bytes)
    return size


def system_attributes(message: Message, unix_ms_at_start: int) -> dict[str, str]:
    """The system attributes of a message that was received at least once, all of them.

    Args:
        unix_ms_at_start: milliseconds from 1970 to the start of the run.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    attributes = {
        "ApproximateReceiveCount": str(message.receive_count),
        "SentTimestamp": str(unix_ms_at_start + message.sent_us // 1000),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(unix_ms_at_start + (message.first_received_us or 0) // 1000),
    }
    for name, value in (
        ("SequenceNumber", message.sequence_number),
        ("MessageGroupId", message.group_id),
        ("MessageDeduplicationId", message.deduplication_id),
        ("AWSTraceHeader", message.trace_header),
        ("DeadLetterQueueSourceArn", message.dead_letter_source_arn),
    ):
        if value is not None:
            attributes[name] = value
    return attributes


def hand_over(message: Message, receipt_handle: str, receipt: int, unix_ms_at_start: int) -> Received:
    """What a receiver gets of a message whose receive was just counted."""
    return Received(
        message_id=message.message_id,
        receipt_handle=receipt_handle,
        body=message.body,
        attributes=system_attributes(message, unix_ms_at_start),
        message_attributes=message.message_attributes,
        md5_of_body=message.md5_of_body,
        md5_of_message_attributes=message.md5_of_message_attributes,
        receive_count=message.receive_count,
        receipt=receipt,
    )
