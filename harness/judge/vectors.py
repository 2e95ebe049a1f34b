"""How every solution of a kata fares in every scenario: the whole table, solution by scenario.

What it is good for: which chaff a promise kills that no other promise kills, which scenario kills
nothing, which scenarios kill quickest, and which known mistake a submission resembles.
"""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.judge.kata import Kata
from harness.judge.overlay import solution_folders
from harness.judge.run import Job, JudgeEach, judge_each
from harness.judge.scenarios import scenario_names
from harness.judge.verdict import Outcome, Verdict

Vectors = dict[str, dict[str, str]]
"""Solution ("starter", "reference", "accepted/<design>", "chaff/<mistake>"), scenario, outcome."""


def solution_verdicts(
    kata: Kata,
    *,
    seed: int | None = None,
    judge_each: JudgeEach = judge_each,
    on_solution: Callable[[str, Verdict], None] = lambda solution, verdict: None,
) -> dict[str, Verdict]:
    """The verdict on every solution in every scenario, solutions in the order of `solution_folders`.

    Args:
        seed: the kata's first, if none is given.
        judge_each: judges many submissions side by side; one of a `VerdictCache` judges each of them once.
        on_solution: called with each solution and its verdict as soon as it has been judged.

    Raises:
        KataWrong: a chaff is not as it must be, or there is no reference.
    """
    with tempfile.TemporaryDirectory(prefix="kata-vectors-") as temporary:
        folders = solution_folders(kata, Path(temporary))
        solution_of = {folder: solution for solution, folder in folders.items()}
        chosen = kata.seeds[0] if seed is None else seed
        verdicts: dict[str, Verdict] = {}
        for job, verdict in judge_each([Job(kata, folder, chosen, sandbox=()) for folder in folders.values()]):
            solution = solution_of[job.folder]
            verdicts[solution] = verdict
            on_solution(solution, verdict)
    return {solution: verdicts[solution] for solution in folders if solution in verdicts}


def vectors_of(kata: Kata, verdicts: Mapping[str, Verdict]) -> Vectors:
    """Every scenario for every solution; of one that could not be judged at all, "error" for each."""
    return {solution: vector_of(kata, verdict) for solution, verdict in verdicts.items()}


def vector_of(kata: Kata, verdict: Verdict) -> dict[str, str]:
    """The outcome of every scenario, in the order to fix them; "error" where there is none."""
    judged = {one.name: str(one.outcome) for one in verdict.scenarios}
    return {name: judged.get(name, str(Outcome.ERROR)) for name in scenario_names(kata)}
