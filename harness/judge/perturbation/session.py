"""Runs each scenario of one submission undisturbed, then with what it read falsified, until it fails."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from harness.judge.perturbation.lens import Lens, Reading
from harness.judge.perturbation.report import Oracle
from harness.judge.plugin import AcceptancePlugin
from harness.judge.run import Job
from harness.judge.session import Session
from harness.judge.side_by_side import Send, Sent, side_by_side
from harness.judge.verdict import Outcome
from harness.worker.process import Zygote

ORACLE_LIMIT_S = 300.0
"""Real seconds that the runs of one scenario may take."""

ALONE_FIRST = 3
"""Falsifications that are tried before everything is falsified at once."""

EVERYTHING = "everything it reads"


class PerturbingSession(Session):
    """Shows of each scenario that it can fail.

    Attributes:
        oracles: by scenario, as they become known.
        deaths: how a process ended that was to show it, by scenario.
    """

    def __init__(
        self,
        job: Job,
        zygote: Zygote,
        temporary: Path,
        processes: int,
        *,
        on_oracle: Callable[[Oracle], None] = lambda oracle: None,
    ) -> None:
        super().__init__(job, zygote, temporary, lambda scenario: None, processes)
        self.oracles: dict[str, Oracle] = {}
        self.deaths: dict[str, str] = {}
        self._on_oracle = on_oracle

    def _run_groups(self, plugin: AcceptancePlugin) -> None:
        names = list(plugin.collected.items)
        for name in names:
            self._scenarios[name] = self._unjudged(name)  # this session has no verdict to give
        running = side_by_side(
            [_task(plugin, name) for name in names], processes=self._processes, limit_s=ORACLE_LIMIT_S
        )
        with contextlib.closing(running):
            for event in running:
                if isinstance(event, Sent):
                    oracle = msgspec.json.decode(event.payload, type=Oracle)
                    self.oracles[oracle.scenario] = oracle
                    self._on_oracle(oracle)
                elif event.died:
                    self.deaths[names[event.task]] = event.died


def _task(plugin: AcceptancePlugin, name: str) -> Callable[[Send], None]:
    def task(send: Send) -> None:
        send(msgspec.json.encode(oracle_of(plugin, name)))

    return task


def oracle_of(plugin: AcceptancePlugin, name: str) -> Oracle:
    """Whether the scenario fails under one of the falsifications of what it read, and under which first."""
    lens = Lens()
    passes = _outcome(plugin, name, lens) is Outcome.PASSED
    read = tuple(lens.readings)
    runs = 1
    for what, falsifies in _falsifications(lens.readings) if passes else ():
        runs += 1
        if _outcome(plugin, name, Lens(falsifies)) is Outcome.FAILED and isinstance(plugin.error, AssertionError):
            return Oracle(scenario=name, read=read, noticed=what, runs=runs)
    return Oracle(scenario=name, passes=passes, read=read, runs=runs)


def _outcome(plugin: AcceptancePlugin, name: str, lens: Lens) -> Outcome:
    plugin.judging.look_through(lens)
    return plugin.judge_scenario(name).outcome


def _falsifications(readings: dict[str, Reading]) -> Iterator[tuple[str, dict[str, tuple[int, str]]]]:
    """One thing at a time, what was read last first; soon everything at once, which an honest test notices."""
    last_first = sorted(readings.values(), key=lambda one: -one.last)
    most = max((len(one.ways) for one in last_first), default=0)
    single = [
        (f"{one.place}: {one.ways[number]}", {one.place: (one.since, one.ways[number])})
        for number in range(most)
        for one in last_first
        if number < len(one.ways)
    ]
    yield from single[:ALONE_FIRST]
    if len(single) > 1:
        yield EVERYTHING, {one.place: (one.since, one.ways[0]) for one in last_first if one.ways}
    yield from single[ALONE_FIRST:]
