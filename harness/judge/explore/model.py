"""An exploration and its report, as data."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from harness.judge.explore.found import FoundPlan
from harness.judge.verdict import Explanation, Fault, Scenario, Verdict

if TYPE_CHECKING:
    from harness.judge.kata import Kata

CANDIDATES_PER_S = 4
"""Candidates that a second of budget buys: what two cores try, with some room."""

LEAST_SHARE = 25
"""Candidates that a search must have to be worth a process of its own."""

MOST_SEARCHES = 16
"""Searches in one scenario at most."""


@dataclass(frozen=True)
class Exploration:
    """What is to be explored.

    Attributes:
        folder: the submission.
        chance: seed of the drawing; the same one finds the same.
        budget_s: buys `CANDIDATES_PER_S` candidates a second, all scenarios together.
        scenarios: empty: those that the kata names, else its samples.
    """

    kata: "Kata"
    folder: Path
    chance: int
    budget_s: float
    scenarios: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that breaks a promise, and the scenario's verdict under it."""

    plan: FoundPlan
    scenario: Scenario


@dataclass
class Tally:
    """How far a scenario was searched.

    Attributes:
        planned: candidates it was to have.
        tried: runs it had; shrinking adds some, candidates drawn twice are run once.
        is_cut_short: whether the clock ended it, so that another machine may find more.
    """

    scenario: str
    planned: int
    tried: int = 0
    is_cut_short: bool = False


class Trouble(msgspec.Struct, frozen=True):
    """Something that could not be judged, and whose fault that is."""

    scenario: str
    fault: Fault
    explanation: Explanation
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explored:
    """What became of an exploration.

    Attributes:
        verdict: on the scenarios undisturbed; those that do not pass were not searched.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    interrupted: bool = False

    @property
    def tried(self) -> int:
        """Runs of all scenarios together."""
        return sum(tally.tried for tally in self.tallies)

    @property
    def exit_code(self) -> int:
        """0 nothing was found; 1 something was, or it fails undisturbed; 2 the kata is wrong; 3 the harness."""
        faults = {trouble.fault for trouble in self.troubles} | {self.verdict.fault}
        if Fault.HARNESS in faults:
            return 3
        if Fault.KATA in faults:
            return 2
        return 1 if self.findings or self.verdict.outcome != "passed" else 0


def shares(budget_s: float, scenarios: int) -> list[int]:
    """How many candidates each search of a scenario tries."""
    each = max(1, round(budget_s * CANDIDATES_PER_S / scenarios))
    searches = min(MOST_SEARCHES, max(1, each // LEAST_SHARE))
    return [each // searches + (number < each % searches) for number in range(searches)]


class FoundRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as `kata explore --json` prints it: where its plan is kept, the plan, the verdict under it."""

    file: str
    plan: FoundPlan
    scenario: Scenario


class ExplorationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What `kata explore --json` prints.

    Attributes:
        seed: of the search.
        runs: of all scenarios together; `searched` says how far each was searched.
        undisturbed: the verdict on the scenarios as they are; what fails there was not searched.
    """

    schema: Literal["serverless-katas/exploration/1"] = "serverless-katas/exploration/1"
    kata: str
    submission: str
    seed: int
    budget_s: float
    runs: int
    interrupted: bool
    searched: tuple[Tally, ...]
    findings: tuple[FoundRecord, ...]
    troubles: tuple[Trouble, ...]
    undisturbed: Verdict


def record_of(exploration: Exploration, explored: Explored, files: list[str]) -> ExplorationRecord:
    """The exploration as data."""
    return ExplorationRecord(
        kata=exploration.kata.name,
        submission=explored.verdict.submission,
        seed=exploration.chance,
        budget_s=exploration.budget_s,
        runs=explored.tried,
        interrupted=explored.interrupted,
        searched=explored.tallies,
        findings=tuple(
            FoundRecord(file=file, plan=one.plan, scenario=one.scenario)
            for file, one in zip(files, explored.findings, strict=True)
        ),
        troubles=explored.troubles,
        undisturbed=explored.verdict,
    )
