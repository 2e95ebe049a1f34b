"""Queue attributes: their names, ranges and defaults, and what they mean to a queue.

A queue keeps the strings a client set and reads them once into `Settings`. Encryption and
policy attributes are kept and shown but have no effect: nothing in a simulation is encrypted,
and permissions are the gateway's business.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
"""

import re
from dataclasses import dataclass

import msgspec

from harness.cloud.engines.sqs.errors import Code, SqsError
from harness.cloud.engines.sqs.quotas import DELAY_S, MESSAGE_BYTES, VISIBILITY_S, WAIT_S
from harness.cloud.engines.sqs.redrive_policy import (
    RedriveAllowPolicy,
    RedrivePolicy,
    read_redrive_allow_policy,
    read_redrive_policy,
)


@dataclass(frozen=True)
class WholeNumber:
    """The range of a numeric attribute, and its value in a queue that does not set it."""

    low: int
    high: int
    default: int


WHOLE_NUMBERS = {
    "DelaySeconds": WholeNumber(0, DELAY_S, 0),
    "MaximumMessageSize": WholeNumber(1_024, MESSAGE_BYTES, MESSAGE_BYTES),
    "MessageRetentionPeriod": WholeNumber(60, 1_209_600, 345_600),
    "ReceiveMessageWaitTimeSeconds": WholeNumber(0, WAIT_S, 0),
    "VisibilityTimeout": WholeNumber(0, VISIBILITY_S, 30),
}
CHOICES = {
    "ContentBasedDeduplication": ("false", "true"),
    "DeduplicationScope": ("queue", "messageGroup"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
    "SqsManagedSseEnabled": ("false", "true"),
}
FREE = ("Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds")
REMOVED_BY_EMPTY_STRING = ("Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId")
FIFO_ONLY = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
COMPUTED = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
)
READABLE = frozenset([*WHOLE_NUMBERS, *CHOICES, *FREE, *COMPUTED, "FifoQueue"])

_DIGITS = re.compile(r"[0-9]{1,9}")
_DEFAULTS = {name: str(number.default) for name, number in WHOLE_NUMBERS.items()} | {"SqsManagedSseEnabled": "true"}
_FIFO_DEFAULTS = {
    "FifoQueue": "true",
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoThroughputLimit": "perQueue",
}


class Settings(msgspec.Struct, frozen=True):
    """What the attributes of a queue say.

    Attributes:
        values: every attribute the queue has, as strings, defaults included.
    """

    values: dict[str, str]
    delay_s: int
    maximum_message_bytes: int
    retention_s: int
    wait_s: int
    visibility_timeout_s: int
    redrive: RedrivePolicy | None
    redrive_allow: RedriveAllowPolicy
    content_based_deduplication: bool
    deduplicates_per_group: bool


def new_settings(attributes: dict[str, str], *, fifo: bool) -> Settings:
    """The settings of a new queue.

    Args:
        attributes: those a client set; the others have their default.
        fifo: whether the queue's name ends with .fifo.

    Raises:
        SqsError: InvalidAttributeName or InvalidAttributeValue, or InvalidParameterValue for a policy.
    """
    defaults = _DEFAULTS | _FIFO_DEFAULTS if fifo else _DEFAULTS
    stated = {name: value for name, value in attributes.items() if name != "FifoQueue"}
    return _settings(defaults | _checked(stated, fifo))


def changed_settings(settings: Settings, attributes: dict[str, str], *, fifo: bool) -> Settings:
    """The settings after SetQueueAttributes; an empty string removes a policy.

    Raises:
        SqsError: as for `new_settings`; also for FifoQueue, which cannot be changed.
    """
    return _settings(settings.values | _checked(attributes, fifo))


def checked_number(name: str, value: str) -> int:
    """The value of a numeric attribute.

    Raises:
        SqsError: InvalidAttributeValue; it is not a whole number within its range.
    """
    number = WHOLE_NUMBERS[name]
    if not _DIGITS.fullmatch(value) or not number.low <= int(value) <= number.high:
        raise SqsError(
            Code.INVALID_ATTRIBUTE_VALUE,
            f"Invalid value for the parameter {name}. Reason: {value} is not a whole number "
            f"from {number.low} to {number.high}.",
        )
    return int(value)


def _checked(attributes: dict[str, str], fifo: bool) -> dict[str, str]:
    for name, value in attributes.items():
        if name in COMPUTED or name not in READABLE or name == "FifoQueue" or (name in FIFO_ONLY and not fifo):
            raise SqsError(Code.INVALID_ATTRIBUTE_NAME, f"Unknown Attribute {name}.")
        if name in WHOLE_NUMBERS:
            checked_number(name, value)
        elif name in CHOICES and value.lower() not in (choice.lower() for choice in CHOICES[name]):
            raise SqsError(
                Code.INVALID_ATTRIBUTE_VALUE,
                f"Invalid value for the parameter {name}. Reason: {value} is none of {', '.join(CHOICES[name])}.",
            )
        elif name == "Policy" and value and not _is_policy(value):
            raise SqsError(Code.INVALID_ATTRIBUTE_VALUE, "Invalid value for the parameter Policy.")
    return attributes


def _is_policy(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False


def _settings(stated: dict[str, str]) -> Settings:
    values = {name: value for name, value in stated.items() if value or name not in REMOVED_BY_EMPTY_STRING}
    redrive, allow = values.get("RedrivePolicy"), values.get("RedriveAllowPolicy")
    return Settings(
        values=values,
        delay_s=int(values["DelaySeconds"]),
        maximum_message_bytes=int(values["MaximumMessageSize"]),
        retention_s=int(values["MessageRetentionPeriod"]),
        wait_s=int(values["ReceiveMessageWaitTimeSeconds"]),
        visibility_timeout_s=int(values["VisibilityTimeout"]),
        redrive=read_redrive_policy(redrive) if redrive else None,
        redrive_allow=read_redrive_allow_policy(allow) if allow else RedriveAllowPolicy(),
        content_based_deduplication=values.get("ContentBasedDeduplication", "").lower() == "true",
        deduplicates_per_group=values.get("DeduplicationScope") == "messageGroup",
    )
