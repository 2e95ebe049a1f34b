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
from typing import Any

from harness.cloud.engines.athena.duck import Duck, identifier, quoted
from harness.cloud.engines.athena.hive_types import HiveType
from harness.cloud.engines.athena.stand_ins import DEFAULT_PARTITION, MARK, PlannedTable, key_type

_SPLIT = re.compile(r"\)(?=\(|[A-Za-z\"])")


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
            found = {row[0] for row in duck.all(beginning + term)}
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


def _value(value: str, kind: HiveType) -> str:
    return "NULL" if value == DEFAULT_PARTITION else f"CAST({quoted(value)} AS {key_type(kind)})"
