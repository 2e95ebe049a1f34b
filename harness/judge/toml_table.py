"""Reads a TOML file that an author wrote, and names the line where it is wrong."""

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from harness.errors import ExplainedError
from harness.judge.verdict import Explanation

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_.-]+)[\"']?\s*=")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class KataWrong(ExplainedError):
    """A file of a kata or of its solutions is not as it must be; its author can change that."""

    @property
    def explanation(self) -> Explanation:
        """The same as data, for a verdict."""
        return Explanation(
            happened=self.happened,
            expected=self.expected,
            got=self.got,
            try_=self.try_,
            see=self.see,
            file=self.file,
            line=self.line,
            column=self.column,
        )


class Table:
    """A table of a TOML file: typed look-ups, each of which makes its key a known one.

    Attributes:
        where: its place in the file: "" at the top, "promises[1].points" below.
    """

    def __init__(self, content: dict[str, Any], file: str, lines: dict[tuple[str, str], int], where: str = "") -> None:
        self.content = content
        self.file = file
        self.where = where
        self._lines = lines
        self._known: list[str] = []

    def text(self, key: str, *, optional: bool = False) -> str:
        """A text that is not empty; "" where it may be missing and is."""
        if optional and key not in self.content:
            self._known.append(key)
            return ""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"`{key}` is not a text.", key, expected="a text that is not empty", got=_got(value))
        return value

    def integer(self, key: str, *, least: int) -> int:
        """A whole number, `least` or more."""
        value = self._get(key)
        if not _is_integer(value) or value < least:
            raise self.wrong(f"`{key}` is not a number.", key, expected=f"a whole number >= {least}", got=_got(value))
        return int(value)

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, at least one, none twice."""
        value = self._get(key)
        is_right = isinstance(value, list) and value and all(_is_integer(one) for one in value)
        if not is_right or len(set(value)) != len(value):
            expected = "a list of different whole numbers, at least one: [1, 2, 3]"
            raise self.wrong(f"`{key}` is not a list of numbers.", key, expected=expected, got=_got(value))
        return tuple(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        self._known.append(key)
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(f"`{key}` is not a list of texts.", key, expected='["search"]', got=_got(value))
        return tuple(value)

    def flag(self, key: str) -> bool:
        """True or false; false where the key is missing."""
        self._known.append(key)
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"`{key}` is not a flag.", key, expected="true or false", got=_got(value))
        return value

    def table(self, key: str, *, optional: bool = False) -> "Table":
        """A table within this one; empty where it may be missing and is."""
        self._known.append(key)
        value = self.content.get(key, {} if optional else None)
        if not isinstance(value, dict):
            raise self.wrong(f"The table [{self._below(key)}] is missing.", key, expected="a table", got=_got(value))
        return Table(value, self.file, self._lines, self._below(key))

    def tables(self, key: str) -> list["Table"]:
        """The tables written [[key]], at least one."""
        self._known.append(key)
        value = self.content.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            raise self.wrong(f"There is no [[{key}]].", key, expected=f"one or more [[{key}]]", got=_got(value))
        return [Table(one, self.file, self._lines, f"{self._below(key)}[{i}]") for i, one in enumerate(value)]

    def close(self) -> None:
        """Refuses what nobody asked for.

        Raises:
            KataWrong: the table holds a key that means nothing here.
        """
        for key in self.content:
            if key not in self._known:
                near = get_close_matches(key, self._known, n=1)
                raise self.wrong(
                    f"Unknown key `{key}`{f' in [{self.where}]' if self.where else ''}.",
                    key,
                    expected="one of " + ", ".join(self._known),
                    try_=f"rename it to `{near[0]}`" if near else "remove it",
                )

    def wrong(self, happened: str, key: str = "", *, expected: str = "", got: str = "", try_: str = "") -> KataWrong:
        """What is wrong with this key, ready to raise."""
        line = self._lines.get((self.where, key), 0) or self._lines.get((self._below(key), ""), 0)
        line = line or self._lines.get((self.where, ""), 0)
        return KataWrong(happened, expected=expected, got=got, try_=try_, file=self.file, line=line)

    def _get(self, key: str) -> Any:
        self._known.append(key)
        if key not in self.content:
            place = f" in [{self.where}]" if self.where else ""
            raise self.wrong(f"`{key}` is missing{place}.", key, expected=f"{key} = ...")
        return self.content[key]

    def _below(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key


def read_toml(path: Path, shown_as: str) -> Table:
    """The whole file as a table.

    Args:
        shown_as: the path as messages give it.

    Raises:
        KataWrong: it is missing, not readable, or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Table(tomllib.loads(text), shown_as, _lines_of(text))
    except FileNotFoundError:
        raise KataWrong(f"{shown_as} is missing.", expected="this file", file=shown_as) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KataWrong(f"{shown_as} cannot be read: {error}", expected="a UTF-8 file", file=shown_as) from None
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 0)
        reason = _PLACE.sub("", str(error)).replace("(at end of document)", "at the end of the file").strip()
        happened = f"This is not TOML: {reason}."
        raise KataWrong(happened, expected="TOML 1.0", file=shown_as, line=line, column=column) from None


def _lines_of(text: str) -> dict[tuple[str, str], int]:
    """Line of each (table, key), and of each table under the key "", as far as lines show it."""
    lines: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    where = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            where = _place_of(header[2], counts, starts_element=header[1] == "[[")
            lines.setdefault((where, ""), number)
        elif key := _KEY.match(line):
            lines.setdefault((where, key[1]), number)
    return lines


def _place_of(header: str, counts: dict[str, int], *, starts_element: bool) -> str:
    """[promises.points] below the second [[promises]] is "promises[1].points"."""
    first, dot, rest = (part.strip() for part in header.partition("."))
    if starts_element and not dot:
        counts[first] = counts.get(first, 0) + 1
    return (f"{first}[{counts[first] - 1}]" if first in counts else first) + dot + rest


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _got(value: object) -> str:
    return "nothing" if value is None else repr(value)
