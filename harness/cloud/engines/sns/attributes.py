"""Attributes of topics and subscriptions: their names and values, and what SNS refuses.

Encryption, tracing, and the logging of deliveries are kept and shown but have no effect here.

Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
and https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
"""

import json
import re
from typing import Any

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.errors import SnsError, invalid_parameter
from harness.cloud.engines.sns.filter_policy import SCOPES
from harness.cloud.engines.sns.retry_policy import read_retry_policy

FIFO_ONLY = ("ContentBasedDeduplication", "FifoThroughputScope")
TOPIC_CHOICES = {
    "ContentBasedDeduplication": ("true", "false"),
    "FifoThroughputScope": ("Topic", "MessageGroup"),
    "SignatureVersion": ("1", "2"),
    "TracingConfig": ("PassThrough", "Active"),
}
_FEEDBACK = re.compile(
    "(HTTP|Firehose|Lambda|Application|SQS)(SuccessFeedbackRoleArn|SuccessFeedbackSampleRate|FailureFeedbackRoleArn)"
)
_FREE = ("DisplayName", "KmsMasterKeyId")
SUBSCRIPTION_NAMES = ("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")
_MISSING_HERE = ("ReplayPolicy", "SubscriptionRoleArn")
_QUEUE_ARN = re.compile(r"arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?")


def checked_topic_attribute(name: str, value: str, *, fifo: bool) -> str:
    """A topic attribute as it is kept.

    Raises:
        SnsError: InvalidParameter; SNS has no such attribute, or does not take this value.
    """
    if name == "ArchivePolicy":
        raise SnsError("InvalidParameter", "Invalid parameter: ArchivePolicy is not simulated: no topic keeps messages")
    if name in FIFO_ONLY and not fifo:
        raise invalid_parameter(f"Attributes Reason: {name} is only valid for FIFO topics")
    if name in TOPIC_CHOICES:
        return _choice(name, value, TOPIC_CHOICES[name])
    if name == "MaximumMessageSize":
        return _size(value)
    if name == "DeliveryPolicy":
        if value:
            read_retry_policy(value, of_topic=True)
    elif name == "Policy":
        _check_policy(value)
    elif name == "DisplayName" and len(value) > quotas.DISPLAY_NAME_CHARACTERS:
        raise invalid_parameter("DisplayName Reason: at most 100 characters")
    elif name not in _FREE and not _FEEDBACK.fullmatch(name):
        raise invalid_parameter("AttributeName")
    return value


def checked_subscription_attribute(name: str, value: str, *, fifo: bool) -> str:
    """A subscription attribute as it is kept; filter policies are read by `FilterPolicy`.

    Args:
        fifo: whether the topic is.

    Raises:
        SnsError: InvalidParameter.
    """
    if name in _MISSING_HERE:
        raise invalid_parameter(f"{name} is not simulated")
    if name not in SUBSCRIPTION_NAMES:
        raise invalid_parameter("AttributeName")
    if name == "FilterPolicyScope" and value not in SCOPES:
        raise invalid_parameter(
            f"FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
        )
    if name == "RawMessageDelivery":
        if value.lower() not in ("true", "false"):
            raise invalid_parameter(f"RawMessageDelivery: Invalid value [{value}]. Must be true or false.")
        return value.lower()
    if name == "RedrivePolicy" and value:
        dead_letter_arn(value, fifo=fifo)
    if name == "DeliveryPolicy" and value:
        read_retry_policy(value, of_topic=False)
    return value


def dead_letter_arn(policy: str, *, fifo: bool) -> str:
    """The dead-letter queue in a redrive policy; "" if the policy is empty.

    Args:
        fifo: whether the topic is: its dead-letter queues are then FIFO queues.

    Raises:
        SnsError: InvalidParameter.
    """
    if not policy:
        return ""
    document = _json_object(policy)
    if document is None or "deadLetterTargetArn" not in document:
        raise invalid_parameter("RedrivePolicy: failed to parse JSON, or deadLetterTargetArn is missing")
    arn = document["deadLetterTargetArn"]
    if not isinstance(arn, str) or not _QUEUE_ARN.fullmatch(arn):
        raise invalid_parameter("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    if arn.endswith(".fifo") != fifo:
        kind = "FIFO" if fifo else "standard"
        raise invalid_parameter(f"RedrivePolicy: must use a {kind} queue as DLQ for a {kind} topic")
    return arn


def _choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    for each in allowed:
        if each.lower() == value.lower():
            return each
    raise invalid_parameter(f"Attributes Reason: {name}: Invalid value [{value}]. Must be {' or '.join(allowed)}")


def _size(value: str) -> str:
    least, most = quotas.LEAST_MAXIMUM_MESSAGE_BYTES, quotas.LARGEST_MESSAGE_BYTES
    if not re.fullmatch("[0-9]{1,8}", value) or not least <= int(value) <= most:
        raise invalid_parameter(f"MaximumMessageSize Reason: must be a whole number from {least} to {most}")
    return str(int(value))


def _check_policy(value: str) -> None:
    document = _json_object(value)
    if document is None or "Statement" not in document:
        raise invalid_parameter("Policy Error: null")


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
