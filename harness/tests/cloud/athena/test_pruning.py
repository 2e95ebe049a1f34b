"""Which objects a query reads, and how many bytes that counts.

https://docs.aws.amazon.com/athena/latest/ug/partitions.html
"""

from pathlib import Path

import duckdb
import msgspec
import pytest

from harness.cloud.engines import optional
from harness.cloud.engines.athena.serde import PARQUET
from harness.cloud.engines.glue.shapes import TableInput
from harness.cloud.engines.optional import EngineMissing, Package
from harness.tests.cloud.athena.tables import Lake

BY_HAND = duckdb.connect()
DAYS = [f"2026-01-0{number}" for number in range(1, 5)]


@pytest.fixture(scope="module")
def days(lake: Lake) -> Lake:
    """A table with a partition a day, and one with a whole number as its key."""
    table = lake.table("days", {"n": "int", "s": "string"}, keys={"dt": "string"})
    years = lake.table("years", {"n": "int"}, keys={"year": "int"})
    for number, day in enumerate(DAYS):
        lake.partition(table, day)
        lake.put(f"days/dt={day}/a.json", [{"n": number, "s": "x" * 10}] * 3)
        lake.partition(years, str(2023 + number))
        lake.put(f"years/year={2023 + number}/a.json", [{"n": number}])
    return lake


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ("dt = '2026-01-02'", [1]),
        ("dt <> '2026-01-02'", [0, 2, 3]),
        ("dt > '2026-01-01' AND dt <= '2026-01-03'", [1, 2]),
        ("dt IN ('2026-01-01', '2026-01-04', 'x')", [0, 3]),
        ("dt NOT IN ('2026-01-01')", [1, 2, 3]),
        ("dt LIKE '%-03' OR dt LIKE '%4'", [2, 3]),
        ("dt = '2026-01-02' AND n = 99", [1]),
        ("(dt = '2026-01-02' AND s = 'it''s (not) there') OR (dt = '2026-01-03' AND n >= 0)", [1, 2]),
        ("day(date(dt)) = 4", [3]),
        ("n = 1 OR dt = '2026-01-03'", [0, 1, 2, 3]),
        ("dt = 'nothing'", []),
        ("dt || 'x' = '2026-01-03x'", [2]),
    ],
)
def test_only_partitions_that_a_condition_leaves_are_read_and_counted(
    days: Lake, condition: str, left: list[int]
) -> None:
    answer = days.ask(f"SELECT n FROM days WHERE {condition}")

    read = [f"s3://b/days/dt={DAYS[number]}/a.json" for number in left]
    assert list(answer.objects) == read
    assert answer.scanned_bytes == sum(len(days.files.contents[url.removeprefix("s3://b/")]) for url in read)
    rows = days.rows("SELECT n, dt, s FROM days")
    by_hand = BY_HAND.execute(
        f"SELECT n FROM (VALUES {', '.join(map(str, rows))}) AS t(n, dt, s) "
        f"WHERE {condition.replace('date(dt)', 'dt::DATE')}"
    ).fetchall()
    assert sorted(answer.rows) == sorted(by_hand)


def test_a_number_is_compared_with_a_partition_key_that_is_one(days: Lake) -> None:
    answer = days.ask("SELECT n, year FROM years WHERE year >= 2025")

    assert sorted(answer.rows) == [(2, 2025), (3, 2026)]
    assert len(answer.objects) == 2


def test_a_table_that_is_read_twice_counts_twice(days: Lake) -> None:
    once = days.ask("SELECT * FROM days WHERE dt = '2026-01-01'").scanned_bytes
    twice = days.ask(
        "SELECT a.n FROM days a JOIN days b ON a.n = b.n WHERE a.dt = '2026-01-01' AND b.dt = '2026-01-01'"
    )
    assert twice.scanned_bytes == 2 * once


def test_tables_of_one_query_are_told_apart(days: Lake) -> None:
    both = days.ask("SELECT count(*) FROM days, years WHERE year = 2023 AND dt = '2026-01-01'")

    assert both.rows == [(3,)]
    assert list(both.objects) == ["s3://b/days/dt=2026-01-01/a.json", "s3://b/years/year=2023/a.json"]


def test_a_broken_object_of_a_partition_that_is_ruled_out_does_no_harm(days: Lake) -> None:
    table = days.table("broken", {"n": "int"}, keys={"dt": "string"})
    for day, content in (("a", '{"n": 1}\n'), ("b", "no json\n")):
        days.partition(table, day)
        days.put(f"broken/dt={day}/x.json", content)

    assert days.rows("SELECT n FROM broken WHERE dt = 'a'") == [(1,)]
    assert days.reason("SELECT n FROM broken").startswith("HIVE_CURSOR_ERROR: ")


