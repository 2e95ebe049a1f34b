"""An app with one of everything, and functions whose roles differ."""

from typing import Any

from harness.tests.fidelity.client_source import CLIENT
from harness.tests.fidelity.conftest import App

ACCOUNT = "123456789012"
REGION = "eu-west-1"

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Handler: app.handler, Timeout: 60}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: day, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
      GlobalSecondaryIndexes:
        - IndexName: by-day
          KeySchema: [{AttributeName: day, KeyType: HASH}]
          Projection: {ProjectionType: ALL}
  Secrets:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: secrets
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  Lost: {Type: AWS::SQS::Queue, Properties: {QueueName: lost, VisibilityTimeout: 60}}
  Shared: {Type: AWS::SQS::Queue, Properties: {QueueName: shared}}
  SharedPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Shared]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: !GetAtt NobodyRole.Arn}, Action: "sqs:SendMessage", Resource: !GetAtt Shared.Arn}
          - {Effect: Deny, Principal: "*", Action: "sqs:PurgeQueue", Resource: !GetAtt Shared.Arn}
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Clicks: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, ShardCount: 1}}
  Photos: {Type: AWS::S3::Bucket, Properties: {BucketName: photos}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  TimerRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: timer
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: send
          PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}]}
  Nobody: {Type: AWS::Serverless::Function, Properties: {FunctionName: nobody}}
  Templates:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Orders}
        - SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}
        - SNSPublishMessagePolicy: {TopicName: !GetAtt News.TopicName}
        - S3CrudPolicy: {BucketName: !Ref Photos}
        - KinesisCrudPolicy: {StreamName: !Ref Clicks}
        - EventBridgePutEventsPolicy: {EventBusName: !Ref Bus}
        - LambdaInvokePolicy: {FunctionName: !Ref Live}
        - CloudWatchPutMetricPolicy: {}
        - DynamoDBStreamReadPolicy: {TableName: !Ref Orders, StreamName: !Select [3, !Split ["/", !GetAtt Orders.StreamArn]]}
        - Statement:
            - {Effect: Allow, Action: "scheduler:CreateSchedule", Resource: "*"}
            - {Effect: Allow, Action: "iam:PassRole", Resource: !GetAtt TimerRole.Arn}
  Reader:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - DynamoDBReadPolicy: {TableName: !Ref Orders}
        - S3WritePolicy: {BucketName: !Ref Photos}
        - Statement:
            - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${Photos.Arn}/*"}
            - {Effect: Allow, Action: "s3:DeleteObject", Resource: !Sub "${Photos.Arn}/mine/*"}
            - {Effect: Allow, Action: "scheduler:*", Resource: "*"}
  Conditional:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:PutItem"]
              Resource: !GetAtt Orders.Arn
              Condition: {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["public#*"]}}
            - Effect: Allow
              Action: dynamodb:GetItem
              Resource: !GetAtt Secrets.Arn
              Condition:
                ForAllValues:StringEquals: {dynamodb:Attributes: [pk, title]}
                StringEqualsIfExists: {dynamodb:Select: SPECIFIC_ATTRIBUTES}
            - Effect: Allow
              Action: s3:ListBucket
              Resource: !GetAtt Photos.Arn
              Condition: {StringLike: {s3:prefix: "mine/*"}, NumericLessThanEquals: {s3:max-keys: 10}}
            - {Effect: Allow, Action: "cloudwatch:PutMetricData", Resource: "*", Condition: {StringEquals: {cloudwatch:namespace: Shop}}}
            - {Effect: Allow, Action: "events:PutEvents", Resource: "*", Condition: {StringEquals: {events:source: shop}}}
            - {Effect: Allow, Action: "sqs:SendMessage", Resource: "*", Condition: {ArnLike: {aws:SourceArn: "*"}}}
            - {Effect: Allow, Action: "sns:Publish", Resource: "*", Condition: {Bool: {aws:SecureTransport: true}}}
  Forbidden:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AmazonSQSFullAccess
        - Statement: {Effect: Deny, NotAction: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}
  Owned:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: owned, Role: !GetAtt OwnRole.Arn}
  OwnRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: own-role
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess", !Ref MaySend]
  MaySend:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: {Effect: Allow, Action: "sqs:Send*", Resource: !Sub "arn:aws:sqs:*:${AWS::AccountId}:j?bs"}}
  MayPurge:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: purge
      Roles: [!Ref OwnRole, !Ref PollerRole]
      PolicyDocument: {Statement: {Effect: Allow, Action: "sqs:PurgeQueue", Resource: "*"}}
  Poller:
    Type: AWS::Serverless::Function
    Properties: {Events: {Lost: {Type: SQS, Properties: {Queue: !GetAtt Lost.Arn, Enabled: false}}}}
  Misnamed:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - SQSSendMessagePolicy: {QueueName: !Ref Jobs}
        - DynamoDBWritePolicy: {TableName: !GetAtt Orders.Arn}
  Live:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: live, Handler: app.answer, AutoPublishAlias: now}
  Admin: {Type: AWS::Serverless::Function, Properties: {Policies: [AmazonSNSFullAccess]}}
  InvokesAlias:
    Type: AWS::Serverless::Function
    Properties: {Policies: [{Statement: {Effect: Allow, Action: "lambda:InvokeFunction", Resource: !Ref Live.Alias}}]}
"""  # noqa: E501

ANSWER = """

def answer(event, context):
    return "invoked"
"""

SIGN = """def handler(event, context):
    if "sign" in event:
        operation, parameters = event["sign"]
        s3 = boto3.client("s3", config=Config(signature_version=event.get("version", "s3v4")))
        if operation == "post":
            return s3.generate_presigned_post(**parameters)
        return s3.generate_presigned_url(operation, Params=parameters)
"""

SOURCE = CLIENT.replace("def handler(event, context):\n", SIGN) + ANSWER


def call(app: App, function: str, service: str, operation: str, **parameters: Any) -> Any:
    """The answer of an AWS API to a function, or the error and its status."""
    event = {"service": service, "calls": [[operation, parameters]]}
    (answer,) = app.run(app.world.invoke(function, event))
    return answer


def code(answer: Any) -> str:
    """The error's code; "" for a success."""
    return str(answer.get("Error", {}).get("Code", ""))


def refused(answer: Any) -> tuple[str, int, str]:
    """Code, status and message of a refusal."""
    return code(answer), answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def user(role: str, function: str) -> str:
    """Who AWS says it was."""
    return f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{function}"


def arn(service: str, resource: str) -> str:
    """An ARN of this account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"
