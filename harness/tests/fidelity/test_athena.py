"""Amazon Athena, as a deployed function sees it through boto3.

Source: https://docs.aws.amazon.com/athena/latest/ug/what-is.html
"""

from typing import Any

import pytest

pytest.importorskip("duckdb")

from harness.faults.athena import QueryFails, QueryHeld
from harness.faults.service import LostReply, ThrottledCall
from harness.tests.fidelity.athena_app import DAYS, LAZY, SOURCE, TEMPLATE, Console, fill_clicks
from harness.tests.fidelity.conftest import Deploy
from harness.world.query_view import QueryDidNotSucceed

TOKEN = "a-token-of-at-least-32-characters-1"


@pytest.fixture(scope="module")
def console(deploy: Deploy) -> Console:
    """One app for all tests; each has a table of its own, or asks `clicks`."""
    console = Console(deploy(TEMPLATE, {"src/app.py": SOURCE}, enforce_permissions=True))
    fill_clicks(console)
    return console


# ---- a query and its life ----------------------------------------------------------------------


def test_a_query_waits_runs_and_gives_its_rows_below_a_header(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"""
    answer = console.run("SELECT dt, count(*) AS n, sum(amount_cents) FROM clicks GROUP BY dt ORDER BY dt LIMIT 2")

    assert answer["rows"] == [["dt", "n", "_col2"], [DAYS[0], "10", "2000"], [DAYS[1], "10", "2000"]]
    assert [column["Type"] for column in answer["columns"]] == ["varchar", "bigint", "bigint"]
    assert (answer["StatementType"], answer["WorkGroup"]) == ("DML", "primary")
    assert answer["Statistics"]["QueryQueueTimeInMillis"] in range(180, 221)
    assert answer["Statistics"]["EngineExecutionTimeInMillis"] in range(900, 3301)


def test_results_are_a_file_in_the_output_location_every_value_in_quotes(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html"""
    answer = console.run("SELECT 'a \"b\"' AS x, CAST(NULL AS varchar) AS y, 1 AS z", to="s3://answers/made/")
    url = answer["ResultConfiguration"]["OutputLocation"]
    answers = console.world.bucket("Answers")

    assert url == f"s3://answers/made/{answer['QueryExecutionId']}.csv"
    assert answers.get(url.removeprefix("s3://answers/")) == b'"x","y","z"\n"a ""b""",,"1"\n'
    assert answers.object(url.removeprefix("s3://answers/") + ".metadata") is not None


def test_a_result_tells_those_whom_its_bucket_tells(console: Console) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html"""
    answer = console.run("SELECT 12", to="s3://answers/told/")
    (told,) = console.world.bucket("Answers").notifications(target="Told")

    assert told.key == f"told/{answer['QueryExecutionId']}.csv"


def test_the_states_are_queued_running_and_succeeded(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecutionStatus.html"""
    start = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://answers/"}}
    (started,) = console.call(["athena", "start_query_execution", start])
    one = {"QueryExecutionId": started["QueryExecutionId"]}
    get = ["athena", "get_query_execution", one]
    queued, early, _, running, _, over = console.call(
        get,
        ["athena", "get_query_results", one],
        ["athena", "wait", {"s": 0.4}],
        get,
        ["athena", "wait", {"s": 3}],
        get,
    )

    states = [each["QueryExecution"]["Status"]["State"] for each in (queued, running, over)]
    assert states == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert early["code"] == "InvalidRequestException"
    assert early["message"] == "Query has not yet finished. Current state: QUEUED"


def test_results_come_in_pages_of_1000_rows_with_the_header_on_the_first(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"""
    answer = console.run("SELECT n FROM UNNEST(sequence(1, 1500)) AS t(n)")
    (pages,) = console.call(["athena", "pages", {"QueryExecutionId": answer["QueryExecutionId"]}])

    assert len(answer["rows"]) == 1000
    assert pages == [1000, 501]


def test_a_stopped_query_is_cancelled_and_writes_nothing(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_StopQueryExecution.html"""
    start = {"QueryString": "SELECT 2", "ResultConfiguration": {"OutputLocation": "s3://answers/stopped/"}}
    (started,) = console.call(["athena", "start_query_execution", start])
    one = {"QueryExecutionId": started["QueryExecutionId"]}
    _, _, over, results = console.call(
        ["athena", "stop_query_execution", one],
        ["athena", "wait", {"s": 5}],
        ["athena", "get_query_execution", one],
        ["athena", "get_query_results", one],
    )

    assert over["QueryExecution"]["Status"]["State"] == "CANCELLED"
    assert results["message"] == "Query did not finish successfully. Final query state: CANCELLED"
    assert console.world.bucket("Answers").keys("stopped/") == []


def test_a_repeated_token_gives_the_same_execution_and_other_parameters_are_refused(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html"""
    start = {
        "QueryString": "SELECT 3",
        "ClientRequestToken": TOKEN,
        "ResultConfiguration": {"OutputLocation": "s3://answers/"},
    }
    first, again, other = console.call(
        ["athena", "start_query_execution", start],
        ["athena", "start_query_execution", start],
        ["athena", "start_query_execution", {**start, "QueryString": "SELECT 4"}],
    )

    assert first == again
    assert (other["code"], other["message"]) == ("InvalidRequestException", "Idempotent parameters do not match")


def test_a_lost_reply_to_a_start_starts_one_query(console: Console) -> None:
    """The SDK repeats the call with the token it made up: one execution, not two."""
    before = len(console.world.queries())
    console.world.inject(LostReply(service="athena", operation="StartQueryExecution", times=1))

    assert console.rows("SELECT 5") == [["5"]]
    assert len(console.world.queries()) == before + 1


def test_executions_are_listed_the_newest_first_and_read_in_batches(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_BatchGetQueryExecution.html"""
    ids = [console.run(f"SELECT {number}")["QueryExecutionId"] for number in (6, 7)]
    listed, batch = console.call(
        ["athena", "list_query_executions", {"MaxResults": 2}],
        ["athena", "batch_get_query_execution", {"QueryExecutionIds": [*ids, "nope"]}],
    )

    assert listed["QueryExecutionIds"] == ids[::-1]
    assert [each["Query"] for each in batch["QueryExecutions"]] == ["SELECT 6", "SELECT 7"]
    assert [each["QueryExecutionId"] for each in batch["UnprocessedQueryExecutionIds"]] == ["nope"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"QueryString": "SELCT 1"}, "line 1:1: mismatched input 'SELCT'"),
        ({"QueryString": "SELECT 1 FORM x y"}, "line 1:15: mismatched input 'x'"),
        ({"QueryString": "SELECT a::int FROM clicks"}, "line 1:9: mismatched input '::'"),
        ({"QueryString": "SELECT 1; SELECT 2"}, "Only one sql statement is allowed"),
        ({"QueryString": "SELECT 1", "ResultConfiguration": {}}, "No output location provided"),
        (
            {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://nowhere/"}},
            "Unable to verify/create output bucket nowhere",
        ),
        ({"QueryString": "SELECT 1", "WorkGroup": "nobody"}, "WorkGroup nobody is not found."),
        ({"QueryString": "INSERT INTO clicks VALUES (1)"}, "INSERT is not simulated"),
    ],
)
def test_a_start_that_makes_no_sense_is_refused_at_once(console: Console, given: dict[str, Any], message: str) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_InvalidRequestException.html"""
    start = {"ResultConfiguration": {"OutputLocation": "s3://answers/"}, **given}
    (answer,) = console.call(["athena", "start_query_execution", start])

    assert answer["code"] == "InvalidRequestException"
    assert answer["message"].startswith(message)


def test_a_workgroup_says_where_results_go_whatever_the_query_says(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html"""
    answer = console.run("SELECT 8", WorkGroup="analysts", to="s3://archive/elsewhere/")
    (group,) = console.call(["athena", "get_work_group", {"WorkGroup": "analysts"}])

    assert answer["ResultConfiguration"]["OutputLocation"].startswith("s3://answers/analysts/")
    assert group["WorkGroup"]["Configuration"]["BytesScannedCutoffPerQuery"] == 10_000_000


# ---- faults ------------------------------------------------------------------------------------


def test_too_many_requests_are_throttled_and_the_sdk_tries_again(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_TooManyRequestsException.html"""
    fault = console.world.inject(ThrottledCall(service="athena", times=2))
    start = {"QueryString": "SELECT 9", "ResultConfiguration": {"OutputLocation": "s3://answers/"}}
    answers = console.call(*[["athena", "start_query_execution", start]] * 3)

    assert fault.strikes == 2
    assert {answer.get("code", "started") for answer in answers} <= {"TooManyRequestsException", "started"}
    assert "QueryExecutionId" in answers[-1]


def test_a_query_can_wait_long_in_the_queue(console: Console) -> None:
    console.world.inject(QueryHeld(hold_ms=40_000, times=1))

    assert console.run("SELECT 10")["Statistics"]["QueryQueueTimeInMillis"] in range(40_000, 40_300)


def test_a_query_can_fail_inside_athena_and_says_that_it_may_be_repeated(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/APIReference/API_AthenaError.html"""
    console.world.inject(QueryFails(times=1))
    status = console.run("SELECT 11")["Status"]

    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("GENERIC_INTERNAL_ERROR: ")
    assert (status["AthenaError"]["ErrorCategory"], status["AthenaError"]["Retryable"]) == (1, True)
    assert console.rows("SELECT 11") == [["11"]]


# ---- partitions and what a query costs ---------------------------------------------------------


def test_a_day_of_seven_scans_a_seventh(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/partitions.html"""
    everything = console.run("SELECT count(*) FROM clicks")
    one_day = console.run(f"SELECT count(*) FROM clicks WHERE dt = '{DAYS[1]}'")

    assert (everything["rows"][1], one_day["rows"][1]) == (["70"], ["10"])
    scanned = [each["Statistics"]["DataScannedInBytes"] for each in (everything, one_day)]
    assert scanned[0] == sum(each.size for each in console.world.bucket("Data").objects("clicks/"))
    assert scanned[1] == scanned[0] // 7


@pytest.mark.parametrize(
    "condition",
    [
        "dt BETWEEN '2025-12-26' AND '2025-12-27'",
        "dt IN ('2025-12-30', '2025-12-31') AND amount_cents >= 0",
        "date_parse(dt, '%Y-%m-%d') >= date '2025-12-30'",
        "substr(dt, 9) < '27'",
        "dt >= date_format(current_date - interval '6' day, '%Y-%m-%d')",
        "CAST(dt AS date) > date '2025-12-29'",
    ],
)
def test_every_condition_on_partition_keys_rules_out_partitions(console: Console, condition: str) -> None:
    """The model's day is 2026-01-05, so the last two days are those of the last condition."""
    answer = console.run(f"SELECT count(*) FROM clicks WHERE {condition}")
    sizes = sum(each.size for each in console.world.bucket("Data").objects("clicks/"))

    assert answer["rows"][1] == ["20"]
    assert answer["Statistics"]["DataScannedInBytes"] == sizes * 2 // 7


def test_a_condition_on_other_columns_rules_out_nothing(console: Console) -> None:
    answer = console.run("SELECT count(*) FROM clicks WHERE event_id LIKE '2025-12-26%'")
    sizes = sum(each.size for each in console.world.bucket("Data").objects("clicks/"))

    assert (answer["rows"][1], answer["Statistics"]["DataScannedInBytes"]) == (["10"], sizes)


def test_keys_outside_the_projected_range_or_form_do_not_exist(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html"""
    for key in ("clicks/2025-11-30/00/a.json", "clicks/2026-01-09/00/a.json", "clicks/2025-12-26/24/a.json",
                "clicks/2025-12-26/7/a.json", "clicks/2025-12-26/a.json"):  # fmt: skip
        console.put(key, [{"event_id": "outside"}])

    found = console.rows("SELECT count(*) FROM clicks WHERE event_id = 'outside'")
    for key in console.world.bucket("Data").keys("clicks/"):
        if not key.endswith(("/00/a.json", "/13/a.json")) or key.startswith(("clicks/2025-11", "clicks/2026")):
            console.world.bucket("Data").delete(key)

    assert found == [["0"]]


def test_a_partition_that_nobody_registered_has_no_rows(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html"""
    console.table("days", {"n": "int"}, keys={"dt": "string"})
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        console.put(f"days/dt={day}/a.json", [{"n": 1}])
    before = console.rows("SELECT count(*) FROM days")
    console.run("ALTER TABLE days ADD IF NOT EXISTS PARTITION (dt = '2026-01-01') PARTITION (dt = '2026-01-02')")
    added = console.rows("SELECT dt FROM days ORDER BY dt")
    again = console.run("ALTER TABLE days ADD PARTITION (dt = '2026-01-01')")["Status"]
    repaired = console.run("MSCK REPAIR TABLE days")["rows"]

    assert (before, added) == ([["0"]], [["2026-01-01"], ["2026-01-02"]])
    assert again["State"] == "FAILED"
    assert "AlreadyExistsException" in again["StateChangeReason"]
    assert repaired[1] == ["Repair: Added partition to metastore days:dt=2026-01-03"]
    assert console.run("SHOW PARTITIONS days")["rows"] == [[f"dt=2026-01-0{day}"] for day in (1, 2, 3)]
    assert console.rows("SELECT count(*) FROM days") == [["3"]]


def test_a_partition_registered_by_glue_may_lie_anywhere(console: Console) -> None:
    """https://docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html"""
    console.table("far", {"n": "int"}, keys={"dt": "string"})
    console.put("somewhere/else/a.json", [{"n": 7}])
    serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
    partition = {
        "Values": ["x"],
        "StorageDescriptor": {"Location": "s3://archive/somewhere/else/", "SerdeInfo": serde},
    }
    to = {"DatabaseName": "media", "TableName": "far"}
    first, second, listed = console.call(
        ["glue", "batch_create_partition", {**to, "PartitionInputList": [partition]}],
        ["glue", "batch_create_partition", {**to, "PartitionInputList": [partition]}],
        ["glue", "get_partitions", {**to, "Expression": "dt = 'x'"}],
    )

    assert first["Errors"] == []
    assert second["Errors"][0]["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"
    assert [each["Values"] for each in listed["Partitions"]] == [["x"]]
    assert console.rows("SELECT n, dt FROM far") == [["7", "x"]]


# ---- formats -----------------------------------------------------------------------------------


def test_objects_with_a_leading_underscore_or_dot_are_invisible_and_gzip_goes_by_name(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/creating-tables.html"""
    console.table("names", {"n": "int"})
    console.put("names/a.json", [{"n": 1}])
    console.put("names/deep/b.json.gz", [{"N": 2}])
    console.put("names/_temporary/c.json", [{"n": 3}])
    console.put("names/.hidden.json", [{"n": 4}])

    assert console.rows("SELECT n FROM names ORDER BY n") == [["1"], ["2"]]


def test_a_line_that_is_no_json_object_fails_the_query_unless_the_table_says_otherwise(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html"""
    for name, properties in (("strict", {}), ("lenient", {"ignore.malformed.json": "true"})):
        console.table(name, {"n": "int"}, properties=properties)
        console.put(f"{name}/a.json", '{"n": 1}\nnot json\n')

    assert console.reason("SELECT n FROM strict").startswith("HIVE_CURSOR_ERROR: Row is not a valid JSON Object")
    assert console.rows("SELECT n FROM lenient") == [["1"], [None]]


def test_a_value_of_another_type_fails_the_query(console: Console) -> None:
    console.table("typed", {"n": "bigint"})
    console.put("typed/a.json", [{"n": "many"}])
    answer = console.run("SELECT n FROM typed")

    assert answer["Status"]["StateChangeReason"].startswith(
        "HIVE_BAD_DATA: Error parsing field value 'many' for field 0"
    )
    assert answer["Status"]["AthenaError"]["ErrorCategory"] == 2


def test_gzip_that_is_none_cannot_be_opened(console: Console) -> None:
    console.table("packed", {"n": "int"})
    console.world.bucket("Data").put("packed/a.json.gz", b'{"n": 1}\n')

    assert console.reason("SELECT n FROM packed").startswith("HIVE_CANNOT_OPEN_SPLIT: ")


def test_csv_tables_are_made_by_create_external_table(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html"""
    console.put("quoted/a.csv", 'id,name\n1,"Ada, Countess"\n2,"say ""hi"""\n')
    made = console.run(
        "CREATE EXTERNAL TABLE IF NOT EXISTS quoted (id int, name string) "
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        "LOCATION 's3://archive/quoted/' TBLPROPERTIES ('skip.header.line.count' = '1')"
    )

    assert (made["StatementType"], made["rows"]) == ("DDL", [])
    assert console.rows("SELECT id, name FROM quoted ORDER BY id") == [["1", "Ada, Countess"], ["2", 'say "hi"']]


def test_delimited_text_knows_no_quotes(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html"""
    console.put("plain/a.txt", '1|"a"|x,y\n2|\\N|\n')
    console.table("plain", {"id": "int", "name": "string", "tags": "array<string>"}, serde=LAZY,
                  properties={"field.delim": "|", "collection.delim": ","})  # fmt: skip

    assert console.rows("SELECT id, name, tags FROM plain ORDER BY id") == [["1", '"a"', "[x, y]"], ["2", None, "[]"]]


# ---- the language ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT foo FROM clicks", "COLUMN_NOT_FOUND: line 1:8: Column 'foo' cannot be resolved"),
        ("SELECT 1 FROM\n  nope", "TABLE_NOT_FOUND: line 2:3: Table 'awsdatacatalog.media.nope' does not exist"),
        ("SELECT 1 FROM other.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'other' does not exist"),
        ("SELECT nvl(1, 2)", "FUNCTION_NOT_FOUND: line 1:8: Function 'nvl' not registered"),
        (
            "SELECT 1 FROM clicks WHERE dt = 20251226",
            "TYPE_MISMATCH: line 1:28: Cannot apply operator: varchar = integer",
        ),
        (
            "SELECT 1 FROM clicks WHERE dt > date '2025-12-26'",
            "TYPE_MISMATCH: line 1:28: Cannot apply operator: varchar > date",
        ),
        ("SELECT dt, count(*) FROM clicks", "EXPRESSION_NOT_AGGREGATE: line 1:8: 'dt' must be an aggregate expression"),
        ("SELECT substr(dt, 1, 7) AS m FROM clicks GROUP BY m", "COLUMN_NOT_FOUND: line 1:51: Column 'm' cannot"),
        ("SELECT CAST(1 AS string)", "TYPE_NOT_FOUND: line 1:18: Unknown type: string"),
        ("SELECT CAST('x' AS bigint)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to BIGINT"),
        ("SELECT 1 / 0", "DIVISION_BY_ZERO: Division by zero"),
        ("SHOW PARTITIONS nope", "FAILED: SemanticException [Error 10001]: Table not found media.nope"),
    ],
)  # fmt: skip
def test_a_query_fails_in_athenas_words(console: Console, statement: str, reason: str) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html"""
    assert console.reason(statement).startswith(reason)


def test_parameters_stand_for_question_marks_and_texts_need_their_quotes(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html"""
    query = "SELECT count(*) FROM clicks WHERE dt = ? AND amount_cents >= ?"

    assert console.rows(query, ExecutionParameters=[f"'{DAYS[0]}'", "300"]) == [["4"]]
    assert console.reason(query, ExecutionParameters=[DAYS[0], "300"]).startswith("TYPE_MISMATCH: ")
    assert console.reason(query, ExecutionParameters=["'x'"]).startswith("INVALID_PARAMETER_USAGE: ")


def test_trinos_functions_mean_what_they_mean_on_athena(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html"""
    statement = """
        SELECT 7 / 2, date_diff('hour', timestamp '2026-01-01 00:30:00', timestamp '2026-01-01 02:00:00'),
               date_add('day', 1, date '2026-01-31'), date_format(timestamp '2026-01-05 07:08:09', '%H:%i:%s'),
               from_iso8601_timestamp('2026-01-05T10:00:00+02:00'), json_extract_scalar('{"a": {"b": 2}}', '$.a.b'),
               cardinality(ARRAY[1, 2]), element_at(map(ARRAY['k'], ARRAY[5]), 'k'), concat('a', NULL),
               regexp_extract('abc', 'x'), transform(ARRAY[1, 2], x -> x * 2), day_of_week(date '2026-01-04'),
               current_date, greatest(1, NULL), approx_distinct(x), count_if(x > 1), 1e10
        FROM (VALUES (1), (2), (2)) AS t(x)
    """
    assert console.rows(statement) == [
        [
            "3", "1", "2026-02-01", "07:08:09", "2026-01-05 08:00:00.000", "2", "2", "5", None, None, "[2, 4]", "7",
            "2026-01-05", None, "2", "2", "1.0E10",
        ]
    ]  # fmt: skip


def test_joins_windows_and_common_table_expressions_work(console: Console) -> None:
    statement = f"""
        WITH sums AS (SELECT dt, hr, sum(amount_cents) AS s FROM clicks WHERE dt <= '{DAYS[1]}' GROUP BY dt, hr)
        SELECT a.dt, a.s, sum(a.s) OVER (ORDER BY a.dt), lag(a.s) OVER (ORDER BY a.dt)
        FROM sums a JOIN sums b ON a.dt = b.dt AND a.hr < b.hr ORDER BY 1
    """
    assert console.rows(statement) == [[DAYS[0], "1000", "1000", None], [DAYS[1], "1000", "2000", "1000"]]


def test_the_hidden_column_path_names_the_object(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/querying-hudi.html"""
    rows = console.rows(f"""SELECT "$path", count(*) FROM clicks WHERE dt = '{DAYS[0]}' GROUP BY 1 ORDER BY 1""")
    assert rows == [[f"s3://archive/clicks/{DAYS[0]}/{hour}/a.json", "5"] for hour in ("00", "13")]


# ---- permissions -------------------------------------------------------------------------------


def test_a_query_reads_only_what_its_caller_may_read(console: Console) -> None:
    """https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html"""
    denied = console.reason("SELECT count(*) FROM clicks", function="Guarded")
    assert denied.startswith("PERMISSION_DENIED: Access Denied (Service: Amazon S3")
    assert console.rows("SELECT 1", function="Guarded") == [["1"]]
    assert console.run("SELECT 1", function="Guarded", to="s3://answers/")["Status"]["State"] == "SUCCEEDED"
    show = console.reason("CREATE DATABASE mine", function="Guarded")
    assert "glue:CreateDatabase" in show


# ---- the words of tests ------------------------------------------------------------------------


def test_a_test_asks_with_the_worlds_words(console: Console) -> None:
    world = console.world
    rows = console.app.run(world.query("SELECT dt, count(*) AS n FROM clicks GROUP BY 1 ORDER BY 1", database="media"))

    assert rows[0] == {"dt": DAYS[0], "n": 10}
    assert rows.scanned_bytes == sum(each.size for each in world.bucket("Data").objects("clicks/"))
    assert len(rows.objects) == 14
    assert (world.queries()[-1].by, world.queries()[-1].state) == ("analyst", "SUCCEEDED")


def test_a_failing_query_of_a_test_says_why(console: Console) -> None:
    with pytest.raises(QueryDidNotSucceed, match="TABLE_NOT_FOUND: line 1:15"):
        console.app.run(console.world.query("SELECT 1 FROM nope", database="media"))
