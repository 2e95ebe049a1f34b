"""Draws what `kata doctor` found: a row for each thing looked at."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from harness.learner.doctor import Check
from harness.report.tables import table


def draw_checks(checks: Iterable[Check]) -> RenderableType:
    """A row for each thing looked at; below those that are missing, what it costs and what to do."""
    rows = table("", "what", "found")
    for check in checks:
        word = (
            Text("ok", style="green")
            if check.works
            else Text("missing", style="bold red" if check.needed else "yellow")
        )
        found = [
            check.found,
            *(f"{label}: {text}" for label, text in (("lost", check.lost), ("try", check.remedy)) if text),
        ]
        rows.add_row(word, Text(check.name), Text("\n".join(found)))
    return rows
