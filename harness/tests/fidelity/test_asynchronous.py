"""Asynchronous invocation: retries, destinations of every kind, dead letters, age, duplicates."""

import json
from typing import Any

import pytest

from harness.faults.functions import DuplicateEvent, FunctionExits, InvocationRefused
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Outcomes: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Outcomes.Arn}]}}
  MayPublish:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Outcomes]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Outcomes.Arn
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: outcomes}}
  ToQueue:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: to-queue
      Handler: app.handler
      AutoPublishAlias: live
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        MaximumEventAgeInSeconds: 300
        DestinationConfig:
          OnSuccess: {Type: SQS, Destination: !GetAtt Outcomes.Arn}
          OnFailure: {Type: SQS, Destination: !GetAtt Outcomes.Arn}
  ToTopic:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SNS, Destination: !Ref Topic}}}
  ToFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: Lambda, Destination: !GetAtt Listener.Arn}}}
  ToBus:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: EventBridge, Destination: !GetAtt Bus.Arn}}}
  Listener:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Events:
        Outcome:
          Type: EventBridgeRule
          Properties: {EventBusName: !Ref Bus, Pattern: {source: [lambda]}}
"""

SOURCE = """\
def handler(event, context):
    if event.get("raise"):
        raise ValueError("no")
    return {"done": event.get("order")}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE})


def accept(app: App, function: str, **payload: Any) -> None:
    """Sends an event, and waits until nothing is left to happen."""
    app.run(app.world.invoke(function, payload, asynchronous=True))
    app.run(app.world.settle())


def outcome(app: App) -> Any:
    return json.loads(app.world.queue("Outcomes").arrivals[-1].body)


def test_a_success_is_recorded_with_the_function_the_event_and_the_answer(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    accept(app, "ToQueue", order=1)

    record = outcome(app)
    assert list(record) == [
        "version", "timestamp", "requestContext", "requestPayload", "responseContext", "responsePayload",
    ]  # fmt: skip
    assert record["requestContext"]["functionArn"].endswith(":function:to-queue:live")
    assert record["requestContext"]["requestId"] == app.world.invocations("ToQueue")[-1].request_id
    assert (record["requestContext"]["condition"], record["requestContext"]["approximateInvokeCount"]) == ("Success", 1)
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "1"}
    assert (record["requestPayload"], record["responsePayload"]) == ({"order": 1}, {"done": 1})


def test_a_failure_is_tried_again_after_a_minute_and_then_recorded_and_dead_lettered(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    accept(app, "ToQueue", order=2, **{"raise": True})

    first, second = app.world.invocations("ToQueue")[-2:]
    dead = app.world.queue("Dead").arrivals[-1]
    assert first.request_id == second.request_id
    assert 60_000 <= second.started_ms - first.started_ms <= 61_000
    assert outcome(app)["requestContext"]["condition"] == "RetriesExhausted"
    assert outcome(app)["responseContext"]["functionError"] == "Unhandled"
    assert json.loads(dead.body) == {"order": 2, "raise": True}
    assert dead.message_attributes["RequestID"].string_value == first.request_id
    assert dead.message_attributes["ErrorCode"].string_value == "200"
    assert dead.message_attributes["ErrorMessage"].string_value == "ValueError: no"


def test_an_event_that_is_throttled_until_it_is_too_old_is_given_up_without_a_response(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    before = len(app.world.invocations("ToQueue"))
    fault = app.world.inject(InvocationRefused(function="ToQueue"))
    accept(app, "ToQueue", order=3)
    app.world.lift(fault)

    record = outcome(app)
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert "responsePayload" not in record
    assert len(app.world.invocations("ToQueue")) == before


def test_a_function_without_concurrency_sends_its_events_straight_to_the_failure_destination(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    before_ms = app.world.now_ms
    app.world.function("ToQueue").reserve(0)
    accept(app, "ToQueue", order=4)
    app.world.function("ToQueue").reserve(None)

    assert outcome(app)["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert app.world.now_ms == before_ms


def test_an_event_may_run_twice_though_nothing_failed(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html"""
    fault = app.world.inject(DuplicateEvent(function="ToQueue", times=1))
    accept(app, "ToQueue", order=5)
    app.world.lift(fault)

    first, second = app.world.invocations("ToQueue")[-2:]
    assert first.event == second.event == {"order": 5}
    assert first.request_id == second.request_id


def test_a_function_that_exits_fails_its_event_and_runs_nothing(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html"""
    fault = app.world.inject(FunctionExits(function="ToQueue"))
    accept(app, "ToQueue", order=9)
    app.world.lift(fault)

    assert outcome(app)["requestContext"]["condition"] == "RetriesExhausted"
    assert outcome(app)["responsePayload"]["errorType"] == "Runtime.ExitError"


def test_a_topic_can_be_a_destination(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    accept(app, "ToTopic", order=6)

    assert json.loads(outcome(app)["Message"])["responsePayload"] == {"done": 6}


def test_a_function_can_be_a_destination(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    accept(app, "ToFunction", order=7)

    assert app.world.invocations("Listener")[-1].event["responsePayload"] == {"done": 7}


def test_an_event_bus_can_be_a_destination_and_wraps_the_record_as_detail(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    accept(app, "ToBus", order=8)

    event = app.world.invocations("Listener")[-1].event
    assert event["detail-type"] == "Lambda Function Invocation Result - Success"
    assert event["detail"]["responsePayload"] == {"done": 8}
