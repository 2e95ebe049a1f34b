"""What a queue needs of the world around it, and who may look on while it works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Protocol

from harness.cloud.engines.sqs.message import Message, Received
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.queue import Queue


class QueueObserver(Protocol):
    """Somebody who wants to know at once; called synchronously, before the queue goes on."""

    def message_arrived(self, queue: "Queue", message: Message) -> None:
        """A send or a redrive brought a message; no receiver has it yet. Not called for duplicates."""

    def message_received(self, queue: "Queue", received: Received) -> None:
        """A receiver is about to get the message."""

    def message_deleted(self, queue: "Queue", message: Message) -> None:
        """The message is about to be forgotten; it can still be made to come again."""


@dataclass(frozen=True)
class Surroundings:
    """The world of a queue.

    Attributes:
        find: the queue of an ARN, or None.
    """

    loop: VirtualLoop
    trace: Trace
    randomness: Randomness
    account_id: str
    region: str
    find: Callable[[str], Optional["Queue"]]
