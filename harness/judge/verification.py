"""Proves a kata: right solutions pass, and each wrong one is rejected for its mistake.

A kata holds when the untouched starter fails as kata.toml announces, the reference and
every accepted design pass every scenario, and every chaff is rejected by each scenario
that it names, with the diagnosis that it names.
"""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from harness.judge.chaff_file import Chaff, read_all_chaff
from harness.judge.kata import Kata
from harness.judge.likeness import read_signatures, stale
from harness.judge.overlay import solution_folders
from harness.judge.run import Job, JudgeEach, judge_each
from harness.judge.thorough.report import Proofs
from harness.judge.verdict import Fault, Outcome, Scenario, Verdict

_PASSES = "passes"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one solution.

    Attributes:
        solution: "starter", "reference", "accepted/<design>" or "chaff/<mistake>".
        claim: what must be true of it.
        problems: where it was not, one sentence each; empty when the claim holds.
        runs: how many times it was judged.
        real_ms: how long that took, all runs together.
    """

    solution: str
    claim: str
    problems: tuple[str, ...] = ()
    runs: int = 0
    real_ms: int = 0
    fault: Fault | None = None

    @property
    def holds(self) -> bool:
        """Whether the claim is true under every seed."""
        return not self.problems


class VerificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a kata holds, and for each of its solutions why not.

    Attributes:
        seeds: of right designs.
        thorough: whether chaff was judged by the kata's gate too.
        proofs: what `--thorough` shows beyond the rows; None: it was not asked for.
        interrupted: whether Ctrl-C ended it; what is told is what was known by then.
        cached: how many verdicts were known from an earlier run of the same content.
    """

    schema: Literal["serverless-katas/verification/1"] = "serverless-katas/verification/1"
    kata: str
    seeds: tuple[int, ...]
    thorough: bool
    holds: bool
    rows: tuple[Row, ...]
    proofs: Proofs | None = None
    interrupted: bool = False
    cached: int = 0

    @property
    def exit_code(self) -> int:
        """0 it holds; 2 it does not; 3 the harness failed; 130 Ctrl-C ended it."""
        if self.interrupted:
            return 130
        if any(row.fault is Fault.HARNESS for row in self.rows):
            return 3
        return 0 if self.holds else 2


@dataclass(frozen=True)
class Candidate:
    """A solution to be judged, and how to find what is wrong with its verdict."""

    solution: str
    claim: str
    folder: Path
    only: tuple[str, ...]
    problems: Callable[[Verdict], list[str]]


def verify(
    kata: Kata,
    seeds: tuple[int, ...],
    thorough: bool,
    *,
    wrong_seeds: tuple[int, ...] = (),
    judge_each: JudgeEach = judge_each,
    on_row: Callable[[Row], None] = lambda row: None,
) -> VerificationReport:
    """Judges every solution of the kata under every seed.

    Args:
        thorough: judge each chaff by the kata's gate too, which it must pass: a mistake that
            a naive test would find proves nothing. Otherwise only by the scenarios it names.
        wrong_seeds: for the starter and the chaff; empty: the same as for right designs.
        judge_each: judges many submissions side by side.
        on_row: called with each row as soon as all its runs are done.

    Raises:
        KataWrong: a chaff is not as it must be, or there is no reference.
    """
    with tempfile.TemporaryDirectory(prefix="kata-verify-") as temporary:
        candidates = _candidates(kata, thorough, Path(temporary))
        # the author's own code needs no guarding, and without it the quick form is quicker
        sandbox = None if thorough else ()
        jobs = [
            Job(kata, one.folder, seed, one.only, sandbox=sandbox)
            for one in candidates
            for seed in (seeds if one.claim == _PASSES else wrong_seeds or seeds)
        ]
        rows = [*_judged(jobs, candidates, judge_each, on_row), *_signatures(kata)]
    holds = all(row.holds for row in rows)
    return VerificationReport(kata=kata.name, seeds=seeds, thorough=thorough, holds=holds, rows=tuple(rows))


def _candidates(kata: Kata, thorough: bool, temporary: Path) -> list[Candidate]:
    chaff = {f"chaff/{one.name}": one for one in read_all_chaff(kata)}

    def candidate(solution: str, folder: Path) -> Candidate:
        if solution == "starter":
            return Candidate(solution, f"fails at {kata.starter.scenario}", folder, (), _starter_problems(kata))
        if solution in chaff:
            return _chaff_candidate(kata, chaff[solution], thorough, folder)
        return Candidate(solution, _PASSES, folder, (), _passing_problems)

    return [candidate(solution, folder) for solution, folder in solution_folders(kata, temporary).items()]


def _chaff_candidate(kata: Kata, chaff: Chaff, thorough: bool, folder: Path) -> Candidate:
    named = tuple(one.scenario for one in chaff.rejected_by)
    checks_gate = thorough and kata.gate not in named and not chaff.fails_gate
    return Candidate(
        solution=f"chaff/{chaff.name}",
        claim="is rejected by " + ", ".join(named),
        folder=folder,
        only=(kata.gate, *named) if checks_gate else named,
        problems=lambda verdict: _chaff_problems(chaff, verdict, kata.gate if checks_gate else ""),
    )


