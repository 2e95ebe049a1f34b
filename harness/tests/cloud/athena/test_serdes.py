"""Bytes to rows: JSON and delimited text.

https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html
"""

from typing import Any

import pytest

from harness.cloud.engines.athena.hive_types import UnknownType, hive_type
from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.serde import SERDES
from harness.cloud.engines.athena.serde.layout import Layout

OPENX = "org.openx.data.jsonserde.JsonSerDe"
HIVE = "org.apache.hive.hcatalog.data.JsonSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


def read(library: str, content: str | bytes, columns: dict[str, str], **properties: str) -> list[dict[str, Any]]:
    """The rows of an object."""
    named = {name.replace("_", "."): value for name, value in properties.items()}
    layout = Layout(tuple((name, hive_type(kind)) for name, kind in columns.items()), named, where="s3://b/k")
    body = content.encode() if isinstance(content, str) else content
    return [dict(row) for row in SERDES[library](body, layout)]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("bigint", "12", 12), ("bigint", '"12"', 12), ("bigint", "1e3", 1000), ("bigint", "null", None),
        ("string", "1.50", "1.50"), ("string", "true", "true"), ("string", '{"a": [1, "x"]}', '{"a":[1,"x"]}'),
        ("string", '"12"', "12"), ("boolean", '"TRUE"', True), ("boolean", "1", False), ("double", '"1e3"', 1000.0),
        ("decimal(5,2)", "1.005", "1.01"), ("date", '"2026-03-01 rest"', "2026-03-01"), ("date", "1", "1970-01-02"),
        ("timestamp", '"2026-03-01T10:00:00.5Z"', "2026-03-01 10:00:00.500000"),
        ("timestamp", '"2026-03-01 10:00:00+02:00"', "2026-03-01 08:00:00.000000"),
        ("timestamp", "1000", "1970-01-01 00:16:40.000000"),
        ("timestamp", "1700000000000", "2023-11-14 22:13:20.000000"),
        ("array<int>", "3", [3]), ("array<int>", '[1, "2"]', [1, 2]), ("map<string,int>", '{"A": 1}', {"A": 1}),
        ("struct<x:int,y:string>", '{"X": 1}', {"x": 1, "y": None}), ("array<string>", '""', None),
        ("varchar(2)", '"abc"', "ab"), ("binary", '"YWI="', "\\x61\\x62"),
    ],
)  # fmt: skip
def test_openx_turns_values_into_the_type_of_the_column(kind: str, written: str, value: Any) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html"""
    assert read(OPENX, f'{{"v": {written}}}\n', {"v": kind}) == [{"v": value}]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("bigint", "1.5"), ("bigint", '"x"'), ("bigint", "true"), ("bigint", "{}"), ("tinyint", "200"),
        ("bigint", "9223372036854775808"), ("date", '"01.03.2026"'), ("date", '"2026-02-30"'), ("timestamp", '"soon"'),
        ("map<string,int>", "[1]"), ("struct<a:int>", "1"), ("decimal(3,2)", "10"), ("double", '"much"'),
        ("timestamp", '"+-1"'), ("bigint", '"1e999999999"'), ("bigint", '"NaN"'),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_column_is_bad_data_or_null(kind: str, written: str) -> None:
    content, columns = f'{{"v": {written}}}\n', {"v": kind}

    with pytest.raises(QueryError, match=r"HIVE_BAD_DATA: Error parsing field value .* for field 0"):
        read(OPENX, content, columns)
    layout = Layout((("v", hive_type(kind)),), {"use.null.for.invalid.data": "true"})
    assert list(SERDES[OPENX](content.encode(), layout)) == [{"v": None}]


def test_openx_matches_keys_in_any_case_by_mapping_and_with_dots() -> None:
    columns = {"user": "string", "a_b": "int"}

    assert read(OPENX, '{"USER": "x", "A.b": 1}', columns, dots_in_keys="true") == [{"user": "x", "a_b": 1}]
    mapped = read(OPENX, '{"userId": "x"}', columns, case_insensitive="false", mapping_user="userId")
    assert mapped == [{"user": "x", "a_b": None}]


@pytest.mark.parametrize("line", ["no json", "[1]", "1", '{"v": 1} {"v": 2}', '{"v": 1', '{"v": 1}x', "null"])
@pytest.mark.parametrize("library", [OPENX, HIVE])
def test_a_line_that_is_no_object_fails_or_is_a_row_of_nulls(library: str, line: str) -> None:
    with pytest.raises(QueryError, match=r"HIVE_CURSOR_ERROR: Row is not a valid JSON Object .* \[s3://b/k, line 2\]"):
        read(library, f'{{"v": 0}}\n{line}\n', {"v": "int"})
    layout = Layout((("v", hive_type("int")),), {"ignore.malformed.json": "true"})
    assert list(SERDES[library](line.encode(), layout)) == [{"v": None}]


def test_a_blank_line_is_a_row_of_nulls_for_openx_and_none_for_hive() -> None:
    assert read(OPENX, '{"v": 1}\n\n{"v": 2}', {"v": "int"}) == [{"v": 1}, {"v": None}, {"v": 2}]
    with pytest.raises(QueryError, match="HIVE_CURSOR_ERROR"):
        read(HIVE, '{"v": 1}\n\n', {"v": "int"})


def test_hives_json_takes_no_number_in_quotes() -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/hive-json-serde.html"""
    assert read(HIVE, '{"V": 12}', {"v": "bigint"}) == [{"v": 12}]
    with pytest.raises(QueryError, match="HIVE_BAD_DATA"):
        read(HIVE, '{"v": "12"}', {"v": "bigint"})


