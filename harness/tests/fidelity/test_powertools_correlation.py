"""Powertools' logger follows a request by the id that each source gives it, and holds lines back until one matters.

Source: https://docs.aws.amazon.com/powertools/python/latest/core/logger/
"""

import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/}}
Resources:
  OverRest:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.rest, Events: {Any: {Type: Api, Properties: {Path: /order, Method: POST}}}}
  OverHttp:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.rest, Events: {Any: {Type: HttpApi, Properties: {Path: /order, Method: POST}}}}
  OnBus:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.bus
      Events: {Placed: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop]}}}}
  Held: {Type: AWS::Serverless::Function, Properties: {Handler: app.held}}
  Untraced:
    Type: AWS::Serverless::Function
    Properties: {Handler: untraced.handler, Environment: {Variables: {POWERTOOLS_TRACE_DISABLED: "true"}}}
"""

APP = """\
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.logging.buffer import LoggerBufferConfig

logger = Logger(service="orders", level="INFO")
holding = Logger(service="held", level="DEBUG", buffer_config=LoggerBufferConfig(buffer_at_verbosity="INFO"))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
def rest(event, context):
    logger.info("placed")
    return {"statusCode": 200, "body": logger.get_correlation_id()}


@logger.inject_lambda_context(correlation_id_path=correlation_paths.EVENT_BRIDGE)
def bus(event, context):
    logger.info("placed")


@holding.inject_lambda_context(flush_buffer_on_uncaught_error=True)
def held(event, context):
    holding.debug("looking")
    holding.info("found")
    if event["fails"]:
        raise ValueError("no stock")
"""

UNTRACED = """\
from aws_lambda_powertools import Tracer

tracer = Tracer()


@tracer.capture_lambda_handler
def handler(event, context):
    with tracer.provider.in_subsegment("## price") as subsegment:
        subsegment.put_annotation("order", event["order"])
    return {"order": event["order"]}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP, "src/untraced.py": UNTRACED})


def records(app: App, function: str) -> list[dict[str, Any]]:
    return [json.loads(line.text) for line in app.world.logs(function) if line.text.startswith("{")]


@pytest.mark.parametrize(("api", "function"), [("ServerlessRestApi", "OverRest"), ("ServerlessHttpApi", "OverHttp")])
def test_the_id_of_a_request_to_an_api_is_in_each_line(app: App, api: str, function: str) -> None:
    answer = app.run(app.world.request("POST", "/order", api=api))

    event = app.world.invocations(function)[0].event
    assert answer.text == event["requestContext"]["requestId"]
    assert [record["correlation_id"] for record in records(app, function)] == [answer.text]


def test_the_id_of_an_event_on_a_bus_is_in_each_line(app: App) -> None:
    app.world.bus().put(source="shop", detail_type="Placed", detail={"order": 7})
    app.run(app.world.settle())

    event = app.world.invocations("OnBus")[0].event
    assert [record["correlation_id"] for record in records(app, "OnBus")] == [event["id"]]


def test_lines_held_back_come_out_when_the_handler_fails_and_only_then(app: App) -> None:
    app.run(app.world.invoke("Held", {"fails": False}))
    quiet = records(app, "Held")
    app.run(app.world.invoke("Held", {"fails": True}))

    loud = [record["message"] for record in records(app, "Held")]
    assert quiet == []
    assert loud[:2] == ["looking", "found"]


def test_a_tracer_that_is_switched_off_lets_everything_through(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/core/tracer/"""
    pytest.importorskip("aws_xray_sdk")  # Powertools' layer brings it along

    assert app.run(app.world.invoke("Untraced", {"order": "o-3"})) == {"order": "o-3"}
    assert app.world.calls(function="Untraced") == []
