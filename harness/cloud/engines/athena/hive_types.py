"""Types of columns, as Hive writes them, as DuckDB writes them, and as Athena calls them.

Source: https://docs.aws.amazon.com/athena/latest/ug/data-types.html
"""

import functools
import re
from dataclasses import dataclass

INTEGERS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
"""Bits of each whole-number type."""

_DUCKDB = {
    "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
    "float": "FLOAT", "double": "DOUBLE", "string": "VARCHAR", "varchar": "VARCHAR", "char": "VARCHAR",
    "binary": "BLOB", "date": "DATE", "timestamp": "TIMESTAMP",
}  # fmt: skip
_TRINO = {"int": "integer", "string": "varchar", "binary": "varbinary", "float": "real", "timestamp": "timestamp(3)"}
_SAME = {"integer": "int", "long": "bigint", "real": "float"}
_WORD = re.compile(r"\s*([a-z_0-9$]+|[<>:,()])")


class UnknownType(Exception):
    """Hive has no such type."""


@dataclass(frozen=True)
class HiveType:
    """A type.

    Attributes:
        kind: "bigint", "array", ...
        inner: types inside: of an array one, of a map two, of a struct those of its fields.
        fields: names of a struct's fields.
        numbers: length of a varchar; precision and scale of a decimal.
    """

    kind: str
    inner: tuple["HiveType", ...] = ()
    fields: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    @property
    def duckdb(self) -> str:
        """As DuckDB writes it."""
        inner = [each.duckdb for each in self.inner]
        if self.kind == "array":
            return f"{inner[0]}[]"
        if self.kind == "map":
            return f"MAP({inner[0]}, {inner[1]})"
        if self.kind == "struct":
            named = ", ".join(f'"{name}" {each}' for name, each in zip(self.fields, inner, strict=True))
            return f"STRUCT({named})"
        if self.kind == "decimal":
            precision, scale = (*self.numbers, 10, 0)[:2] if not self.numbers else (*self.numbers, 0)[:2]
            return f"DECIMAL({precision}, {scale})"
        return _DUCKDB[self.kind]

    @property
    def trino(self) -> str:
        """As error messages and result metadata write it."""
        inner = [each.trino for each in self.inner]
        if self.kind in ("array", "map"):
            return f"{self.kind}({', '.join(inner)})"
        if self.kind == "struct":
            return f"row({', '.join(f'{name} {each}' for name, each in zip(self.fields, inner, strict=True))})"
        numbers = f"({','.join(map(str, self.numbers))})" if self.numbers else ""
        return _TRINO.get(self.kind, self.kind) + numbers


@functools.lru_cache(maxsize=512)
def hive_type(text: str) -> HiveType:
    """Reads a type. Raises UnknownType."""
    words = _WORD.findall(text.lower())
    if "".join(words) != re.sub(r"\s", "", text.lower()) or len(words) > 500:
        raise UnknownType(text)
    try:
        found, rest = _read(words)
    except (IndexError, RecursionError):
        raise UnknownType(text) from None
    if rest:
        raise UnknownType(text)
    return found


def _read(words: list[str]) -> tuple[HiveType, list[str]]:
    kind, rest = _SAME.get(words[0], words[0]), words[1:]
    if kind in ("array", "map"):
        inner, rest = _inner(rest)
        if len(inner) != (1 if kind == "array" else 2):
            raise UnknownType(kind)
        return HiveType(kind, tuple(inner)), rest
    if kind == "struct":
        return _struct(rest)
    numbers: list[int] = []
    if kind in ("decimal", "varchar", "char") and rest[:1] == ["("]:
        closing = rest.index(")") if ")" in rest else len(rest)
        numbers = [int(word) for word in rest[1:closing] if word.isdecimal() and len(word) < 6]
        rest = rest[closing + 1 :]
    if kind != "decimal" and kind not in _DUCKDB:
        raise UnknownType(kind)
    if kind == "decimal" and numbers and not 1 <= numbers[0] <= 38:
        raise UnknownType(kind)
    return HiveType(kind, numbers=tuple(numbers)), rest


def _inner(words: list[str]) -> tuple[list[HiveType], list[str]]:
    if words[0] != "<":
        raise UnknownType("")
    found, rest = _read(words[1:])
    inner = [found]
    while rest[0] == ",":
        found, rest = _read(rest[1:])
        inner.append(found)
    if rest[0] != ">":
        raise UnknownType("")
    return inner, rest[1:]


def _struct(words: list[str]) -> tuple[HiveType, list[str]]:
    names: list[str] = []
    inner: list[HiveType] = []
    rest = words
    opening = "<"
    while rest[0] == opening:
        if rest[2] != ":":
            raise UnknownType("struct")
        names.append(rest[1])
        found, rest = _read(rest[3:])
        inner.append(found)
        opening = ","
    if rest[0] != ">" or not names:
        raise UnknownType("struct")
    return HiveType("struct", tuple(inner), tuple(names)), rest[1:]
