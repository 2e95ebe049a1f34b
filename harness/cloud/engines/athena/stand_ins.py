"""The views that stand for tables in DuckDB, over one file of rows for each partition.

Views and folders stay from query to query, and rows that were read once are not read again
while the objects are the same. Beside the partitions lies a file that no query reads: its
partition key tells the tables of a plan apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from harness.cloud.engines.athena.duck import SCHEMA, Duck, identifier, quoted
from harness.cloud.engines.athena.hive_types import HiveType
from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.sql.expressions import TableName
from harness.cloud.engines.athena.storage.parts import Part, Typed

MARK = "kata_table"
"""The partition key that tells the tables of a plan apart."""

DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_LEAST_ROW = 64 * 1024
_LONGEST_NAME = 250
_KEY_TYPES = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DATE", "BOOLEAN")


@dataclass(frozen=True)
class PlannedTable:
    """A table of a query.

    Attributes:
        view: its name in the query.
        columns: all but the partition keys.
        keys: partition keys with their types.
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


def key_type(kind: HiveType) -> str:
    """DuckDB's type of a partition key."""
    return kind.duckdb if kind.duckdb in _KEY_TYPES else "VARCHAR"


class StandIns:
    """The views of one database."""

    def __init__(self, duck: Duck) -> None:
        self._duck = duck
        self._names: dict[TableName, str] = {}
        self._made: dict[str, tuple[int, str]] = {}
        self._longest: dict[str, int] = {}

    def name(self, table: TableName) -> str:
        """What a table's view is called."""
        return self._names.setdefault(table, f"kata_{len(self._names) + 1}")

    def file(self, table: PlannedTable, part: Part) -> Path:
        """Where the rows of a part are. Raises QueryError if its values make no name of a file."""
        return self._file(table, table.view, part.values)

    def show(self, table: PlannedTable, *, longest_row: int = 0) -> None:
        """Lets the view show a table as it is now.

        Args:
            longest_row: bytes.
        """
        longest = max(longest_row, self._longest.get(table.view, _LEAST_ROW - 1))
        self._longest[table.view] = longest
        wanted = (self._duck.generation, self._definition(table, longest + 1))
        if self._made.get(table.view) != wanted:
            self._duck.do(f"CREATE OR REPLACE VIEW {SCHEMA}.{table.view} AS {wanted[1]}")
            self._made[table.view] = wanted

    def _definition(self, table: PlannedTable, longest: int) -> str:
        if not table.parts:
            kinds = table.types | {key: key_type(kind) for key, kind in table.keys}
            empty = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(key)}" for key, kind in kinds.items())
            return f"SELECT {empty} WHERE false"
        never_read = self._file(table, "none", tuple(DEFAULT_PARTITION for _ in table.keys))
        files = [*(self.file(table, part) for part in table.parts), never_read]
        for file in files:
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
        shown = ", ".join(identifier(name) for name in [*table.types, *(name for name, _ in table.keys)])
        columns = ", ".join(f"{quoted(key)}: {quoted(kind)}" for key, kind in table.types.items())
        hive = [f"{MARK}: VARCHAR", *(f"{identifier(key)}: {key_type(kind)}" for key, kind in table.keys)]
        return (
            f"SELECT {shown} FROM read_json([{', '.join(quoted(str(file)) for file in files)}], "
            f"format = 'newline_delimited', columns = {{{columns}}}, hive_partitioning = true, "
            f"hive_types = {{{', '.join(hive)}}}, maximum_object_size = {longest}) WHERE {MARK} = {quoted(table.view)}"
        )

    def _file(self, table: PlannedTable, mark: str, values: Sequence[str]) -> Path:
        named = [f"{key}={quote(value, safe='')}" for (key, _), value in zip(table.keys, values, strict=True)]
        if any(len(name) > _LONGEST_NAME for name in named):
            raise QueryError("NOT_SUPPORTED", "A partition value is longer than this simulator takes")
        return self._duck.folder.joinpath(table.view, f"{MARK}={mark}", *named, "rows.json")
