"""Faults of time in a queue: what stands in it is old, or too old."""

from typing import ClassVar

from harness.faults.base import Certainty, Point
from harness.faults.delivery import DeliveryFault


class OldMessages(DeliveryFault, frozen=True, kw_only=True, tag="old_messages"):
    """A queue is full of messages of long ago, most often a dead-letter queue nobody looked at.

    In production a bug that was mended weeks ago left them there. Whoever redrives them
    today sends yesterday's prices, addresses that have moved, and orders that were cancelled.

    Attributes:
        body: text of each message; "{number}" stands for 1, 2, ...
        count: how many there are.
        age_s: how long ago the last one was sent, in seconds; at most the queue's retention.
        every_s: how long before it each of the others was sent.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    body: str = '{"number": "{number}"}'
    count: int = 100
    age_s: int = 172_800
    every_s: int = 60


class RetentionRunsOut(DeliveryFault, frozen=True, kw_only=True, tag="retention_runs_out"):
    """Messages reach the end of the queue's retention before anybody received them.

    In production a consumer that is down over a long weekend does this to a queue with the
    default of four days; a message moved to a dead-letter queue keeps its age, so there it
    may happen at once. No error is raised anywhere: the messages are gone.

    Attributes:
        containing: only messages whose body contains this text, among those that wait.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
