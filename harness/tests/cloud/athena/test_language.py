"""Trino's language: what is let through, and what it becomes.

https://docs.aws.amazon.com/athena/latest/ug/engine-versions-reference-0003.html
"""

import pytest

from harness.cloud.engines.athena.ddl.statements import read_statement
from harness.cloud.engines.athena.query_errors import MalformedQuery
from harness.cloud.engines.athena.sql.functions import FUNCTIONS, MACROS
from harness.cloud.engines.athena.sql.statement import in_duckdb_words, kind_of
from harness.cloud.template.shapes import words
from harness.tests.cloud.athena.tables import Lake

CALLS = {
    "array_concat": "ARRAY[1], ARRAY[2]", "array_position": "ARRAY[1], 1", "array_union": "ARRAY[1], ARRAY[1]",
    "cardinality": "ARRAY[1]", "date_add": "'hour', 1, timestamp '2026-01-01 00:00:00'", "e": "", "json_parse": "'{}'",
    "date_diff": "'day', date '2026-01-01', date '2026-01-03'", "element_at": "ARRAY[1], 1", "ends_with": "'ab', 'b'",
    "from_iso8601_date": "'2026-01-01'", "from_iso8601_timestamp": "'2026-01-01T00:00:00Z'", "from_unixtime": "0",
    "greatest": "1, 2, 3", "if": "true, 1, 2", "is_nan": "1e0", "json_extract": "'{\"a\":1}', '$.a'", "least": "1, 2",
    "json_extract_scalar": "'nope', '$.a'", "json_format": "json_parse('{}')", "json_size": "'[1]', '$'",
    "lpad": "'a', 3, 'b'", "rpad": "'a', 3, 'b'", "map_agg": "'k', 1", "md5": "to_utf8('a')", "sha1": "to_utf8('a')",
    "sha256": "to_utf8('a')", "parse_date": "'2026', '%Y'", "regexp_count": "'aa', 'a'",
    "regexp_extract": "'ab', 'a(b)', 1",
    "regexp_replace": "'ab', '(a)', '$1$1'", "repeat": "1, 2", "sequence": "1, 3", "slice": "ARRAY[1, 2, 3], 2, 1",
    "to_iso8601": "timestamp '2026-01-01 00:00:00'", "url_extract_host": "'https://a.b/c?d#e'",
    "url_extract_path": "'https://a.b/c?d#e'", "url_extract_query": "'https://a.b/c?d#e'",
}  # fmt: skip
DATES = words("day_of_month day_of_week day_of_year dow doy millisecond week_of_year year_of_week yow")


