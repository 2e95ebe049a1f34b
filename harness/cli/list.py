"""`kata list`: every kata and how far the learner is.

It answers before anything heavy is imported, so it prints without rich.
"""

import json
from dataclasses import dataclass
from typing import Annotated

import typer

from harness import paths
from harness.cli.reporting import reported
from harness.judge.catalogue import Entry, catalogue
from harness.learner.progress import read_progress


@dataclass(frozen=True)
class Line:
    """A kata of the list; `state` is "open", "begun" or "solved"."""

    entry: Entry
    state: str
    score: int


@reported
def list_katas(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> int:
    """List the katas."""
    lines = _lines()
    if as_json:
        print(json.dumps({"schema": "serverless-katas/list/1", "katas": [_as_data(line) for line in lines]}))
        return 0
    width = max((len(line.entry.title or line.entry.name) for line in lines), default=0)
    for line in lines:
        print(_as_text(line, width))
    unsolved = next((line for line in lines if line.state != "solved"), None)
    if unsolved:
        verb = "test" if unsolved.state == "begun" else "start"
        print(f"\nNext: kata {verb} {unsolved.entry.number:02d}")
    return 0


def _lines() -> list[Line]:
    workspace = paths.workspace()
    progress = read_progress(workspace)
    lines = []
    for entry in catalogue(paths.katas()):
        begun = "begun" if (workspace / entry.name).is_dir() else "open"
        attempt = progress.attempts.get(entry.name)
        state = "solved" if progress.is_solved(entry.name) else begun
        lines.append(Line(entry, state, attempt.score if attempt else 0))
    return lines


def _as_text(line: Line, width: int) -> str:
    entry = line.entry
    if entry.problem:
        return f"{entry.number:02d}  {entry.name:<{width}}  cannot be read: {entry.problem}"
    state = "" if line.state == "open" else f"  {line.state}, {line.score} points"
    return (
        f"{entry.number:02d}  {entry.title:<{width}}  {entry.points:>3} points  {entry.scenarios:>2} scenarios{state}"
    )


def _as_data(line: Line) -> dict[str, object]:
    entry = line.entry
    return {
        "number": entry.number,
        "name": entry.name,
        "title": entry.title,
        "summary": entry.summary,
        "points": entry.points,
        "scenarios": entry.scenarios,
        "state": line.state,
        "score": line.score,
        "problem": entry.problem,
    }
