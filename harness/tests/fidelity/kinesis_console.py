"""A deployed function that makes whatever Kinesis call a test asks for, through boto3 without retries."""

from collections.abc import Callable
from typing import Any

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Events: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2, RetentionPeriodHours: 24}}
  Busy: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Split: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}
  Scaled: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}
  Kept: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  OnDemand: {Type: AWS::Kinesis::Stream, Properties: {StreamModeDetails: {StreamMode: ON_DEMAND}}}
  Console:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src/
      Handler: console.handler
      Timeout: 60
      Environment:
        Variables:
          Events: !Ref Events
          Busy: !Ref Busy
          Split: !Ref Split
          Scaled: !Ref Scaled
          Kept: !Ref Kept
          OnDemand: !Ref OnDemand
          EventsArn: !GetAtt Events.Arn
"""

CONSOLE = """
import json, os
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

kinesis = boto3.client("kinesis", config=Config(retries={"total_max_attempts": 1}))


def handler(event, context):
    parameters = event["parameters"]
    for key in ("StreamName", "StreamARN"):
        if key in parameters:
            parameters[key] = os.environ.get(parameters[key], parameters[key])
    try:
        answer = getattr(kinesis, event["operation"])(**parameters)
    except ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    del answer["ResponseMetadata"]
    return json.loads(json.dumps(answer, default=lambda one: one.decode() if isinstance(one, bytes) else str(one)))
"""

Ask = Callable[..., Any]
"""Makes one call: ask("put_record", StreamName=...)."""


def records(count: int, text: str = "x") -> list[dict[str, str]]:
    return [{"Data": f"{text}{number}", "PartitionKey": f"key-{number}"} for number in range(count)]


def iterator(ask: Ask, stream: str, shard_id: str, kind: str = "TRIM_HORIZON", **more: Any) -> str:
    answer = ask("get_shard_iterator", StreamName=stream, ShardId=shard_id, ShardIteratorType=kind, **more)
    return str(answer["ShardIterator"])


def read(ask: Ask, stream: str, shard_id: str, kind: str = "TRIM_HORIZON", **more: Any) -> list[str]:
    answer = ask("get_records", ShardIterator=iterator(ask, stream, shard_id, kind, **more))
    return [record["Data"] for record in answer["Records"]]