@pytest.mark.parametrize("name", MACROS)
def test_every_macro_can_be_called(lake: Lake, name: str) -> None:
    given = "timestamp '2026-01-05 00:00:00'" if name in DATES else CALLS[name]
    assert len(lake.rows(f"SELECT {name}({given})")) == 1


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("regexp_replace('ab', '(a)', '$1$1')", "aab"), ("url_extract_path('https://a.b/C/?d#e')", "/C/"),
        ("url_extract_host('https://a.b:80/c')", "a.b"), ("least(2, NULL)", None), ("if(false, 1)", None),
        ("sequence(3, 5)", [3, 4, 5]), ("json_size('{\"a\": [1, 2]}', '$.a')", 2), ("concat('a', 'b', 'c')", "abc"),
        ("split_part('a-b', '-', 2)", "b"), ("strpos('abc', 'c')", 3), ("array_join(ARRAY['a', 'b'], '-')", "a-b"),
        ("CAST('12' AS bigint) + 1", 13), ("try_cast('x' AS integer)", None), ("TRY(CAST('x' AS integer))", None),
        ("CAST(json_parse('[\"a\"]') AS ARRAY(VARCHAR))", ["a"]),
        ("CAST(ROW(1, 'a') AS ROW(x bigint, y varchar)).y", "a"),
        ("extract(dow FROM date '2026-01-04')", 7),
        ("date_trunc('month', date '2026-01-31') = date '2026-01-01'", True),
        ("format_datetime(timestamp '2026-01-05 07:00:00', 'yyyy-MM-dd''T''HH')", "2026-01-05T07"),
        ("reduce(ARRAY[1, 2], 0, (s, x) -> s + x, s -> s)", 3), ("filter(ARRAY[1, 2], x -> x > 1)", [2]),
        ("current_timestamp = timestamp '2026-01-05 09:00:00'", True),
        ("timestamp '2026-01-05 09:00:00' AT TIME ZONE 'UTC' = now()", True),
        ("nullif(1, 1)", None), ("coalesce(NULL, 2)", 2), ("CASE WHEN 1 < 2 THEN 'a' ELSE 'b' END", "a"),
        ("'a' LIKE '_'", True),
        ("'a%' LIKE 'a!%' ESCAPE '!'", True), ("approx_percentile(3, 0.5)", 3),
        ("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661"),
    ],
)  # fmt: skip
def test_an_expression_means_what_it_means_in_trino(lake: Lake, expression: str, value: object) -> None:
    assert lake.rows(f"SELECT {expression}") == [(value,)]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT DISTINCT ON (1) 1", "SYNTAX_ERROR"), ("SELECT * EXCLUDE (a) FROM (SELECT 1 AS a)", "SYNTAX_ERROR"),
        ("SELECT 1 AS a QUALIFY a = 1", "SYNTAX_ERROR"), ("SELECT 1 AS a GROUP BY ALL", "SYNTAX_ERROR"),
        ("SELECT [1, 2]", "FUNCTION_NOT_FOUND"), ("SELECT {'a': 1}", "FUNCTION_NOT_FOUND"),
        ("SELECT 'a' ~ 'b'", "FUNCTION_NOT_FOUND"),
        ("SELECT 'a' ILIKE 'A'", "SYNTAX_ERROR"), ("SELECT 2 ** 3", "SYNTAX_ERROR"),
        ("SELECT 'a' COLLATE nocase", "SYNTAX_ERROR"),
        ("SELECT lambda x: x", "SYNTAX_ERROR"), ("SELECT CAST(1 AS hugeint)", "TYPE_NOT_FOUND"),
        ("SELECT CAST(1 AS text)", "TYPE_NOT_FOUND"),
        ("SELECT 1 UNION BY NAME SELECT 2", "SYNTAX_ERROR"), ("SELECT 'a' || 1", "FUNCTION_NOT_FOUND"),
        ("SELECT 'a' + 1", "TYPE_MISMATCH"),
        ("SELECT 1 WHERE 5 LIKE 'x'", "TYPE_MISMATCH"), ("SELECT 1 WHERE 'a' IN (1, 2)", "TYPE_MISMATCH"),
        ("SELECT 1 WHERE 'a' BETWEEN 1 AND 2", "TYPE_MISMATCH"),
        ("SELECT x FROM (SELECT 1 AS x) a, (SELECT 1 AS x) b", "AMBIGUOUS_NAME"),
        ("SELECT a.y FROM (SELECT 1 AS x) a", "COLUMN_NOT_FOUND"),
        ("SELECT b.x FROM (SELECT 1 AS x) a", "COLUMN_NOT_FOUND"),
        ("SELECT (SELECT * FROM (VALUES (1), (2)))", "SUBQUERY_MULTIPLE_ROWS"),
        ("SELECT 9223372036854775807 + 1", "NUMERIC_VALUE_OUT_OF_RANGE"),
        ("SELECT date_parse('x', '%Y')", "INVALID_FUNCTION_ARGUMENT"),
        ("SELECT date_parse('x', '%q')", "INVALID_FUNCTION_ARGUMENT"),
        ("SELECT now() AT TIME ZONE 'Europe/Berlin'", "NOT_SUPPORTED"),
        ("SELECT timestamp '2026-01-05 09:00:00 Europe/Berlin'", "NOT_SUPPORTED"),
        ("SELECT CAST('2026-01-05 09:00:00+02:00' AS timestamp)", "NOT_SUPPORTED"),
        ("SELECT sum(sum(1))", "NESTED_AGGREGATION"),
        ("SELECT 1 WHERE sum(1) > 0", "EXPRESSION_NOT_SCALAR"), ("SELECT 1 ORDER BY 5", "INVALID_COLUMN_REFERENCE"),
        ("SELECT 1 UNION SELECT 1, 2", "TYPE_MISMATCH"), ("SELECT date '2026-13-01'", "INVALID_CAST_ARGUMENT"),
        ("SELECT 1 AS a, a + 1 AS b FROM (SELECT 1 AS x)", "COLUMN_NOT_FOUND"),
        ("SELECT lower(1)", "FUNCTION_NOT_FOUND"),
        ("SELECT 1 AS a FROM (SELECT 1 AS x) WHERE a = 1", "COLUMN_NOT_FOUND"),
        ("SELECT random() FROM t TABLESAMPLE BERNOULLI (10)", "NOT_SUPPORTED"),
    ],
)  # fmt: skip
def test_what_is_duckdbs_alone_or_wrong_in_trino_fails(lake: Lake, statement: str, reason: str) -> None:
    assert lake.reason(statement).partition(":")[0] == reason


def test_an_alias_may_be_used_in_order_by_and_a_column_of_the_same_name_anywhere(lake: Lake) -> None:
    assert lake.rows("SELECT x + 1 AS y FROM (VALUES (1), (2)) AS t(x) ORDER BY y DESC") == [(3,), (2,)]
    assert lake.rows("SELECT x AS x FROM (SELECT 1 AS x) WHERE x = 1 GROUP BY x") == [(1,)]


def test_columns_without_a_name_are_numbered_and_names_are_lower_case(lake: Lake) -> None:
    answer = lake.ask("SELECT 1, X AS Total, max(x), X FROM (SELECT 1 AS x) GROUP BY x")
    assert [name for name, _ in answer.columns] == ["_col0", "total", "_col2", "x"]


