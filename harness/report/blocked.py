"""Draws the scenarios that were not judged: one block for each reason, a line for each promise."""

from collections.abc import Iterable

from rich.text import Text

from harness.judge.verdict import Outcome, Scenario
from harness.report.text import count, hanging

_LABEL = "  blocked  "


def draw_blocked(scenarios: Iterable[Scenario], width: int) -> list[Text]:
    """What is not begun, then what waits for the first broken scenario; nothing where nothing is blocked."""
    by_reason: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        if scenario.outcome is Outcome.BLOCKED:
            by_reason.setdefault(scenario.message, []).append(scenario)
    rows: list[Text] = []
    for reason, blocked in by_reason.items():
        rows += [Text(""), *(_not_begun(reason, blocked, width) if reason else _waiting(blocked, width))]
    return rows


def _waiting(blocked: list[Scenario], width: int) -> list[Text]:
    return _labelled(f"{_how_many(blocked)} not judged until the first broken one holds", width)


def _not_begun(reason: str, blocked: list[Scenario], width: int) -> list[Text]:
    rows = _labelled(reason, width)
    if blocked[0].diagnosis:
        rows += hanging(f"Try: {blocked[0].diagnosis}", width, first=" " * len(_LABEL))
    for promise in dict.fromkeys(one.promise for one in blocked):
        of_it = [one for one in blocked if one.promise == promise]
        rows += hanging(_how_many(of_it), width, first=f"{' ' * len(_LABEL)}{promise:<5}", style="dim")
    return rows


def _labelled(text: str, width: int) -> list[Text]:
    return hanging(text, width, first=_LABEL, first_style="yellow")


def _how_many(blocked: list[Scenario]) -> str:
    points = sum(one.points for one in blocked)
    return f"{count(len(blocked), 'scenario')} ({count(points, 'point')})"
