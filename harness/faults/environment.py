"""Faults of the execution environment: the machine under the handler goes away."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point
from harness.faults.comparisons import fis
from harness.simulation.wire import Call


class CrashAfterCall(CallFault, frozen=True, kw_only=True, tag="crash_after_call"):
    """The environment dies after the k-th outside call of an invocation, its effect done.

    In production an out-of-memory kill, a host that fails or a deployment at a bad moment
    does this: no exception is raised, no `finally` runs, and the event source delivers the
    event again when its own rules say so.

    Attributes:
        k: 1 kills after the first outside call of the invocation, 2 after the second, ...
        functions: only environments of these functions; empty: of any.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-error", "aws:ecs:task-kill-process")

    k: int = 1
    functions: tuple[str, ...] = ()

    def matches(self, call: Call) -> bool:
        """Only the k-th call of an invocation; calls of an init phase are none."""
        return call.index == self.k and call.caller.request_id != "" and self._is_victim(call) and super().matches(call)

    def _is_victim(self, call: Call) -> bool:
        return not self.functions or call.caller.function in self.functions


class KillOnMatch(CallFault, frozen=True, kw_only=True, tag="kill_on_match"):
    """The environment dies as it is about to make a call of this kind, each time.

    In production one record does this: too large for the memory, or fatal to a native
    library. Nobody is left alive to write down what happened.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.DEFINITE


class FunctionStalls(CallFault, frozen=True, kw_only=True, tag="function_stalls"):
    """The function stands still for a while before an outside call, or after its answer; then it goes on.

    In production a host that is short of processor time or a long pause of the interpreter does
    this. No timeout of a client notices, for nothing is under way: what the function has read
    grows old in its hands, and its next write is made as if nothing had happened meanwhile.

    Attributes:
        for_ms: how long it stands still; Lambda's own timeout goes on.
        k: only at the k-th outside call of an invocation; 0: at any.
        functions: only these functions; empty: any.
        after_answer: it stands still when it has been answered, instead of before it asks.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    for_ms: int = 3000
    k: int = 0
    functions: tuple[str, ...] = ()
    after_answer: bool = False

    def matches(self, call: Call) -> bool:
        """Whether it is the k-th call of its invocation, and one the fault is about."""
        of_it = not self.functions or call.caller.function in self.functions
        return of_it and self.k in (0, call.index) and super().matches(call)


class HandlerTimeout(CallFault, frozen=True, kw_only=True, tag="handler_timeout"):
    """The handler stands still after this call, until Lambda's timeout kills it.

    In production a connection that hangs without a timeout of its own does this. The call
    has been made, and everything after it has not.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-add-delay")
