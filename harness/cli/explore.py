"""`kata explore`: looks for faults and schedules that break a solution, and keeps what it finds."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness import paths
from harness.cli.judges import Judges
from harness.cli.reporting import reported
from harness.cli.submission import Submission, chosen
from harness.errors import ExplainedError

if TYPE_CHECKING:
    from harness.judge.explore.model import Exploration, Explored, Tally

_UNITS_S = {"s": 1, "m": 60, "h": 3600}


class BudgetUnreadableError(ExplainedError):
    """The budget is no time."""


@reported
def explore(
    context: typer.Context,
    kata: Annotated[str | None, typer.Argument(help="Number or name; without it, the next unsolved one.")] = None,
    budget: Annotated[
        str, typer.Option(metavar="TIME", help="How much to try: 30s, 5m. Four plans a second; twice as long at most.")
    ] = "30s",
    path: Annotated[Path | None, typer.Option(metavar="DIR", help="The submission, if not in workspace/.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Where to look; the same seed, the same findings.")] = 1,
    only: Annotated[str | None, typer.Option(metavar="NAME", help="One scenario: its name, or a part of it.")] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where plans are kept, if not in found/ of the submission."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Look for faults and schedules that break your solution."""
    from harness.judge.explore.found import FOUND_FOLDER, keep
    from harness.judge.explore.model import Exploration
    from harness.judge.scenarios import choose_scenario

    budget_s = seconds(budget)
    submission = chosen(kata, path)
    exploration = Exploration(
        kata=submission.kata,
        folder=submission.folder,
        chance=seed,
        budget_s=budget_s,
        scenarios=(choose_scenario(submission.kata, only),) if only else (),
    )
    judges: Judges = context.obj
    explored = _explored(exploration, judges)
    folder = to or submission.folder / FOUND_FOLDER
    files = [keep(finding.plan, folder) for finding in explored.findings]
    if as_json:
        _print_json(exploration, explored, files)
    else:
        _draw(submission, exploration, explored, files)
    return 130 if explored.interrupted else explored.exit_code


def seconds(text: str) -> float:
    """A time as a person types it: "30s", "5m", "90".

    Raises:
        BudgetUnreadableError: it is none.
    """
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS_S else (text, "s")
    if not number.isdecimal() or not 0 < int(number) * _UNITS_S[unit] <= 24 * 3600:
        raise BudgetUnreadableError(
            f"{text!r} is no budget.", expected="a time up to a day: 30s, 5m, 2h", try_="kata explore --budget 30s"
        )
    return int(number) * _UNITS_S[unit]


def _explored(exploration: "Exploration", judges: Judges) -> "Explored":
    from harness.report.status import Status

    status = Status(sys.stderr)

    def on_step(tallies: "list[Tally]", found: int) -> None:
        tried, planned = sum(one.tried for one in tallies), sum(one.planned for one in tallies)
        status.show(f"exploring: {tried} runs, {planned} plans to try, {found} found")

    status.show("exploring: the scenarios undisturbed")
    try:
        return judges.exploring()(exploration, on_step=on_step)
    finally:
        status.clear()


def _draw(submission: Submission, exploration: "Exploration", explored: "Explored", files: list[Path]) -> None:
    from harness.report.exploration import Asked, draw_exploration
    from harness.report.text import console_for

    console = console_for(sys.stdout)
    asked = Asked(
        place=paths.short(submission.folder),
        command=submission.command("explore"),
        test=submission.command("test"),
        seed=exploration.chance,
        files=tuple(paths.short(file) for file in files),
    )
    for row in draw_exploration(exploration.kata, explored, asked, console.width):
        console.print(row, soft_wrap=True)


def _print_json(exploration: "Exploration", explored: "Explored", files: list[Path]) -> None:
    import msgspec

    from harness.judge.explore.model import record_of

    record = record_of(exploration, explored, [str(file) for file in files])
    print(msgspec.json.encode(record).decode())