def test_of_parquet_only_the_columns_that_a_query_needs_count(days: Lake, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/columnar-storage.html"""
    path = tmp_path / "x.parquet"
    wide = "concat(repeat(chr(CAST(65 + i % 26 AS INTEGER)), 200), i)"
    BY_HAND.execute(f"COPY (SELECT i AS \"N\", {wide} AS wide FROM range(500) t(i)) TO '{path}' (FORMAT parquet)")
    days.table("columns", {"n": "bigint", "wide": "string", "missing": "double"}, serde=PARQUET)
    days.put("columns/x.parquet", path.read_bytes())
    narrow = days.ask("SELECT sum(n) FROM columns")
    broad = days.ask("SELECT max(wide), sum(n), max(missing) FROM columns")

    assert narrow.rows == [(124_750,)]
    assert 0 < narrow.scanned_bytes < broad.scanned_bytes / 3 < len(path.read_bytes())
    assert broad.rows[0][2] is None
    assert days.ask("SELECT count(*) FROM columns").scanned_bytes == 0


def test_what_is_no_parquet_is_bad_data(days: Lake) -> None:
    days.table("noparquet", {"n": "bigint"}, serde=PARQUET)
    days.put("noparquet/x.parquet", "n\n1\n")
    assert days.reason("SELECT n FROM noparquet").startswith("HIVE_BAD_DATA: Not valid Parquet file: s3://b/noparquet/")


def test_a_table_without_objects_has_typed_columns_and_no_rows(days: Lake) -> None:
    days.table("empty", {"n": "decimal(10,2)", "tags": "array<struct<a:int,b:string>>"}, keys={"dt": "date"})
    answer = days.ask("SELECT n, tags, dt FROM empty")

    assert answer.rows == []
    assert [kind for _, kind in answer.columns] == ["DECIMAL(10,2)", "STRUCT(a INTEGER, b VARCHAR)[]", "DATE"]


def test_a_partition_of_other_types_does_not_fit_its_table(days: Lake) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/updates-and-partitions.html"""
    old = days.table("fits", {"n": "string"}, keys={"dt": "string"})
    days.partition(old, "a")
    days.put("fits/dt=a/x.json", [{"n": 1}])
    days.catalogue.update_table("media", _with_type(old.input, "bigint"))

    assert days.reason("SELECT n FROM fits").startswith(
        "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas."
    )


def test_a_table_that_says_nothing_of_its_storage_cannot_be_read(days: Lake) -> None:
    days.table("bare", {"n": "int"}, storage={"Location": ""})
    days.table("noserde", {"n": "int"}, serde="")
    days.table("serde", {"n": "int"}, serde="com.example.Serde")
    for name in ("noserde", "serde"):
        days.put(f"{name}/a.json", [{"n": 1}])

    assert days.reason("SELECT * FROM bare").endswith("Table storage descriptor is missing its location")
    assert days.reason("SELECT * FROM noserde").endswith("Table storage descriptor is missing SerDe info")
    assert days.reason("SELECT * FROM serde").startswith("HIVE_UNSUPPORTED_FORMAT: SerDe com.example.Serde")


def _with_type(given: TableInput, kind: str) -> TableInput:
    storage = given.storage_descriptor
    assert storage is not None
    columns = [msgspec.structs.replace(column, type=kind) for column in storage.columns]
    return msgspec.structs.replace(given, storage_descriptor=msgspec.structs.replace(storage, columns=columns))


def test_rows_are_read_once_while_their_objects_are_the_same(days: Lake) -> None:
    days.table("changing", {"n": "int"})
    days.put("changing/a.json", [{"n": 1}])
    days.files.reads.clear()
    first = [days.rows("SELECT n FROM changing") for _ in range(2)]
    days.put("changing/a.json", [{"n": 2}])
    days.put("changing/b.json", [{"n": 3}])
    second = days.rows("SELECT n FROM changing ORDER BY n")

    assert (first, second) == ([[(1,)], [(1,)]], [(2,), (3,)])
    assert days.files.reads == ["changing/a.json", "changing/a.json", "changing/b.json"]


def test_objects_that_are_empty_or_hidden_are_no_part_of_a_table(days: Lake) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/creating-tables.html"""
    days.table("seen", {"n": "int"})
    days.put("seen/a/b.json", [{"n": 1}])
    for key in ("seen/_x.json", "seen/.x.json", "seen/_tmp/x.json", "seen-not/x.json"):
        days.put(key, "no json")
    days.put("seen/", "")
    assert list(days.ask("SELECT n FROM seen").objects) == ["s3://b/seen/a/b.json"]


def test_a_row_may_be_long(days: Lake) -> None:
    days.table("long", {"s": "string"})
    days.put("long/a.json", [{"s": "x" * 3_000_000}, {"s": "y"}])
    assert days.rows("SELECT length(s) FROM long ORDER BY 1") == [(1,), (3_000_000,)]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(optional, "ENGINES", {"athena": (Package("no_such_module", "duckdb"),)})
    with pytest.raises(EngineMissing, match="The engine `athena` is not installed, and a query on Athena needs it"):
        Lake(tmp_path).ask("SELECT 1")
