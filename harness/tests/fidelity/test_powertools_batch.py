"""Powertools' batch processor, unchanged, answers for each record; the source keeps what failed and drops the rest.

Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/batch/
"""

import base64
import json
from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10, Environment: {Variables: {TABLE: !Ref Orders}}}
Resources:
  Dead: {Type: AWS::SQS::Queue}
  DeadFifo: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Letters:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}
  Whole: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60, MessageRetentionPeriod: 90}}
  Lined: &fifo
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadFifo.Arn, maxReceiveCount: 2}
  Grouped: *fifo
  Events: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  OfQueue:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.of_queue
      Events:
        Letters:
          Type: SQS
          Properties: {Queue: !GetAtt Letters.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}
  OfWhole:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.of_queue
      Events:
        Whole:
          Type: SQS
          Properties: {Queue: !GetAtt Whole.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}
  OfLined:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.of_lined
      Events:
        Lined: {Type: SQS, Properties: {Queue: !GetAtt Lined.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
  OfGrouped:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.of_grouped
      Events:
        Grouped: {Type: SQS, Properties: {Queue: !GetAtt Grouped.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
  OfStream:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.of_stream
      Events:
        Events:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Events.Arn
            StartingPosition: TRIM_HORIZON
            FunctionResponseTypes: [ReportBatchItemFailures]
  OfTable:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.of_table
      Events:
        Orders:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            FunctionResponseTypes: [ReportBatchItemFailures]
  Write:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.write
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Orders}}]
"""

APP = """\
import asyncio
import os

import boto3
from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor, BatchProcessor, EventType, SqsFifoPartialProcessor, async_process_partial_response,
    process_partial_response)

processor = AsyncBatchProcessor(event_type=EventType.SQS)
lined = SqsFifoPartialProcessor()
grouped = SqsFifoPartialProcessor(skip_group_on_error=True)
stream = BatchProcessor(event_type=EventType.KinesisDataStreams)
table = BatchProcessor(event_type=EventType.DynamoDBStreams)
seen = set()


async def letter(record):
    await asyncio.sleep(1)
    if record.body.startswith("bad"):
        raise ValueError(record.body)


def refuse_bad(name):
    print("saw", name)
    if name.startswith("bad") or name.startswith("once") and name not in seen:
        seen.add(name)
        raise ValueError(name)


def of_queue(event, context):
    return async_process_partial_response(event=event, record_handler=letter, processor=processor, context=context)


def of_lined(event, context):
    return process_partial_response(
        event=event, record_handler=lambda record: refuse_bad(record.body), processor=lined, context=context)


def of_grouped(event, context):
    return process_partial_response(
        event=event, record_handler=lambda record: refuse_bad(record.body), processor=grouped, context=context)


def of_stream(event, context):
    return process_partial_response(
        event=event, record_handler=lambda record: refuse_bad(record.kinesis.data_as_json()["name"]),
        processor=stream, context=context)


def of_table(event, context):
    return process_partial_response(
        event=event, record_handler=lambda record: refuse_bad(record.dynamodb.new_image["id"]),
        processor=table, context=context)


def write(event, context):
    orders = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    for name in event["names"]:
        orders.put_item(Item={"id": name})
"""


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP}, enforce_permissions=True)


def bodies(event: dict[str, Any]) -> list[str]:
    return [record["body"] for record in event["Records"]]


def saw(app: App, function: str) -> list[list[str]]:
    """Which records each invocation of a function looked at."""
    lines = [(line.request_id, line.text.split()) for line in app.world.logs(function) if line.text.startswith("saw ")]
    return [[words[1] for request_id, words in lines if request_id == one.request_id]
            for one in app.world.invocations(function)]  # fmt: skip


def test_a_queue_keeps_only_the_message_that_failed_and_gives_it_up_in_the_end(app: App) -> None:
    for body in ("good", "bad", "fine"):
        app.world.queue("Letters").send(body)
    app.run(app.world.settle())

    first, second = app.world.invocations("OfQueue")
    assert [sorted(bodies(one.event)) for one in (first, second)] == [["bad", "fine", "good"], ["bad"]]
    assert [arrival.body for arrival in app.world.queue("Dead").arrivals] == ["bad"]
    assert app.world.queue("Letters").waiting == 0


def test_records_handled_by_coroutines_wait_beside_each_other(app: App) -> None:
    first = app.world.invocations("OfQueue")[0]

    assert first.ended_ms is not None
    assert 1000 <= first.ended_ms - first.started_ms < 2000


def test_a_batch_that_fails_altogether_is_an_error_of_the_function(app: App) -> None:
    app.world.queue("Whole").send("bad one")
    app.run(app.world.run_for(s=30))

    (invocation,) = app.world.invocations("OfWhole")
    assert invocation.error["errorType"] == "BatchProcessingError"
    assert app.world.queue("Whole").in_flight == 1


def test_a_fifo_queue_goes_on_behind_the_message_that_failed(app: App) -> None:
    for body in ("a", "once-b", "c"):
        app.world.queue("Lined").send(body, group_id="one")
    app.run(app.world.settle())

    assert saw(app, "OfLined") == [["a", "once-b"], ["once-b", "c"]]


def test_with_its_group_skipped_a_message_lets_other_groups_through_and_takes_its_own_along(app: App) -> None:
    for body, group in (("bad-1", "red"), ("good-1", "blue"), ("good-2", "red"), ("good-3", "blue")):
        app.world.queue("Grouped").send(body, group_id=group)
    app.run(app.world.settle())

    assert saw(app, "OfGrouped") == [["bad-1", "good-1", "good-3"], ["bad-1"]]
    assert [arrival.body for arrival in app.world.queue("DeadFifo").arrivals] == ["bad-1", "good-2"]


def test_a_kinesis_stream_starts_again_at_the_record_that_failed(app: App) -> None:
    for name in ("a", "once-b", "c"):
        app.world.stream("Events").put(json.dumps({"name": name}), partition_key="k")
    app.run(app.world.settle())

    events = [invocation.event for invocation in app.world.invocations("OfStream")]
    batches = [[json.loads(base64.b64decode(record["kinesis"]["data"]))["name"] for record in event["Records"]]
               for event in events]  # fmt: skip
    assert batches == [["a", "once-b", "c"], ["once-b", "c"]]


def test_a_table_stream_starts_again_at_the_record_that_failed(app: App) -> None:
    app.run(app.world.invoke("Write", {"names": ["a", "once-b", "c"]}))
    app.run(app.world.settle())

    names = [name for batch in saw(app, "OfTable") for name in batch]
    assert names.count("once-b") == 2
    assert list(dict.fromkeys(names)) == ["a", "once-b", "c"]
