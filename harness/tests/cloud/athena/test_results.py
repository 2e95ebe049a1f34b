"""Results as texts.

https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from harness.cloud.engines.athena.results import Column, Table, column, text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None), (True, "true"), (7, "7"), (1.0, "1.0"), (1e7, "1.0E7"), (123456789.25, "1.2345678925E8"),
        (0.001, "0.001"), (0.00012, "1.2E-4"), (-1e-9, "-1.0E-9"), (0.0, "0.0"), (float("inf"), "Infinity"),
        (float("nan"), "NaN"), (Decimal("1.10"), "1.10"), (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 7, 8, 9, 123456), "2026-01-05 07:08:09.123"), (b"ab", "61 62"),
        ([1, None, "x"], "[1, null, x]"), ({"a": 1, "b": [True]}, "{a=1, b=[true]}"),
        ((1, "x"), "{field0=1, field1=x}"),
        (timedelta(days=2, hours=3, milliseconds=4), "2 03:00:00.004"), ("x", "x"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_trino_writes_it(value: Any, written: str | None) -> None:
    assert text(value) == written


@pytest.mark.parametrize(
    ("duckdb_type", "expected"),
    [
        ("HUGEINT", Column("c", "bigint", 19)), ("VARCHAR", Column("c", "varchar", 2147483647)),
        ("DECIMAL(18,3)", Column("c", "decimal", 18, 3)), ("BIGINT[]", Column("c", "array")),
        ("STRUCT(a INTEGER)", Column("c", "row")), ("MAP(VARCHAR, BIGINT)", Column("c", "map")),
        ("TIMESTAMP", Column("c", "timestamp", 3)), ('"NULL"', Column("c", "unknown")),
    ],
)  # fmt: skip
def test_a_column_has_athenas_name_of_its_type(duckdb_type: str, expected: Column) -> None:
    assert column("c", duckdb_type) == expected


def test_the_file_of_a_query_has_quotes_and_the_file_of_a_statement_has_none() -> None:
    columns = [Column("a", "varchar"), Column("b", "bigint")]

    assert Table(columns, [['x "y"', None]]).file() == b'"a","b"\n"x ""y""",\n'
    assert Table(columns[:1], [["dt=1"], ["dt=2"]], has_header=False).file() == b"dt=1\ndt=2\n"
