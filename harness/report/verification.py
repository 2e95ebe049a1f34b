"""Draws what `kata verify` found: a row for each solution of the kata."""

from rich.console import Group, RenderableType
from rich.text import Text

from harness.cloud.errors import shown
from harness.judge.verification import Row, VerificationReport
from harness.report.tables import table
from harness.report.text import count


def draw_verification(report: VerificationReport) -> RenderableType:
    """A row for each solution, and what is wrong below those that do not do as they must."""
    solutions = table("", "solution", "must", "runs", "s", whole="solution")
    for row in report.rows:
        solutions.add_row(*_solution(row))
    broken = [row for row in report.rows if not row.holds]
    told = [Text(f"{row.solution}: {problem}", style="red") for row in broken for problem in map(shown, row.problems)]
    if report.holds:
        end = f"{report.kata} holds: {count(len(report.rows), 'solution')}, {count(len(report.seeds), 'seed')}."
    else:
        end = (
            f"{report.kata} does not hold: {len(broken)} of {count(len(report.rows), 'solution')} not as they must be."
        )
    return Group(Text(report.kata, style="bold"), solutions, *([Text(""), *told] if told else []), Text(""), Text(end))


def _solution(row: Row) -> tuple[Text, ...]:
    word = Text("ok", style="green") if row.holds else Text("WRONG", style="bold red")
    must = row.claim.replace("test_", "").replace("_", " ")
    return word, Text(row.solution), Text(must), Text(str(row.runs)), Text(f"{row.real_ms / 1000:.1f}")
