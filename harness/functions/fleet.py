"""The execution environments of all functions: admission, warm reuse, removal.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

import itertools
from dataclasses import dataclass, field

from harness.cloud.template import FunctionSpec
from harness.functions import limits
from harness.functions.environment import Environment, Surroundings
from harness.functions.records import EnvironmentEnded, EnvironmentStarted
from harness.simulation.trace import Trace


class Throttled(Exception):
    """The concurrency limit is reached: 429 TooManyRequestsException.

    Attributes:
        reason: "ReservedFunctionConcurrentInvocationLimitExceeded" or
            "ConcurrentInvocationLimitExceeded".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False)
class Function:
    """A function and its environments.

    Attributes:
        spins: how many invocations computed until the real watchdog ended them.
    """

    spec: FunctionSpec
    idle: list[Environment] = field(default_factory=list)
    busy: list[Environment] = field(default_factory=list)
    spins: int = 0
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


class Fleet:
    """Hands out environments and takes them back."""

    def __init__(self, around: Surroundings, trace: Trace) -> None:
        self._around = around
        self._trace = trace
        self.functions: dict[str, Function] = {}

    def why_not(self, function: Function) -> str:
        """The limit that forbids one more invocation now; "" if none does."""
        reserved = function.spec.reserved_concurrency
        if reserved is not None:
            return "ReservedFunctionConcurrentInvocationLimitExceeded" if len(function.busy) >= reserved else ""
        others = self.functions.values()
        unreserved = limits.ACCOUNT_CONCURRENCY - sum(other.spec.reserved_concurrency or 0 for other in others)
        busy = sum(len(other.busy) for other in others if other.spec.reserved_concurrency is None)
        return "ConcurrentInvocationLimitExceeded" if busy >= unreserved else ""

    def take(self, function: Function) -> Environment:
        """A warm environment, the last one used, or a new one (its `worker` is None)."""
        environment = self._warm(function) or self._new(function)
        function.busy.append(environment)
        return environment

    def replace(self, function: Function, former: Environment) -> Environment:
        """A new environment in the place of one whose init phase took too long."""
        self.end(former, "init phase longer than 10 s")
        fresh = self._new(function)
        function.busy[function.busy.index(former)] = fresh
        return fresh

    def release(self, function: Function, environment: Environment) -> None:
        """Takes an environment back: to be reused, unless it is dead."""
        function.busy.remove(environment)
        if environment.dead:
            return
        since_us = environment.idle_since_us = self._around.loop.clock.now_us
        function.idle.append(environment)
        self._around.loop.call_later_in_background(
            limits.IDLE_REMOVAL_S, self._remove_if_idle, function, environment, since_us
        )

    def end(self, environment: Environment, why: str) -> None:
        """Ends an environment and records why."""
        environment.kill()
        self.ended(environment, why)

    def ended(self, environment: Environment, why: str) -> None:
        """Records that an environment is gone."""
        self._trace.append(EnvironmentEnded(function=environment.function, environment=environment.id, why=why))

    def recycle(self, function: Function) -> None:
        """Ends all idle environments of a function: its next invocation starts cold."""
        idle, function.idle = function.idle, []
        for environment in idle:
            self.end(environment, "recycled")

    def close(self) -> None:
        """Ends every environment."""
        for function in self.functions.values():
            for environment in [*function.idle, *function.busy]:
                environment.kill()

    def _warm(self, function: Function) -> Environment | None:
        """The environment used last; one that died while it was frozen is found out only now."""
        while function.idle:
            environment = function.idle.pop()
            if not environment.dead:
                return environment
            self.ended(environment, "died while frozen")
        return None

    def _new(self, function: Function) -> Environment:
        logical_id = function.spec.logical_id
        environment = Environment(f"{logical_id}#{next(function.numbers)}", logical_id, self._around)
        self._trace.append(EnvironmentStarted(function=logical_id, environment=environment.id))
        return environment

    def _remove_if_idle(self, function: Function, environment: Environment, since_us: int) -> None:
        if environment in function.idle and environment.idle_since_us == since_us:
            function.idle.remove(environment)
            self.end(environment, "idle")
