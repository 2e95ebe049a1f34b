"""Judges mutants of a kata's reference: each must be killed, or its survival be explained."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from harness.judge.chaff_file import read_all_chaff
from harness.judge.kata import Kata
from harness.judge.mutation.listing import mutants_of, sample_of
from harness.judge.mutation.mutant import Mutant
from harness.judge.mutation.order import batches
from harness.judge.mutation.report import MutantResult, MutationReport
from harness.judge.mutation.survivors import read_survivors
from harness.judge.overlay import copy_reference
from harness.judge.run import Job, JudgeEach
from harness.judge.vectors import Vectors
from harness.judge.verdict import Fault, Outcome, Verdict


class Step(NamedTuple):
    """How far the mutants are: the batch of scenarios they meet, how many have an end, and of how many."""

    batch: int
    ended: int
    mutants: int


def judge_mutants(
    kata: Kata,
    *,
    vectors: Vectors,
    reference: Verdict,
    judge_each: JudgeEach,
    most: int = 0,
    on_step: Callable[[Step], None] = lambda step: None,
) -> MutationReport:
    """Judges every mutant of the reference until its first failing scenario.

    Args:
        vectors: outcomes of the kata's chaff, by which scenarios are put in order.
        reference: its verdict.
        most: how many mutants, drawn by the kata's first seed; 0: all.
        on_step: called after each batch of scenarios on a mutant.

    Returns:
        what became of each; after Ctrl-C, of those that have an end.

    Raises:
        KataWrong: the list of survivors is not as it must be.
    """
    reasons = read_survivors(kata)
    with tempfile.TemporaryDirectory(prefix="kata-mutants-") as temporary:
        root = Path(temporary)
        every = mutants_of(copy_reference(kata, root / "reference"), kata.folder / "starter")
        chosen = sample_of(every, most, kata.seeds[0])
        run = _Run(kata, chosen, root, reasons)
        plan = {file: batches(kata, file, read_all_chaff(kata), vectors, reference) for file in _files(chosen)}
        is_interrupted = False
        try:
            run.through(plan, judge_each, on_step)
        except KeyboardInterrupt:
            is_interrupted = True
    return MutationReport(
        mutants=len(every),
        chosen=len(chosen),
        results=tuple(run.results[mutant.name] for mutant in chosen if mutant.name in run.results),
        stale=tuple(name for name in reasons if name not in {mutant.name for mutant in every}),
        interrupted=is_interrupted,
    )


def _files(mutants: list[Mutant]) -> list[str]:
    return list(dict.fromkeys(mutant.file for mutant in mutants))


class _Run:
    """Mutants on their way through the batches.

    Attributes:
        results: of those that have an end, by name.
    """

    def __init__(self, kata: Kata, mutants: list[Mutant], root: Path, reasons: dict[str, str]) -> None:
        self.results: dict[str, MutantResult] = {}
        self._kata = kata
        self._mutants = mutants
        self._root = root
        self._reasons = reasons

    def through(
        self,
        plan: dict[str, list[tuple[str, ...]]],
        judge_each: JudgeEach,
        on_step: Callable[[Step], None],
    ) -> None:
        """Every mutant meets the first batch of its file, then those that live meet the second, and so on."""
        living = dict(enumerate(self._mutants))
        for step in range(max((len(of_file) for of_file in plan.values()), default=0)):
            jobs = [self._job(number, mutant, plan[mutant.file][step]) for number, mutant in living.items()]
            for job, verdict in judge_each(jobs):
                number = int(job.folder.name)
                is_last = step + 1 == len(plan[living[number].file])
                end = _end(verdict, job.only, is_last=is_last)
                if end:
                    mutant = living.pop(number)
                    self.results[mutant.name] = self._result(mutant, *end)
                    shutil.rmtree(job.folder, ignore_errors=True)
                on_step(Step(step + 1, len(self.results), len(self._mutants)))

    def _job(self, number: int, mutant: Mutant, only: tuple[str, ...]) -> Job:
        folder = self._root / str(number)
        if not folder.exists():
            shutil.copytree(self._root / "reference", folder)
            mutant.write(folder)
        return Job(self._kata, folder, self._kata.seeds[0], only, sandbox=())

    def _result(self, mutant: Mutant, outcome: str, by: str) -> MutantResult:
        return MutantResult(
            name=mutant.name,
            file=mutant.file,
            line=mutant.line,
            operator=mutant.operator,
            outcome=outcome,
            by=by,
            reason=self._reasons.get(mutant.name, ""),
        )


def _end(verdict: Verdict, asked: tuple[str, ...], *, is_last: bool) -> tuple[str, str] | None:
    """How the mutant ended, and by what; None while nothing has killed it and there is more to try."""
    killer = next((one for one in verdict.scenarios if one.outcome not in (Outcome.PASSED, Outcome.ERROR)), None)
    if killer:
        return "killed", killer.name if killer.outcome is Outcome.FAILED else f"{killer.name} ({killer.outcome})"
    if verdict.outcome == "error":
        happened = verdict.error.happened if verdict.error else "no word"
        return ("killed", happened) if verdict.fault is Fault.SUBMISSION else ("unjudged", happened)
    if len(verdict.scenarios) < len(asked):
        return "unjudged", "not every scenario was judged"
    return ("survived", "") if is_last else None
