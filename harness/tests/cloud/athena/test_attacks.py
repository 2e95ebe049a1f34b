"""A learner's SQL and data reach no file, no setting and no network, and end in time.

Twice: by what is let through, and by what DuckDB could do if something were.
"""

import gzip
from pathlib import Path

import duckdb
import pytest

from harness.cloud.engines.athena import duck as duck_module
from harness.cloud.engines.athena import loading
from harness.cloud.engines.athena.duck import Duck
from harness.cloud.engines.athena.query_errors import MalformedQuery, QueryError
from harness.cloud.engines.athena.sql.statement import kind_of
from harness.tests.cloud.athena.tables import Lake


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", "NOT_SUPPORTED: line 1:15: The table function read_csv"),
        ("SELECT * FROM '/etc/passwd'", "TABLE_NOT_FOUND: line 1:15"),
        ("SELECT * FROM read_text('/etc/passwd') AS t", "NOT_SUPPORTED: line 1:15"),
        ("SELECT 1 FROM UNNEST(ARRAY[1]) AS t(x) WHERE EXISTS (SELECT * FROM glob('/*'))", "NOT_SUPPORTED: line 1:"),
        ("WITH a AS (SELECT * FROM parquet_metadata('/x')) SELECT 1", "NOT_SUPPORTED: line 1:"),
        ("SELECT getenv('HOME')", "FUNCTION_NOT_FOUND: line 1:8"),
        ("SELECT current_setting('temp_directory')", "FUNCTION_NOT_FOUND: line 1:8"),
        ("SELECT * FROM duckdb_settings()", "NOT_SUPPORTED: line 1:15"),
        ("SELECT * FROM pragma_database_list", "TABLE_NOT_FOUND: line 1:15"),
        ("SELECT * FROM information_schema.tables", "SCHEMA_NOT_FOUND: line 1:15"),
        ("SELECT * FROM pg_catalog.pg_settings", "SCHEMA_NOT_FOUND: line 1:15"),
        ("SELECT * FROM system.main.duckdb_secrets", "CATALOG_NOT_FOUND: line 1:15"),
        ("SELECT main.read_text('/etc/passwd')", "FUNCTION_NOT_FOUND: line 1:8"),
        ("SELECT trino_lpad('a', 1, 'b')", "FUNCTION_NOT_FOUND: line 1:8"),
        ("SELECT json_execute_serialized_sql('x')", "FUNCTION_NOT_FOUND: line 1:8"),
        ("SELECT * FROM query('SELECT 1')", "NOT_SUPPORTED: line 1:15"),
        ("SELECT * FROM (DESCRIBE SELECT 1)", "NOT_SUPPORTED: "),
        ("SELECT COLUMNS('x')", "SYNTAX_ERROR: line 1:8"),
        ("SELECT count(*) FILTER (WHERE getenv('HOME') = '/') FROM (SELECT 1)", "FUNCTION_NOT_FOUND: line 1:31"),
        ("SELECT sum(x) OVER (ORDER BY getenv('HOME')) FROM (SELECT 1 AS x)", "FUNCTION_NOT_FOUND: line 1:30"),
        ("SELECT 1 ORDER BY getenv('HOME')", "FUNCTION_NOT_FOUND: line 1:19"),
        ("SELECT 1 LIMIT length(getenv('HOME'))", "FUNCTION_NOT_FOUND: line 1:23"),
        ("SELECT CAST('x' AS main.evil)", "TYPE_NOT_FOUND: "),
    ],
)
def test_a_query_can_name_nothing_but_tables_and_known_functions(lake: Lake, statement: str, reason: str) -> None:
    assert lake.reason(statement).startswith(reason)


