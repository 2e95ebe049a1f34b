"""Concurrency of functions: reserved, of the account, provisioned, and how fast it may grow."""

import asyncio
import json
from typing import Any

import pytest

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 60}
Resources:
  Client:
    Type: AWS::Serverless::Function
    Properties: {Handler: client.handler, Timeout: 900}
  Reserved:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: reserved, Handler: worker.handler, ReservedConcurrentExecutions: 2}
  Open:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: open, Handler: worker.handler}
  Warm:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: warm
      Handler: worker.handler
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
"""

WORKER = """\
import os
import time

import boto3

began = time.time()


def handler(event, context):
    time.sleep(event.get("s", 0))
    if event.get("exit"):
        os._exit(1)
    return {"kind": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], "began": began, "version": context.function_version}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/client.py": CLIENT, "src/worker.py": WORKER})


def call(app: App, name: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Client", {"calls": [[name, parameters]]}))[0]


def at_once(app: App, count: int, function: str, payload: Any, **more: Any) -> list[Any]:
    """What so many clients get who invoke a function at the same time."""
    parameters = {"FunctionName": function, "Payload": json.dumps(payload), **more}

    async def all_of_them() -> list[Any]:
        event = {"calls": [["invoke", parameters]]}
        answers = await asyncio.gather(*(app.world.invoke("Client", event) for _ in range(count)))
        return [answer[0] for answer in answers]

    return app.run(all_of_them())


def reasons(answers: list[Any]) -> list[str]:
    return [answer.get("Reason", "") for answer in answers]


def test_reserved_concurrency_is_a_ceiling(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
    answers = at_once(app, 4, "reserved", {"s": 1})

    refused = [answer for answer in answers if "Error" in answer]
    assert len(refused) == 2
    assert refused[0]["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert refused[0]["Error"]["Code"] == "TooManyRequestsException"
    assert reasons(refused) == ["ReservedFunctionConcurrentInvocationLimitExceeded"] * 2


def test_the_accounts_quota_bounds_all_functions_that_reserve_nothing(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"""
    app.world.limit_concurrency(8)  # 2 are reserved, 2 provisioned, and each client takes one itself
    try:
        answers = at_once(app, 3, "open", {"s": 1})
    finally:
        app.world.limit_concurrency(1000)

    assert reasons(answers).count("ConcurrentInvocationLimitExceeded") == 2


def test_the_account_settings_tell_the_quota_and_what_is_left_of_it(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html"""
    limits = call(app, "get_account_settings")["AccountLimit"]

    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1000, 996)


def test_a_reservation_can_be_changed_while_the_function_is_in_use(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html"""
    call(app, "put_function_concurrency", FunctionName="open", ReservedConcurrentExecutions=0)
    stopped = at_once(app, 1, "open", {})
    call(app, "delete_function_concurrency", FunctionName="open")

    assert reasons(stopped) == ["ReservedFunctionConcurrentInvocationLimitExceeded"]
    assert at_once(app, 1, "open", {})[0]["StatusCode"] == 200


def test_a_hundred_units_must_stay_unreserved(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
    answer = call(app, "put_function_concurrency", FunctionName="open", ReservedConcurrentExecutions=950)

    assert answer["Error"]["Code"] == "InvalidParameterValueException"
    assert "below its minimum value of [100]" in answer["Error"]["Message"]


def test_a_fast_function_is_held_to_ten_requests_a_second_for_each_unit(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html#api-requests-per-second"""
    calls = [["invoke", {"FunctionName": "reserved", "Payload": "{}"}]] * 60

    answers = app.run(app.world.invoke("Client", {"calls": calls}))

    refused = [answer["Reason"] for answer in answers if "Error" in answer]
    assert set(refused) == {"ReservedFunctionInvocationRateLimitExceeded"}
    assert 20 <= 60 - len(refused) <= 40  # 20 at once, then 20 a second


# ---- provisioned concurrency -----------------------------------------------------------------------------


def test_provisioned_environments_are_initialized_before_they_are_invoked(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"""
    answers = at_once(app, 2, "warm", {"s": 1}, Qualifier="live")

    assert {answer["Payload"]["kind"] for answer in answers} == {"provisioned-concurrency"}
    assert {answer["Payload"]["version"] for answer in answers} == {"1"}
    assert not [line for line in app.world.logs("Warm") if "Init Duration" in line.text]


def test_what_exceeds_provisioned_concurrency_runs_on_demand(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"""
    answers = at_once(app, 3, "warm", {"s": 2}, Qualifier="live")

    kinds = sorted(answer["Payload"]["kind"] for answer in answers)
    assert kinds == ["on-demand", "provisioned-concurrency", "provisioned-concurrency"]


def test_the_unpublished_version_has_no_provisioned_environments(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"""
    assert at_once(app, 1, "warm", {})[0]["Payload"]["kind"] == "on-demand"


def test_a_provisioned_environment_that_dies_is_replaced(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"""
    at_once(app, 1, "warm", {"exit": True}, Qualifier="live")
    during = call(app, "get_provisioned_concurrency_config", FunctionName="warm", Qualifier="live")
    app.run(app.world.run_for(s=2))
    after = call(app, "get_provisioned_concurrency_config", FunctionName="warm", Qualifier="live")

    assert (during["Status"], during["AvailableProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 1)
    assert (after["Status"], after["AvailableProvisionedConcurrentExecutions"]) == ("READY", 2)
