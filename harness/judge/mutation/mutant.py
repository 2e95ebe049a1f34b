"""A mutant: the reference with one small mistake in one file, made by an edit of its text."""

import re
from dataclasses import dataclass
from pathlib import Path

_SHOWN_CHARACTERS = 70


@dataclass(frozen=True)
class Edit:
    """Bytes of a file replaced by others.

    Attributes:
        start, end: which, counted from 0; `end` is not among them.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Change:
    """What an operator proposes, before anybody has looked whether the file still is one.

    Attributes:
        operator: the mistake in words: "drop the condition".
        line: where, counted from 1.
        before, after: what stood there and what stands there now, for the name.
        edits: none of them overlaps another.
    """

    operator: str
    line: int
    before: str
    after: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Attributes:
        name: stable as long as the line and its text are: "src/lease.py:72 drop the condition: ... -> ...".
        file: path below the submission, with slashes.
        content: of the whole file.
    """

    name: str
    file: str
    line: int
    operator: str
    content: bytes

    def write(self, folder: Path) -> None:
        """The submission in this folder has the mistake."""
        (folder / self.file).write_bytes(self.content)


def applied(content: bytes, edits: tuple[Edit, ...]) -> bytes:
    """The file after these edits."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        content = content[: edit.start] + edit.text.encode() + content[edit.end :]
    return content


def name_of(file: str, change: Change) -> str:
    """The mutant's name, unless another has it."""
    return f"{file}:{change.line} {change.operator}: {shown(change.before)} -> {shown(change.after)}"


def shown(text: str) -> str:
    """Code in one line of a name."""
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 3] + "..."
