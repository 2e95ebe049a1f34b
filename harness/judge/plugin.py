"""The pytest plugin that runs acceptance tests: their loop, their fixtures, their verdicts."""

import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from _pytest.runner import runtestprotocol

from harness.judge.judging import Judging
from harness.judge.kata import Kata
from harness.judge.scenario_verdict import Phase, scenario_verdict
from harness.judge.sharing import SHARED
from harness.judge.sweep import CrashSweep
from harness.judge.verdict import Scenario
from harness.simulation.loop import VirtualLoop
from harness.world import World


class FixturesAndLoop:
    """What acceptance tests are given."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging

    @pytest.hookimpl
    def pytest_asyncio_loop_factories(self, config: Any, item: Any) -> Mapping[str, Callable[[], Any]]:
        """Every test runs on a virtual loop of its own."""
        return {"virtual": VirtualLoop}

    @pytest.fixture
    def judging(self) -> Judging:
        """The state of this judge process."""
        return self._judging

    @pytest_asyncio.fixture
    async def world(self, judging: Judging) -> AsyncIterator[World]:
        """A fresh simulated AWS with the submission deployed, at virtual time 0."""
        yield await judging.new_world()
        judging.close_worlds()

    @pytest_asyncio.fixture
    async def new_world(self, judging: Judging) -> AsyncIterator[Callable[..., Any]]:
        """Gives further fresh worlds, one at a time."""
        yield judging.new_world
        judging.close_worlds()

    @pytest_asyncio.fixture
    async def sweep(self, judging: Judging) -> AsyncIterator[CrashSweep]:
        """The crash sweep."""
        yield CrashSweep(judging.new_world)
        judging.close_worlds()


@dataclass
class Collected:
    """What the plugin found and what became of it.

    Attributes:
        items: the tests to run, by name.
        errors: what went wrong in collecting, in pytest's words.
    """

    items: dict[str, pytest.Item] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


class AcceptancePlugin:
    """Collects the scenarios of a kata and hands them to `run`."""

    def __init__(self, kata: Kata, judging: Judging, only: tuple[str, ...], run: Callable[["AcceptancePlugin"], None]):
        self.kata = kata
        self.judging = judging
        self.collected = Collected()
        self._only = only
        self._run = run
        self._phases: list[Phase] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declares the mark of visible scenarios."""
        config.addinivalue_line("markers", "sample: a scenario shown to learners")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keeps what went wrong."""
        if report.failed:
            self.collected.errors.append(str(report.longrepr))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Puts the scenarios in the order to fix them and leaves out what was not asked for."""
        order = [name for promise in self.kata.promises for name in promise.points]
        by_name = {item.name: item for item in items}
        wanted = [name for name in order if name in by_name and (not self._only or name in self._only)]
        self.collected.items = {name: by_name[name] for name in wanted}
        items[:] = list(self.collected.items.values())

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs the scenarios the judge's way."""
        if not self.collected.errors:
            self._run(self)
        return True

    # ---- one scenario ----------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        """Keeps how each phase ended; the verdict is made of that."""
        report = yield
        self._phases.append(Phase(call.when, call.excinfo.value if call.excinfo else None))
        return report

    def judge_scenario(self, name: str) -> Scenario:
        """Runs one scenario and returns its verdict."""
        self._phases.clear()
        self.judging.begin()
        began = time.perf_counter()
        runtestprotocol(self.collected.items[name], log=False, nextitem=None)
        real_ms = round((time.perf_counter() - began) * 1000)
        sample = self.collected.items[name].get_closest_marker("sample") is not None
        if self.judging.timelines:
            self._keep_timeline(self.judging.timelines, name)
        return scenario_verdict(self.kata, name, self._phases, self.judging, sample=sample, real_ms=real_ms)

    @property
    def error(self) -> BaseException | None:
        """By what the last scenario ended; None if it came to its end."""
        return next((phase.error for phase in self._phases if phase.error), None)

    def _keep_timeline(self, folder: Path, name: str) -> None:
        from harness.judge.timeline.keep import keep_timeline

        keep_timeline(folder, name, self.judging.worlds, self.error)

    def groups(self) -> list[list[str]]:
        """Scenarios that use the same shared run stand together; the others alone."""
        groups: dict[str, list[str]] = {}
        for name, item in self.collected.items.items():
            shared = sorted(SHARED & set(getattr(item, "fixturenames", ())))
            groups.setdefault("+".join(shared) or name, []).append(name)
        return list(groups.values())
