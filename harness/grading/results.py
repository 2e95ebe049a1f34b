"""What a cohort run leaves in its output folder, and how it is written.

```
OUT/cohort.json                       which kata, seed and harness; marks the folder as ours
OUT/results.csv                       a row per student
OUT/students/<safe name>/results.json a student's whole verdict
```
"""

import csv
import io
import os
from pathlib import Path
from typing import Literal

import msgspec

from harness.cloud.errors import shown
from harness.errors import ExplainedError
from harness.files import write_whole
from harness.judge.verdict import Explanation, Fault, Outcome, Verdict

_BROKEN = (Outcome.FAILED, Outcome.NOT_REACHED, Outcome.ERROR)
"""Outcomes of a scenario that are a reason; one that is blocked has its reason elsewhere."""

COLUMNS = ("student", "kata", "score", "max_score", "outcome", "reason", "digest", "seed")

_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001  full-width forms start formulas too


class OutputOccupiedError(ExplainedError):
    """The output folder holds what no earlier run has written."""


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """What one student gets.

    Attributes:
        score: None where no verdict could be given and the student is not to blame.
        outcome: "passed", "failed", "error", or "not judged" where the run was interrupted.
        reason: one sentence: the first broken promise, or why it could not be judged.
        verdict: everything behind it; None where there is none.
    """

    schema: Literal["serverless-katas/grade/1"] = "serverless-katas/grade/1"
    student: str
    safe_name: str
    kata: str
    score: int | None
    max_score: int
    outcome: Literal["passed", "failed", "error", "not judged"]
    reason: str = ""
    digest: str = ""
    seed: int
    fault: Fault | None = None
    error: Explanation | None = None
    verdict: Verdict | None = None


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a cohort run, as in cohort.json."""

    schema: Literal["serverless-katas/cohort/1"] = "serverless-katas/cohort/1"
    kata: str
    seed: int
    harness: str
    students: int
    ignored: tuple[str, ...] = ()


class CohortGrades(Cohort, frozen=True, kw_only=True):
    """A cohort run as one object on stdout; its grades come without the verdicts."""

    grades: tuple[Grade, ...]


def graded(student: str, safe_name: str, folder: Path, verdict: Verdict) -> Grade:
    """The grade that a verdict gives; it names the student, never the folder on this machine."""
    verdict = _without_path(verdict, folder, student)
    is_students = verdict.fault in (None, Fault.SUBMISSION)
    return Grade(
        student=student,
        safe_name=safe_name,
        kata=verdict.kata,
        score=verdict.score if is_students else None,
        max_score=verdict.max_score,
        outcome=verdict.outcome,
        reason=_reason(verdict),
        digest=verdict.submission_digest,
        seed=verdict.seed,
        fault=verdict.fault,
        error=verdict.error,
        verdict=verdict,
    )


def _without_path(verdict: Verdict, folder: Path, student: str) -> Verdict:
    written = os.fsencode(folder).decode("utf-8", "backslashreplace")
    within, outside = (msgspec.json.encode(text)[1:-1] for text in (written, student))
    return msgspec.json.decode(msgspec.json.encode(verdict).replace(within, outside), type=Verdict)


def _reason(verdict: Verdict) -> str:
    if verdict.error:
        whose = "" if verdict.fault in (None, Fault.SUBMISSION) else f"fault of the {verdict.fault}: "
        place = f"{verdict.error.file}:{verdict.error.line}: " if verdict.error.line else ""
        return f"{whose}{place}{verdict.error.happened}"
    broken = next((one for one in verdict.scenarios if one.outcome in _BROKEN), None)
    broken = broken or next((one for one in verdict.scenarios if one.message), None)  # what is not begun
    if broken is None:
        return ""
    return f"{broken.promise}: {broken.message or (broken.error.happened if broken.error else broken.title)}"


def prepare_output(out: Path, cohort: Cohort) -> list[str]:
    """The output folder exists, marked as that of this run.

    Returns:
        names in students/ that an earlier run of the same kata left.

    Raises:
        OutputOccupiedError: it is a file, holds other things, or another kata's grades.
    """
    if out.exists() and not out.is_dir():
        raise OutputOccupiedError(f"{out} is a file.", expected="a folder that is empty or does not exist yet")
    names = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    marker = out / "cohort.json"
    if names and not _is_marked(marker, cohort.kata):
        raise OutputOccupiedError(
            f"{out} is not empty; nothing was written.",
            expected=f"an empty folder, or one with earlier grades of {cohort.kata}",
            got=", ".join(names[:8]),
            try_="another folder after --out",
        )
    write_whole(marker, msgspec.json.format(msgspec.json.encode(cohort)) + b"\n")
    students = out / "students"
    return sorted(path.name for path in students.iterdir()) if students.is_dir() else []


def _is_marked(marker: Path, kata: str) -> bool:
    try:
        return msgspec.json.decode(marker.read_bytes(), type=Cohort).kata == kata
    except (OSError, msgspec.MsgspecError):
        return False


def write_grade(out: Path, grade: Grade) -> None:
    """The student's results.json is there, whole."""
    content = msgspec.json.format(msgspec.json.encode(grade)) + b"\n"
    write_whole(out / "students" / grade.safe_name / "results.json", content)


def write_table(out: Path, grades: list[Grade]) -> None:
    """results.csv holds a row for each grade, in this order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for grade in grades:
        score = "" if grade.score is None else grade.score
        words = [_cell(one) for one in (grade.student, grade.kata, grade.outcome, grade.reason, grade.digest)]
        student, kata, outcome, reason, digest = words
        writer.writerow([student, kata, score, grade.max_score, outcome, reason, digest, grade.seed])
    write_whole(out / "results.csv", text.getvalue().encode("utf-8"))


def _cell(text: str) -> str:
    """Text that a spreadsheet shows and never calculates, on one line."""
    safe = shown(text)
    return f"'{safe}" if safe.startswith(_FORMULA_STARTS) else safe
