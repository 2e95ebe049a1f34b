"""The log of a function: Lambda's own lines, streams, and how CloudWatch Logs gives them out."""

import json
import re
from typing import Any

import pytest

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 3}
Resources:
  Client:
    Type: AWS::Serverless::Function
    Properties: {Handler: client.handler, Timeout: 900}
  Plain:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: plain, Handler: talker.handler}
  Structured:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: structured
      Handler: talker.handler
      LoggingConfig: {LogFormat: JSON, SystemLogLevel: INFO, LogGroup: /shop/structured}
  Quiet:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: quiet
      Handler: talker.handler
      LoggingConfig: {LogFormat: JSON, SystemLogLevel: WARN}
  Filtered:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: filtered
      Handler: printer.handler
      LoggingConfig: {LogFormat: JSON, SystemLogLevel: WARN, ApplicationLogLevel: WARN}
  Unfiltered:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: unfiltered, Handler: printer.handler}
"""

PRINTER = """\
import json


def handler(event, context):
    for line in event["lines"]:
        print(line if isinstance(line, str) else json.dumps(line))
"""

TALKER = """\
import logging
import os
import time

logger = logging.getLogger()
print("waking up")


def handler(event, context):
    logger.warning("order %s is late", event.get("order"))
    logger.info("nobody hears this")
    time.sleep(event.get("s", 0))
    if event.get("exit"):
        os._exit(3)
    if event.get("raise"):
        raise KeyError("no such order")
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/client.py": CLIENT, "src/talker.py": TALKER, "src/printer.py": PRINTER})


def invoke(app: App, function: str, **payload: Any) -> list[str]:
    """The lines an invocation adds to the log of its function."""
    before = len(app.world.logs(function))
    app.run(app.world.invoke(function, payload))
    return [line.text for line in app.world.logs(function)[before:]]


