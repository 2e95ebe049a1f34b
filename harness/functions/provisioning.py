"""Provisioned concurrency: environments that are initialized before anyone invokes them.

They belong to a version or an alias. What is deployed with the stack is initialized when virtual
time begins; one that dies is replaced after a cold start. Where all of them are busy, further
invocations run on demand. Left out: the minutes AWS takes to allocate, Application Auto Scaling.

Source: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

from harness.functions import limits
from harness.functions.environment import Environment
from harness.functions.fleet import Fleet, Function
from harness.functions.init_phase import InitPhases
from harness.simulation.loop import VirtualLoop
from harness.worker.protocol import Initialized


class Provisioning:
    """Keeps the provisioned environments of all functions at their number."""

    def __init__(self, loop: VirtualLoop, fleet: Fleet, init: InitPhases) -> None:
        self._loop = loop
        self._fleet = fleet
        self._init = init
        self._closed = False
        fleet.on_lost = self._replace

    def provision(self, function: Function, qualifier: str, count: int, *, cold: bool = True) -> None:
        """Asks for this many environments of a version or alias; 0 takes them away.

        Args:
            cold: whether they need a cold start first.
        """
        for version, ready in function.ready.items():
            for environment in [each for each in ready if each.provisioned == qualifier]:
                function.ready[version].remove(environment)
                self._fleet.end(environment, "no longer provisioned")
        function.provisioned.pop(qualifier, None)
        if count == 0:
            return
        function.provisioned[qualifier] = count
        for version, share in _shares(function, qualifier, count).items():
            for _ in range(share):
                self._start(function, version, qualifier, cold=cold)

    def available(self, function: Function, qualifier: str) -> int:
        """How many are initialized."""
        ready = sum(each.provisioned == qualifier for waiting in function.ready.values() for each in waiting)
        return ready + sum(each.provisioned == qualifier for each in function.busy)

    def close(self) -> None:
        """Nothing is replaced any more."""
        self._closed = True

    def _start(self, function: Function, version: str, qualifier: str, *, cold: bool) -> None:
        environment = self._fleet.new(function, version, provisioned=qualifier)
        environment.starting = self._loop.keep(self._initialize(function, environment, cold=cold))
        if not cold:
            function.ready.setdefault(version, []).append(environment)

    async def _initialize(self, function: Function, environment: Environment, *, cold: bool) -> None:
        if cold:
            await self._init.cold_start(environment)
        limit_s = max(limits.PROVISIONED_INIT_LIMIT_S, environment.spec.timeout_s)
        end = await self._init.run(environment, limit_s)
        waiting = function.ready.setdefault(environment.version, [])
        if not isinstance(end, Initialized):
            if environment in waiting:
                waiting.remove(environment)
            environment.worker = None
            self._fleet.end(environment, "init phase failed")
        elif cold and function.provisioned.get(environment.provisioned):
            waiting.append(environment)

    def _replace(self, function: Function, environment: Environment) -> None:
        """A new one for one that crashed, timed out or was killed."""
        if not self._closed and environment.provisioned in function.provisioned and not environment.init_failed:
            self._start(function, environment.version, environment.provisioned, cold=True)


def _shares(function: Function, qualifier: str, count: int) -> dict[str, int]:
    """How many of each version; an alias with weights shares them out accordingly."""
    alias = function.versions.aliases.get(qualifier)
    if alias is None:
        return {qualifier: count}
    shares = {version: round(count * weight) for version, weight in alias.weights.items()}
    return {**shares, alias.version: count - sum(shares.values())}
