"""What an event costs from each event source: a row of `make bench` for each.

A tiny handler on a real worker takes events of one source, at its default batch size. The
figure is the time per event with ten times the events over the time with few: what grows
with what has happened already shows here.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.world import World

WARM = 20
"""Events before the clock starts: what is built at first use is built by then."""

_PAUSE_MS = 5
"""Between two events of a source that invokes for each: a handful of environments does it all."""

_HEAD = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 30}}
Resources:
"""

_CONSUMER = """
  Consumer:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.consume
"""

HANDLERS = """
import os
import boto3

def consume(event, context):
    return {"statusCode": 200, "body": "ok"} if "Records" not in event else None

def write(event, context):
    dynamodb, table = boto3.client("dynamodb"), os.environ["TABLE"]
    for first in range(event["first"], event["first"] + event["count"], 25):
        last = min(first + 25, event["first"] + event["count"])
        puts = [{"PutRequest": {"Item": {"id": {"S": str(number)}}}} for number in range(first, last)]
        dynamodb.batch_write_item(RequestItems={table: puts})
"""


@dataclass(frozen=True)
class Source:
    """An event source under measurement.

    Attributes:
        resources: of its template, the consumer's event among them.
        send: sends so many events, the first of that number, and returns when all are on their way.
        few: with so many events the first figure is taken, with ten times as many the second.
    """

    resources: str
    send: Callable[[World, int, int], Awaitable[None]]
    few: int = 300

    @property
    def template(self) -> str:
        """The app's template."""
        return _HEAD + self.resources


async def _to_queue(world: World, first: int, count: int) -> None:
    for number in range(first, first + count):
        world.queue("Source").send(str(number))


async def _to_stream(world: World, first: int, count: int) -> None:
    for number in range(first, first + count):
        world.stream("Source").put(str(number), partition_key=str(number))
        if number % 500 == 499:  # a shard takes 1,000 records a second
            await world.run_for(s=1)


async def _to_table(world: World, first: int, count: int) -> None:
    await world.invoke("Writer", {"first": first, "count": count})


async def _to_api(world: World, first: int, count: int) -> None:
    for _ in range(count):
        await world.get("/")


def _one_by_one(send: Callable[[World, int], Any]) -> Callable[[World, int, int], Awaitable[None]]:
    async def send_all(world: World, first: int, count: int) -> None:
        for number in range(first, first + count):
            send(world, number)
            await world.run_for(ms=_PAUSE_MS)

    return send_all


async def _invoke(world: World, first: int, count: int) -> None:
    for number in range(first, first + count):
        await world.invoke("Consumer", {"number": number}, asynchronous=True)
        await world.run_for(ms=_PAUSE_MS)


def _event(kind: str, **properties: str) -> str:
    stated = ", ".join(f"{name}: {value}" for name, value in properties.items())
    return _CONSUMER + f"      Events: {{Source: {{Type: {kind}, Properties: {{{stated}}}}}}}\n"


_FIRST = "TRIM_HORIZON"

_BALANCER = """
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: application, Subnets: [subnet-1, subnet-2]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: Allow
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Consumer.Arn}]}
  Allow:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Consumer
      Action: lambda:InvokeFunction
      Principal: elasticloadbalancing.amazonaws.com
"""

_TABLE = """
  Source:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Writer:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.write
      Timeout: 900
      Environment: {Variables: {TABLE: !Ref Source}}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Source}}]
"""

SOURCES: dict[str, Source] = {
    "SQS": Source("  Source: {Type: AWS::SQS::Queue}\n" + _event("SQS", Queue="!GetAtt Source.Arn"), _to_queue, 1000),
    "SNS": Source(
        "  Source: {Type: AWS::SNS::Topic}\n" + _event("SNS", Topic="!Ref Source"),
        _one_by_one(lambda world, number: world.topic("Source").publish(str(number))),
    ),
    "Kinesis": Source(
        "  Source: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}\n"
        + _event("Kinesis", Stream="!GetAtt Source.Arn", StartingPosition=_FIRST),
        _to_stream,
        1000,
    ),
    "DynamoDB stream": Source(
        _TABLE + _event("DynamoDB", Stream="!GetAtt Source.StreamArn", StartingPosition=_FIRST), _to_table, 1000
    ),
    "S3": Source(
        "  Source: {Type: AWS::S3::Bucket}\n" + _event("S3", Bucket="!Ref Source", Events='"s3:ObjectCreated:*"'),
        _one_by_one(lambda world, number: world.bucket("Source").put(str(number), "x")),
    ),
    "EventBridge": Source(
        _event("EventBridgeRule", Pattern="{source: [shop]}"),
        _one_by_one(lambda world, number: world.bus().put(source="shop", detail_type="Placed", detail={"n": number})),
    ),
    "HTTP API": Source(_event("HttpApi", Path="/", Method="GET"), _to_api),
    "ALB": Source(_BALANCER + _CONSUMER, _to_api),
    "async Invoke": Source(_CONSUMER, _invoke),
}
"""Every event source by its name in the table."""


async def measure(world: World, source: Source, count: int) -> dict[str, float]:
    """What so many events take, from the first sent to the last handled.

    Returns:
        `seconds`, and `cpu_s`: those in which the judge computed, which a busy machine changes little.
    """
    await source.send(world, 0, WARM)
    await world.settle()
    began, computed_s = time.perf_counter(), time.process_time()
    await source.send(world, WARM, count)
    await world.settle()
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - computed_s
    handled = sum(len(one.event.get("Records", "1")) for one in world.invocations("Consumer"))
    assert handled == WARM + count, f"{handled} of {WARM + count} events were handled."
    return {"seconds": seconds, "cpu_s": cpu_s}
