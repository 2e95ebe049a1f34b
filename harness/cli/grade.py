"""`kata grade`: a grade for every student of a cohort, as files and as a table."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.judges import Judges
from harness.cli.reporting import HARNESS_FAULT, reported

if TYPE_CHECKING:
    from harness.grading.intake import Intake
    from harness.grading.results import Cohort, Grade
    from harness.judge.kata import Kata
    from harness.judge.run import JudgeEach


@reported
def grade(
    context: typer.Context,
    kata: Annotated[str, typer.Argument(help='Number ("07") or name of a kata.')],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Holds a folder per student.")],
    out: Annotated[
        Path, typer.Option(metavar="OUT", help="Where results go: a new or empty folder, or an earlier OUT.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Grade a cohort: a submission per folder of DIR."""
    from harness.grading.cohort import refuse_overlap
    from harness.grading.intake import find_submissions
    from harness.grading.results import prepare_output
    from harness.judge.kata_file import find_kata

    chosen = find_kata(kata)
    refuse_overlap(directory, out)
    intake = find_submissions(directory)
    cohort = _cohort(chosen, intake)
    earlier = prepare_output(out, cohort)
    judges: Judges = context.obj
    grades = _grades(chosen, intake, out, judges.judge_each())
    if as_json:
        _print_json(cohort, grades)
    else:
        _draw(grades, out)
    _notes(intake, earlier)
    return _exit_code(grades)


def _cohort(kata: "Kata", intake: "Intake") -> "Cohort":
    from importlib.metadata import version

    from harness.grading.results import Cohort

    return Cohort(
        kata=kata.name,
        seed=kata.seeds[0],
        harness=version("serverless-katas"),
        students=len(intake.submissions),
        ignored=intake.ignored,
    )


def _grades(kata: "Kata", intake: "Intake", out: Path, judge_each: "JudgeEach") -> "list[Grade]":
    from harness.grading.cohort import grade_cohort
    from harness.report.status import Status

    status = Status(sys.stderr)
    done: list[str] = []

    def on_grade(grade: "Grade") -> None:
        done.append(grade.student)
        status.show(f"graded: {len(done)} of {len(intake.submissions)}")

    status.show(f"graded: 0 of {len(intake.submissions)}")
    try:
        return grade_cohort(kata, intake, kata.seeds[0], out, judge_each=judge_each, on_grade=on_grade)
    finally:
        status.clear()


def _draw(grades: "list[Grade]", out: Path) -> None:
    from harness.report.grades import draw_grades
    from harness.report.text import console_for, count

    console = console_for(sys.stdout)
    console.print(draw_grades(grades))
    passed = sum(grade.outcome == "passed" for grade in grades)
    console.print(
        f"\n{count(len(grades), 'submission')}, {passed} passed. Results: {out / 'results.csv'}", soft_wrap=True
    )


def _print_json(cohort: "Cohort", grades: "list[Grade]") -> None:
    import msgspec

    from harness.grading.results import CohortGrades

    told = tuple(msgspec.structs.replace(grade, verdict=None) for grade in grades)
    whole = CohortGrades(**msgspec.structs.asdict(cohort), grades=told)
    print(msgspec.json.encode(whole).decode())


def _notes(intake: "Intake", earlier: list[str]) -> None:
    from harness.cloud.errors import shown

    now = {submission.safe_name for submission in intake.submissions}
    stale = [name for name in earlier if name not in now]
    if intake.ignored:
        print(f"Ignored beside the folders: {shown(', '.join(intake.ignored))}", file=sys.stderr)
    if stale:
        print(f"Left from an earlier run in students/: {shown(', '.join(stale))}", file=sys.stderr)


def _exit_code(grades: "list[Grade]") -> int:
    """0 when everybody has a grade: a submission that fails is a result, not an error."""
    from harness.judge.verdict import Fault

    faults = {grade.fault for grade in grades}
    return HARNESS_FAULT if Fault.HARNESS in faults else 2 if Fault.KATA in faults else 0