def read(app: App, name: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Client", {"service": "logs", "calls": [[name, parameters]]}))[0]


def test_a_cold_start_is_told_from_its_init_phase_to_its_report(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""
    lines = invoke(app, "Plain", order="o-1", s=0.25)

    request_id = app.world.invocations("Plain")[-1].request_id
    report = lines[-1].split("\t")
    init_ms = float(report[5].removeprefix("Init Duration: ").removesuffix(" ms"))
    assert lines[0].startswith("INIT_START Runtime Version: python:3.12")
    assert lines[1:3] == ["waking up", f"START RequestId: {request_id} Version: $LATEST"]
    assert re.fullmatch(rf"\[WARNING\]\t2026-01-05T09:00:0\d\.\d{{3}}Z\t{request_id}\torder o-1 is late", lines[3])
    assert lines[4] == f"END RequestId: {request_id}"
    assert report[0] == f"REPORT RequestId: {request_id}"
    assert report[1:4] == ["Duration: 250.00 ms", f"Billed Duration: {250 + init_ms:.0f} ms", "Memory Size: 128 MB"]
    assert 300 <= init_ms <= 500
    assert len(lines) == 6


def test_a_warm_start_has_no_init_phase(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""
    lines = invoke(app, "Plain", order="o-2")

    assert lines[0].startswith("START ")
    assert "Init Duration" not in lines[-1]
    assert "Billed Duration: 1 ms" in lines[-1]


def test_a_timeout_is_written_down_with_its_time_and_its_request(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html"""
    lines = invoke(app, "Plain", s=5)

    request_id = app.world.invocations("Plain")[-1].request_id
    assert re.fullmatch(rf"2026-01-05T09:00:0\d\.\d{{3}}Z {request_id} Task timed out after 3\.00 seconds", lines[2])
    assert lines[4] == f"END RequestId: {request_id}"
    assert lines[5].endswith("\tStatus: timeout")
    assert "Duration: 3000.00 ms" in lines[5]


def test_a_process_that_exits_leaves_a_runtime_exit_error(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html"""
    lines = invoke(app, "Plain", exit=True)

    request_id = app.world.invocations("Plain")[-1].request_id
    assert f"RequestId: {request_id} Error: Runtime exited with error: exit status 3" in lines
    assert lines[-1].endswith("Status: error\tError Type: Runtime.ExitError")


def test_an_exception_is_logged_with_its_traceback_before_the_end(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    lines = invoke(app, "Plain", **{"raise": True})

    at = lines.index("[ERROR] KeyError: 'no such order'")
    assert lines[at + 1] == "Traceback (most recent call last):"
    assert lines[at + 2] == '\u00a0\u00a0File "/var/task/talker.py", line 16, in handler'
    assert lines[-2].startswith("END ")


AT = "2026-01-05T09:00:00.5Z"
LINES: list[Any] = [
    {"level": "error", "timestamp": AT, "n": 1},
    {"level": "WARNING", "timestamp": "2026-01-05T09:00:00+01:00", "n": 2},
    {"level": "info", "timestamp": AT, "n": 3},
    {"timestamp": AT, "n": 4},
    {"level": "ERROR", "n": 5},
    {"level": "ERROR", "timestamp": "2026-01-05 09:00:00,500+0000", "n": 6},
    {"level": "louder", "timestamp": AT, "n": 7},
    "plain text",
]


def test_json_that_a_function_prints_is_filtered_by_the_level_it_states(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"""
    filtered = invoke(app, "Filtered", lines=LINES)
    unfiltered = invoke(app, "Unfiltered", lines=LINES)

    assert [json.loads(line)["n"] for line in filtered] == [1, 2]
    assert len(unfiltered) == len(LINES) + 4  # INIT_START, START, END and REPORT


def test_each_environment_has_a_log_stream_named_by_date_and_version(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"""
    streams = read(app, "describe_log_streams", logGroupName="/aws/lambda/plain")["logStreams"]

    assert len(streams) > 1
    assert all(re.fullmatch(r"2026/01/05/\[\$LATEST\][0-9a-f]{32}", stream["logStreamName"]) for stream in streams)


def test_log_events_are_read_from_the_start_or_from_the_end_of_a_stream(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html"""
    stream = read(app, "describe_log_streams", logGroupName="/aws/lambda/plain")["logStreams"][0]["logStreamName"]
    where = {"logGroupName": "/aws/lambda/plain", "logStreamName": stream}

    first = read(app, "get_log_events", **where, startFromHead=True, limit=2)
    following = read(app, "get_log_events", **where, startFromHead=True, limit=1, nextToken=first["nextForwardToken"])
    last = read(app, "get_log_events", **where, limit=1)

    assert first["events"][0]["message"].startswith("INIT_START")
    assert following["events"][0]["message"].startswith("START RequestId")
    assert last["events"][0]["message"].startswith("REPORT RequestId")


def test_log_events_are_found_across_streams_by_a_pattern(app: App) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html"""
    late = read(app, "filter_log_events", logGroupName="/aws/lambda/plain", filterPattern='"is late" o-2')
    ends = read(app, "filter_log_events", logGroupName="/aws/lambda/plain", filterPattern="END -REPORT -START")
    nowhere = read(app, "filter_log_events", logGroupName="/aws/lambda/nobody")

    assert [event["message"].split("\t")[3] for event in late["events"]] == ["order o-2 is late"]
    assert len(ends["events"]) == len(app.world.invocations("Plain"))
    assert nowhere["Error"]["Code"] == "ResourceNotFoundException"


def test_with_json_logs_lambdas_own_lines_are_json_records(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html"""
    lines = invoke(app, "Structured", order="o-3", s=0.5)

    records = [json.loads(line) for line in lines if '"type"' in line]
    request_id = app.world.invocations("Structured")[-1].request_id
    assert [record["type"] for record in records] == ["platform.initStart", "platform.start", "platform.report"]
    assert records[1]["record"] == {"requestId": request_id, "version": "$LATEST"}
    assert records[2]["record"]["status"] == "success"
    assert records[2]["record"]["metrics"]["durationMs"] == 500.0


def test_the_system_log_level_silences_lambdas_own_lines(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"""
    assert not [line for line in invoke(app, "Quiet") if "platform." in line]


def test_a_function_may_log_into_a_group_of_its_choice(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"""
    invoke(app, "Structured")

    report = '{ $.type = "platform.report" && $.record.metrics.memorySizeMB = 128 }'
    found = read(app, "filter_log_events", logGroupName="/shop/structured", filterPattern=report)

    assert len(found["events"]) == len(app.world.invocations("Structured"))
