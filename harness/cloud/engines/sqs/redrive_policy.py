"""Redrive policies: which queue takes the messages that keep failing, and which queues it takes them from.

What a queue does with its policy is in redrive.py; moving messages back is in move_tasks.py.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

import re
from typing import TYPE_CHECKING, Any

import msgspec

from harness.cloud.engines.sqs.errors import SqsError, invalid_parameter
from harness.cloud.engines.sqs.quotas import RECEIVE_COUNT

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.queue import Queue

DEFAULT_MAX_RECEIVE_COUNT = 10
PERMISSIONS = ("allowAll", "denyAll", "byQueue")
SOURCES_BY_QUEUE = 10

_DIGITS = re.compile(r"[0-9]{1,9}")


class RedrivePolicy(msgspec.Struct, frozen=True):
    """Where a message goes when its receive count exceeds the limit."""

    dead_letter_target_arn: str
    max_receive_count: int


class RedriveAllowPolicy(msgspec.Struct, frozen=True):
    """Which queues may name this one as their dead-letter queue."""

    permission: str = "allowAll"
    source_queue_arns: tuple[str, ...] = ()

    def allows(self, source_arn: str) -> bool:
        """Whether the source queue may use this queue as its dead-letter queue."""
        return self.permission == "allowAll" or (self.permission == "byQueue" and source_arn in self.source_queue_arns)


def read_redrive_policy(text: str) -> RedrivePolicy:
    """The policy a RedrivePolicy attribute states.

    Raises:
        SqsError: InvalidParameterValue; it is not JSON, lacks the target, or its count is out of range.
    """
    policy = _json_object("RedrivePolicy", text)
    target = policy.get("deadLetterTargetArn")
    if not isinstance(target, str) or not target:
        raise _refuse(text, "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
    stated = policy.get("maxReceiveCount", DEFAULT_MAX_RECEIVE_COUNT)
    if not _DIGITS.fullmatch(str(stated)) or not 1 <= int(stated) <= RECEIVE_COUNT:
        raise _refuse(
            text,
            f"Invalid value for maxReceiveCount: {stated}, valid values are from 1 to {RECEIVE_COUNT} both inclusive.",
        )
    return RedrivePolicy(dead_letter_target_arn=target, max_receive_count=int(stated))


def read_redrive_allow_policy(text: str) -> RedriveAllowPolicy:
    """The policy a RedriveAllowPolicy attribute states.

    Raises:
        SqsError: InvalidParameterValue; it is not JSON, or states no valid permission.
    """
    policy = _json_object("RedriveAllowPolicy", text)
    permission = policy.get("redrivePermission")
    arns = policy.get("sourceQueueArns", [])
    if permission not in PERMISSIONS:
        raise invalid_parameter(
            "RedriveAllowPolicy", text, f"redrivePermission must be one of {', '.join(PERMISSIONS)}."
        )
    if not isinstance(arns, list) or not all(isinstance(arn, str) for arn in arns):
        raise invalid_parameter("RedriveAllowPolicy", text, "sourceQueueArns must be a list of queue ARNs.")
    if (permission == "byQueue") != (1 <= len(arns) <= SOURCES_BY_QUEUE):
        raise invalid_parameter(
            "RedriveAllowPolicy",
            text,
            f"sourceQueueArns must hold 1 to {SOURCES_BY_QUEUE} ARNs with byQueue, and be absent otherwise.",
        )
    return RedriveAllowPolicy(permission=permission, source_queue_arns=tuple(arns))


def check_target(text: str, source: "Queue", target: RedriveAllowPolicy | None, *, fifo: bool) -> None:
    """Checks a redrive policy against the queue it names.

    Args:
        text: the policy as stated, for the message.
        target: what the named queue allows; None if there is no such queue.
        fifo: whether the named queue is FIFO.

    Raises:
        SqsError: InvalidParameterValue; the target is missing, of the other type, or refuses this source.
    """
    if target is None:
        raise _refuse(text, "Dead letter target does not exist.")
    if fifo != source.fifo:
        raise _refuse(text, "Dead-letter queue must be same type of queue as the source.")
    if not target.allows(source.arn):
        raise _refuse(text, "The dead-letter queue's RedriveAllowPolicy does not allow this source queue.")


def _json_object(name: str, text: str) -> dict[str, Any]:
    try:
        policy = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        raise invalid_parameter(name, text, f"{name} is not a valid JSON map.")
    return policy


def _refuse(text: str, reason: str) -> SqsError:
    return invalid_parameter("RedrivePolicy", text, reason)
