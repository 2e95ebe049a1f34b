"""`kata replay`: runs plans that `kata explore` kept, and says what has become of them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness import paths
from harness.cli.judges import Judges
from harness.cli.reporting import reported
from harness.cli.submission import chosen

if TYPE_CHECKING:
    from harness.judge.explore.replay import Replayed


@reported
def replay(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Plans that kata explore kept.", metavar="FILE...")],
    path: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The submission, if not the one that the plan lies in.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> int:
    """Run a plan that was found again: does it still break your solution?"""
    judges: Judges = context.obj
    replayed = []
    for file in files:
        replayed.append(_replayed(file, path, judges))
        if not as_json:
            _draw(file, replayed[-1])
    if as_json:
        _print_json(files, replayed)
    return max(one.exit_code for one in replayed)


def _replayed(file: Path, path: Path | None, judges: Judges) -> "Replayed":
    from harness.judge.explore.found import load_found
    from harness.judge.explore.replay import replay, submission_of
    from harness.report.status import Status

    found = load_found(file)
    submission = chosen(found.kata, path or submission_of(file, paths.workspace(), found.kata))
    status = Status(sys.stderr)
    status.show(f"running {file.name} again")
    judge = judges.judge()
    try:
        return replay(
            found, submission.kata, submission.folder, lambda job: judge(job, on_scenario=lambda scenario: None)
        )
    finally:
        status.clear()


def _draw(file: Path, replayed: "Replayed") -> None:
    from harness.report.exploration import draw_replay
    from harness.report.text import console_for

    console = console_for(sys.stdout)
    for row in draw_replay(paths.short(file), replayed, console.width):
        console.print(row, soft_wrap=True)


def _print_json(files: list[Path], replayed: "list[Replayed]") -> None:
    import msgspec

    from harness.judge.explore.replay import record_of

    records = [record_of(str(file), one) for file, one in zip(files, replayed, strict=True)]
    print(msgspec.json.encode({"schema": "serverless-katas/replays/1", "replays": records}).decode())
