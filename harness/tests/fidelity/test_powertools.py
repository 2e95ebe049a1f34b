"""Powertools for AWS Lambda runs unchanged: its logger, its metrics, its tracer."""

import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.vendored import package

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Environment:
      Variables: {POWERTOOLS_SERVICE_NAME: checkout, POWERTOOLS_METRICS_NAMESPACE: shop, POWERTOOLS_LOG_LEVEL: INFO}
Resources:
  Logging:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: logging, Handler: app.logging_handler}
  Metrics:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: metrics, Handler: app.metrics_handler}
"""

TRACED_TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Tracing:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, CodeUri: src/, Handler: traced.handler, Tracing: Active}
"""

APP = """\
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context(log_event=False)
def logging_handler(event, context):
    logger.append_keys(order=event["order"])
    logger.info("order taken")
    try:
        raise ValueError("no stock")
    except ValueError:
        logger.exception("order failed")


@metrics.log_metrics(capture_cold_start_metric=True)
def metrics_handler(event, context):
    metrics.add_dimension(name="shop", value=event["shop"])
    metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=2)
    metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=3)
"""

TRACED = """\
from aws_lambda_powertools import Tracer

tracer = Tracer()


@tracer.capture_method
def price(order):
    tracer.put_annotation(key="order", value=order)
    return 42


@tracer.capture_lambda_handler
def handler(event, context):
    return {"price": price(event["order"])}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP})


def invoke(app: App, function: str, payload: dict[str, Any]) -> Any:
    return app.run(app.world.invoke(function, payload))


def test_the_logger_writes_its_records_with_the_fields_of_the_context(app: App) -> None:
    """https://docs.aws.amazon.com/powertools/python/latest/core/logger/"""
    invoke(app, "Logging", {"order": "o-1"})

    records = [json.loads(line.text) for line in app.world.logs("Logging") if line.text.startswith("{")]
    assert [record["message"] for record in records] == ["order taken", "order failed"]
    assert {record["order"] for record in records} == {"o-1"}
    assert (records[0]["cold_start"], records[0]["service"]) == (True, "checkout")
    assert records[0]["function_request_id"] == app.world.invocations("Logging")[0].request_id
    assert records[0]["function_name"] == "logging"
    assert records[0]["timestamp"].startswith("2026-01-05 09:00:0")
    assert records[0]["xray_trace_id"].startswith("1-")
    assert records[1]["exception_name"] == "ValueError"


def test_the_metrics_it_prints_become_metrics_of_cloudwatch(app: App) -> None:
    """https://docs.aws.amazon.com/powertools/python/latest/core/metrics/"""
    invoke(app, "Metrics", {"shop": "Cork"})

    assert app.world.metric("shop", "Orders", service="checkout", shop="Cork") == {0: 5}
    assert app.world.metric("shop", "ColdStart", service="checkout", function_name="metrics") == {0: 1}


def test_the_tracer_does_not_disturb_the_handler(deploy: Deploy) -> None:
    """https://docs.aws.amazon.com/powertools/python/latest/core/tracer/"""
    app = deploy(TRACED_TEMPLATE, {"src/traced.py": TRACED, **package("aws_xray_sdk"), **package("wrapt")})

    assert invoke(app, "Tracing", {"order": "o-2"}) == {"price": 42}
