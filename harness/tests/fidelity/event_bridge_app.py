"""An app with buses, rules of every kind and targets of every kind, and what tests do with it."""

import json
from typing import Any

from harness.tests.fidelity.conftest import App

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 20}}
Resources:
  Shop: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Second: {Type: AWS::Events::EventBus, Properties: {Name: second}}
  Third: {Type: AWS::Events::EventBus, Properties: {Name: third}}
  Inbox: {Type: AWS::SQS::Queue}
  Locked: {Type: AWS::SQS::Queue}
  Undelivered: {Type: AWS::SQS::Queue}
  Ordered: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, ContentBasedDeduplication: true}}
  Allow:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox, !Ref Undelivered, !Ref Ordered]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sqs:SendMessage
            Resource: "*"
            Condition: {ArnLike: {"aws:SourceArn": !Sub "arn:aws:events:*:${AWS::AccountId}:rule/*"}}
  Do: {Type: AWS::Serverless::Function, Properties: {Handler: app.do, Policies: [AdministratorAccess]}}
  Take:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.take
      Events:
        Orders:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref Shop
            Pattern: {source: [shop], detail-type: [OrderPlaced], detail: {total: [{numeric: [">", 10]}]}}
        Default: {Type: CloudWatchEvent, Properties: {Pattern: {source: [other]}, InputPath: $.detail.inner}}
  Fail:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.fail
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: EventBridge, Destination: !GetAtt Second.Arn}}}
      Events:
        Poison: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Shop, Pattern: {detail-type: [Poison]}}}
  Plain: {Type: AWS::Serverless::Function, Properties: {Handler: app.take}}
  ToInbox:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Shop
      EventPattern: {detail-type: [{prefix: Order}]}
      Targets:
        - Id: text
          Arn: !GetAtt Inbox.Arn
          InputTransformer:
            InputPathsMap: {id: $.detail.id, tags: $.detail.tags, none: $.detail.none}
            InputTemplate: >-
              {"order": <id>, "words": "id <id>, tags <tags>", "none": <none>, "rule": "<aws.events.rule-name>"}
        - {Id: constant, Arn: !GetAtt Inbox.Arn, Input: '{"constant": true}'}
        - {Id: ordered, Arn: !GetAtt Ordered.Arn, SqsParameters: {MessageGroupId: g}}
  ToLocked:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Shop
      EventPattern: {detail-type: [Locked]}
      Targets: [{Id: a, Arn: !GetAtt Locked.Arn, DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}}]
  ToPlain:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Shop
      EventPattern: {detail-type: [Plain]}
      Targets: [{Id: a, Arn: !GetAtt Plain.Arn, DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}}]
  Retried:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail-type: [Retried]}
      Targets:
        - Id: few
          Arn: !GetAtt Inbox.Arn
          RetryPolicy: {MaximumRetryAttempts: 2}
          DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}
  LongRetried:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail-type: [LongRetried]}
      Targets: [{Id: a, Arn: !GetAtt Inbox.Arn, DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}}]
  Forward:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {detail-type: [Forwarded]}, Targets: [{Id: a, Arn: !GetAtt Second.Arn}]}
  ForwardAgain:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Second
      EventPattern: {detail-type: [Forwarded]}
      Targets: [{Id: a, Arn: !GetAtt Third.Arn}, {Id: b, Arn: !GetAtt Inbox.Arn}]
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Heard.Arn}]}}
  Silent: {Type: AWS::SNS::Topic}
  Heard: {Type: AWS::SQS::Queue}
  Hear:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Heard]
      PolicyDocument:
        Statement:
          {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Heard.Arn}
  Publish:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Statement:
          {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sns:Publish, Resource: !Ref Topic}
  ToTopic:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail-type: [Announced]}
      Targets:
        - {Id: a, Arn: !Ref Topic, InputPath: $.detail}
        - {Id: b, Arn: !Ref Silent, DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: stream, ShardCount: 1}}
  ToStream:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail-type: [Streamed]}
      Targets: [{Id: a, Arn: !GetAtt Stream.Arn, KinesisParameters: {PartitionKeyPath: $.detail.id}}]
  Kept:
    Type: AWS::Events::Archive
    Properties: {ArchiveName: kept, SourceArn: !GetAtt Shop.Arn, EventPattern: {source: [shop]}}
"""

SOURCE = """\
import datetime
import json

import boto3
from botocore.exceptions import ClientError


def do(event, context):
    client = boto3.client(event["service"], region_name="eu-west-1")
    arguments = event["arguments"]
    for key in ("EventStartTime", "EventEndTime"):
        if key in arguments:
            arguments[key] = datetime.datetime.fromisoformat(arguments[key])
    try:
        answer = getattr(client, event["operation"])(**arguments)
    except ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    answer.pop("ResponseMetadata", None)
    return json.loads(json.dumps(answer, default=str))


def take(event, context):
    return {"took": event}


def fail(event, context):
    raise ValueError("no")
"""


def call(app: App, operation: str, **arguments: Any) -> Any:
    """What boto3 answers to a function."""
    request = {"service": "events", "operation": operation, "arguments": arguments}
    return app.run(app.world.invoke("Do", request))


def entry(detail_type: str, detail: Any = None, *, bus: str = "shop", source: str = "shop") -> dict[str, Any]:
    text = detail if isinstance(detail, str) else json.dumps(detail or {})
    return {"Source": source, "DetailType": detail_type, "Detail": text, "EventBusName": bus}


def put(app: App, *entries: dict[str, Any]) -> Any:
    return call(app, "put_events", Entries=list(entries))


def settle(app: App) -> None:
    app.run(app.world.settle())


def events_of(app: App, function: str) -> list[Any]:
    return [invocation.event for invocation in app.world.invocations(function)]


def bodies(app: App, queue: str, since: int) -> list[Any]:
    return [json.loads(arrival.body) for arrival in app.world.queue(queue).arrivals[since:]]


def count(app: App, queue: str) -> int:
    return len(app.world.queue(queue).arrivals)
