"""An app around topics: a function that calls AWS as it is told, and subscribers of every kind."""

import json
from typing import Any

from harness.tests.fidelity.conftest import App

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 30}}
Resources:
  Orders: {Type: AWS::SNS::Topic}
  Ledger: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true, ContentBasedDeduplication: true}}
  Ask:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.ask
      Policies: [AmazonSNSFullAccess, AmazonSQSFullAccess]
  Take:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.take
      Events:
        New:
          Type: SNS
          Properties:
            Topic: !Ref Orders
            FilterPolicy: {kind: [order, {prefix: order-}]}
            RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}
  Buffered:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.take
      Events:
        New:
          Type: SNS
          Properties:
            Topic: !Ref Orders
            SqsSubscription: true
            FilterPolicyScope: MessageBody
            FilterPolicy: {order: {total: [{numeric: [">=", 100]}]}}
  Stranger:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.take}
  StrangerSubscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Orders
      Protocol: lambda
      Endpoint: !GetAtt Stranger.Arn
      FilterPolicy: {kind: [stranger]}
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}
  Circle: {Type: AWS::SNS::Topic}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.echo
      Policies: [AmazonSNSFullAccess]
      Environment: {Variables: {CIRCLE: !Ref Circle}}
      Events: {Heard: {Type: SNS, Properties: {Topic: !Ref Circle}}}
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}}
  Enveloped: {Type: AWS::SQS::Queue}
  Raw: {Type: AWS::SQS::Queue}
  Closed: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Entries: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  EnvelopedSubscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Orders, Protocol: sqs, Endpoint: !GetAtt Enveloped.Arn}
  RawSubscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Orders, Protocol: sqs, Endpoint: !GetAtt Raw.Arn, RawMessageDelivery: true}
  ClosedSubscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Orders
      Protocol: sqs
      Endpoint: !GetAtt Closed.Arn
      FilterPolicy: {kind: [closed]}
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}
  EntriesSubscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Ledger, Protocol: sqs, Endpoint: !GetAtt Entries.Arn, RawMessageDelivery: true}
  Open:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Enveloped, !Ref Raw, !Ref Dead]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: "*"
            Condition: {ArnEquals: {"aws:SourceArn": !Ref Orders}}
  OpenEntries:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Entries]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: "*", Action: "sqs:*", Resource: !GetAtt Entries.Arn}
  ClosedToOrders:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Closed]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: "*"
            Condition: {ArnEquals: {"aws:SourceArn": !Ref Ledger}}
"""

SOURCE = """\
import os

import boto3
from botocore.exceptions import ClientError

clients = {name: boto3.client(name) for name in ("sns", "sqs")}

def ask(event, context):
    try:
        reply = getattr(clients[event["service"]], event["operation"])(**event["parameters"])
    except ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    reply.pop("ResponseMetadata")
    return reply

def echo(event, context):
    clients["sns"].publish(TopicArn=os.environ["CIRCLE"], Message="and again")

def take(event, context):
    if "fail" in str(event):
        raise ValueError("no")
"""


def ask(app: App, operation: str, service: str = "sns", **parameters: Any) -> Any:
    """What the function gets for a call of boto3; what the call sets off has happened."""
    event = {"service": service, "operation": operation, "parameters": parameters}
    answer = app.run(app.world.invoke("Ask", event))
    app.run(app.world.settle())
    return answer


def publish(app: App, message: str, kind: str = "", topic: str = "Orders", **more: Any) -> Any:
    """Publishes to a topic."""
    if kind:
        more["MessageAttributes"] = {"kind": {"DataType": "String", "StringValue": kind}}
    return ask(app, "publish", TopicArn=app.world.topic(topic).arn, Message=message, **more)


def records(app: App, function: str) -> list[Any]:
    """The records of all events a function was invoked with."""
    return [record for one in app.world.invocations(function) for record in one.event["Records"]]


def bodies(app: App, queue: str) -> list[str]:
    """The bodies of all messages that ever arrived in a queue."""
    return [arrival.body for arrival in app.world.queue(queue).arrivals]


def envelopes(app: App, queue: str) -> list[Any]:
    """The same, read."""
    return [json.loads(body) for body in bodies(app, queue)]