@pytest.mark.parametrize("parameter", ["(SELECT 1)", "getenv('HOME')", "1 FROM read_csv('/etc/passwd')", "x -> 1", "*"])
def test_a_parameter_is_no_way_in_either(lake: Lake, parameter: str) -> None:
    with pytest.raises((QueryError, MalformedQuery)):
        lake.ask("SELECT ? + 1 FROM read_csv('/etc/passwd')", parameter)
    assert "/etc" not in str(lake.files.reads)


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO '/tmp/x'", "ATTACH '/tmp/x.db'", "INSTALL httpfs", "LOAD httpfs", "PRAGMA version",
        "SET memory_limit = '9GB'", "CALL pragma_version()", "EXPORT DATABASE '/tmp'", "IMPORT DATABASE '/tmp'",
        "CHECKPOINT", "USE memory", "FROM read_csv('/etc/passwd')", "PIVOT x ON y", "SUMMARIZE x",
    ],
)  # fmt: skip
def test_other_statements_of_duckdb_are_none_of_athenas(statement: str) -> None:
    with pytest.raises(MalformedQuery, match="mismatched input"):
        kind_of(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('/*')", "COPY (SELECT 1) TO '/tmp/athena-x'",
        "ATTACH '/tmp/athena-x.db'", "INSTALL httpfs", "LOAD httpfs", "SET threads = 8",
        "SET lock_configuration = false",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x')", "SELECT * FROM 'https://example.com/x.parquet'",
        "SELECT getenv('HOME')",
    ],
)  # fmt: skip
def test_duckdb_itself_is_shut_in(tmp_path: Path, statement: str) -> None:
    duck = _ducks.setdefault("one", Duck(tmp_path / "duck"))

    with pytest.raises(duckdb.Error):
        duck.do(statement)
    assert not Path("/tmp/athena-x").exists()


_ducks: dict[str, Duck] = {}


def test_a_query_that_joins_everything_ends(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck_module, "SECONDS", 0.3)
    n = ", ".join(f"UNNEST(sequence(1, 10000)) AS t{each}(x{each})" for each in range(4))

    assert lake.reason(f"SELECT count(*), sum(x0 * x3) FROM {n}") == "Query exhausted resources at this scale factor"
    assert lake.rows("SELECT 1") == [(1,)]


_TIMES_TEN = [
    f"{new} AS (SELECT {'||'.join(['s'] * 10)} AS s FROM {old})" for old, new in ("ab", "bc", "cd", "de", "ef")
]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT array_agg(x || lpad('', 10000, 'a')) FROM UNNEST(sequence(1, 9000)) AS t(i), "
        "(SELECT lpad('', 10000, 'b') AS x) b, UNNEST(sequence(1, 9000)) AS u(j)",
        "SELECT x FROM UNNEST(sequence(1, 10000)) AS t(x), UNNEST(sequence(1, 20)) AS u(y)",
        f"WITH a AS (SELECT lpad('', 10000, 'y') AS s), {', '.join(_TIMES_TEN)} SELECT length(s) FROM f",
    ],
)
def test_a_query_that_wants_all_memory_ends(lake: Lake, statement: str) -> None:
    assert lake.reason(statement) == "Query exhausted resources at this scale factor"
    assert lake.rows("SELECT 1") == [(1,)]


def test_an_object_that_unpacks_to_too_much_ends_the_query(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LIMIT_BYTES", 100_000)
    lake.table("bomb", {"n": "int"})
    lake.files.contents["bomb/a.json.gz"] = gzip.compress(b"0" * 5_000_000)

    assert lake.reason("SELECT * FROM bomb") == "Query exhausted resources at this scale factor"


def test_a_deeply_nested_query_is_refused(lake: Lake) -> None:
    for statement in ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT " + "1+" * 20_000 + "1"):
        with pytest.raises((QueryError, MalformedQuery)):
            lake.ask(statement)


def test_names_with_quotes_stay_names(lake: Lake) -> None:
    table = lake.table('odd"name', {'a"b': "int"}, keys={"k'k": "string"})
    lake.partition(table, "x'; DROP")
    lake.put("odd\"name/k'k=x'; DROP/a.json", [{'a"b': 1}])

    assert lake.rows('SELECT "a""b", "k\'k" FROM "odd""name"') == [(1, "x'; DROP")]
