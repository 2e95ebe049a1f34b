"""What topics need of the world around them."""

from dataclasses import dataclass, field
from typing import Protocol

from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.subscription import Subscription
from harness.faults.board import FaultBoard
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace


class Endpoint(Protocol):
    """Hands messages over to the subscribers of one protocol."""

    async def deliver(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        """Hands one over, once.

        Raises:
            DeliveryError: it was not taken.
        """
        ...


class DeadLetters(Protocol):
    """Puts into a queue what could not be delivered."""

    def put(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        """Puts a message into the dead-letter queue of its subscription.

        Raises:
            DeliveryError: the queue is gone, or does not let SNS in.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The world of a topic.

    Attributes:
        labels: logical ids by ARN.
        endpoints: by protocol.
    """

    loop: VirtualLoop
    trace: Trace
    randomness: Randomness
    faults: FaultBoard
    account_id: str
    region: str
    dead_letters: DeadLetters
    labels: dict[str, str] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)

    def label(self, endpoint: str) -> str:
        """What the trace and faults call an ARN or a URL."""
        if endpoint in self.labels:
            return self.labels[endpoint]
        return endpoint.rpartition(":")[2] if endpoint.startswith("arn:") else endpoint
