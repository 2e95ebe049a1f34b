"""Lambda's Invoke and the versions behind it, on one deployed app."""

import json
from typing import Any

import pytest

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Client:
    Type: AWS::Serverless::Function
    Properties: {Handler: client.handler, Timeout: 900}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      Handler: worker.handler
      AutoPublishAlias: live
      Description: does as it is told
  Plain:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: plain, Handler: worker.handler, MemorySize: 256}
  First:
    Type: AWS::Lambda::Version
    Properties: {FunctionName: !Ref Plain}
  Blue:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: !Ref Plain, FunctionVersion: !GetAtt First.Version, Name: blue}
  Broken:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: broken, Handler: broken.handler}
  Slow:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: slow, Handler: slow.handler, Timeout: 20}
Outputs:
  Alias: {Value: !Ref Blue}
  Version: {Value: !Ref First}
"""

WORKER = """\
import os
import sys
import time

print("imported")
count = 0


def handler(event, context):
    global count
    count += 1
    do = event.get("do")
    if do == "raise":
        raise ValueError("no such thing")
    if do == "exit":
        sys.exit(1)
    if do == "sleep":
        time.sleep(event["s"])
    if do == "return":
        return "x" * (event["bytes"] - 2)
    if do == "print":
        print("y" * event["bytes"])
    return {
        "count": count,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "stream": context.log_stream_name,
        "variable": os.environ.get("COLOUR"),
        "trace": os.environ["_X_AMZN_TRACE_ID"],
        "remaining_ms": context.get_remaining_time_in_millis(),
    }
"""
BROKEN = "import nothing_of_the_kind\n"
SLOW = """\
import time

time.sleep(12)


def handler(event, context):
    return context.get_remaining_time_in_millis()
"""
ARN = "arn:aws:lambda:eu-west-1:123456789012:function"


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    sources = {"client": CLIENT, "worker": WORKER, "broken": BROKEN, "slow": SLOW}
    return deploy(TEMPLATE, {f"src/{name}.py": source for name, source in sources.items()})


def call(app: App, name: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Client", {"calls": [[name, parameters]]}))[0]


def invoke(app: App, function: str = "plain", payload: Any = None, **more: Any) -> Any:
    return call(app, "invoke", FunctionName=function, Payload=json.dumps(payload or {}), **more)


def error_of(answer: Any) -> tuple[int, str]:
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


# ---- Invoke --------------------------------------------------------------------------------------


def test_a_synchronous_invocation_answers_with_the_payload_and_the_version_that_ran(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
    answer = invoke(app)

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["Payload"]["version"] == "$LATEST"
    assert answer["Payload"]["memory"] == "256"
    assert "FunctionError" not in answer


def test_an_exception_is_an_answer_of_200_with_a_function_error(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    answer = invoke(app, payload={"do": "raise"})

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert list(answer["Payload"]) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert answer["Payload"]["errorMessage"] == "no such thing"
    assert answer["Payload"]["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert answer["Payload"]["stackTrace"] == [
        '  File "/var/task/worker.py", line 14, in handler\n    raise ValueError("no such thing")\n'
    ]


def test_a_process_that_exits_is_a_runtime_exit_error(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html"""
    answer = invoke(app, payload={"do": "exit"})

    request_id = answer["ResponseMetadata"]["RequestId"]
    message = f"RequestId: {request_id} Error: Runtime exited with error: exit status 1"
    assert answer["Payload"] == {"errorMessage": message, "errorType": "Runtime.ExitError"}


