"""Draws what a kata promises and what each promise is worth; names only the sample scenarios."""

from rich.text import Text

from harness.judge.kata import Kata, PromiseEntry
from harness.judge.scenarios import title_of
from harness.report.text import count, hanging


def draw_promises(kata: Kata, samples: set[str], width: int) -> list[Text]:
    """The promises in the order to keep them, each with its points and its sample scenarios."""
    rows = [Text(""), Text(f"Promises, {count(kata.max_score, 'point')}", style="bold")]
    for promise in kata.promises:
        points = sum(promise.points.values())
        rows += hanging(promise.sentence, width, first=f"  {promise.id:<4}{points:>3}  ", first_style="bold")
        rows += _scenarios(promise, samples, width)
    return rows


def _scenarios(promise: PromiseEntry, samples: set[str], width: int) -> list[Text]:
    shown = [name for name in promise.points if name in samples]
    rows = [row for name in shown for row in hanging(f"sample: {title_of(name)}", width, first=" " * 11, style="dim")]
    hidden = len(promise.points) - len(shown)
    return rows + hanging(f"and {count(hidden, 'hidden scenario')}", width, first=" " * 11, style="dim") * bool(hidden)
