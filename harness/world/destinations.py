"""Where something goes that is addressed by an ARN: a queue, a function, a topic, a bus."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.message import AttributeValue

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.service import SqsService

Attributes = dict[str, tuple[str, str]]
"""Message attributes by name: data type and value."""

Receiver = Callable[[str, str, Attributes], None]
"""Takes the ARN, the text and the message attributes."""


class Destinations:
    """Delivers to an ARN by the service in it ("arn:aws:SERVICE:...").

    Attributes:
        later: builds and registers a receiver the first time one of its ARNs is delivered to.
    """

    def __init__(self) -> None:
        self._receivers: dict[str, Receiver] = {}
        self.later: dict[str, Callable[[], None]] = {}

    def register(self, service: str, receiver: Receiver) -> None:
        """From now on ARNs of this service go to `receiver`."""
        self._receivers[service] = receiver

    def deliver(self, arn: str, text: str, attributes: Attributes) -> None:
        """Sends a text; to an ARN of no known service it is lost, as one to a deleted queue is."""
        service = arn.split(":")[2] if arn.count(":") > 2 else ""
        if build := self.later.pop(service, None):
            build()
        receiver = self._receivers.get(service)
        if receiver is not None:
            receiver(arn, text, attributes)


def to_queues(sqs: SqsService) -> Receiver:
    """Sends to the queue of the ARN; what SQS refuses is lost, as in AWS."""

    def receive(arn: str, text: str, attributes: Attributes) -> None:
        values = {name: AttributeValue(kind, value) for name, (kind, value) in attributes.items()}
        with contextlib.suppress(SqsError):
            sqs.queue_by_arn(arn).send(text, message_attributes=values)

    return receive