def test_an_event_is_accepted_with_202_and_a_dry_run_runs_nothing(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
    before = len(app.world.invocations("Plain"))

    dry = invoke(app, InvocationType="DryRun")
    ran_dry = len(app.world.invocations("Plain"))
    event = invoke(app, InvocationType="Event")
    app.run(app.world.settle())

    assert (dry["StatusCode"], event["StatusCode"]) == (204, 202)
    assert (ran_dry - before, len(app.world.invocations("Plain")) - before) == (0, 1)


@pytest.mark.parametrize(("kind", "limit"), [("RequestResponse", 6 * 1024 * 1024), ("Event", 1024 * 1024)])
def test_a_payload_above_the_limit_is_refused_with_413(app: App, kind: str, limit: int) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    payload = json.dumps("x" * (limit - 1))

    answer = call(app, "invoke", FunctionName="plain", InvocationType=kind, Payload=payload)

    assert error_of(answer) == (413, "RequestTooLargeException")
    assert f"smaller than {limit} bytes" in answer["Error"]["Message"]


def test_a_response_above_six_megabytes_is_a_function_error(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    answer = invoke(app, payload={"do": "return", "bytes": 6_291_557})

    assert answer["Payload"]["errorType"] == "Function.ResponseSizeTooLarge"
    assert "6291556 bytes" in answer["Payload"]["errorMessage"]


def test_a_payload_that_is_no_json_is_refused(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors"""
    answer = call(app, "invoke", FunctionName="plain", Payload="{")

    assert error_of(answer) == (400, "InvalidRequestContentException")


def test_the_log_tail_is_the_end_of_the_invocations_log_at_most_four_kilobytes(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
    short = invoke(app, payload={"do": "print", "bytes": 10}, LogType="Tail")["LogResult"]
    long = invoke(app, payload={"do": "print", "bytes": 5000}, LogType="Tail")["LogResult"]

    assert short.startswith("START RequestId: ")
    assert "\nyyyyyyyyyy\nEND RequestId: " in short
    assert len(long) == 4096
    assert "REPORT RequestId: " in long


def test_response_streaming_is_refused(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html"""
    answer = call(app, "invoke_with_response_stream", FunctionName="plain")

    assert error_of(answer)[0] == 501


# ---- the init phase -----------------------------------------------------------------------------------


def test_an_import_that_fails_is_tried_again_in_the_first_invocation(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
    answer = invoke(app, "broken")

    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == "Runtime.ImportModuleError"
    assert answer["Payload"]["requestId"] == ""
    reports = [line.text for line in app.world.logs("Broken") if line.text.startswith("INIT_REPORT")]
    assert [report.split("\t")[1] for report in reports] == ["Phase: init", "Phase: invoke"]


def test_an_import_longer_than_ten_seconds_runs_again_under_the_functions_timeout(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
    answer = invoke(app, "slow")

    assert answer["Payload"] == 8000  # of 20 s, 12 went into the second import
    report = app.world.logs("Slow")[-1].text
    assert "Duration: 12000.00 ms" in report
    assert "Init Duration" not in report


# ---- versions and aliases --------------------------------------------------------------------------------


def test_an_alias_runs_its_version_and_the_handler_sees_both(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html"""
    by_alias = invoke(app, "worker", Qualifier="live")
    by_arn = invoke(app, f"{ARN}:worker:live")
    by_version = invoke(app, "worker:1")

    assert [answer["ExecutedVersion"] for answer in (by_alias, by_arn, by_version)] == ["1", "1", "1"]
    assert by_alias["Payload"]["version"] == "1"
    assert by_alias["Payload"]["arn"] == by_arn["Payload"]["arn"] == f"{ARN}:worker:live"
    assert by_version["Payload"]["arn"] == f"{ARN}:worker:1"
    assert "/[1]" in by_alias["Payload"]["stream"]


def test_versions_and_aliases_of_the_template_are_there(app: App) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html"""
    alias = call(app, "get_alias", FunctionName="plain", Name="blue")
    listed = call(app, "list_versions_by_function", FunctionName="plain")

    assert (alias["AliasArn"], alias["FunctionVersion"]) == (f"{ARN}:plain:blue", "1")
    assert [version["Version"] for version in listed["Versions"]][:2] == ["$LATEST", "1"]


def test_a_version_keeps_the_configuration_it_was_published_with(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html"""
    same = call(app, "publish_version", FunctionName="worker")["Version"]
    call(app, "update_function_configuration", FunctionName="worker", Environment={"Variables": {"COLOUR": "red"}})
    other = call(app, "publish_version", FunctionName="worker")["Version"]

    assert (same, other) == ("1", "2")
    assert invoke(app, "worker")["Payload"]["variable"] == "red"
    assert invoke(app, "worker", Qualifier="1")["Payload"]["variable"] is None
    assert invoke(app, "worker", Qualifier="2")["Payload"]["variable"] == "red"


def test_weights_send_a_share_of_the_invocations_to_another_version(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html"""
    call(app, "update_function_configuration", FunctionName="plain", Description="second")
    assert call(app, "publish_version", FunctionName="plain")["Version"] == "2"
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    call(app, "update_alias", FunctionName="plain", Name="blue", RoutingConfig=weights)

    versions = [invoke(app, "plain", Qualifier="blue")["ExecutedVersion"] for _ in range(60)]

    assert set(versions) == {"1", "2"}
    assert 5 <= versions.count("2") <= 25
    call(app, "update_alias", FunctionName="plain", Name="blue", FunctionVersion="2", RoutingConfig={})
    assert invoke(app, "plain", Qualifier="blue")["ExecutedVersion"] == "2"


def test_what_is_not_there_is_not_found(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors"""
    function, alias = invoke(app, "nobody"), invoke(app, "plain", Qualifier="green")

    assert error_of(function) == error_of(alias) == (404, "ResourceNotFoundException")
    assert function["Error"]["Message"] == f"Function not found: {ARN}:nobody"
    assert alias["Error"]["Message"] == f"Function not found: {ARN}:plain:green"


def test_an_alias_cannot_point_to_a_version_that_is_not_there(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html"""
    answer = call(app, "create_alias", FunctionName="plain", Name="late", FunctionVersion="17")

    assert error_of(answer) == (404, "ResourceNotFoundException")


def test_a_function_can_read_its_own_configuration(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html"""
    configuration = call(app, "get_function_configuration", FunctionName="worker")
    function = call(app, "get_function", FunctionName="worker", Qualifier="live")["Configuration"]

    assert (configuration["Timeout"], configuration["MemorySize"]) == (10, 128)
    assert (configuration["State"], configuration["Description"]) == ("Active", "does as it is told")
    assert (function["Version"], function["FunctionArn"]) == ("1", f"{ARN}:worker:live")
