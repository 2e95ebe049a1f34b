"""What SQS accepts: message bodies and attributes, ids, numbers, batches.

Each check raises the error the real service gives, so that a learner meets it here first.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from harness.cloud.engines.sqs import quotas
from harness.cloud.engines.sqs.errors import Code, SqsError, invalid_parameter, missing_parameter
from harness.cloud.engines.sqs.message import AttributeValue, size_bytes

# The characters of XML 1.0; lone surrogates cannot reach us, for they have no UTF-8 form.
_FORBIDDEN_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*")
_ATTRIBUTE_TYPE = re.compile(r"(String|Number|Binary)(\.[A-Za-z0-9_\-.]+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_GROUP_OR_DEDUPLICATION_ID = re.compile(r"""[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}""")
_BATCH_ENTRY_ID = re.compile(r"[A-Za-z0-9_\-]{1,80}")
_QUEUE_NAME = re.compile(r"[A-Za-z0-9_\-]{1,80}")


class BatchEntry(Protocol):
    """An entry of a batch call."""

    @property
    def id(self) -> str:
        """The entry's id, unique in its batch."""


def check_queue_name(name: str) -> None:
    """Checks the name of a new queue.

    Raises:
        SqsError: InvalidParameterValue.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    """
    if len(name) > 80 or not _QUEUE_NAME.fullmatch(name.removesuffix(".fifo")):
        raise invalid_parameter(
            "QueueName",
            name,
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length. "
            "A FIFO queue's name ends with .fifo.",
        )


def check_message(body: str, attributes: dict[str, AttributeValue], limit_bytes: int) -> int:
    """Checks a message as a whole, and returns its size.

    Raises:
        SqsError: MissingParameter, InvalidMessageContents or InvalidParameterValue.
    """
    check_body(body)
    if attributes:
        check_message_attributes(attributes)
    return check_size(body, attributes, limit_bytes)


def check_body(body: str) -> None:
    """Checks a message body: not empty, and only characters XML 1.0 allows.

    Raises:
        SqsError: MissingParameter or InvalidMessageContents.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    if not body:
        raise missing_parameter("MessageBody")
    found = _FORBIDDEN_CHARACTER.search(body)
    if found:
        raise SqsError(
            Code.INVALID_MESSAGE_CONTENTS,
            f"Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
            f"#xE000 to #xFFFD | #x10000 to #x10FFFF. The body has #x{ord(found.group()):X} at character "
            f"{found.start()}.",
        )


def check_size(body: str, attributes: dict[str, AttributeValue], limit_bytes: int) -> int:
    """Checks the size of a message with its attributes, and returns it.

    Raises:
        SqsError: InvalidParameterValue.
    """
    size = size_bytes(body, attributes)
    if size > limit_bytes:
        raise SqsError(
            Code.INVALID_PARAMETER_VALUE,
            f"One or more parameters are invalid. Reason: Message must be shorter than {limit_bytes} bytes. "
            f"It has {size} with its attributes.",
        )
    return size


def check_message_attributes(attributes: dict[str, AttributeValue]) -> None:
    """Checks names, types and values of message attributes.

    Raises:
        SqsError: InvalidParameterValue.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
    """
    if len(attributes) > quotas.MESSAGE_ATTRIBUTES:
        raise _refuse(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{quotas.MESSAGE_ATTRIBUTES}]."
        )
    for name, value in attributes.items():
        _check_attribute_name(name)
        _check_attribute_value(name, value)


def _check_attribute_name(name: str) -> None:
    if not name:
        raise _refuse("The request must contain non-empty message attribute name.")
    reserved = name.lower().startswith(("aws.", "amazon."))
    if reserved or len(name) > quotas.ATTRIBUTE_NAME_CHARACTERS or not _ATTRIBUTE_NAME.fullmatch(name):
        raise _refuse(
            f"The message attribute name '{name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore, "
            f"hyphen, and period, no period first, last or doubled, at most {quotas.ATTRIBUTE_NAME_CHARACTERS} "
            f"characters, and must not start with AWS. or Amazon."
        )


def _check_attribute_value(name: str, value: AttributeValue) -> None:
    kind = value.data_type
    if not kind:
        raise _refuse(f"The message attribute '{name}' must contain non-empty message attribute type.")
    if len(kind) > quotas.ATTRIBUTE_NAME_CHARACTERS or not _ATTRIBUTE_TYPE.fullmatch(kind):
        raise _refuse(
            f"The type of message (user) attribute '{name}' is invalid. You must use only the following supported "
            f"type prefixes: Binary, Number, String."
        )
    binary = kind.startswith("Binary")
    if not (value.binary_value if binary else value.string_value):
        raise _refuse(f"Message (user) attribute '{name}' must contain a non-empty value of type '{kind}'.")
    if (value.string_value if binary else value.binary_value) is not None:
        raise _refuse(f"Message (user) attribute '{name}' has a value that does not match its type '{kind}'.")
    text = value.string_value or ""
    if kind.startswith("Number") and not _NUMBER.fullmatch(text):
        raise _refuse(f"Can't cast the value of message (user) attribute '{name}' to a number.")
    if _FORBIDDEN_CHARACTER.search(text):
        raise _refuse(f"Message (user) attribute '{name}' contains invalid characters.")


def check_group_or_deduplication_id(name: str, value: str) -> None:
    """Checks a MessageGroupId or MessageDeduplicationId.

    Raises:
        SqsError: InvalidParameterValue.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    if not _GROUP_OR_DEDUPLICATION_ID.fullmatch(value):
        raise invalid_parameter(
            name, value, f"{name} can only include alphanumeric and punctuation characters. 1 to 128 in length."
        )


def check_range(name: str, value: int, low: int, high: int) -> None:
    """Checks a numeric parameter.

    Raises:
        SqsError: InvalidParameterValue.
    """
    if not low <= value <= high:
        raise invalid_parameter(name, value, f"Must be between {low} and {high}, if provided.")


def check_batch(entries: Sequence[BatchEntry], entry_type: str) -> None:
    """Checks the number and the ids of the entries of a batch call.

    Raises:
        SqsError: EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId or
            BatchEntryIdsNotDistinct; the whole call fails.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """
    if not entries:
        raise SqsError(Code.EMPTY_BATCH_REQUEST, f"There should be at least one {entry_type} in the request.")
    if len(entries) > quotas.BATCH_ENTRIES:
        raise SqsError(
            Code.TOO_MANY_ENTRIES,
            f"Maximum number of entries per request are {quotas.BATCH_ENTRIES}. You have sent {len(entries)}.",
        )
    seen: set[str] = set()
    for entry in entries:
        if not _BATCH_ENTRY_ID.fullmatch(entry.id):
            raise SqsError(
                Code.INVALID_BATCH_ENTRY_ID,
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
                f"It can be at most 80 letters long. Got: '{entry.id}'.",
            )
        if entry.id in seen:
            raise SqsError(Code.BATCH_ENTRY_IDS_NOT_DISTINCT, f"Id {entry.id} repeated.")
        seen.add(entry.id)


def _refuse(message: str) -> SqsError:
    return SqsError(Code.INVALID_PARAMETER_VALUE, message)
