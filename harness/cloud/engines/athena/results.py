"""Results as texts: in the pages of GetQueryResults, and as the CSV file that Athena writes.

Source: https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html and
https://docs.aws.amazon.com/athena/latest/APIReference/API_ColumnInfo.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

_NAMES = {
    "VARCHAR": "varchar", "BIGINT": "bigint", "HUGEINT": "bigint", "UBIGINT": "bigint", "INTEGER": "integer",
    "SMALLINT": "smallint", "TINYINT": "tinyint", "DOUBLE": "double", "FLOAT": "float", "BOOLEAN": "boolean",
    "DATE": "date", "TIMESTAMP": "timestamp", "DECIMAL": "decimal", "BLOB": "varbinary", "JSON": "json", "MAP": "map",
    "STRUCT": "row", "TUPLE": "row", "INTERVAL": "interval day to second",
}  # fmt: skip
_PRECISIONS = {"varchar": 2147483647, "bigint": 19, "integer": 10, "smallint": 5, "tinyint": 3, "double": 17,
               "float": 17, "timestamp": 3, "varbinary": 1073741824}  # fmt: skip
_LEAST, _MOST = 1e-3, 1e7


@dataclass(frozen=True)
class Column:
    """A column of a result.

    Attributes:
        type: as Athena calls it, as in "bigint".
    """

    name: str
    type: str
    precision: int = 0
    scale: int = 0

    def described(self) -> dict[str, Any]:
        """As ResultSetMetadata has it."""
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": self.type,
            "Precision": self.precision,
            "Scale": self.scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": self.type == "varchar",
        }


@dataclass(frozen=True)
class Table:
    """A result.

    Attributes:
        rows: texts; None is NULL.
        has_header: whether the names of the columns stand above the rows: those of a query do.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | None]]
    has_header: bool = True

    def lines(self) -> list[Sequence[str | None]]:
        """All rows as GetQueryResults gives them."""
        return [*([[column.name for column in self.columns]] if self.has_header else []), *self.rows]

    def file(self) -> bytes:
        """The file of the results."""
        if not self.has_header:
            return "".join(f"{row[0]}\n" for row in self.rows).encode()
        return "".join(",".join(map(_quoted, line)) + "\n" for line in self.lines()).encode()


def column(name: str, duckdb_type: str) -> Column:
    """A column of DuckDB's."""
    base = duckdb_type.partition("(")[0].strip('"')
    kind = "array" if duckdb_type.endswith("]") else _NAMES.get(base, "unknown")
    numbers = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", duckdb_type)
    if numbers:
        return Column(name, kind, int(numbers[1]), int(numbers[2]))
    return Column(name, kind, _PRECISIONS.get(kind, 0))


def text(value: Any, *, nested: bool = False) -> str | None:
    """A value as Athena writes it; None: NULL."""
    if value is None:
        return "null" if nested else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, timedelta):
        return _interval(value)
    return _compound(value)


def _compound(value: Any) -> str:
    if isinstance(value, tuple):
        value = {f"field{index}": item for index, item in enumerate(value)}
    if isinstance(value, list):
        return f"[{', '.join(str(text(item, nested=True)) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{text(key, nested=True)}={text(item, nested=True)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return str(value)


def java_double(number: float) -> str:
    """A floating-point number as Java writes it: 1.0, 1.0E7."""
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or _LEAST <= abs(number) < _MOST:
        return repr(number) if "e" not in repr(number) else f"{number:f}"
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    assert isinstance(exponent, int)
    written = "".join(map(str, digits)).rstrip("0") or "0"
    power = exponent + len(digits) - 1
    return f"{'-' if sign else ''}{written[0]}.{written[1:] or '0'}E{power}"


def _interval(value: timedelta) -> str:
    millis = abs(value) // timedelta(milliseconds=1)
    days, rest = divmod(millis, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    sign = "-" if value < timedelta() else ""
    return f"{sign}{days} {hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _quoted(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'
