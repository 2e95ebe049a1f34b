"""SERDES: how the bytes of an object become rows, by the serialization library of the table. Start here.

A serde reads the decompressed bytes of one object and gives rows: a mapping of column names
to values in the form DuckDB reads from JSON.

Source: https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.serde.csv_lines import open_csv, simple_lines
from harness.cloud.engines.athena.serde.json_lines import hive_json, openx_json
from harness.cloud.engines.athena.serde.layout import Layout

Row = Mapping[str, Any]
Serde = Callable[[bytes, Layout], Iterable[Row]]

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
"""Read by DuckDB itself, see `serde/parquet.py`."""

SERDES: dict[str, Serde] = {
    "org.openx.data.jsonserde.JsonSerDe": openx_json,
    "org.apache.hive.hcatalog.data.JsonSerDe": hive_json,
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": open_csv,
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": simple_lines,
}
"""Every line-based serde there is, by its library."""


def serde_of(library: str) -> Serde:
    """The serde of a library. Raises QueryError for one that is missing here."""
    if library not in SERDES:
        known = ", ".join([*SERDES, PARQUET])
        raise QueryError("HIVE_UNSUPPORTED_FORMAT", f"SerDe {library} is not simulated. There are: {known}")
    return SERDES[library]
