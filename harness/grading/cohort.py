"""Grades a cohort: a judge for each submission, side by side, and a grade for everybody.

Each student's result is on disk as soon as it is known. When the run is interrupted, the
table names those who were not judged.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from harness.errors import ExplainedError
from harness.grading.intake import Intake, Submission
from harness.grading.results import Grade, graded, write_grade, write_table
from harness.judge.kata import Kata
from harness.judge.run import Job, JudgeEach
from harness.judge.verdict import Explanation, Fault


class OutputWithinInputError(ExplainedError):
    """Results would be written among the submissions, or submissions lie among the results."""


def refuse_overlap(cohort: Path, out: Path) -> None:
    """Submissions and results are kept apart.

    Raises:
        OutputWithinInputError: one folder lies in the other.
    """
    read, written = cohort.resolve(), out.resolve()
    if read == written or read in written.parents or written in read.parents:
        raise OutputWithinInputError(
            f"The output folder {out} and the submissions {cohort} lie within each other.",
            expected="two folders apart from each other",
            try_=f"--out {cohort.resolve().name}-results",
        )


def grade_cohort(
    kata: Kata,
    intake: Intake,
    seed: int,
    out: Path,
    *,
    judge_each: JudgeEach,
    on_grade: Callable[[Grade], None] = lambda grade: None,
) -> list[Grade]:
    """Every submission has a grade, and its results.json; the table is written last.

    Args:
        judge_each: judges many submissions side by side.
        on_grade: called with each grade as it is known.

    Returns:
        the grades, by student.
    """
    known: dict[str, Grade] = {}
    try:
        for grade in _grades(kata, intake, seed, judge_each):
            write_grade(out, grade)
            known[grade.safe_name] = grade
            on_grade(grade)
    finally:
        everybody = [known.get(one.safe_name) or _not_judged(one, kata, seed) for one in intake.submissions]
        write_table(out, everybody)
    return everybody


def _grades(kata: Kata, intake: Intake, seed: int, judge_each: JudgeEach) -> Iterator[Grade]:
    students = {one.folder: one for one in intake.submissions if one.problem is None}
    for one in intake.submissions:
        if one.problem:
            yield _unjudgeable(one, one.problem, kata, seed)
    for job, verdict in judge_each([Job(kata, folder, seed) for folder in students]):
        student = students[job.folder]
        yield graded(student.student, student.safe_name, job.folder, verdict)


def _unjudgeable(submission: Submission, problem: Explanation, kata: Kata, seed: int) -> Grade:
    return Grade(
        student=submission.student,
        safe_name=submission.safe_name,
        kata=kata.name,
        score=0,
        max_score=kata.max_score,
        outcome="error",
        reason=problem.happened + (f" Got: {problem.got}." if problem.got else ""),
        seed=seed,
        fault=Fault.SUBMISSION,
        error=problem,
    )


def _not_judged(submission: Submission, kata: Kata, seed: int) -> Grade:
    return Grade(
        student=submission.student,
        safe_name=submission.safe_name,
        kata=kata.name,
        score=None,
        max_score=kata.max_score,
        outcome="not judged",
        reason="the run ended before",
        seed=seed,
    )
