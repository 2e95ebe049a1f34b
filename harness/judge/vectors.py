"""How every solution of a kata fares in every scenario: the whole table, solution by scenario.

What it is good for: which chaff a promise kills that no other promise kills, which scenario kills
nothing, which scenarios kill quickest, and which known mistake a submission resembles.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from harness.judge.chaff_file import read_all_chaff
from harness.judge.kata import Kata
from harness.judge.overlay import accepted_designs, copy_chaff, copy_reference
from harness.judge.run import Job, judge_each
from harness.judge.scenarios import scenario_names
from harness.judge.verdict import Outcome, Verdict

Vectors = dict[str, dict[str, str]]
"""Solution ("starter", "reference", "accepted/<design>", "chaff/<mistake>"), scenario, outcome."""

JudgeEach = Callable[[Iterable[Job]], Iterator[tuple[Job, Verdict]]]


def solution_folders(kata: Kata, temporary: Path) -> dict[str, Path]:
    """Every solution of the kata as a submission of its own, by name.

    Args:
        temporary: takes the copies; nothing may be in it yet.

    Raises:
        KataWrong: a chaff is not as it must be, or there is no reference.
    """
    folders = {
        "starter": kata.folder / "starter",
        "reference": copy_reference(kata, temporary / "reference"),
        **{f"accepted/{design.name}": design for design in accepted_designs(kata)},
    }
    for chaff in read_all_chaff(kata):
        folders[f"chaff/{chaff.name}"] = copy_chaff(kata, chaff, temporary / "chaff" / chaff.name)
    return folders


def outcome_vectors(
    kata: Kata,
    *,
    seed: int | None = None,
    judge_each: JudgeEach = judge_each,
    on_solution: Callable[[str, dict[str, str]], None] = lambda solution, vector: None,
) -> Vectors:
    """The outcome of every solution in every scenario, solutions in the order of `solution_folders`.

    Args:
        seed: the kata's first, if none is given.
        judge_each: judges many submissions side by side; one of a `VerdictCache` judges each of them once.
        on_solution: called with each solution and its outcomes as soon as it has been judged.

    Returns:
        every scenario for every solution; of one that could not be judged at all, "error" for each.

    Raises:
        KataWrong: a chaff is not as it must be, or there is no reference.
    """
    verdicts = solution_verdicts(
        kata,
        seed=seed,
        judge_each=judge_each,
        on_solution=lambda solution, verdict: on_solution(solution, vector_of(kata, verdict)),
    )
    return {solution: vector_of(kata, verdict) for solution, verdict in verdicts.items()}


def solution_verdicts(
    kata: Kata,
    *,
    seed: int | None = None,
    judge_each: JudgeEach = judge_each,
    on_solution: Callable[[str, Verdict], None] = lambda solution, verdict: None,
) -> dict[str, Verdict]:
    """The verdict on every solution in every scenario, under one seed; see `outcome_vectors`."""
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


def vector_of(kata: Kata, verdict: Verdict) -> dict[str, str]:
    """The outcome of every scenario, in the order to fix them; "error" where there is none."""
    judged = {one.name: str(one.outcome) for one in verdict.scenarios}
    return {name: judged.get(name, str(Outcome.ERROR)) for name in scenario_names(kata)}
