"""The actions on messages: send, receive, delete, change visibility, one by one and in batches.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.cloud.engines.sqs import quotas, requests
from harness.cloud.engines.sqs.errors import Code, SqsError, missing_parameter
from harness.cloud.engines.sqs.fifo import FifoQueue
from harness.cloud.engines.sqs.message import (
    SENDER_ROLE,
    AttributeValue,
    Received,
    md5_of_attributes,
    size_bytes,
)
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.queues import Queues
from harness.cloud.engines.sqs.validation import BatchEntry, check_batch, check_range

TRACE_HEADER = "AWSTraceHeader"
_SYSTEM_ATTRIBUTES = frozenset(
    {
        "All",
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "DeadLetterQueueSourceArn",
        "MessageDeduplicationId",
        "MessageGroupId",
        "SenderId",
        "SentTimestamp",
        "SequenceNumber",
        TRACE_HEADER,
    }
)

Body = dict[str, Any]
Entry = TypeVar("Entry", bound=BatchEntry)


@dataclass(frozen=True)
class From:
    """Who calls.

    Attributes:
        trace_header: the X-Ray header of the HTTP request; it travels with the messages sent.
    """

    caller: str
    trace_header: str | None = None


class MessageActions:
    """Carries out the actions on messages, and gives the body of the reply."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    # ---- sending ------------------------------------------------------------------------------

    def send(self, request: requests.SendMessage, sender: From) -> Body:
        """SendMessage."""
        return _sent(self._queues.at_url(request.queue_url), request, sender)

    def send_batch(self, request: requests.SendMessageBatch, sender: From) -> Body:
        """SendMessageBatch."""
        queue = self._queues.at_url(request.queue_url)
        check_batch(request.entries, "SendMessageBatchRequestEntry")
        total = sum(size_bytes(entry.message_body, _values(entry.message_attributes)) for entry in request.entries)
        if total > quotas.MESSAGE_BYTES:
            raise SqsError(
                Code.BATCH_REQUEST_TOO_LONG,
                f"Batch requests cannot be longer than {quotas.MESSAGE_BYTES} bytes. You have sent {total} bytes.",
            )
        return _each(request.entries, lambda entry: _sent(queue, entry, sender))

    # ---- receiving ----------------------------------------------------------------------------

    async def receive(self, request: requests.ReceiveMessage, sender: From) -> Body:
        """ReceiveMessage; waits in virtual time."""
        queue = self._queues.at_url(request.queue_url)
        wait_s = queue.settings.wait_s if request.wait_time_seconds is None else request.wait_time_seconds
        check_range("MaxNumberOfMessages", request.max_number_of_messages, 1, quotas.RECEIVE_MESSAGES)
        check_range("WaitTimeSeconds", wait_s, 0, quotas.WAIT_S)
        if request.visibility_timeout is not None:
            check_range("VisibilityTimeout", request.visibility_timeout, 0, quotas.VISIBILITY_S)
        wanted = {*request.attribute_names, *request.message_system_attribute_names}
        if not wanted <= _SYSTEM_ATTRIBUTES:
            raise SqsError(Code.INVALID_ATTRIBUTE_NAME, f"Unknown Attribute {min(wanted - _SYSTEM_ATTRIBUTES)}.")
        queue.refuse_if_too_much_is_in_flight()
        received = await _receive(queue, request, wait_s, sender.caller)
        if not received:
            return {}
        return {"Messages": [_shown(message, wanted, request.message_attribute_names) for message in received]}

    # ---- after a receive ----------------------------------------------------------------------

    def delete(self, request: requests.DeleteMessage, sender: From) -> Body:
        """DeleteMessage."""
        return _delete(self._queues.at_url(request.queue_url), request.receipt_handle)

    def delete_batch(self, request: requests.DeleteMessageBatch, sender: From) -> Body:
        """DeleteMessageBatch."""
        queue = self._queues.at_url(request.queue_url)
        check_batch(request.entries, "DeleteMessageBatchRequestEntry")
        return _each(request.entries, lambda entry: _delete(queue, entry.receipt_handle))

    def change_visibility(self, request: requests.ChangeMessageVisibility, sender: From) -> Body:
        """ChangeMessageVisibility."""
        return _change(self._queues.at_url(request.queue_url), request.receipt_handle, request.visibility_timeout)

    def change_visibility_batch(self, request: requests.ChangeMessageVisibilityBatch, sender: From) -> Body:
        """ChangeMessageVisibilityBatch."""
        queue = self._queues.at_url(request.queue_url)
        check_batch(request.entries, "ChangeMessageVisibilityBatchRequestEntry")
        return _each(request.entries, lambda entry: _change(queue, entry.receipt_handle, entry.visibility_timeout))

    def purge(self, request: requests.QueueRequest, sender: From) -> Body:
        """PurgeQueue."""
        self._queues.at_url(request.queue_url).purge()
        return {}


