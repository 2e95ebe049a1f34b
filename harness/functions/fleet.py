"""The execution environments of all functions: warm reuse, removal, provisioned ones.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import itertools
from collections.abc import Callable

from harness.cloud.template import FunctionSpec
from harness.functions import limits
from harness.functions.environment import Environment, Surroundings
from harness.functions.log_journal import Journal
from harness.functions.records import EnvironmentEnded, EnvironmentStarted
from harness.functions.versions import LATEST, Versions
from harness.simulation.trace import Trace


class Throttled(Exception):
    """The concurrency limit is reached: 429 TooManyRequestsException.

    Attributes:
        reason: "ReservedFunctionConcurrentInvocationLimitExceeded" or
            "ConcurrentInvocationLimitExceeded", or one of the request rate.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Function:
    """A function and its environments.

    Attributes:
        idle: those on demand, by version, the last one used at the end.
        ready: idle provisioned ones, by version.
        reserved: reserved concurrency as it is now; None: none.
        provisioned: provisioned concurrency asked for, by version or alias.
        recursive_loop: "Terminate" or "Allow".
        spins: how many invocations computed until the real watchdog ended them.
    """

    def __init__(self, spec: FunctionSpec) -> None:
        self.versions = Versions(spec)
        self.idle: dict[str, list[Environment]] = {}
        self.ready: dict[str, list[Environment]] = {}
        self.busy: list[Environment] = []
        self.busy_on_demand = 0
        self.reserved = spec.reserved_concurrency
        self.provisioned: dict[str, int] = {}
        self.recursive_loop = spec.recursive_loop
        self.spins = 0
        self.numbers = itertools.count(1)

    @property
    def spec(self) -> FunctionSpec:
        """The function as it is: `$LATEST`."""
        return self.versions.latest

    @property
    def provisioned_count(self) -> int:
        """All provisioned concurrency of the function."""
        return sum(self.provisioned.values())

    def has_idle(self, version: str) -> bool:
        """Whether a warm environment of this version waits."""
        return bool(self.idle.get(version) or self.ready.get(version))


class Fleet:
    """Hands out environments and takes them back.

    Attributes:
        journals: of every environment there ever was, the oldest first.
        on_lost: told of each provisioned environment that died.
    """

    def __init__(self, around: Surroundings, trace: Trace) -> None:
        self._around = around
        self._trace = trace
        self.functions: dict[str, Function] = {}
        self.journals: list[Journal] = []
        self.on_lost: Callable[[Function, Environment], None] = lambda function, environment: None

    def take(self, function: Function, version: str) -> Environment:
        """A provisioned environment, else a warm one, the last one used, else a new one (its `worker` is None)."""
        environment = self._warm(function, function.ready, version)
        environment = environment or self._warm(function, function.idle, version) or self.new(function, version)
        function.busy.append(environment)
        function.busy_on_demand += not environment.provisioned
        return environment

    def replace(self, function: Function, former: Environment, why: str) -> Environment:
        """A new environment in the place of one whose init phase failed; it keeps the log stream."""
        self.end(former, why)
        fresh = self.new(function, former.version, journal=former.journal)
        function.busy[function.busy.index(former)] = fresh
        function.busy_on_demand += bool(former.provisioned)
        return fresh

    def release(self, function: Function, environment: Environment) -> None:
        """Takes an environment back: to be reused, unless it is dead."""
        function.busy.remove(environment)
        function.busy_on_demand -= not environment.provisioned
        if environment.provisioned:
            self._release_provisioned(function, environment)
        elif not environment.dead and self._is_current(function, environment):
            since_us = environment.idle_since_us = self._around.loop.clock.now_us
            function.idle.setdefault(environment.version, []).append(environment)
            self._around.loop.call_later_in_background(
                limits.IDLE_REMOVAL_S, self._remove_if_idle, function, environment, since_us
            )

    def end(self, environment: Environment, why: str) -> None:
        """Ends an environment and records why."""
        if not environment.dead:
            environment.kill()
            self.ended(environment, why)

    def ended(self, environment: Environment, why: str) -> None:
        """Records that an environment is gone."""
        self._trace.append(EnvironmentEnded(function=environment.function, environment=environment.id, why=why))

    def recycle(self, function: Function, version: str = "") -> None:
        """Ends the idle environments of a function: its next invocation starts cold.

        Args:
            version: only of this version; "": of all.
        """
        for each in [version] if version else list(function.idle):
            for environment in function.idle.pop(each, []):
                self.end(environment, "recycled")

    def close(self) -> None:
        """Ends every environment."""
        for function in self.functions.values():
            for idle in [*function.idle.values(), *function.ready.values(), function.busy]:
                for environment in idle:
                    environment.kill()

    def new(
        self, function: Function, version: str, *, provisioned: str = "", journal: Journal | None = None
    ) -> Environment:
        """A new environment, not yet started.

        Args:
            provisioned: the version or alias that asked for it; "": it is one on demand.
            journal: of the environment in whose place it comes; None: it has a log stream of its own.
        """
        logical_id = function.spec.logical_id
        if journal is None:
            journal = Journal(function.versions.spec(version))
            self.journals.append(journal)
        name = f"{logical_id}#{next(function.numbers)}"
        environment = Environment(name, logical_id, self._around, journal, version, provisioned)
        self._trace.append(EnvironmentStarted(function=logical_id, environment=environment.id))
        return environment

    def _warm(self, function: Function, waiting: dict[str, list[Environment]], version: str) -> Environment | None:
        """The environment used last; one that died while it was frozen is found out only now."""
        idle = waiting.get(version, [])
        while idle:
            environment = idle.pop()
            if not environment.dead:
                return environment
            self.ended(environment, "died while frozen")
            if environment.provisioned:
                self.on_lost(function, environment)
        return None

    def _release_provisioned(self, function: Function, environment: Environment) -> None:
        if environment.dead:
            self.on_lost(function, environment)
        elif environment.provisioned in function.provisioned:
            function.ready.setdefault(environment.version, []).append(environment)
        else:
            self.end(environment, "no longer provisioned")

    def _is_current(self, function: Function, environment: Environment) -> bool:
        """Whether it still runs the function as configured; if not, it is ended."""
        if environment.version != LATEST or environment.spec is function.spec:
            return True
        self.end(environment, "configuration changed")
        return False

    def _remove_if_idle(self, function: Function, environment: Environment, since_us: int) -> None:
        idle = function.idle.get(environment.version, [])
        if environment.idle_since_us == since_us and environment in idle:
            idle.remove(environment)
            self.end(environment, "idle")
