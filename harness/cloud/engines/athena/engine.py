"""What a SELECT goes through: parsed, translated, planned, its objects read, run.

Only objects of partitions that the plan leaves are read, so that a broken object elsewhere
does no harm, and `DataScannedInBytes` counts what Athena would have read.

Source: https://docs.aws.amazon.com/athena/latest/ug/querying-athena-tables.html
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from harness.cloud.engines.athena.duck import SCHEMA, Duck
from harness.cloud.engines.athena.duck_errors import as_query_error
from harness.cloud.engines.athena.loading import Loaded, Loader
from harness.cloud.engines.athena.permits import Permits
from harness.cloud.engines.athena.query_errors import MalformedQuery, QueryError, position
from harness.cloud.engines.athena.scans import Scan, scans_of
from harness.cloud.engines.athena.sql.expressions import PATH, Request, TableName
from harness.cloud.engines.athena.sql.nodes import Node, filled_in
from harness.cloud.engines.athena.sql.scopes import Columns, Scope
from harness.cloud.engines.athena.sql.statement import in_duckdb_words
from harness.cloud.engines.athena.sql.translation import UNNAMED, Translation
from harness.cloud.engines.athena.stand_ins import PlannedTable, StandIns
from harness.cloud.engines.athena.storage.objects import Files
from harness.cloud.engines.athena.storage.parts import columns_of, parts_of
from harness.cloud.engines.athena.storage.projection import is_projected
from harness.cloud.engines.glue.catalogue import Catalogue, Table
from harness.cloud.engines.glue.errors import GlueError


@dataclass(frozen=True)
class Answer:
    """What a query found.

    Attributes:
        columns: names and DuckDB's types.
        objects: URLs of the objects it read.
    """

    columns: list[tuple[str, str]]
    rows: list[tuple[Any, ...]]
    scanned_bytes: int = 0
    objects: tuple[str, ...] = ()


class Engine:
    """Runs queries over the tables of a catalogue.

    Attributes:
        duck: the database, which exists from the first query on.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, files: Files, chance: random.Random) -> None:
        """Args:
        folder: a private one, for DuckDB.
        """
        self.duck = Duck(folder)
        self._catalogue = catalogue
        self._files = files
        self._chance = chance
        self._stand_ins = StandIns(self.duck)
        self._rows_there: dict[Path, Loaded] = {}

    def parse(self, statement: str) -> dict[str, Any]:
        """The tree of a query. Raises MalformedQuery."""
        parsed = self.duck.parse(in_duckdb_words(statement))
        if parsed["error"]:
            at = int(parsed.get("position") or 0)
            raise MalformedQuery(f"{position(statement, at)}: {_said(parsed['error_message'])}")
        if len(parsed["statements"]) != 1:
            raise MalformedQuery("Only one sql statement is allowed.")
        return parsed

    def run(self, statement: str, database: str, parameters: Sequence[str], now: datetime, permits: Permits) -> Answer:
        """Runs a query.

        Args:
            database: where tables are that are named without one.
            parameters: expressions for the question marks.
            now: what current_date and the like stand for.
            permits: what whoever asks may do.

        Raises:
            QueryError: it fails.
        """
        parsed = self.parse(statement)
        translation = Translation(Request(database, partial(self._columns, permits), self._stand_ins.name, now), SCHEMA)
        given = [self._parameter(each) for each in parameters]
        try:
            whole = filled_in(parsed["statements"][0]["node"], given, at=0)
            tree, _ = translation.query(whole, Scope())
        except RecursionError:
            raise QueryError("SYNTAX_ERROR", "statement is too large (stack overflow while parsing)") from None
        parsed["statements"][0]["node"] = tree
        return self._run(parsed, translation, now, permits)

    def _run(self, tree: dict[str, Any], translation: Translation, now: datetime, permits: Permits) -> Answer:
        import duckdb

        extra = (PATH,) if translation.wants_path else ()
        try:
            self.duck.define(translation.functions)
            query = self.duck.written(tree)
            tables = [self._planned(name, view, extra, now, permits) for name, view in translation.tables.items()]
            for table in tables:
                self._stand_ins.show(table)
            read = self._load(tables, scans_of(self.duck, query, tables), permits)
            seed = self._chance.uniform(-1, 1) if "random" in translation.functions else None
            columns, rows = self.duck.run(query, seed)
        except duckdb.Error as error:
            raise as_query_error(error, tree) from None
        named = [
            (f"_col{index}" if name.startswith(UNNAMED) else name.lower(), kind)
            for index, (name, kind) in enumerate(columns)
        ]
        return Answer(named, rows, *read)

    def _load(self, tables: list[PlannedTable], scans: list[Scan], permits: Permits) -> tuple[int, tuple[str, ...]]:
        """Brings what the scans open to where DuckDB reads it; gives bytes and URLs of what Athena would read."""
        loader = Loader(self.duck, self._files, permits, self._rows_there)
        scanned_bytes = 0
        objects: dict[str, None] = {}
        for table in tables:
            own = [scan for scan in scans if scan.view == table.view]
            longest = 0
            for index in sorted(frozenset[int]().union(*(scan.opened for scan in own))):
                part = table.parts[index]
                loaded = loader.load(part, self._stand_ins.file(table, part), with_path=PATH in table.extra)
                longest = max(longest, loaded.longest_row)
                reading = [scan for scan in own if index in scan.parts]
                objects |= {file.url: None for file in part.files if reading}
                scanned_bytes += sum(loaded.scanned(scan.columns) for scan in reading)
            self._stand_ins.show(table, longest_row=longest)
        return scanned_bytes, tuple(objects)

    def _parameter(self, text: str) -> Node:
        """An execution parameter: a literal, or an expression of literals."""
        try:
            parsed = self.parse(f"SELECT {text}")
        except MalformedQuery as error:
            raise QueryError("SYNTAX_ERROR", f"Execution parameter {text!r}: {error.message}") from None
        node = parsed["statements"][0]["node"]
        if node.get("type") != "SELECT_NODE" or len(node["select_list"]) != 1 or node["from_table"]["type"] != "EMPTY":
            raise QueryError("SYNTAX_ERROR", f"Execution parameter {text!r} is no expression")
        found: Node = node["select_list"][0]
        return found

    def _planned(
        self, name: TableName, view: str, extra: tuple[str, ...], now: datetime, permits: Permits
    ) -> PlannedTable:
        table = self._table(name)
        parts = parts_of(table, self._files, now)
        for bucket in sorted({file.bucket for part in parts for file in part.files}):
            permits.read(bucket)
        return PlannedTable(
            view=view,
            columns=columns_of(table.storage.columns),
            keys=columns_of(table.input.partition_keys),
            parts=parts,
            extra=extra,
        )

    def _columns(self, permits: Permits, name: TableName) -> Columns:
        permits.glue("GetTable", *name)
        table = self._table(name)
        if table.input.partition_keys and not is_projected(table.input.parameters):
            permits.glue("GetPartitions", *name)
        typed = columns_of([*table.storage.columns, *table.input.partition_keys])
        return {column: kind.trino for column, kind in typed} | {PATH: "varchar"}

    def _table(self, name: TableName) -> Table:
        if name[0] not in self._catalogue.databases:
            raise QueryError("SCHEMA_NOT_FOUND", f"Schema '{name[0]}' does not exist")
        try:
            return self._catalogue.table(*name)
        except GlueError:
            raise QueryError("TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{name[0]}.{name[1]}' does not exist") from None


def _said(parser: str) -> str:
    """What DuckDB's parser says, as Athena says it."""
    found = re.fullmatch(r'syntax error at or near "(.*)"', parser, re.DOTALL)
    return f"mismatched input '{found[1]}'" if found else parser