def _judged(
    jobs: list[Job], candidates: list[Candidate], judge_each: JudgeEach, on_row: Callable[[Row], None]
) -> list[Row]:
    runs_of = Counter(job.folder for job in jobs)
    verdicts: dict[Path, list[Verdict]] = {one.folder: [] for one in candidates}
    rows: dict[Path, Row] = {}
    candidate_of = {one.folder: one for one in candidates}
    for job, verdict in judge_each(jobs):
        verdicts[job.folder].append(verdict)
        if len(verdicts[job.folder]) == runs_of[job.folder]:
            rows[job.folder] = _row(candidate_of[job.folder], verdicts[job.folder])
            on_row(rows[job.folder])
    return [rows[one.folder] for one in candidates]


def _signatures(kata: Kata) -> list[Row]:
    """A row about what names likely mistakes, if the kata has it: how well it does, and whether it is stale."""
    signatures = read_signatures(kata.solutions)
    if signatures is None:
        return []
    left_out = signatures.left_out()
    claim = (
        f"name {left_out.right} of {left_out.runs} mistakes left out right, {left_out.wrong} wrong; "
        f"and {left_out.strangers_named} of {left_out.strangers} that no other makes"
    )
    return [Row(solution="signatures", claim=claim, problems=tuple(stale(signatures, kata)))]


def _row(candidate: Candidate, verdicts: list[Verdict]) -> Row:
    in_order = sorted(verdicts, key=lambda verdict: verdict.seed)
    problems = [f"seed {verdict.seed}: {problem}" for verdict in in_order for problem in _problems(candidate, verdict)]
    faults = [verdict.fault for verdict in in_order if verdict.fault in (Fault.HARNESS, Fault.KATA)]
    return Row(
        solution=candidate.solution,
        claim=candidate.claim,
        problems=tuple(problems),
        runs=len(verdicts),
        real_ms=sum(verdict.real_ms for verdict in verdicts),
        fault=Fault.HARNESS if Fault.HARNESS in faults else faults[0] if faults else None,
    )


def _problems(candidate: Candidate, verdict: Verdict) -> list[str]:
    """What is wrong with the verdict; an error that no scenario tells of counts too."""
    problems = candidate.problems(verdict) if verdict.scenarios or not verdict.error else []
    return problems or ([f"could not be judged: {_told(verdict)}"] if verdict.error else [])


def _told(verdict: Verdict) -> str:
    error = verdict.error
    assert error
    place = f"{error.file}{f':{error.line}' if error.line else ''}: " if error.file else ""
    return f"{place}{error.happened}" + (f" ({verdict.fault})" if verdict.fault else "")


def _passing_problems(verdict: Verdict) -> list[str]:
    wrong = [one for one in verdict.scenarios if one.outcome is not Outcome.PASSED]
    if not wrong and (verdict.outcome != "passed" or not verdict.scenarios):
        return ["no scenario was judged" if not verdict.scenarios else f"the verdict is {verdict.outcome}"]
    return [f"{one.name} {one.outcome}: {_why(one)}" for one in wrong]


def _starter_problems(kata: Kata) -> Callable[[Verdict], list[str]]:
    def problems(verdict: Verdict) -> list[str]:
        announced = kata.starter
        first = next((one for one in verdict.scenarios if one.outcome in (Outcome.FAILED, Outcome.ERROR)), None)
        if first is None:
            return ["it passes; a starter must fail"]
        if first.name != announced.scenario:
            return [f"it fails first at {first.name}: {_why(first)}"]
        if announced.message not in _why(first):
            return [f'its message does not contain "{announced.message}": {_why(first)}']
        return []

    return problems


def _chaff_problems(chaff: Chaff, verdict: Verdict, gate: str) -> list[str]:
    judged = {one.name: one for one in verdict.scenarios}
    problems = []
    if gate and (gate not in judged or judged[gate].outcome is not Outcome.PASSED):
        why = _why(judged[gate]) if gate in judged else "it was not judged"
        problems.append(f"it does not pass the gate {gate}: {why}")
    for rejection in chaff.rejected_by:
        scenario = judged.get(rejection.scenario)
        if scenario is None or scenario.outcome is not Outcome.FAILED:
            problems.append(f"{rejection.scenario} did not reject it: {scenario.outcome if scenario else 'not judged'}")
        elif rejection.diagnosis not in scenario.diagnosis:
            told = scenario.diagnosis or f"no diagnosis ({_why(scenario)})"
            problems.append(f'{rejection.scenario} rejected it for another reason: "{told}"')
    return problems


def _why(scenario: Scenario) -> str:
    return scenario.message or (scenario.error.happened if scenario.error else "no message")
