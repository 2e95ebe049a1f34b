"""One submission before one judge: checked, tried out, then judged scenario by scenario."""

import contextlib
import functools
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from harness.cloud.errors import SubmissionError
from harness.errors import ExplainedError, is_interrupt
from harness.judge.judging import Judging
from harness.judge.plugin import AcceptancePlugin, FixturesAndLoop
from harness.judge.run import Job
from harness.judge.scenario_verdict import explain_unexpected
from harness.judge.scenarios import title_of
from harness.judge.services import outside_services
from harness.judge.side_by_side import Ended, Send, Sent, can_fork, side_by_side
from harness.judge.verdict import Explanation, Fault, Neighbour, Outcome, Scenario, Verdict
from harness.judge.verdicts import error_verdict, explanation_of, verdict_of
from harness.worker.process import Zygote
from harness.world import Setting, World
from harness.world.alone import run_alone

SCENARIO_LIMIT_S = 180.0
"""Real seconds a group of scenarios may take; honest ones take a few."""

_PYTEST_ARGUMENTS = (
    *("-p", "pytest_asyncio.plugin", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler"),
    *("--import-mode=importlib", "-o", "asyncio_mode=auto", "-o", "python_files=test_*.py", "--capture=no"),
    *("-o", "asyncio_default_fixture_loop_scope=function", "-o", "addopts="),
)


class Session:
    """Judges one submission."""

    def __init__(
        self,
        job: Job,
        zygote: Zygote,
        temporary: Path,
        on_scenario: Callable[[Scenario], None],
        processes: int,
    ) -> None:
        self._job = job
        self._zygote = zygote
        self._temporary = temporary
        self._on_scenario = on_scenario
        self._processes = 1 if job.debug else processes
        self._scenarios: dict[str, Scenario] = {}
        self._stored: list[Scenario] = []
        self._told = 0
        self._warnings: tuple[str, ...] = ()
        self._stopped_by: BaseException | None = None

    def verdict(self) -> Verdict:
        """The verdict, whatever the submission does."""
        job = self._job
        try:
            self._try_out()
            plugin = self._run_pytest()
        except SubmissionError as error:
            return error_verdict(job, Fault.SUBMISSION, explanation_of(error))
        except ExplainedError as error:
            return error_verdict(job, Fault.KATA, explanation_of(error))
        except Exception as error:
            if is_interrupt(error):
                raise KeyboardInterrupt from error
            return error_verdict(job, Fault.HARNESS, explain_unexpected(error, Fault.HARNESS))
        if plugin.collected.errors:
            return error_verdict(job, Fault.KATA, _collection_error(plugin.collected.errors[0], job))
        missing = [name for name in self._expected() if name not in plugin.collected.items]
        if missing:
            return error_verdict(job, Fault.KATA, _missing(missing, job))
        scenarios = [self._scenarios[name] for name in self._expected()]
        return verdict_of(job, [*scenarios, *self._stored], self._warnings)

    @functools.cached_property
    def _setting(self) -> Setting:
        job = self._job
        sandbox = job.sandbox
        if sandbox is None:
            sandbox = () if job.debug else _sandbox_here()
        return Setting(
            folder=job.folder.resolve(),
            temporary=self._temporary,
            spawn=functools.partial(self._zygote.spawn, isolated="namespaces" in sandbox),
            services=outside_services(job.kata),
            sandbox=sandbox,
            interactive=job.debug,
        )

    def _expected(self) -> list[str]:
        names = [name for promise in self._job.kata.promises for name in promise.points]
        return [name for name in names if not self._job.only or name in self._job.only]

    # ---- before the scenarios --------------------------------------------------------------

    def _try_out(self) -> None:
        """Deploys once and imports every handler, so that a broken submission is told at once.

        Raises:
            SubmissionError: what is wrong with it.
        """

        async def try_out(world: World) -> None:
            self._warnings = world.warnings
            await world.try_out()

        run_alone(self._setting, self._job.seed, try_out)

    # ---- the scenarios ---------------------------------------------------------------------

    def _run_pytest(self) -> AcceptancePlugin:
        kata = self._job.kata
        judging = Judging(self._setting, self._job.seed, self._job.timelines, self._job.extra)
        plugin = AcceptancePlugin(kata, judging, self._job.only, self._run_scenarios)
        arguments = [
            *_PYTEST_ARGUMENTS,
            f"--rootdir={kata.folder}",
            f"--confcutdir={kata.folder}",
            str(kata.acceptance),
        ]
        said = io.StringIO()
        with _own_pytest(kata.acceptance), contextlib.redirect_stderr(said):
            status = pytest.main(arguments, plugins=[plugin, FixturesAndLoop(judging)])
        if self._stopped_by:
            raise self._stopped_by
        if status == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
            plugin.collected.errors.append(said.getvalue())
        return plugin

    def _run_scenarios(self, plugin: AcceptancePlugin) -> None:
        """Runs them; what stops them gets past pytest, which would only print it."""
        try:
            self._run_groups(plugin)
        except BaseException as error:
            self._stopped_by = error

    def _run_groups(self, plugin: AcceptancePlugin) -> None:
        groups = plugin.groups()
        if self._processes == 1 and (self._job.debug or not can_fork()):
            for name in [name for group in groups for name in group]:
                if not self._is_blocked(name):
                    self._take(plugin.judge_scenario(name))
        else:
            self._run_forked(plugin, groups)
        self._tell()
        if self._job.stored and can_fork():
            self._run_stored(plugin)
        if self._job.neighbour and can_fork():
            self._look_for_neighbour(plugin)

    def _run_forked(self, plugin: AcceptancePlugin, groups: list[list[str]]) -> None:
        tasks = [_group_task(plugin, group) for group in groups]
        running = side_by_side(tasks, processes=self._processes, limit_s=SCENARIO_LIMIT_S)
        with contextlib.closing(running):
            for event in running:
                match event:
                    case Sent(payload=payload):
                        self._take(msgspec.json.decode(payload, type=Scenario))
                    case Ended(task=number):
                        self._take_unjudged([name for name in groups[number] if name not in self._scenarios], event)
                if self._gate_is_shut and self._all_unblocked_are_done(plugin):
                    return

    def _run_stored(self, plugin: AcceptancePlugin) -> None:
        """Plans of `kata explore`, of the scenarios that were judged."""
        from harness.judge.stored import as_stored, stored_plans, stored_task

        kept, notes = stored_plans(self._job.folder, self._job.kata)
        self._warnings += notes
        plans = [one for one in kept if self._has_judged(one.plan.scenario)]
        tasks = [stored_task(plugin, one) for one in plans]
        judged: dict[int, Scenario] = {}
        with contextlib.closing(side_by_side(tasks, processes=self._processes, limit_s=SCENARIO_LIMIT_S)) as running:
            for event in running:
                match event:
                    case Sent(task=number, payload=payload):
                        judged[number] = msgspec.json.decode(payload, type=Scenario)
                    case Ended(task=number) if number not in judged:
                        judged[number] = as_stored(
                            self._unjudged_end(plans[number].plan.scenario, event), plans[number]
                        )
        self._stored = [judged[number] for number in range(len(plans))]
        for scenario in self._stored:
            self._on_scenario(scenario)

    def _has_judged(self, name: str) -> bool:
        scenario = self._scenarios.get(name)
        return scenario is not None and scenario.outcome not in (Outcome.BLOCKED, Outcome.ERROR)

    def _look_for_neighbour(self, plugin: AcceptancePlugin) -> None:
        """Of the first broken scenario, in a process of its own."""
        from harness.judge.neighbour import tries_of

        judged = (self._scenarios.get(name) for name in self._expected())
        broken = next((one for one in judged if one and one.outcome is Outcome.FAILED), None)
        if broken is None or not tries_of(broken):
            return
        found = side_by_side([_neighbour_task(plugin, broken)], processes=1, limit_s=SCENARIO_LIMIT_S)
        with contextlib.closing(found):
            for event in found:
                if isinstance(event, Sent):
                    neighbour = msgspec.json.decode(event.payload, type=Neighbour)
                    self._scenarios[broken.name] = msgspec.structs.replace(broken, neighbour=neighbour)

    def _take(self, scenario: Scenario) -> None:
        self._scenarios[scenario.name] = scenario
        self._tell()

    def _take_unjudged(self, names: list[str], end: Ended) -> None:
        for name in names:
            self._take(self._unjudged_end(name, end))

    def _unjudged_end(self, name: str, end: Ended) -> Scenario:
        fault = Fault.SUBMISSION if end.out_of_time else Fault.HARNESS
        explanation = _too_long(name) if end.out_of_time else _death(name, end.died)
        return self._unjudged(name, outcome=Outcome.ERROR, fault=fault, error=explanation)

    # ---- the gate --------------------------------------------------------------------------

    @property
    def _gate_is_shut(self) -> bool:
        """Whether the kata's first scenario failed: what rests on it is then not judged."""
        gate = self._scenarios.get(self._job.kata.gate)
        return gate is not None and gate.outcome is not Outcome.PASSED

    def _is_blocked(self, name: str) -> bool:
        kata = self._job.kata
        first = next(promise for promise in kata.promises if kata.gate in promise.points)
        return self._gate_is_shut and name not in first.points

    def _all_unblocked_are_done(self, plugin: AcceptancePlugin) -> bool:
        return all(name in self._scenarios or self._is_blocked(name) for name in plugin.collected.items)

    def _tell(self) -> None:
        """Passes verdicts on in the order to fix them, as far as that order allows now."""
        kata = self._job.kata
        expected = self._expected()
        if kata.gate in expected and kata.gate not in self._scenarios:
            return
        while self._told < len(expected):
            name = expected[self._told]
            if self._is_blocked(name):
                self._scenarios[name] = self._unjudged(name, outcome=Outcome.BLOCKED)
            if name not in self._scenarios:
                return
            self._told += 1
            self._on_scenario(self._scenarios[name])

    def _unjudged(self, name: str, **more: object) -> Scenario:
        promise = next(promise for promise in self._job.kata.promises if name in promise.points)
        return Scenario(
            name=name,
            title=title_of(name),
            promise=promise.id,
            points=promise.points[name],
            seed=self._job.seed,
            **more,  # type: ignore[arg-type]
        )


def _group_task(plugin: AcceptancePlugin, group: list[str]) -> Callable[[Send], None]:
    def task(send: Send) -> None:
        for name in group:
            send(msgspec.json.encode(plugin.judge_scenario(name)))

    return task


def _neighbour_task(plugin: AcceptancePlugin, broken: Scenario) -> Callable[[Send], None]:
    def task(send: Send) -> None:
        from harness.judge.neighbour import neighbour_of

        plugin.judging.timelines = None
        plugin.judge_scenario(broken.name)
        if neighbour := neighbour_of(plugin, broken):
            send(msgspec.json.encode(neighbour))

    return task


@contextlib.contextmanager
def _own_pytest(acceptance: Path) -> Iterator[None]:
    """pytest as this project needs it, whatever is set around it and whatever kata was judged here before."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    saved = {name: os.environ.pop(name, None) for name in names}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path.insert(0, str(acceptance))
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = bytecode
        sys.path.remove(str(acceptance))
        _forget_modules_of(acceptance)
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update({name: value for name, value in saved.items() if value is not None})


def _forget_modules_of(acceptance: Path) -> None:
    """Another kata has modules of the same names; pytest would take these for its."""
    for name, module in list(sys.modules.items()):
        place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
        if Path(place).is_relative_to(acceptance):
            del sys.modules[name]


def _sandbox_here() -> tuple[str, ...]:
    from harness.worker.sandbox import LAYERS, available

    layers = available()
    return tuple(name for name in LAYERS if layers[name].works)


def _too_long(name: str) -> Explanation:
    return Explanation(
        happened=f"{name} was ended after {SCENARIO_LIMIT_S:g} s of real time.",
        expected="a few seconds",
        try_="look for a handler that computes long, or that sends itself more messages than it works off; "
        "on a busy machine run it alone with --only",
    )


def _death(name: str, died: str) -> Explanation:
    return Explanation(
        happened=f"The judge's process ended in the middle of {name}: {died or 'without a word'}.",
        expected="a verdict",
        try_="run it alone with --only",
    )


def _collection_error(text: str, job: Job) -> Explanation:
    said = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
    return Explanation(
        happened=f"The acceptance tests of {job.kata.name} cannot be collected{f': {said[-1]}' if said else '.'}",
        expected="files that pytest can import",
        got=text.strip()[-1500:],
        try_="mend the test file named above",
    )


def _missing(names: list[str], job: Job) -> Explanation:
    return Explanation(
        happened=f"{job.kata.name}: kata.toml gives points to {names[0]}, which no file in acceptance/ defines.",
        expected="an async test function of this name",
        file=f"katas/{job.kata.name}/kata.toml",
    )
