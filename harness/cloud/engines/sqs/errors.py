"""The errors of Amazon SQS, as its JSON protocol carries them.

Each has two names: the shape, which chooses the client's exception class, and the code of
the older query protocol, which boto3 still shows as `error.response["Error"]["Code"]`.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
"""

from enum import Enum

_OLD = "AWS.SimpleQueueService."


class Code(Enum):
    """An error: the name of its shape, and its code in the query protocol."""

    BATCH_ENTRY_IDS_NOT_DISTINCT = ("BatchEntryIdsNotDistinct", _OLD + "BatchEntryIdsNotDistinct")
    BATCH_REQUEST_TOO_LONG = ("BatchRequestTooLong", _OLD + "BatchRequestTooLong")
    EMPTY_BATCH_REQUEST = ("EmptyBatchRequest", _OLD + "EmptyBatchRequest")
    INVALID_ADDRESS = ("InvalidAddress", "InvalidAddress")
    INVALID_ATTRIBUTE_NAME = ("InvalidAttributeName", "InvalidAttributeName")
    INVALID_ATTRIBUTE_VALUE = ("InvalidAttributeValue", "InvalidAttributeValue")
    INVALID_BATCH_ENTRY_ID = ("InvalidBatchEntryId", _OLD + "InvalidBatchEntryId")
    INVALID_MESSAGE_CONTENTS = ("InvalidMessageContents", "InvalidMessageContents")
    INVALID_PARAMETER_VALUE = ("InvalidParameterValueException", "InvalidParameterValue")
    MALFORMED = ("SerializationException", "MalformedInput")
    MESSAGE_NOT_IN_FLIGHT = ("MessageNotInflight", _OLD + "MessageNotInflight")
    MISSING_PARAMETER = ("MissingRequiredParameterException", "MissingParameter")
    OVER_LIMIT = ("OverLimit", "OverLimit")
    PURGE_QUEUE_IN_PROGRESS = ("PurgeQueueInProgress", _OLD + "PurgeQueueInProgress")
    QUEUE_DELETED_RECENTLY = ("QueueDeletedRecently", _OLD + "QueueDeletedRecently")
    QUEUE_DOES_NOT_EXIST = ("QueueDoesNotExist", _OLD + "NonExistentQueue")
    QUEUE_NAME_EXISTS = ("QueueNameExists", "QueueAlreadyExists")
    RECEIPT_HANDLE_IS_INVALID = ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid")
    RESOURCE_NOT_FOUND = ("ResourceNotFoundException", "ResourceNotFoundException")
    TOO_MANY_ENTRIES = ("TooManyEntriesInBatchRequest", _OLD + "TooManyEntriesInBatchRequest")
    UNSUPPORTED_OPERATION = ("UnsupportedOperation", _OLD + "UnsupportedOperation")

    @property
    def shape(self) -> str:
        """The name of the error's shape in the service model."""
        return self.value[0]

    @property
    def query_code(self) -> str:
        """The code boto3 shows in `error.response["Error"]["Code"]`."""
        return self.value[1]


class SqsError(Exception):
    """SQS refuses a call; nothing was done. Every one is the sender's fault (HTTP 400)."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class MessageIsGoneError(LookupError):
    """A fault names a message that is not in the queue any more: the caller's mistake."""


def invalid_parameter(name: str, value: object, reason: str) -> SqsError:
    """The error SQS gives for a parameter it understands but does not accept."""
    return SqsError(Code.INVALID_PARAMETER_VALUE, f"Value {value} for parameter {name} is invalid. Reason: {reason}")


def missing_parameter(name: str) -> SqsError:
    """The error SQS gives for a required parameter that is absent or empty."""
    return SqsError(Code.MISSING_PARAMETER, f"The request must contain the parameter {name}.")


def no_such_queue() -> SqsError:
    """The error SQS gives for a queue it does not know."""
    return SqsError(Code.QUEUE_DOES_NOT_EXIST, "The specified queue does not exist.")
