"""Explores one submission: its scenarios run undisturbed first, then under what Hypothesis draws.

Each scenario is searched by one or several searches side by side, each in a process of its own
with chance of its own. How many there are, and how many candidates each of them tries, follows
from the budget alone, so that a machine with more cores finds the same, sooner.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from hypothesis.strategies import SearchStrategy

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.template import read_template
from harness.judge.explore.breach import Breach, breach_of
from harness.judge.explore.candidate import Candidate
from harness.judge.explore.drawing import candidates
from harness.judge.explore.found import FOUND_FOLDER, FoundPlan
from harness.judge.explore.landscape import landscape_of
from harness.judge.explore.model import Finding, Tally, Trouble, shares
from harness.judge.explore.search import Search, Tried
from harness.judge.extra import Extra
from harness.judge.plugin import AcceptancePlugin
from harness.judge.run import Job
from harness.judge.session import Session
from harness.judge.side_by_side import Ended, Send, Sent, can_fork, side_by_side
from harness.judge.verdict import Explanation, Fault, Outcome, Scenario
from harness.judge.verdicts import harness_version, submission_digest
from harness.simulation.randomness import derive
from harness.worker.process import Zygote

LEAST_LIMIT_S = 5.0
"""Real seconds a search may take at least, however small the budget: the first run of a process is slow."""

AGAIN_LIMIT_S = 180.0
"""Real seconds a plan may take that is run again."""


class _Smaller(msgspec.Struct, frozen=True, tag=True):
    """A search found something that breaks a promise, or something smaller that does."""

    candidate: Candidate
    breach: Breach


class _Step(msgspec.Struct, frozen=True, tag=True):
    """A search ran one candidate."""


class _Unjudged(msgspec.Struct, frozen=True, tag=True):
    """A candidate could not be judged."""

    trouble: Trouble


class _Over(msgspec.Struct, frozen=True, tag=True):
    """A search is at its end."""


_Event = _Smaller | _Step | _Unjudged | _Over


class ExploringSession(Session):
    """Judges the scenarios of a job undisturbed, then looks for what breaks those that passed.

    Attributes:
        findings: one for each way in which a promise was broken.
        tallies: for each scenario that was searched, how far.
        troubles: what could not be judged.
        interrupted: whether Ctrl-C ended the search.
    """

    def __init__(
        self,
        job: Job,
        zygote: Zygote,
        temporary: Path,
        processes: int,
        *,
        chance: int,
        budget_s: float,
        on_step: Callable[[list[Tally], int], None],
    ) -> None:
        super().__init__(job, zygote, temporary, lambda scenario: None, processes)
        self.findings: list[Finding] = []
        self.tallies: list[Tally] = []
        self.troubles: list[Trouble] = []
        self.interrupted = False
        self._chance = chance
        self._budget_s = budget_s
        self._on_step = on_step
        self._smallest: dict[tuple[str, str], tuple[str, _Smaller]] = {}

    def _run_groups(self, plugin: AcceptancePlugin) -> None:
        super()._run_groups(plugin)
        judged = [self._scenarios[name] for name in self._expected() if name in self._scenarios]
        passed = [one.name for one in judged if one.outcome is Outcome.PASSED]
        if passed:
            try:
                self._search(plugin, passed)
            except KeyboardInterrupt:
                self.interrupted = True
            self._run_again(plugin)

    # ---- the searches ----------------------------------------------------------------------

    def _search(self, plugin: AcceptancePlugin, names: list[str]) -> None:
        plan = [
            (name, number, size) for name in names for number, size in enumerate(shares(self._budget_s, len(names)))
        ]
        self.tallies = [Tally(name, sum(size for other, _, size in plan if other == name)) for name in names]

        def task(name: str, number: int, size: int) -> Callable[[Send], None]:
            def search(send: Send) -> None:
                tell = _teller(send)
                drawn = self._drawn(plugin, name)
                search = Search(
                    run=lambda candidate: self._tried(plugin, name, candidate, tell),
                    seed=self._job.seed,
                    on_smaller=lambda candidate, breach: tell(_Smaller(candidate, breach)),
                )
                search.over(drawn, chance=derive(self._chance, name, number), candidates=size)
                tell(_Over())

            return search

        limit_s = max(LEAST_LIMIT_S, 2 * self._budget_s * self._processes / len(plan))
        for number, event in _events([task(*one) for one in plan], self._processes, limit_s):
            self._take_event(plan[number][0], event)

    def _drawn(self, plugin: AcceptancePlugin, name: str) -> SearchStrategy[Candidate]:
        """What may be tried in a scenario, after a look at its undisturbed run."""
        kata, seed = self._job.kata, self._job.seed
        plugin.judging.vary(seed, Extra())
        plugin.judge_scenario(name)
        outside = tuple(service.name for service in kata.services)
        parameters = {service.parameter: service.url for service in kata.services if service.parameter}
        template = read_template(self._setting.folder, parameters=parameters, account_id=ACCOUNT_ID, region=REGION)
        landscape = landscape_of(template, plugin.judging.worlds[-1].trace, outside, kata.explore.victims)
        return candidates(kata.explore, landscape, seed)

    def _tried(
        self, plugin: AcceptancePlugin, name: str, candidate: Candidate, tell: Callable[[_Event], None]
    ) -> Tried:
        plugin.judging.vary(candidate.plan.seed, candidate.extra)
        scenario = plugin.judge_scenario(name)
        tell(_Step())
        if scenario.outcome is Outcome.ERROR and scenario.error:
            tell(_Unjudged(Trouble(name, scenario.fault or Fault.HARNESS, scenario.error, tuple(candidate.lines()))))
        return Tried(breach=breach_of(scenario))

    def _take_event(self, name: str, event: "_Event | Ended") -> None:
        [tally] = [one for one in self.tallies if one.scenario == name]
        match event:
            case _Step():
                tally.tried += 1
            case _Smaller(candidate=candidate, breach=breach):
                best = self._smallest.get(breach.key)
                if best is None or candidate.size(self._job.seed) < best[1].candidate.size(self._job.seed):
                    self._smallest[breach.key] = (name, event)
            case _Unjudged(trouble=trouble):
                self.troubles.append(trouble)
            case Ended(out_of_time=True):
                tally.is_cut_short = True
            case Ended(died=died) if died:
                self.troubles.append(Trouble(name, Fault.HARNESS, _death(died)))
        self._on_step(self.tallies, len(self._smallest))

    # ---- what was found --------------------------------------------------------------------

    def _run_again(self, plugin: AcceptancePlugin) -> None:
        """Each finding once more in a fresh process: its story, its digest, and the proof that it is no accident."""
        found = list(self._smallest.values())

        def task(name: str, candidate: Candidate) -> Callable[[Send], None]:
            def run(send: Send) -> None:
                plugin.judging.vary(candidate.plan.seed, candidate.extra)
                send(msgspec.json.encode(plugin.judge_scenario(name)))

            return run

        tasks = [task(name, one.candidate) for name, one in found]
        for number, payload in _payloads(tasks, self._processes, AGAIN_LIMIT_S):
            if not isinstance(payload, Ended):
                self._take_again(*found[number], msgspec.json.decode(payload, type=Scenario))
        order = [promise.id for promise in self._job.kata.promises]
        self.findings.sort(key=lambda one: (order.index(one.plan.promise), one.plan.candidate.size(self._job.seed)))

    def _take_again(self, name: str, smaller: _Smaller, scenario: Scenario) -> None:
        breach = breach_of(scenario)
        if breach is None or breach.key != smaller.breach.key:
            explanation = _another_end(smaller.breach, scenario)
            self.troubles.append(Trouble(name, Fault.HARNESS, explanation, tuple(smaller.candidate.lines())))
            return
        plan = FoundPlan(
            kata=self._job.kata.name,
            scenario=name,
            promise=breach.promise,
            message=breach.message,
            plan=smaller.candidate.plan,
            jitter_ms=smaller.candidate.jitter_ms,
            submission_digest=submission_digest(self._job.folder, without=FOUND_FOLDER),
            digest=scenario.digest,
            harness=harness_version(),
        )
        self.findings.append(Finding(plan=plan, scenario=scenario))


def _teller(send: Send) -> Callable[[_Event], None]:
    return lambda event: send(msgspec.json.encode(event))


def _events(
    tasks: Iterable[Callable[[Send], None]], processes: int, limit_s: float
) -> Iterator[tuple[int, "_Event | Ended"]]:
    for number, payload in _payloads(tasks, processes, limit_s):
        yield number, payload if isinstance(payload, Ended) else msgspec.json.decode(payload, type=_Event)


def _payloads(
    tasks: Iterable[Callable[[Send], None]], processes: int, limit_s: float
) -> Iterator[tuple[int, bytes | Ended]]:
    """What the tasks send, and how they end; where nothing can be forked, one after the other and here."""
    if not can_fork():
        for number, task in enumerate(tasks):
            sent: list[bytes] = []
            task(sent.append)
            yield from ((number, payload) for payload in sent)
        return
    running = side_by_side(tasks, processes=processes, limit_s=limit_s)
    with contextlib.closing(running):
        for event in running:
            yield event.task, event.payload if isinstance(event, Sent) else event


def _death(died: str) -> Explanation:
    return Explanation(
        happened=f"A search died ({died}).", expected="a process that ends by itself", try_="the same again"
    )


def _another_end(breach: Breach, scenario: Scenario) -> Explanation:
    return Explanation(
        happened="A plan ended otherwise when it was run again, so it proves nothing.",
        expected=f"{breach.promise} broken: {breach.message}",
        got=scenario.message or str(scenario.outcome),
        try_="report it: the same plan must give the same run",
    )
