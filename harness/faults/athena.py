"""Faults of Athena: a query that waits long, and one that fails for no fault of its own."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point


class AthenaFault(CallFault, frozen=True, kw_only=True):
    """A fault of a query; the StartQueryExecution that begins it succeeds."""

    point: ClassVar[Point] = Point.CALL

    service: str = "athena"
    operation: str = "StartQueryExecution"


class QueryHeld(AthenaFault, frozen=True, kw_only=True, tag="query_held"):
    """A query waits in Athena's queue for long before it runs; then all goes well.

    In production the queries of an account share its capacity in a Region, and at busy times
    a query is QUEUED for minutes. A function that polls until its own timeout ends before it.

    Attributes:
        hold_ms: how much longer than usual it waits.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    hold_ms: int = 60_000


class QueryFails(AthenaFault, frozen=True, kw_only=True, tag="query_fails"):
    """A query fails inside Athena: state FAILED, GENERIC_INTERNAL_ERROR, `Retryable` true.

    In production a node of the engine is lost, or runs out of memory beside another query.
    The call that started it had answered with an id, so only who asks for the state learns of
    it; nothing was written, and the same query may well succeed the next time.
    """

    certainty: ClassVar[Certainty] = Certainty.DEFINITE
