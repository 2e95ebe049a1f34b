"""Draws what `kata verify` found: a row for each solution of the kata."""

from rich.console import RenderableType
from rich.text import Text

from harness.cloud.errors import shown
from harness.judge.verification import Row, VerificationReport
from harness.report.tables import table
from harness.report.text import count
from harness.report.thorough import draw_proofs


def draw_verification(report: VerificationReport) -> list[RenderableType]:
    """A row for each solution, what is wrong with those that do not do as they must, and the proofs."""
    solutions = table("", "solution", "must", "runs", "s", whole="solution")
    for row in report.rows:
        solutions.add_row(*_solution(row))
    broken = [row for row in report.rows if not row.holds]
    told = [Text(f"{row.solution}: {problem}", style="red") for row in broken for problem in map(shown, row.problems)]
    return [
        Text(report.kata, style="bold"),
        *([solutions] if report.rows else []),
        *([Text(""), *told] if told else []),
        *(draw_proofs(report.proofs) if report.proofs else []),
        Text(""),
        Text(_end(report, len(broken))),
    ]


def _end(report: VerificationReport, broken: int) -> str:
    solutions = count(sum(row.runs > 0 for row in report.rows), "solution")
    cached = f" {count(report.cached, 'verdict')} known from before, of the same content." if report.cached else ""
    if report.interrupted:
        return f"{report.kata}: interrupted; what is told above is what was known by then.{cached}"
    if report.holds:
        return f"{report.kata} holds: {solutions}, {count(len(report.seeds), 'seed')}.{cached}"
    if broken:
        return f"{report.kata} does not hold: {broken} of {solutions} not as they must be.{cached}"
    return f"{report.kata} does not hold: its solutions are as they must be, but not its proofs.{cached}"


def _solution(row: Row) -> tuple[Text, ...]:
    word = Text("ok", style="green") if row.holds else Text("WRONG", style="bold red")
    must = row.claim.replace("test_", "").replace("_", " ")
    return word, Text(row.solution), Text(must), Text(str(row.runs)), Text(f"{row.real_ms / 1000:.1f}")
