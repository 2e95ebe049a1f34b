"""Faults of the fleet, of a Region, of credentials and of time, as deployed functions meet them."""

from typing import Any

import pytest

from harness.faults.backlog import OldMessages, RetentionRunsOut
from harness.faults.environment import FunctionStalls
from harness.faults.functions import EnvironmentRecycled
from harness.faults.recycling import ClockSkew, ColdStartStorm
from harness.faults.region import CallHeld, CredentialsExpired, RegionErrorBurst
from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 60
    Environment: {Variables: {TABLE: !Ref Orders, QUEUE: !Ref Work, FAILED: !Ref Failed}}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Work:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}}
  Tell: {Type: AWS::Serverless::Function, Properties: {Handler: app.tell}}
  Call:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.call, Policies: [{Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}]}
"""

APP = """\
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

count = 0


def tell(event, context):
    global count
    count += 1
    return {"count": count, "now": time.time(), "left_ms": context.get_remaining_time_in_millis()}


def call(event, context):
    client = boto3.client(event["service"], config=Config(retries={"total_max_attempts": 1}, read_timeout=20))
    began = time.time()
    parameters = {name: os.environ.get(str(value), value) for name, value in event["with"].items()}
    try:
        answer = getattr(client, event["operation"])(**parameters)
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
    answer.pop("ResponseMetadata")
    return {"answer": answer, "took_s": time.time() - began}
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP})


def tell(app: App) -> Any:
    return app.run(app.world.invoke("Tell", {}))


def call(app: App, service: str, operation: str, **parameters: Any) -> Any:
    return app.run(app.world.invoke("Call", {"service": service, "operation": operation, "with": parameters}))


def clock_of(app: App) -> float:
    """How far the answering environment's clock is off, in seconds."""
    told = tell(app)
    ended_ms = app.world.invocations("Tell")[-1].ended_ms
    epoch_s = 1767603600.0
    assert ended_ms is not None
    return float(told["now"]) - epoch_s - ended_ms / 1000


# ---- environments -----------------------------------------------------------------------------