def _each(entries: Sequence[Entry], act: Callable[[Entry], Body]) -> Body:
    """Does each entry of a batch on its own: one that fails says so and spoils no other.

    A list that would be empty is left out, as AWS does, whatever its model says
    (https://github.com/aws/aws-sdk/issues/536).
    """
    successful: list[Body] = []
    failed: list[Body] = []
    for entry in entries:
        try:
            successful.append({"Id": entry.id} | act(entry))
        except SqsError as error:
            failed.append(
                {"Id": entry.id, "SenderFault": True, "Code": error.code.query_code, "Message": error.message}
            )
    return ({"Successful": successful} if successful else {}) | ({"Failed": failed} if failed else {})


def _sent(queue: Queue, sending: requests.Sending, sender: From) -> Body:
    system = sending.message_system_attributes or {}
    trace_header = _trace_header(system, sender)
    message = queue.send(
        sending.message_body,
        message_attributes=_values(sending.message_attributes),
        group_id=sending.message_group_id,
        deduplication_id=sending.message_deduplication_id,
        delay_s=sending.delay_seconds,
        sender_id=f"{SENDER_ROLE}:{sender.caller}",
        trace_header=trace_header,
    )
    reply = {"MessageId": message.message_id, "MD5OfMessageBody": message.md5_of_body}
    if message.md5_of_message_attributes:
        reply["MD5OfMessageAttributes"] = message.md5_of_message_attributes
    if system:
        reply["MD5OfMessageSystemAttributes"] = md5_of_attributes(_values(system)) or ""
    if message.sequence_number:
        reply["SequenceNumber"] = message.sequence_number
    return reply


def _values(sent: dict[str, requests.SentAttribute] | None) -> dict[str, AttributeValue]:
    if not sent:
        return {}
    for name, attribute in sent.items():
        if attribute.string_list_values or attribute.binary_list_values:
            raise SqsError(
                Code.UNSUPPORTED_OPERATION,
                f"Message attribute list values in SendMessage operation are not supported. Attribute: '{name}'.",
            )
    return {name: attribute.value() for name, attribute in sent.items()}


def _trace_header(system: dict[str, requests.SentAttribute], sender: From) -> str | None:
    for name, attribute in system.items():
        if name != TRACE_HEADER or attribute.data_type != "String" or not attribute.string_value:
            raise SqsError(
                Code.INVALID_PARAMETER_VALUE,
                f"The message system attribute '{name}' is invalid. Only {TRACE_HEADER} of type String is supported.",
            )
        return attribute.string_value
    return sender.trace_header


async def _receive(queue: Queue, request: requests.ReceiveMessage, wait_s: float, receiver: str) -> list[Received]:
    attempt_id = request.receive_request_attempt_id
    if attempt_id and isinstance(queue, FifoQueue):
        again = queue.repeat_attempt(attempt_id, request.visibility_timeout)
        if again is not None:
            return again
    received = await queue.receive(
        max_messages=request.max_number_of_messages,
        wait_s=wait_s,
        receiver=receiver,
        visibility_timeout_s=request.visibility_timeout,
    )
    if attempt_id and isinstance(queue, FifoQueue):
        queue.remember_attempt(attempt_id, received)
    return received


def _shown(received: Received, system_names: set[str], attribute_names: list[str]) -> Body:
    """A message as a client sees it: with the attributes it asked for, and no others."""
    shown: Body = {
        "MessageId": received.message_id,
        "ReceiptHandle": received.receipt_handle,
        "MD5OfBody": received.md5_of_body,
        "Body": received.body,
    }
    every = "All" in system_names
    system = {name: value for name, value in received.attributes.items() if every or name in system_names}
    if system:
        shown["Attributes"] = system
    if received.message_attributes and attribute_names:
        chosen = {
            name: value for name, value in received.message_attributes.items() if _is_asked_for(name, attribute_names)
        }
        if chosen:
            shown["MessageAttributes"] = {name: _shown_attribute(value) for name, value in chosen.items()}
            shown["MD5OfMessageAttributes"] = md5_of_attributes(chosen)
    return shown


def _is_asked_for(name: str, asked: Iterable[str]) -> bool:
    return any(
        wish in ("All", ".*", name) or (wish.endswith(".*") and name.startswith(wish.removesuffix(".*")))
        for wish in asked
    )


def _shown_attribute(value: AttributeValue) -> Body:
    if value.binary_value is not None:
        return {"DataType": value.data_type, "BinaryValue": value.binary_value}
    return {"DataType": value.data_type, "StringValue": value.string_value}


def _delete(queue: Queue, receipt_handle: str) -> Body:
    if not receipt_handle:
        raise missing_parameter("ReceiptHandle")
    queue.delete(receipt_handle)
    return {}


def _change(queue: Queue, receipt_handle: str, timeout_s: int | None) -> Body:
    if not receipt_handle:
        raise missing_parameter("ReceiptHandle")
    if timeout_s is None:
        raise missing_parameter("VisibilityTimeout")
    queue.change_visibility(receipt_handle, timeout_s)
    return {}
