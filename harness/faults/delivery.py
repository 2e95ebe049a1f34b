"""Faults of delivery: a message comes twice, late, out of order, or cannot be read."""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point


class DeliveryFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its messages.

    Attributes:
        queue: logical id of the queue.
        containing: only messages whose body contains this text. "" matches any.
    """

    queue: str
    containing: str = ""

    def matches(self, queue: str, body: str) -> bool:
        """Whether this message is one the fault is about."""
        return self.queue in ("", queue) and self.containing in body


class DuplicateDelivery(DeliveryFault, frozen=True, kw_only=True, tag="duplicate_delivery"):
    """A message that was received is received once more, with a new receipt.

    In production a standard queue does this now and then, because a copy on another server
    was not told of the delete; a FIFO queue does it when a delete was lost, and then never
    while the first copy is still being worked on.

    Attributes:
        queue: logical id of the queue. "" matches any.
        after_ms: how long after the first receive the second copy can be received; with
            several values, a copy for each.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    queue: str = ""
    after_ms: tuple[int, ...] = (20,)


class Reordering(DeliveryFault, frozen=True, kw_only=True, tag="reordering"):
    """Messages of a standard queue are held back for a while, each for its own.

    In production a standard queue keeps no order: what was sent later may come first.

    Attributes:
        queue: logical id of the queue. "" matches any.
        at_most_ms: each message is held back for a drawn time up to this.
        mirrored: instead, what came first comes last: each message comes as long after the
            fault's `until_ms` as it arrived before it.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    queue: str = ""
    at_most_ms: int = 2000
    mirrored: bool = False


class PoisonMessage(DeliveryFault, frozen=True, kw_only=True, tag="poison_message"):
    """A message that no consumer can read stands in the queue among the others.

    In production a producer of an older release, a person with the console or a wrong
    subscription does this. Received again and again, it wastes work until it is set aside.

    Attributes:
        body: what is sent to the queue when the fault begins.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    body: str = "not json"
