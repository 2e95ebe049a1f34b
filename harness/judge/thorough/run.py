"""Proves a kata thoroughly: what `kata verify --thorough` does, part by part.

First every solution in every scenario, from which the other parts take what they need; then the
reference explored, repeated and mutated; the many seeds, which take longest, come last. Ctrl-C
ends it with what is known by then.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import is_interrupt
from harness.judge.explore.model import Exploration, Explored, Tally
from harness.judge.kata import Kata
from harness.judge.mutation.run import Step, judge_mutants
from harness.judge.overlay import copy_reference
from harness.judge.perturbation.report import Oracle, OracleReport
from harness.judge.run import Job, JudgeEach
from harness.judge.thorough.kills import kills_of
from harness.judge.thorough.repeats import repeat
from harness.judge.thorough.report import ExploreReport, Proofs
from harness.judge.vectors import solution_verdicts, vectors_of
from harness.judge.verdict import Verdict
from harness.judge.verification import Row, VerificationReport, verify


@dataclass(frozen=True)
class Plan:
    """How much is to be done.

    Attributes:
        seeds: for right designs; wrong ones are judged under the kata's own.
        explore_s: budget of the exploration; 0: none.
        repeats: how often the reference is judged under one seed; 0: not.
        mutants: how many are drawn; 0: all; negative: none.
    """

    seeds: tuple[int, ...]
    explore_s: float = 60.0
    repeats: int = 20
    mutants: int = 0


@dataclass(frozen=True)
class Means:
    """What judges, and what hears of it.

    Attributes:
        judge_each: judges many submissions, each at most once where there is a cache.
        judge_again: judges them whatever is known.
        explore: looks for plans that break a submission.
        perturb: falsifies what the scenarios of a job read; None: nothing does.
        on_row: called with each solution's row.
        on_progress: called with a line whenever something is done; the first word is the part.
    """

    judge_each: JudgeEach
    judge_again: JudgeEach
    explore: Callable[..., Explored]
    perturb: Callable[..., OracleReport] | None = None
    on_row: Callable[[Row], None] = lambda row: None
    on_progress: Callable[[str], None] = lambda line: None


def prove(kata: Kata, plan: Plan, means: Means) -> VerificationReport:
    """Judges every solution of the kata and whatever shows that its tests are good.

    Raises:
        KataWrong: a chaff or the list of survivors is not as it must be, or there is no reference.
    """
    with tempfile.TemporaryDirectory(prefix="kata-thorough-") as temporary:
        parts = _Parts(kata, plan, means, copy_reference(kata, Path(temporary) / "reference"))
        parts.run()
    rows = parts.verification
    return msgspec.structs.replace(
        rows,
        holds=rows.holds and not parts.proofs.problems and not parts.interrupted,
        proofs=parts.proofs,
        interrupted=parts.interrupted,
    )


class _Parts:
    """The parts one after the other.

    Attributes:
        proofs: what is known so far.
        verification: the rows of the solutions.
        interrupted: whether Ctrl-C ended it.
    """

    def __init__(self, kata: Kata, plan: Plan, means: Means, reference: Path) -> None:
        self.proofs = Proofs()
        self.verification = VerificationReport(kata=kata.name, seeds=plan.seeds, thorough=True, holds=False, rows=())
        self.interrupted = False
        self._kata = kata
        self._plan = plan
        self._means = means
        self._reference = reference
        self._verdicts: dict[str, Verdict] = {}

    def run(self) -> None:
        """Every part, until Ctrl-C; what is wrong with a reference that fails is told by its row."""
        try:
            self._judge_solutions()
            if self._verdicts["reference"].outcome == "passed":
                for part in (self._perturb, self._explore, self._repeat, self._mutate):
                    part()
                    if self.interrupted:
                        return
            self._judge_seeds()
        except (KeyboardInterrupt, Exception) as error:
            if not is_interrupt(error):
                raise
            self.interrupted = True

    def _judge_solutions(self) -> None:
        def on_solution(solution: str, verdict: Verdict) -> None:
            self._verdicts[solution] = verdict
            self._means.on_progress(f"vectors: {len(self._verdicts)} solutions judged, the last one {solution}")

        verdicts = solution_verdicts(self._kata, judge_each=self._means.judge_each, on_solution=on_solution)
        vectors = vectors_of(self._kata, verdicts)
        self._prove(vectors=vectors, kills=kills_of(self._kata, vectors))

    def _perturb(self) -> None:
        if self._means.perturb is None:
            return
        shown: list[str] = []

        def on_oracle(oracle: Oracle) -> None:
            shown.append(oracle.scenario)
            self._means.on_progress(f"oracles: {len(shown)} scenarios run with what they read falsified")

        job = Job(self._kata, self._reference, self._kata.seeds[0], sandbox=())
        self._prove(oracles=self._means.perturb(job, on_oracle=on_oracle))

    def _explore(self) -> None:
        if self._plan.explore_s <= 0:
            return

        def on_step(tallies: list[Tally], found: int) -> None:
            self._means.on_progress(f"explore: {sum(one.tried for one in tallies)} runs, {found} found")

        exploration = Exploration(self._kata, self._reference, chance=1, budget_s=self._plan.explore_s)
        explored = self._means.explore(exploration, on_step=on_step)
        self.interrupted = explored.interrupted
        self._prove(explored=_explore_report(explored, self._plan.explore_s))

    def _repeat(self) -> None:
        if self._plan.repeats <= 0:
            return
        job = Job(self._kata, self._reference, self._kata.seeds[0], sandbox=())
        report = repeat(
            job,
            self._plan.repeats,
            judge_each=self._means.judge_again,
            on_run=lambda done: self._means.on_progress(f"repeat: {done} of {self._plan.repeats} runs"),
        )
        self.interrupted = report.runs < report.asked
        self._prove(repeated=report)

    def _mutate(self) -> None:
        if self._plan.mutants < 0:
            return

        def on_step(step: Step) -> None:
            done = f"{step.ended} of {step.mutants} mutants have an end"
            self._means.on_progress(f"mutation: {done}, the others are at batch {step.batch} of scenarios")

        report = judge_mutants(
            self._kata,
            vectors=self.proofs.vectors,
            reference=self._verdicts["reference"],
            judge_each=self._means.judge_each,
            most=self._plan.mutants,
            on_step=on_step,
        )
        self.interrupted = report.interrupted
        self._prove(mutation=report)

    def _judge_seeds(self) -> None:
        kata, plan = self._kata, self._plan

        def on_row(row: Row) -> None:
            self.verification = msgspec.structs.replace(self.verification, rows=(*self.verification.rows, row))
            self._means.on_row(row)

        self.verification = verify(
            kata,
            plan.seeds,
            thorough=True,
            wrong_seeds=kata.seeds,
            judge_each=self._means.judge_each,
            on_row=on_row,
        )

    def _prove(self, **parts: object) -> None:
        self.proofs = msgspec.structs.replace(self.proofs, **parts)


def _explore_report(explored: Explored, budget_s: float) -> ExploreReport:
    findings = [
        f"{one.plan.promise}, {one.plan.scenario}: {one.plan.message} ({'; '.join(one.plan.candidate.lines())})"
        for one in explored.findings
    ]
    return ExploreReport(
        budget_s=budget_s,
        runs=explored.tried,
        cut_short=tuple(one.scenario for one in explored.tallies if one.is_cut_short),
        findings=tuple(findings),
        troubles=tuple(f"{one.scenario}: {one.explanation.happened}" for one in explored.troubles),
    )