def test_a_common_table_expression_may_have_the_name_of_the_table_it_reads(lake: Lake) -> None:
    lake.table("named", {"n": "int"})
    lake.put("named/a.json", [{"n": 1}, {"n": 2}])
    assert lake.rows("WITH named AS (SELECT n FROM named WHERE n > 1) SELECT named.n FROM named") == [(2,)]
    assert lake.rows("SELECT media.named.n FROM media.named WHERE named.n = 1") == [(1,)]


def test_random_is_a_function_of_the_seed(lake: Lake) -> None:
    first, second = (lake.rows("SELECT random()")[0][0] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("CAST(x AS ARRAY(BIGINT))", "CAST(x AS BIGINT[]      )"),
        ("CAST(x AS array<array<int>>)", "CAST(x AS int[][]           )"),
        ("ARRAY[1, 2]", "ARRAY[1, 2]"),
        ("'ARRAY(x)'", "'ARRAY(x)'"),
    ],
)
def test_array_types_are_written_as_duckdb_writes_them(written: str, becomes: str) -> None:
    assert in_duckdb_words(written).split() == becomes.split()
    assert len(in_duckdb_words(written)) == len(written)


def test_no_function_of_duckdb_that_reads_files_or_settings_is_known() -> None:
    forbidden = ("read_csv", "read_text", "glob", "getenv", "current_setting", "query", "query_table", "set_config")
    assert not set(forbidden) & (set(FUNCTIONS) | set(FUNCTIONS.values()))


@pytest.mark.parametrize(
    "comment",
    ["-- a\nSELECT 1", "/* a; b */ SELECT 1 ;", "  (SELECT 1)", "SELECT ';'", "WITH a AS (SELECT 1) SELECT 1"],
)
def test_a_query_is_known_by_its_first_word(comment: str) -> None:
    assert kind_of(comment) == "DML"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE TABLE t (a int)", "line 1:1: mismatched input 'CREATE'"),
        ("CREATE EXTERNAL TABLE t (a int)", "line 1:32: mismatched input '<EOF>'. Expecting: LOCATION"),
        ("CREATE EXTERNAL TABLE t a int", "mismatched input 'a'"),
        ("CREATE EXTERNAL TABLE t (a int) STORED AS ORC LOCATION 's3://b/'", "STORED AS is PARQUET"),
        ("ALTER TABLE t ADD PARTITION", "mismatched input '<EOF>'"),
        ("ALTER TABLE t RENAME TO u", "mismatched input 'RENAME'. Expecting: SET"),
        ("DROP VIEW v", "mismatched input 'DROP'"),
        ("SHOW CREATE TABLE t", "mismatched input 'SHOW'"),
        ("MSCK REPAIR TABLE t u", "mismatched input 'u'. Expecting: <EOF>"),
        ("DROP TABLE 'x'", "Expecting: an identifier"),
    ],
)
def test_a_statement_that_cannot_be_read_says_where(statement: str, message: str) -> None:
    with pytest.raises(MalformedQuery) as refused:
        read_statement(statement, "media")
    assert message in refused.value.message


def test_statements_change_the_catalogue(lake: Lake) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html"""

    def run(statement: str) -> list[str]:
        return read_statement(statement, "own").run(lake.catalogue, lake.files)

    run("CREATE DATABASE IF NOT EXISTS own COMMENT 'mine'")
    run(
        "CREATE EXTERNAL TABLE own.`t` (`a` string COMMENT 'x', b struct<c:int,d:array<string>>) "
        "PARTITIONED BY (dt date) "
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true') "
        "STORED AS INPUTFORMAT 'i' OUTPUTFORMAT 'o' LOCATION 's3://b/own/' TBLPROPERTIES ('k' = 'v')"
    )
    run("ALTER TABLE t ADD PARTITION (dt = '2026-01-01') LOCATION 's3://b/far/'")
    run("ALTER TABLE t PARTITION (dt = '2026-01-01') SET LOCATION 's3://b/farther/'")
    run("ALTER TABLE t SET TBLPROPERTIES ('k' = 'w')")
    table = lake.catalogue.table("own", "t")

    assert [(column.name, column.type) for column in table.storage.columns] == [
        ("a", "string"),
        ("b", "struct<c:int,d:array<string>>"),
    ]
    assert table.storage.serde_info.parameters == {"ignore.malformed.json": "true"}
    assert table.input.parameters["k"] == "w"
    assert table.partition(("2026-01-01",)).storage.location == "s3://b/farther/"
    assert run("SHOW TABLES IN own 't*'") == ["t"]
    assert run("SHOW COLUMNS IN t") == ["a".ljust(20), "b".ljust(20), "dt".ljust(20)]
    assert run("DESCRIBE t")[0].split() == ["a", "string", "x"]
    run("ALTER TABLE t DROP IF EXISTS PARTITION (dt = '2026-01-01'), PARTITION (dt = '2026-01-02')")
    assert run("SHOW PARTITIONS t") == []
    run("DROP TABLE t")
    run("DROP DATABASE own")
    assert "own" not in run("SHOW DATABASES")
