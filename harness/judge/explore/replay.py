"""Runs a stored plan again, and compares how it ends with how it ended then."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from harness.judge.explore.breach import Breach, breach_of
from harness.judge.explore.found import FOUND_FOLDER, FoundPlan
from harness.judge.kata import Kata
from harness.judge.run import Job
from harness.judge.verdict import Outcome, Scenario, Verdict, exit_code
from harness.judge.verdicts import submission_digest


class Ending(StrEnum):
    """How a plan ends now."""

    PASSES = "passes"
    SAME_RUN = "same run"  # it fails as then, to the byte
    SAME_WAY = "same way"  # the same promise, broken in the same way, in another run
    ANOTHER_WAY = "another way"  # it fails, but not as then
    UNJUDGED = "unjudged"  # the verdict's `error` says why


@dataclass(frozen=True)
class Replayed:
    """What became of a stored plan.

    Attributes:
        is_changed: whether the submission is another than then.
        idle: faults of the plan that had nothing to strike, a line each.
    """

    found: FoundPlan
    verdict: Verdict
    ending: Ending
    is_changed: bool
    idle: tuple[str, ...] = ()

    @property
    def scenario(self) -> Scenario | None:
        """The scenario's verdict; None if there was none."""
        return next(iter(self.verdict.scenarios), None)

    @property
    def exit_code(self) -> int:
        """0 it passes; 1 it fails, or the submission is wrong; 2 the kata is; 3 the harness."""
        return exit_code(self.verdict)


def replay(found: FoundPlan, kata: Kata, folder: Path, judge: Callable[[Job], Verdict]) -> Replayed:
    """The plan run again.

    Args:
        folder: the submission.

    Raises:
        ScenarioUnknownError: the kata has no such scenario.
    """
    from harness.judge.scenarios import choose_scenario

    only = (choose_scenario(kata, found.scenario),)
    verdict = judge(Job(kata, folder, found.plan.seed, only, extra=found.candidate.extra))
    scenario = next(iter(verdict.scenarios), None)
    return Replayed(
        found=found,
        verdict=verdict,
        ending=_ending(found, scenario),
        is_changed=submission_digest(folder, without=FOUND_FOLDER) != found.submission_digest,
        idle=_idle(found, scenario) if scenario else (),
    )


class ReplayRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What `kata replay --json` prints of one plan."""

    file: str
    ending: Ending
    submission_changed: bool
    struck_nothing: tuple[str, ...]
    plan: FoundPlan
    verdict: Verdict


def record_of(file: str, replayed: Replayed) -> ReplayRecord:
    """The replay as data."""
    return ReplayRecord(
        file=file,
        ending=replayed.ending,
        submission_changed=replayed.is_changed,
        struck_nothing=replayed.idle,
        plan=replayed.found,
        verdict=replayed.verdict,
    )


def submission_of(path: Path, workspace: Path, kata: str) -> Path:
    """The submission that a plan's file lies in; the workspace's, if it lies elsewhere."""
    folder = path.absolute().parent
    beside = folder.name == FOUND_FOLDER and (folder.parent / "template.yaml").is_file()
    return folder.parent if beside else workspace / kata


def _ending(found: FoundPlan, scenario: Scenario | None) -> Ending:
    if scenario is None or scenario.outcome in (Outcome.ERROR, Outcome.BLOCKED):
        return Ending.UNJUDGED
    breach = breach_of(scenario)
    if breach is None:
        return Ending.PASSES
    if breach.key != Breach(promise=found.promise, message=found.message).key:
        return Ending.ANOTHER_WAY
    return Ending.SAME_RUN if scenario.digest == found.digest else Ending.SAME_WAY


def _idle(found: FoundPlan, scenario: Scenario) -> tuple[str, ...]:
    """Faults that strike a number of times, and did not strike at all."""
    struck = {line.partition(":")[0] for line in scenario.faults}
    lines = zip(found.plan.faults, found.plan.lines(), strict=True)
    return tuple(line for fault, line in lines if fault.times is not None and fault.name() not in struck)
