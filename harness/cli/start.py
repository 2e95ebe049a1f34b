"""`kata start`: copies a kata's starter to where the learner works. Overwrites nothing."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from harness import paths
from harness.cli.reporting import reported


@reported
def start(
    kata: Annotated[str, typer.Argument(help='Number ("07") or name of a kata.')],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="The new folder, instead of one in workspace/.")
    ] = None,
) -> int:
    """Begin a kata: copy its starter into the workspace."""
    from harness.judge.catalogue import find_folder, number_of
    from harness.learner import workspace

    folder = find_folder(kata, paths.katas())
    target = to or paths.workspace() / folder.name
    files = workspace.start(folder, target)
    number = f"{number_of(folder):02d}"
    where = shlex.quote(paths.short(target))
    print(f"The starter of {folder.name} is in {paths.short(target)}:")
    print("\n".join(f"  {file}" for file in files))
    print(f"\nRead:  kata show {number}")
    print(f"Next:  kata test {number}" + (f" --path {where}" if to else ""))
    return 0
