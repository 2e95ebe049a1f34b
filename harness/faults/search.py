"""Faults of a search engine: answers that look whole and are not."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point


class PartialSearch(CallFault, frozen=True, kw_only=True, tag="partial_search"):
    """A search answers 200 with some of the hits missing, and says so in a field that few read.

    In production a shard that is overloaded or moving fails while the others answer, or the
    search runs out of its time: `_shards.failed` is above 0, or `timed_out` is true. Who
    takes the page for complete loses what was not on it.

    Attributes:
        timed_out: the search ran out of time; otherwise a shard failed.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.DEFINITE  # the answer says that a part was not done

    timed_out: bool = False
