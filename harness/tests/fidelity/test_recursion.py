"""Recursion detection: loops through SQS, Lambda and destinations are stopped, other services break the chain."""

import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Loop:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 30
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}
  Dead: {Type: AWS::SQS::Queue}
  Failures: {Type: AWS::SQS::Queue}
  ThroughQueue:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.through_queue
      Environment: {Variables: {QUEUE: !Ref Loop}}
      Events: {Queue: {Type: SQS, Properties: {Queue: !GetAtt Loop.Arn}}}
  Itself:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.itself
      EventInvokeConfig:
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failures.Arn}}
  Allowed:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.itself, RecursiveLoop: Allow}
  Objects: {Type: AWS::S3::Bucket, Properties: {BucketName: objects-that-loop}}
  ThroughBucket:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.through_bucket
      Policies: [{S3CrudPolicy: {BucketName: objects-that-loop}}]
      Events: {Put: {Type: S3, Properties: {Bucket: !Ref Objects, Events: "s3:ObjectCreated:*"}}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: loops}}
  ThroughTopic:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.through_topic
      Events: {Note: {Type: SNS, Properties: {Topic: !Ref Topic}}}
      Policies: [{SNSPublishMessagePolicy: {TopicName: loops}}]
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  ThroughTable:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.through_table
      Environment: {Variables: {TABLE: !Ref Table}}
      Events:
        Changes: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: TRIM_HORIZON}}
  Start:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.start, Policies: [AdministratorAccess]}
  Seed:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.seed, Environment: {Variables: {TABLE: !Ref Table}}}
  Synchronous:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.synchronous}
"""

SOURCE = """\
import json
import os

import boto3
from botocore.exceptions import ClientError

functions = boto3.client("lambda")
sqs = boto3.client("sqs")


def through_queue(event, context):
    for record in event["Records"]:
        print(record["attributes"].get("AWSTraceHeader"))
        turn = json.loads(record["body"]) + 1
        sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(turn))


def itself(event, context):
    if event["turn"] < 40:
        again = json.dumps({"turn": event["turn"] + 1})
        functions.invoke(FunctionName=context.function_name, InvocationType="Event", Payload=again)


def through_bucket(event, context):
    turn = int(event["Records"][0]["s3"]["object"]["key"])
    boto3.client("s3").put_object(Bucket="objects-that-loop", Key=str(turn + 1))


def through_topic(event, context):
    record = event["Records"][0]["Sns"]
    boto3.client("sns").publish(TopicArn=record["TopicArn"], Message=str(int(record["Message"]) + 1))


def through_table(event, context):
    turn = int(event["Records"][0]["dynamodb"]["NewImage"]["pk"]["S"])
    if turn < 20:
        item = {"pk": {"S": str(turn + 1)}}
        boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item=item)


def seed(event, context):
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": "1"}})


def start(event, context):
    return getattr(boto3.client(event["service"]), event["call"])(**event["parameters"])["ResponseMetadata"]


def synchronous(event, context):
    again = json.dumps({"turn": event["turn"] + 1})
    try:
        answer = functions.invoke(FunctionName=context.function_name, Payload=again)
    except ClientError as error:
        return {"turn": event["turn"], "code": error.response["Error"]["Code"]}
    return json.loads(answer["Payload"].read())
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": SOURCE})


def test_a_loop_through_a_queue_is_stopped_after_sixteen_turns_and_the_message_goes_to_the_dead_letter_queue(
    app: App,
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    app.world.queue("Loop").send("1")
    app.run(app.world.settle())

    turns = [invocation.event["Records"][0]["body"] for invocation in app.world.invocations("ThroughQueue")]
    assert turns == [str(number) for number in range(1, 17)]
    assert [arrival.body for arrival in app.world.queue("Dead").arrivals] == ["17"]


def test_messages_carry_the_trace_header_of_the_function_that_sent_them(app: App) -> None:
    """https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html"""
    headers = [line.text for line in app.world.logs("ThroughQueue") if "Root=" in line.text or line.text == "None"]

    roots = {header.split(";")[0] for header in headers[1:]}
    assert headers[0] == "None"
    assert len(roots) == 1
    assert headers[1].endswith(":0")
    assert headers[15].endswith(":14")


def test_a_function_that_invokes_itself_is_stopped_and_the_event_goes_to_the_failure_destination(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    app.run(app.world.invoke("Itself", {"turn": 1}, asynchronous=True))
    app.run(app.world.settle())

    record: Any = json.loads(app.world.queue("Failures").arrivals[0].body)
    assert len(app.world.invocations("Itself")) == 16
    assert record["requestPayload"] == {"turn": 17}
    assert "responsePayload" not in record


def test_a_function_that_may_loop_is_not_stopped(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html"""
    app.run(app.world.invoke("Allowed", {"turn": 1}, asynchronous=True))
    app.run(app.world.settle())

    assert len(app.world.invocations("Allowed")) == 40


def test_a_synchronous_caller_is_told_that_its_chain_goes_round(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors"""
    answer = app.run(app.world.invoke("Synchronous", {"turn": 1}))

    assert answer == {"turn": 16, "code": "RecursiveInvocationException"}


def start(app: App, service: str, call: str, **parameters: Any) -> None:
    """Makes a call that sets a loop off, and waits for its end."""
    app.run(app.world.invoke("Start", {"service": service, "call": call, "parameters": parameters}))
    app.run(app.world.settle())


def test_a_loop_through_a_bucket_is_stopped(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    start(app, "s3", "put_object", Bucket="objects-that-loop", Key="1")

    assert len(app.world.invocations("ThroughBucket")) == 16


def test_a_loop_through_a_topic_is_stopped(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    start(app, "sns", "publish", TopicArn="arn:aws:sns:eu-west-1:123456789012:loops", Message="1")

    assert len(app.world.invocations("ThroughTopic")) == 16


def test_a_loop_through_a_table_is_not_seen(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html#invocation-recursion-supported"""
    app.run(app.world.invoke("Seed", {}))
    app.run(app.world.settle())

    assert len(app.world.invocations("ThroughTable")) == 20


def test_stopped_invocations_are_counted(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
    name = app.world.function("Itself").name

    dropped = app.world.metric("AWS/Lambda", "RecursiveInvocationsDropped", FunctionName=name)

    assert sum(dropped.values()) == 1
