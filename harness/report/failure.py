"""Tells one broken promise in full, on one screen: what was promised, what happened, and when.

This is what a learner reads most. It holds what is needed to find the mistake and nothing
else: the promise, one business sentence, expected and got, the story in virtual time with
the fault strikes marked, what the handler printed, the likely mistake, and how to run just
this again. Everything is readable without colour. What is too long is cut and says so.
"""

from itertools import pairwise

from rich.text import Text

from harness.judge.verdict import LogText, Neighbour, Outcome, Scenario, StoryLine
from harness.report.explanation import draw_explanation
from harness.report.text import count, cut, hanging, virtual_time

SCREEN_ROWS = 35
"""Rows the whole takes at most, if that can be: the story gives way, line by line."""

STORY_LINES = 10
LEAST_STORY_LINES = 5
LOG_ROWS = 4
VALUE_ROWS = 3
FAULT_ROWS = 2

STRIKE = "!"
"""Marks the lines of the story at which a fault struck."""


def draw_failure(scenario: Scenario, promise: str, again: str, width: int) -> list[Text]:
    """The failed scenario in full.

    Args:
        promise: the promise's sentence.
        again: the command that runs just this.
    """
    for story_lines in range(STORY_LINES, LEAST_STORY_LINES - 1, -1):
        rows = _draw(scenario, promise, again, width, story_lines)
        if len(rows) <= SCREEN_ROWS:
            break
    return rows


def _draw(scenario: Scenario, promise: str, again: str, width: int, story_lines: int) -> list[Text]:
    how = "not reached" if scenario.outcome is Outcome.NOT_REACHED else "broken"
    rows = hanging(promise, width, first=f"{scenario.promise} is {how}: ", first_style="bold red", style="bold")
    rows += hanging(scenario.title, width, first="  ", style="dim")
    rows += [Text(""), *hanging(scenario.message or "It failed without a word.", width, first="  ", style="bold")]
    rows += _values(scenario, width)
    if scenario.error:
        rows += draw_explanation(scenario.error, width, indent="  ")
    rows += _section("What happened, in virtual time", _story(scenario.story, width, story_lines))
    rows += _section("What the handler printed", _logs(scenario.logs, width))
    if scenario.diagnosis:
        label = "  Try: " if scenario.outcome is Outcome.NOT_REACHED else "  Likely mistake: "
        rows += [Text(""), *hanging(scenario.diagnosis, width, first=label, first_style="bold yellow")]
    rows += _neighbour(scenario.neighbour, width)
    is_cut = any(row.plain.lstrip().startswith("...") for row in rows)
    rows += [Text(""), *_rerun(again, width)]
    return [*rows, Text("  What is cut here is whole with --json.", style="dim")] if is_cut else rows


def _neighbour(neighbour: Neighbour | None, width: int) -> list[Text]:
    """What is different in the nearest run that holds, and the lines at which the two part."""
    if neighbour is None:
        return []
    rows = hanging(neighbour.difference, width, first="  It holds ", first_style="bold green")
    sides = [("here", neighbour.here), ("there", neighbour.there)] if neighbour.here or neighbour.there else []
    for side, line in sides:
        told = f"{virtual_time(line.at_ms)}  {line.text}" if line else "nothing more"
        rows += cut(hanging(told, width, first=f"    {side:<7}", first_style="bold"), 2)
    return [Text(""), *rows]


def _rerun(again: str, width: int) -> list[Text]:
    one_row = f"  Just this again:  {again}"
    if len(one_row) <= width:
        return [Text.assemble(("  Just this again:  ", "bold"), again)]
    return [Text("  Just this again:", style="bold"), Text(f"    {again}", no_wrap=True, overflow="ignore")]


def _values(scenario: Scenario, width: int) -> list[Text]:
    values = [
        ("expected", scenario.expected, VALUE_ROWS),
        ("got", scenario.got, VALUE_ROWS),
        ("struck by", "\n".join(scenario.faults), FAULT_ROWS),
    ]
    rows = [
        row
        for label, value, most in values
        if value
        for row in cut(hanging(value, width, first=f"  {label:<11}", first_style="bold"), most)
    ]
    return [Text(""), *rows] if rows else []


def _section(title: str, rows: list[Text]) -> list[Text]:
    return [Text(""), Text(f"  {title}", style="bold"), *rows] if rows else []


def _story(story: tuple[StoryLine, ...], width: int, most: int) -> list[Text]:
    rows: list[Text] = []
    before = -1
    time_width = max((len(virtual_time(line.at_ms)) for line in story), default=0)
    for index in chosen_lines(story, most):
        rows += _gap(index - before - 1, time_width)
        line = story[index]
        mark, style = (STRIKE, "yellow") if line.strike else (" ", "")
        first = f"  {mark} {virtual_time(line.at_ms):>{time_width}}  "
        rows += cut(hanging(line.text, width, first=first, style=style, first_style=style), VALUE_ROWS)
        before = index
    return rows + _gap(len(story) - before - 1, time_width)


def _gap(left_out: int, time_width: int) -> list[Text]:
    return [Text(f"    {'...':>{time_width}}  {count(left_out, 'more line')}", style="dim")] if left_out else []


def chosen_lines(story: tuple[StoryLine, ...], most: int) -> list[int]:
    """Which lines of a long story are told: its ends, the first strike and the last, and what surrounds them.

    A gap takes a row too, so that at most `most` rows come of it.
    """
    strikes = [index for index, line in enumerate(story) if line.strike]
    ends = [*strikes[:1], *strikes[-1:]]
    around = [near for index in ends for near in (index + 1, index - 1)]
    latest = range(len(story) - 1, len(story) - 1 - 2 * most, -1)
    by_weight = [len(story) - 1, 0, *ends, *around, len(story) - 2, *strikes[:most], *latest]
    kept: list[int] = []
    for index in by_weight:
        if 0 <= index < len(story) and index not in kept:
            trial = sorted([*kept, index])
            if len(trial) + _gaps(trial, len(story)) <= most:
                kept = trial
        if len(kept) == most:
            break
    return kept


def _gaps(kept: list[int], length: int) -> int:
    borders = [-1, *kept, length]
    return sum(later - earlier > 1 for earlier, later in pairwise(borders))


def _logs(logs: tuple[LogText, ...], width: int) -> list[Text]:
    """The last rows of what was printed: an error is told at its end."""
    lines = [(log, line) for log in logs for line in log.text.strip("\n").split("\n")]
    told = lines[-LOG_ROWS:] if len(lines) <= LOG_ROWS else lines[-LOG_ROWS + 1 :]
    rows: list[Text] = []
    before: LogText | None = None
    for log, line in told:
        first = f"    {virtual_time(log.at_ms)}  {log.function} {log.request_id[:8]}  "
        rows += cut(hanging(line, width, first=first if log is not before else " " * len(first), first_style="dim"), 2)
        before = log
    left_out = len(lines) - len(told)
    return [Text(f"    ... {count(left_out, 'line')} before", style="dim"), *rows] if left_out else rows
