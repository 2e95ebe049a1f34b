"""An app with something of every service, and for each service a client that makes every call there is."""

from collections.abc import Callable
from typing import Any

from harness.tests.fidelity.oracle_messages import events, scheduler, sns, sqs
from harness.tests.fidelity.oracle_others import (
    athena,
    cloudwatch,
    dynamodbstreams,
    ecs,
    elbv2,
    glue,
    kinesis,
    lambda_,
    logs,
)

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/}}
Resources:
  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead}}
  Letters:
    Type: AWS::SQS::Queue
    Properties: {QueueName: letters, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files-123456789012}}
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, ShardCount: 2}}
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Work:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: work, Handler: app.handler}
  Failing:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: failing
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: work}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Name: front, Type: application, Subnets: [subnet-1, subnet-2]}
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
    Properties: {Name: functions, TargetType: lambda, Targets: [{Id: !GetAtt Work.Arn}]}
  Addresses:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Name: addresses, TargetType: ip, Port: 80, Protocol: HTTP, VpcId: vpc-1, Targets: [{Id: 10.0.0.17}]}
  Allow:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Work
      Action: lambda:InvokeFunction
      Principal: elasticloadbalancing.amazonaws.com
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: jobs}}
  Job:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: job
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: "256"
      Memory: "512"
      ContainerDefinitions:
        - Name: job
          Image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/job:1
          Command: [python, main.py]
          DockerLabels: {org.opencontainers.image.source: container/}
"""

FILES = {
    "src/app.py": (
        'def handler(event, context):\n    if event.get("fails"):\n        raise ValueError("no")\n    return event\n'
    ),
    "container/main.py": "import time\n\ntime.sleep(600)\n",
}

CALLS: dict[str, Callable[[Any, Callable[[], None]], None]] = {
    "sqs": sqs,
    "sns": sns,
    "events": events,
    "scheduler": scheduler,
    "kinesis": kinesis,
    "dynamodbstreams": dynamodbstreams,
    "lambda": lambda_,
    "logs": logs,
    "cloudwatch": cloudwatch,
    "elbv2": elbv2,
    "ecs": ecs,
    "glue": glue,
    "athena": athena,
}
"""Every call of each service of our own; `settle` lets what is under way end."""
