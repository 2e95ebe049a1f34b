"""Draws the grades of a cohort: a row for each student."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from harness.cloud.errors import shown
from harness.grading.results import Grade
from harness.report.tables import table


def draw_grades(grades: Iterable[Grade]) -> RenderableType:
    """A row for each student, by name."""
    students = table("student", "score", "outcome", "reason")
    for grade in grades:
        style = {"passed": "green", "failed": "", "error": "red"}.get(grade.outcome, "yellow")
        score = "-" if grade.score is None else f"{grade.score}/{grade.max_score}"
        students.add_row(
            Text(shown(grade.student)), Text(score), Text(grade.outcome, style=style), Text(shown(grade.reason))
        )
    return students
