"""A queue as acceptance tests see and use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cloud.errors import SubmissionError

if TYPE_CHECKING:
    import random

    from harness.cloud.engines.sqs.message import MessageView
    from harness.world.deliveries import QueueWatch
    from harness.world.views import Arrival


class QueueMissing(SubmissionError):
    """The kata's contract fixes a queue that the template does not have."""


class QueueView:
    """A queue of the submission. All but `exists` and `arrivals` need it to exist."""

    def __init__(self, logical_id: str, watch: QueueWatch | None, chance: random.Random) -> None:
        self.logical_id = logical_id
        self._watch = watch
        self._chance = chance

    @property
    def exists(self) -> bool:
        """Whether the template has it."""
        return self._watch is not None

    @property
    def arrivals(self) -> list[Arrival]:
        """Every message that ever arrived, by a send or by redrive; [] if there is no such queue."""
        return list(self._watch.arrivals) if self._watch else []

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO queue."""
        return self.watch.queue.fifo

    @property
    def waiting(self) -> int:
        """Messages that wait: visible or delayed."""
        counts = self.watch.queue.counts()
        return counts.visible + counts.delayed

    @property
    def in_flight(self) -> int:
        """Messages received and not yet deleted or visible again."""
        return self.watch.queue.counts().in_flight

    @property
    def messages(self) -> list[MessageView]:
        """What it holds now, waiting or in flight, in the order in which it came."""
        return self.watch.queue.messages()

    def send(self, body: str, *, group_id: str | None = None) -> None:
        """Sends a message past the submission; a FIFO queue gets a group and a fresh deduplication id."""
        queue = self.watch.queue
        group = (group_id or "operator") if queue.fifo else None
        queue.send(body, group_id=group, deduplication_id=self._fresh_id() if queue.fifo else None)

    def redrive(self, arrival: Arrival) -> None:
        """Sends a message that arrived somewhere here again, body and message attributes unchanged."""
        queue = self.watch.queue
        queue.send(
            arrival.body,
            message_attributes=arrival.message_attributes,
            group_id=(arrival.group_id or "operator") if queue.fifo else None,
            deduplication_id=self._fresh_id() if queue.fifo else None,
        )

    def move_to(self, other: QueueView) -> int:
        """Moves every message that waits, as the console's redrive does, and returns how many.

        There each is a new message: its id, its age and its receive count begin anew.
        """
        queue, goal, moved = self.watch.queue, other.watch.queue, 0
        while queue.move_one(lambda message: goal):
            moved += 1
        return moved

    def deliver_again(self, *, containing: str, after_ms: int) -> None:
        """Makes the messages with this text receivable once more, that long from now."""
        queue = self.watch.queue
        for message in queue.messages():
            if containing in message.body:
                queue.deliver_again(message.message_id, after_ms=after_ms)

    @property
    def watch(self) -> QueueWatch:
        """The harness's own view of it.

        Raises:
            QueueMissing: the template does not have it.
        """
        if self._watch is None:
            raise QueueMissing(
                f"The template has no queue {self.logical_id}.",
                expected=f"a resource {self.logical_id} of type AWS::SQS::Queue: the contract fixes its logical id",
                file="template.yaml",
            )
        return self._watch

    def _fresh_id(self) -> str:
        return f"operator-{self._chance.getrandbits(64):016x}"
