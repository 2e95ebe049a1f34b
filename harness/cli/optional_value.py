"""An option that may stand with a file or without one: `--html` and `--html out.html`.

What follows it is its file only if it ends in .html, so that `kata test --html 07` judges 07.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from typer.core import TyperCommand

OPTION = "--html"
ENDINGS = (".html", ".htm")


class CommandWithPage(TyperCommand):
    """A command whose option `--html` needs no value; without one it is ""."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Gives the option the value that it stands for."""
        return super().parse_args(ctx, list(_with_values(args)))


def _with_values(arguments: Iterable[str]) -> Iterator[str]:
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            yield argument
            yield from waiting
            return
        if argument != OPTION:
            yield argument
            continue
        following = next(waiting, None)
        if following is not None and following.lower().endswith(ENDINGS):
            yield f"{OPTION}={following}"
        else:
            yield f"{OPTION}="
            if following is not None:
                yield from _with_values([following, *waiting])
