"""Faults of the Lambda service: what it does to events and environments by itself."""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point
from harness.faults.comparisons import fis


class DuplicateEvent(Fault, frozen=True, kw_only=True, tag="duplicate_event"):
    """An asynchronous event runs twice though its first run succeeded.

    In production Lambda's queue of events is eventually consistent: an event may be handed out
    again that has been processed. Both runs have the same request id.
    AWS says so: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html

    Attributes:
        function: logical id of the function. "" matches any.
        containing: only events whose text contains this. "" matches any.
        after_ms: how long after the event was accepted the second run begins.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    function: str = ""
    containing: str = ""
    after_ms: int = 5000

    def matches(self, function: str, event: bytes) -> bool:
        """Whether this event is one the fault is about."""
        return self.function in ("", function) and self.containing.encode() in event


class InvocationRefused(Fault, frozen=True, kw_only=True, tag="invocation_refused"):
    """Lambda refuses to start a function: 429, as if the concurrency limit were reached.

    In production a neighbour in the same account takes the whole quota, or a deployment sets
    reserved concurrency to 0. Queues hold their messages, streams wait, synchronous callers
    get an error.

    Attributes:
        function: logical id of the function. "" matches any.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    function: str = ""


class FunctionExits(Fault, frozen=True, kw_only=True, tag="function_exits"):
    """The function's process ends as its handler is called: nothing of it runs.

    In production a broken layer, a native library that crashes or a memory limit set too low
    does this to every invocation until somebody deploys again. The caller sees
    `Runtime.ExitError`, and each event source does with the event what it does with failures.

    Attributes:
        function: logical id of the function. "" matches any.
        containing: only invocations whose event contains this text: one record is what kills it. "" matches any.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-error")

    function: str = ""
    containing: str = ""


class EnvironmentRecycled(Fault, frozen=True, kw_only=True, tag="environment_recycled"):
    """No environment is used twice: each invocation starts cold.

    In production Lambda replaces environments whenever it likes, and a burst of traffic makes
    new ones. What a handler kept in memory between two invocations is gone.

    Attributes:
        function: logical id of the function. "" matches any.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    function: str = ""
