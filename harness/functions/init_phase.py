"""The init phase: a cold start, then the import of the handler's module.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.cloud.template import FunctionSpec
from harness.faults.recycling import ClockSkew, ColdStartStorm
from harness.functions import limits
from harness.functions.context import log_stream_name, variables
from harness.functions.environment import End, Environment, Exited, Overdue, Surroundings
from harness.functions.log_journal import InitFailed, InitPhase, InitStarted, Journal
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import derive
from harness.worker.process import WorkerProcess
from harness.worker.protocol import Configure, Failed


@dataclass(frozen=True)
class WorkerSetting:
    """How workers are started: the same for all functions of a run.

    Attributes:
        spawn: gives a fresh worker process.
        folder: where each environment gets its private /tmp.
        readable: what a worker may read besides its runtime.
        sandbox: layers to apply.
        interactive: keep the terminal.
    """

    spawn: Callable[[], WorkerProcess]
    folder: Path
    readable: tuple[str, ...] = ()
    sandbox: tuple[str, ...] = ()
    interactive: bool = False


class InitPhases:
    """Starts environments."""

    def __init__(
        self, loop: VirtualLoop, around: Surroundings, chance: random.Random, seed: int, workers: WorkerSetting
    ) -> None:
        self._loop = loop
        self._around = around
        self._chance = chance
        self._seed = seed
        self._workers = workers

    async def cold_start(self, environment: Environment) -> None:
        """Lets the time pass until a new environment can begin its init phase."""
        environment.init = InitPhase(self._loop.clock.now_us)
        spread = self._chance.uniform(-limits.COLD_START_SPREAD, limits.COLD_START_SPREAD)
        await asyncio.sleep(round(limits.COLD_START_MS * (1 + spread)) / 1000)
        storm = self._around.faults.on_environment(ColdStartStorm, environment.function, environment.id)
        if storm:
            await asyncio.sleep(storm.extra_ms / 1000)

    async def run(self, environment: Environment, limit_s: float) -> End:
        """Runs the init phase."""
        journal, now_us = environment.journal, self._loop.clock.now_us
        again = any(isinstance(entry, InitFailed) for _, entry in journal.entries)
        phase = environment.init = environment.init or InitPhase(now_us, again=again)
        if not again:
            journal.add(now_us, InitStarted(phase))
        if environment.dead:
            end: End = Exited("signal: killed", "killed during the cold start")
        else:
            environment.skew_us = environment.skew_us or self._skew_us(environment)
            end = await environment.initialize(self._workers.spawn(), self._configure(environment), limit_s)
        phase.ended_us = self._loop.clock.now_us
        phase.error = _error(end)
        if phase.error:
            journal.add(phase.ended_us, InitFailed(phase))
        return end

    async def try_out(self, spec: FunctionSpec) -> End:
        """Runs the init phase of a function in an environment of its own, and ends that."""
        environment = Environment(f"{spec.logical_id}#0", spec.logical_id, self._around, Journal(spec))
        try:
            return await self.run(environment, limits.INIT_LIMIT_S)
        finally:
            environment.kill()

    def _skew_us(self, environment: Environment) -> int:
        """How far off the clock of a new environment is, for all its life."""
        skew = self._around.faults.on_environment(ClockSkew, environment.function, environment.id)
        if not skew:
            return 0
        most_us = skew.at_most_ms * 1000
        return derive(self._seed, "clock skew", environment.id) % (2 * most_us + 1) - most_us

    def _configure(self, environment: Environment) -> Configure:
        spec = environment.spec
        folder = self._workers.folder / environment.id.replace("#", "-")
        folder.mkdir(parents=True, exist_ok=True)
        if not environment.log_stream:
            environment.journal.name = log_stream_name(environment.version, self._loop.clock, self._chance)
        return Configure(
            unix_us=0,
            code_dir=str(spec.code_dir),
            handler=spec.handler,
            variables=variables(environment, str(folder)),
            seed=derive(self._seed, "worker", environment.id),
            temporary_dir=str(folder),
            readable=list(self._workers.readable),
            sandbox=list(self._workers.sandbox),
            interactive=self._workers.interactive,
            idle_close_s=self._around.gateway.network.idle_close_s,
        )


def _error(end: End) -> str:
    match end:
        case Failed():
            return end.error_type
        case Exited():
            return "Runtime.ExitError"
        case Overdue():
            return "timeout"
        case _:
            return ""
