"""Parquet, read by DuckDB: columns by name, and what each of them weighs.

Source: https://docs.aws.amazon.com/athena/latest/ug/parquet-serde.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.cloud.engines.athena.duck import Duck, identifier, quoted
from harness.cloud.engines.athena.query_errors import QueryError, bad_data
from harness.cloud.engines.athena.serde import values
from harness.cloud.engines.athena.serde.layout import Layout

_MAGIC = b"PAR1"


def parquet_rows(duck: Duck, content: bytes, layout: Layout, file: Path) -> tuple[list[str], Mapping[str, int]]:
    """The rows of an object as JSON texts, and the bytes of each column.

    Args:
        file: where to put the object for DuckDB; it is removed again.

    Raises:
        QueryError: it is no Parquet, or a column is of another type.
    """
    import duckdb

    if content[:4] != _MAGIC or content[-4:] != _MAGIC:
        raise bad_data(f"Not valid Parquet file: {layout.where} expected magic number: PAR1 got: {_shown(content)}")
    file.write_bytes(content)
    source = f"read_parquet([{quoted(str(file))}], hive_partitioning = false)"
    try:
        own = {row[0].lower(): row[0] for row in duck.limited(f"DESCRIBE SELECT * FROM {source}")}
        selected = ", ".join(
            f"{name} := CAST({identifier(own[column])} AS {kind.duckdb})"
            for column, kind in layout.columns
            if column in own
            for name in [identifier(column)]
        )
        packed = f"struct_pack({selected})" if selected else "'{}'::JSON"
        rows = [str(row[0]) for row in duck.limited(f"SELECT CAST(to_json({packed}) AS VARCHAR) FROM {source}")]
        return rows, _weights(duck, file)
    except duckdb.Error as error:
        raise QueryError(
            "HIVE_BAD_DATA", f"Cannot read {layout.where} with the table's columns: {str(error).partition(chr(10))[0]}"
        ) from None
    finally:
        file.unlink(missing_ok=True)


def _weights(duck: Duck, file: Path) -> dict[str, int]:
    """Compressed bytes by column, in lower case; a nested column is all its leaves."""
    found: dict[str, int] = {}
    chunks = f"SELECT path_in_schema, total_compressed_size FROM parquet_metadata({quoted(str(file))})"
    for path, size in duck.limited(chunks):
        column = str(path).partition(",")[0].strip().lower()
        found[column] = found.get(column, 0) + int(size)
    return found


def _shown(content: bytes) -> Any:
    return values.blob(content[-4:])