def test_a_recycled_environment_loses_its_module_state(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
    app.world.recycle("Tell")
    warm = [tell(app)["count"] for _ in range(2)]
    fault = app.world.inject(EnvironmentRecycled(function="Tell", times=1))
    cold = [tell(app)["count"] for _ in range(3)]
    app.world.lift(fault)

    assert (warm, cold) == ([1, 2], [1, 2, 3])


def test_a_cold_start_storm_takes_every_warm_environment_and_slows_the_next_starts(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
    tell(app)
    storm = app.world.inject(ColdStartStorm(extra_ms=3000))
    before_ms = app.world.now_ms
    count = tell(app)["count"]
    waited_ms = app.world.now_ms - before_ms
    app.world.lift(storm)

    assert count == 1
    assert waited_ms >= 3300


def test_skewed_clocks_differ_between_environments_and_stay_as_they_are(app: App) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html"""
    app.world.recycle("Tell")
    exact = clock_of(app)
    app.world.recycle("Tell")
    skew = app.world.inject(ClockSkew(functions=("Tell",), at_most_ms=5000))
    first, again = clock_of(app), clock_of(app)
    app.world.recycle("Tell")
    other = clock_of(app)
    left_ms = tell(app)["left_ms"]
    app.world.lift(skew)
    app.world.recycle("Tell")

    assert abs(exact) < 0.01
    assert abs(first - again) < 0.01
    assert 0.02 < abs(first - other) <= 10
    assert max(abs(first), abs(other)) <= 5.01
    assert left_ms == 60_000


# ---- queues -----------------------------------------------------------------------------------


def test_a_dead_letter_queue_may_be_full_of_messages_of_long_ago(app: App) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"""
    app.world.inject(OldMessages(queue="Failed", count=3, age_s=86_400, every_s=3600, body="old {number}"))

    got = call(app, "sqs", "receive_message", QueueUrl="FAILED", MaxNumberOfMessages=10, AttributeNames=["All"])
    messages = got["answer"]["Messages"]
    sent_s = [int(message["Attributes"]["SentTimestamp"]) / 1000 for message in messages]
    now_s = 1767603600 + app.world.now_ms / 1000

    assert [message["Body"] for message in messages] == ["old 1", "old 2", "old 3"]
    assert [round((now_s - sent) / 3600) for sent in sent_s] == [26, 25, 24]


def test_retention_that_runs_out_takes_messages_without_a_word(app: App) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-architecture.html"""
    for body in ("keep", "lose 1", "lose 2"):
        app.world.queue("Work").send(body)

    app.world.inject(RetentionRunsOut(queue="Work", containing="lose"))

    assert app.world.queue("Work").waiting == 1


# ---- services ---------------------------------------------------------------------------------

CALLS = [
    ("dynamodb", "scan", {"TableName": "TABLE"}, "InternalServerError", ("ExpiredTokenException", 400)),
    ("sqs", "receive_message", {"QueueUrl": "QUEUE"}, "InternalFailure", ("ExpiredTokenException", 400)),
    ("s3", "list_buckets", {}, "InternalError", ("ExpiredToken", 400)),
    ("lambda", "list_functions", {}, "ServiceException", ("ExpiredTokenException", 403)),
    ("sns", "list_topics", {}, "InternalFailure", ("ExpiredToken", 403)),
    ("kinesis", "list_streams", {}, "InternalFailure", ("ExpiredTokenException", 400)),
    ("elbv2", "describe_load_balancers", {}, "InternalFailure", ("ExpiredToken", 403)),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "internal", "expired"), CALLS)
def test_each_service_says_in_its_own_words_that_it_is_broken_or_that_credentials_have_expired(
    app: App, service: str, operation: str, parameters: Any, internal: str, expired: tuple[str, int]
) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    burst = app.world.inject(RegionErrorBurst())
    broken = call(app, service, operation, **parameters)
    app.world.lift(burst)
    old = app.world.inject(CredentialsExpired())
    refused = call(app, service, operation, **parameters)
    app.world.lift(old)

    assert broken == {"code": internal, "status": 500}
    assert refused == {"code": expired[0], "status": expired[1]}


def test_a_burst_may_be_of_some_services_and_for_a_while(app: App) -> None:
    """https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/welcome.html"""
    now_ms = app.world.now_ms
    burst = app.world.inject(RegionErrorBurst(services=("dynamodb", "sns"), until_ms=now_ms + 60_000))
    during = [call(app, "dynamodb", "scan", TableName="TABLE"), call(app, "sqs", "list_queues")]
    app.run(app.world.run_for(minutes=1))
    after = call(app, "dynamodb", "scan", TableName="TABLE")
    app.world.lift(burst)

    assert ["code" in answer for answer in (*during, after)] == [True, False, False]


def test_a_held_call_takes_effect_late_and_goes_well(app: App) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""
    held = app.world.inject(CallHeld(service="dynamodb", hold_ms=5000, k=1, times=1))
    late = call(app, "dynamodb", "scan", TableName="TABLE")
    at_once = call(app, "dynamodb", "scan", TableName="TABLE")
    app.world.lift(held)

    assert late["took_s"] >= 5
    assert at_once["took_s"] < 0.1
    assert late["answer"]["Count"] == 0


def test_a_function_that_stands_still_breaks_no_timeout_of_its_clients(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
    stalls = [FunctionStalls(for_ms=30_000, k=1, after_answer=after, times=1) for after in (False, True)]
    told = []
    for stall in stalls:
        active = app.world.inject(stall)
        began_ms = app.world.now_ms
        answer = call(app, "dynamodb", "scan", TableName="TABLE")
        sent_ms = app.world.calls(function="Call")[-1].at_ms - began_ms
        told.append((answer["answer"]["Count"], answer["took_s"] >= 30, sent_ms >= 30_000, active.strikes))

    assert told == [(0, True, True, 1), (0, True, False, 1)]


def test_wall_clocks_that_are_held_stand_still_while_time_goes_on(app: App) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html"""
    tell(app)
    app.world.hold_clocks()
    first = tell(app)
    app.run(app.world.run_for(s=5))
    second = call(app, "dynamodb", "get_item", TableName="TABLE", Key={"id": {"S": "none"}})
    third = tell(app)
    app.world.release_clocks()
    fourth = tell(app)

    assert second["took_s"] == 0
    assert third["now"] == first["now"]
    assert third["left_ms"] == first["left_ms"] == 60_000
    assert 5.0 <= fourth["now"] - first["now"] <= 6.0
