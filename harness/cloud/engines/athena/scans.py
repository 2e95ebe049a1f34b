"""What a query would read: which partitions its filters leave, and which columns it needs.

DuckDB plans the query over empty stand-ins, one file for each partition. The plan names the
filters that rule files out, and filters on partition keys that it would apply to rows, which
rule out partitions on Athena just as well.

Source: https://docs.aws.amazon.com/athena/latest/ug/partitions.html
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.cloud.engines.athena.duck import Duck, identifier, quoted
from harness.cloud.engines.athena.hive_types import HiveType
from harness.cloud.engines.athena.storage.parts import Part, Typed

MARK = "kata_table"
"""The partition key that tells the tables of a plan apart."""

_SPLIT = re.compile(r"\)(?=\(|[A-Za-z\"])")
_LEAST_ROW = 64 * 1024
_DEFAULT = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class PlannedTable:
    """A table of a query.

    Attributes:
        view: its name in the query.
        keys: partition keys with their types.
        columns: all other columns.
        extra: hidden columns that the query asks for.
    """

    view: str
    columns: Typed
    keys: Typed
    parts: Sequence[Part]
    extra: tuple[str, ...] = ()

    @property
    def types(self) -> dict[str, str]:
        """DuckDB's types of the columns in its files."""
        return {name: kind.duckdb for name, kind in self.columns} | dict.fromkeys(self.extra, "VARCHAR")


@dataclass(frozen=True)
class Scan:
    """One reading of a table.

    Attributes:
        opened: indexes of the parts that DuckDB will open.
        parts: those of them that Athena reads.
        columns: those it needs, partition keys among them.
    """

    view: str
    opened: frozenset[int]
    parts: frozenset[int]
    columns: frozenset[str]


def files_of(table: PlannedTable, folder: Path) -> dict[int, Path]:
    """An empty file for each part of a table, by the part's index."""
    files = {index: folder / table.view / _path(table, part) for index, part in enumerate(table.parts)}
    for file in files.values():
        _touch(file)
    return files


def create_view(
    duck: Duck, schema: str, table: PlannedTable, folder: Path, *, planned: bool, longest_row: int = 0
) -> None:
    """Creates the view that stands for a table.

    Args:
        folder: where its files are, from `files_of`.
        planned: whether it is for a plan: then a file is there beside the others that is never read.
        longest_row: bytes.
    """
    files = [folder / table.view / _path(table, part) for part in table.parts]
    if planned:
        files.append(folder / table.view / f"{MARK}=none" / _path(table, None).partition("/")[2])
        _touch(files[-1])
    listed = ", ".join(quoted(str(file)) for file in files)
    longest = max(longest_row + 1, _LEAST_ROW)
    shown = ", ".join(identifier(name) for name in [*table.types, *(name for name, _ in table.keys)])
    name = f"{identifier(schema)}.{identifier(table.view)}"
    if not listed:
        kinds = table.types | {key: _hive(kind) for key, kind in table.keys}
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(key)}" for key, kind in kinds.items())
        duck.do(f"CREATE OR REPLACE VIEW {name} AS SELECT {empty} WHERE false")
        return
    columns = ", ".join(f"{quoted(key)}: {quoted(kind)}" for key, kind in table.types.items())
    hive = ", ".join(f"{identifier(key)}: {_hive(kind)}" for key, kind in [(MARK, HiveType("string")), *table.keys])
    duck.do(
        f"CREATE OR REPLACE VIEW {name} AS SELECT {shown} FROM read_json([{listed}], format = 'newline_delimited', "
        f"columns = {{{columns}}}, hive_partitioning = true, hive_types = {{{hive}}}, maximum_object_size = {longest})"
        + (f" WHERE {MARK} = {quoted(table.view)}" if planned else "")
    )


def scans_of(duck: Duck, query: str, tables: Sequence[PlannedTable]) -> list[Scan]:
    """What a query reads, as its plan says. Raises duckdb.Error: it cannot be planned."""
    (row,) = duck.limited(f"EXPLAIN (FORMAT json) {query}")
    found = []
    for info, filters in _readings(json.loads(row[1]), []):
        pieces = _pieces(_texts(info.get("File Filters")))
        table = next((each for each in tables if _mark(each) in pieces), None)
        if table is not None:
            opened = _left(duck, table, pieces)
            if len(opened) != _opened(info, len(table.parts)):  # filters that do not read as they are printed
                opened = frozenset(range(len(table.parts)))
            needed = frozenset(_texts(info.get("Projections")))
            found.append(Scan(table.view, opened, opened & _left(duck, table, filters), needed))
    return found


