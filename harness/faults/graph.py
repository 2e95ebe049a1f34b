"""Faults of a graph database: refusals that a client has to tell apart."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point


class GraphConflict(CallFault, frozen=True, kw_only=True, tag="graph_conflict"):
    """Neptune rolls a write back, because another transaction changed the same part of the graph.

    In production two functions that write about the same node do this to each other, the
    more the busier the node. The answer is an HTTP 500 with `ConcurrentModificationException`
    that asks for another try: nothing was done. No SDK tries again by itself.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.DEFINITE


class WriterBecameReader(CallFault, frozen=True, kw_only=True, tag="writer_became_reader"):
    """The graph's endpoint reads as before, and refuses every write.

    In production a failover makes another instance the writer. Until names are resolved
    again and connections are made anew, a client still talks to the old one, now a replica:
    `ReadOnlyViolationException`, HTTP 400, though nothing is wrong with the request.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