def test_open_csv_knows_quotes_escapes_and_its_own_signs() -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html"""
    columns = {"a": "string", "b": "int", "c": "date"}

    assert read(OPEN_CSV, '"x, ""y"" \\" z",1,1\r\nshort\n', columns) == [
        {"a": 'x, "y" " z', "b": 1, "c": "1970-01-02"},
        {"a": "short", "b": None, "c": None},
    ]
    signs = {"separatorchar": ";", "quotechar": "'"}
    layout = Layout((("a", hive_type("string")), ("b", hive_type("int"))), signs)
    assert list(SERDES[OPEN_CSV](b"'x;y';2", layout)) == [{"a": "x;y", "b": 2}]
    with pytest.raises(QueryError, match="HIVE_BAD_DATA"):
        read(OPEN_CSV, "x,,1", columns)


def test_lazy_simple_text_has_delimiters_escapes_and_collections() -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html"""
    columns = {"a": "string", "m": "map<string,int>", "s": "struct<x:int,y:string>"}
    layout = Layout(
        tuple((name, hive_type(kind)) for name, kind in columns.items()),
        {"field.delim": ",", "escape.delim": "\\", "collection.delim": "|", "mapkey.delim": ":"},
        header_lines=1,
    )

    assert list(SERDES[LAZY](b"head\nx\\,y,k:1|l:2,3|z\n\\N,,\\N\n", layout)) == [
        {"a": "x,y", "m": {"k": 1, "l": 2}, "s": {"x": 3, "y": "z"}},
        {"a": None, "m": {}, "s": None},
    ]


@pytest.mark.parametrize(
    "text", ["", "strin", "array", "array<>", "map<string>", "struct<a>", "array<int", "int>", "a b"]
)
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(UnknownType):
        hive_type(text)


@pytest.mark.parametrize(
    ("text", "duckdb", "trino"),
    [
        ("string", "VARCHAR", "varchar"), ("INT", "INTEGER", "integer"),
        ("decimal(10, 2)", "DECIMAL(10, 2)", "decimal(10,2)"),
        ("array<map<string,double>>", "MAP(VARCHAR, DOUBLE)[]", "array(map(varchar, double))"),
        ("struct<a:int,b:array<string>>", 'STRUCT("a" INTEGER, "b" VARCHAR[])', "row(a integer, b array(varchar))"),
        ("timestamp", "TIMESTAMP", "timestamp(3)"), ("float", "FLOAT", "real"),
        ("decimal", "DECIMAL(10, 0)", "decimal"),
    ],
)  # fmt: skip
def test_a_type_has_its_name_in_each_language(text: str, duckdb: str, trino: str) -> None:
    assert (hive_type(text).duckdb, hive_type(text).trino) == (duckdb, trino)
