"""The errors of Kinesis Data Streams, as its JSON protocol carries them.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
"""

from harness.cloud.engines.aws_json import AwsJsonError

INVALID_ARGUMENT = "InvalidArgumentException"
VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT_EXCEEDED = "LimitExceededException"
THROUGHPUT_EXCEEDED = "ProvisionedThroughputExceededException"
EXPIRED_ITERATOR = "ExpiredIteratorException"
INTERNAL_FAILURE = "InternalFailure"


class KinesisError(AwsJsonError):
    """Kinesis refuses a call, or a record of one; nothing was done."""


def invalid(message: str) -> KinesisError:
    """An argument that Kinesis understands and does not take."""
    return KinesisError(INVALID_ARGUMENT, message)


def violates(value: object, member: str, constraint: str) -> KinesisError:
    """An argument that breaks a constraint of the API's model."""
    return KinesisError(
        VALIDATION,
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}",
    )


def no_such_stream(name: str, account_id: str) -> KinesisError:
    """There is no stream of this name."""
    return KinesisError(NOT_FOUND, f"Stream {name} under account {account_id} not found.")


def no_such_shard(shard_id: str, stream: str, account_id: str) -> KinesisError:
    """The stream has no shard of this id, or none any more."""
    return KinesisError(NOT_FOUND, f"Could not find shard {shard_id} in stream {stream} under account {account_id}.")


def rate_exceeded(shard_id: str, stream: str, account_id: str) -> KinesisError:
    """The shard's throughput is used up for this second."""
    return KinesisError(
        THROUGHPUT_EXCEEDED, f"Rate exceeded for shard {shard_id} in stream {stream} under account {account_id}."
    )
