"""Asks the board about messages at a topic and on their way to a subscriber."""

from typing import TypeVar

from harness.faults.board import FaultBoard
from harness.faults.topics import PublishRefused, TopicDeliveryFault

N = TypeVar("N", bound=TopicDeliveryFault)


def strikes_delivery(
    board: FaultBoard, kind: type[N], topic: str, subscriber: str, text: str, message_id: str
) -> N | None:
    """The fault of this kind that strikes this delivery. Asking counts as an opportunity.

    Args:
        topic: logical id, as is `subscriber`.
    """
    for active in board.active:
        fault = active.fault
        strikes = isinstance(fault, kind) and fault.matches(topic, subscriber, text)
        if strikes and board.strike(active, f"message {message_id} from {topic} to {subscriber}"):
            assert isinstance(fault, kind)
            return fault
    return None


def refuses(board: FaultBoard, topic: str, text: str) -> bool:
    """Whether a fault refuses this message at the topic's door."""
    for active in board.active:
        fault = active.fault
        strikes = isinstance(fault, PublishRefused) and fault.takes(topic, text)
        if strikes and board.strike(active, f"a message to {topic}"):
            return True
    return False
