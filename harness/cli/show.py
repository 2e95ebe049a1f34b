"""`kata show`: what a kata asks for, as its README says, and what it is worth."""

import sys
from typing import Annotated

import typer

from harness.cli.reporting import reported


@reported
def show(kata: Annotated[str, typer.Argument(help='Number ("07") or name of a kata.')]) -> int:
    """Show what a kata asks for."""
    from rich.markdown import Markdown
    from rich.text import Text

    from harness.judge.kata_file import find_kata, samples_of
    from harness.report.promises import draw_promises
    from harness.report.text import console_for

    chosen = find_kata(kata)
    console = console_for(sys.stdout)
    readme = chosen.folder / "README.md"
    if readme.is_file():
        console.print(Markdown(readme.read_text(encoding="utf-8"), hyperlinks=False))
    else:
        console.print(Text(f"{chosen.number:02d} {chosen.title}\n\n{chosen.summary}"))
    for row in draw_promises(chosen, samples_of(chosen), console.width):
        console.print(row, soft_wrap=True)
    console.print(Text(f"\nNext: kata start {chosen.number:02d}"))
    return 0
