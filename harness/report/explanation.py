"""Draws an error: what happened, expected, got, try, see."""

from rich.text import Text

from harness.cloud.errors import shown
from harness.errors import ExplainedError
from harness.judge.verdict import Explanation
from harness.report.text import hanging


def draw_explanation(error: Explanation | ExplainedError, width: int, indent: str = "") -> list[Text]:
    """The error in up to five paragraphs, each beside its label."""
    parts = [error.file, error.line and str(error.line), error.column and str(error.column)]
    place = ":".join(part for part in parts if part)
    rows = hanging(f"{place}: {error.happened}" if place else error.happened, width, first=indent)
    for label, text in (("Expected", error.expected), ("Got", error.got), ("Try", error.try_)):
        if text:
            rows += hanging(text, width, first=f"{indent}  {label + ':':<10}", first_style="bold")
    if error.see:
        rows.append(Text.assemble((f"{indent}  {'See:':<10}", "bold"), shown(error.see)))  # links are never wrapped
    return rows
