"""Pieces of text that every screen shares: virtual time, hanging indents, what is safe to print."""

import io
from collections.abc import Sequence
from typing import IO

from rich.console import Console
from rich.text import Text

from harness.cloud.errors import shown

LEAST_WIDTH = 40
"""Columns used even where the terminal has fewer."""


def console_for(file: IO[str], width: int | None = None) -> Console:
    """Prints to this file: coloured on a terminal unless NO_COLOR is set, plain elsewhere."""
    console = Console(file=file, width=width, highlight=False, markup=False, emoji=False)
    console.width = max(console.width, LEAST_WIDTH)
    return console


def plain(lines: Sequence[Text]) -> str:
    """The lines without their styles."""
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


def virtual_time(at_ms: int) -> str:
    """Virtual milliseconds as mm:ss.mmm, from one hour on as h:mm:ss.mmm."""
    hours, rest_ms = divmod(at_ms, 3_600_000)
    minutes, rest_ms = divmod(rest_ms, 60_000)
    seconds, ms = divmod(rest_ms, 1000)
    return (f"{hours}:" if hours else "") + f"{minutes:02d}:{seconds:02d}.{ms:03d}"


def count(number: int, word: str) -> str:
    """ "1 scenario", "2 scenarios"."""
    return f"{number} {word}" + ("" if number == 1 else "s")


def hanging(text: str, width: int, *, first: str = "", style: str = "", first_style: str = "") -> list[Text]:
    """The text, made safe to print, wrapped beside its first words.

    Args:
        first: stands before the first row; the other rows are indented by as much.
    """
    lead = Text(first, style=first_style)
    indent = lead.cell_len
    rows: list[Text] = []
    for line in text.split("\n"):
        rows += Text(shown(line), style=style).wrap(_MEASURE, max(width - indent, LEAST_WIDTH // 2)) or [Text("")]
    made = [Text.assemble(lead if number == 0 else " " * indent, row) for number, row in enumerate(rows)]
    for row in made:
        row.rstrip()
    return made


def cut(rows: list[Text], most: int) -> list[Text]:
    """At most so many rows; the last one says how many are left out."""
    if len(rows) <= most:
        return rows
    indent = len(rows[1].plain) - len(rows[1].plain.lstrip())
    return [*rows[: most - 1], Text(f"{' ' * indent}... {count(len(rows) - most + 1, 'more row')}", style="dim")]


_MEASURE = Console(file=io.StringIO(), width=80)
"""Wraps text; nothing is ever printed to it."""