def _opened(info: dict[str, Any], count: int) -> int:
    """How many files DuckDB says that it will open: "2/15"."""
    opened = str(info.get("Scanning Files", count)).partition("/")[0]
    return int(opened) if opened.isdecimal() else count


def _mark(table: PlannedTable) -> str:
    return f"({MARK} = {quoted(table.view)})"


def _readings(nodes: list[dict[str, Any]], above: list[str]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each reading of files in a plan, with the filters that stand right above it."""
    for node in nodes:
        info = node.get("extra_info", {})
        if node["name"].strip().upper().startswith("READ_JSON"):
            yield info, above
        name = node["name"].strip().upper()
        filters = (
            [*above, *_texts(info.get("Expression"))] if name == "FILTER" else above if name == "PROJECTION" else []
        )
        yield from _readings(node.get("children", []), filters)


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)] if value else []


def _pieces(filters: list[str]) -> list[str]:
    """The filters of a list that DuckDB prints without anything between: "(a = 'x')(b > 1)"."""
    text = "".join(filters)
    pieces, begins, depth, at = [], 0, 0, 0
    while at < len(text):
        if text[at] in "'\"":
            closing = text.find(text[at], at + 1)
            at = closing if closing > 0 else len(text)
        elif text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if depth == 0 and _SPLIT.match(text, at):
                pieces.append(text[begins : at + 1])
                begins = at + 1
        at += 1
    return [piece for piece in [*pieces, text[begins:]] if piece]


def _left(duck: Duck, table: PlannedTable, filters: list[str]) -> frozenset[int]:
    """The parts that the filters leave; a filter that needs more than partition keys rules out none."""
    left = set(range(len(table.parts)))
    if not table.keys or not left:
        return frozenset(left)
    names = ", ".join(["number", MARK, *(identifier(key) for key, _ in table.keys)])
    rows = ", ".join(
        f"({index}, {quoted(table.view)}, {', '.join(map(_value, part.values, [kind for _, kind in table.keys]))})"
        for index, part in enumerate(table.parts)
    )
    for piece in filters:
        kept = _kept(duck, f"SELECT number FROM (VALUES {rows}) AS parts({names}) WHERE ", piece)
        left &= kept if kept is not None else left
    return frozenset(left)


def _kept(duck: Duck, beginning: str, condition: str) -> set[int] | None:
    """The parts that a condition leaves, tried as a whole and then term by term; None: it says nothing of them."""
    import duckdb

    kept = None
    for term in [condition, *_terms(duck, condition)]:
        try:
            found = {row[0] for row in duck.limited(beginning + term)}
        except duckdb.Error:
            continue
        if term == condition:
            return found
        kept = found if kept is None else kept & found
    return kept


def _terms(duck: Duck, condition: str) -> list[str]:
    """The parts of a condition that AND joins."""
    parsed = duck.parse(f"SELECT 1 WHERE {condition}")
    if parsed["error"]:
        return []
    where = parsed["statements"][0]["node"]["where_clause"]
    if where.get("class") != "CONJUNCTION" or where.get("type") != "CONJUNCTION_AND":
        return []
    found = []
    for child in where["children"]:
        parsed["statements"][0]["node"]["where_clause"] = child
        found.append(duck.written(parsed).partition(" WHERE ")[2])
    return found


def _touch(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def _value(value: str, kind: HiveType) -> str:
    return "NULL" if value == _DEFAULT else f"CAST({quoted(value)} AS {_hive(kind)})"


def _hive(kind: HiveType) -> str:
    return kind.duckdb if kind.duckdb in ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DATE", "BOOLEAN") else "VARCHAR"


def _path(table: PlannedTable, part: Part | None) -> str:
    """Where the rows of a part lie; None: of the one that is never read."""
    values = part.values if part else [_DEFAULT for _ in table.keys]
    named = [f"{key}={quote(value, safe='')}" for (key, _), value in zip(table.keys, values, strict=True)]
    return "/".join([f"{MARK}={table.view}", *named, "rows.json"])
