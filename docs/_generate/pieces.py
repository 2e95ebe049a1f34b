"""Small pieces of Markdown, and what docstrings say, in a form that pages can show."""

import inspect
import re
from collections.abc import Sequence

_ATTRIBUTE = re.compile(r"^    (\w+): (.*)$")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a bar within a cell does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def fence(language: str, text: str, title: str = "") -> str:
    """A block of code."""
    options = f' title="{title}"' if title else ""
    return f"```{language}{options}\n{text.rstrip()}\n```\n"


def collapsed(kind: str, title: str, content: str) -> str:
    """A block that a reader opens."""
    body = "\n".join(f"    {line}" if line else "" for line in content.rstrip().splitlines())
    return f'??? {kind} "{title}"\n\n{body}\n'


def code(text: object) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def story(cls: type) -> str:
    """The docstring of a class without its list of attributes."""
    return _parts(cls)[0]


def attributes(cls: type) -> dict[str, str]:
    """What the docstrings of a class and its bases say of each attribute."""
    found: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        found.update(_listed(_parts(one)[1]) if one.__dict__.get("__doc__") else {})
    return found


def _parts(cls: type) -> tuple[str, str]:
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    before, _, after = text.partition("\nAttributes:\n")
    return before.strip(), after


def _listed(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if match := _ATTRIBUTE.match(line):
            last = match[1]
            found[last] = match[2]
        elif last and line.strip():
            found[last] += " " + line.strip()
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
