"""The app behind test_s3.py: buckets, whom they tell, and a function that does what a test asks."""

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Timeout: 60}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DependsOn: Allow
    Properties:
      BucketName: !Sub "uploads-${AWS::AccountId}"
      VersioningConfiguration: {Status: Enabled}
      NotificationConfiguration:
        EventBridgeConfiguration: {}
        QueueConfigurations:
          - {Event: "s3:ObjectRemoved:*", Queue: !GetAtt Inbox.Arn}
  Plain:
    Type: AWS::S3::Bucket
    DependsOn: AllowTopic
    Properties:
      NotificationConfiguration:
        TopicConfigurations:
          - Event: "s3:ObjectCreated:*"
            Topic: !Ref Announced
            Filter: {S3Key: {Rules: [{Name: prefix, Value: topic/}]}}
  Announced: {Type: AWS::SNS::Topic}
  AllowTopic:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Announced]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "sns:Publish", Resource: !Ref Announced}
  Heard: {Type: AWS::SQS::Queue}
  AllowHeard:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Heard]
      PolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}]
  Subscribed:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Announced, Protocol: sqs, Endpoint: !GetAtt Heard.Arn}
  Given: {Type: AWS::S3::Bucket}
  Inbox: {Type: AWS::SQS::Queue}
  Allow:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: s3.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Inbox.Arn
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
  Seen:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.seen
      Events: {Upload: {Type: S3, Properties: {Bucket: !Ref Uploads, Events: "s3:ObjectCreated:*"}}}
  Bridged:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.seen
      Events:
        Rule: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.s3], detail-type: [Object Created]}}}
  Fails:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.fails
      Policies: [{S3WritePolicy: {BucketName: !Ref Given}}]
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig: {OnFailure: {Type: S3Bucket, Destination: !GetAtt Given.Arn}}
  Do:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.do
      Policies: [AdministratorAccess]
      Environment:
        Variables: {UPLOADS: !Sub "uploads-${AWS::AccountId}", PLAIN: !Ref Plain}
"""

APP = """\
import gzip, io, os, time, urllib.error, urllib.request

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
uploads, plain = os.environ.get("UPLOADS", ""), os.environ.get("PLAIN", "")


def seen(event, context):
    return None


def fails(event, context):
    raise ValueError("no picture")


def do(event, context):
    return globals()[event["what"]](**event.get("with", {}))


def put(key, **more):
    reply = s3.put_object(Bucket=uploads, Key=key, Body=b"x", **more)
    return {"version": reply["VersionId"], "retries": reply["ResponseMetadata"]["RetryAttempts"]}


def code_of(call, **parameters):
    try:
        getattr(s3, call)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def put_once(key):
    return code_of("put_object", Bucket=plain, Key=key, Body=b"x", IfNoneMatch="*")


def delete(key):
    return s3.delete_object(Bucket=uploads, Key=key)["VersionId"]


def large(key, size=17_000_000):
    started = time.time()
    s3.upload_fileobj(io.BytesIO(b"z" * size), uploads, key)
    uploaded = time.time() - started
    target = io.BytesIO()
    s3.download_fileobj(uploads, key, target)
    return {"bytes": len(target.getvalue()), "seconds": uploaded}


def compressed():
    body = gzip.compress(b"hello " * 100, mtime=0)
    s3.put_object(Bucket=plain, Key="t.json.gz", Body=body, ContentEncoding="gzip", ContentType="application/json",
                  Metadata={"width": "12"}, Tagging="a=b")
    got = s3.get_object(Bucket=plain, Key="t.json.gz")
    return {
        "text": gzip.decompress(got["Body"].read()).decode()[:5],
        "type": got["ContentType"], "encoding": got["ContentEncoding"], "metadata": got["Metadata"],
        "range": list(s3.get_object(Bucket=plain, Key="t.json.gz", Range="bytes=0-1")["Body"].read()),
        "tags": s3.get_object_tagging(Bucket=plain, Key="t.json.gz")["TagSet"],
        "missing": code_of("get_object", Bucket=plain, Key="nothing"),
        "missing_head": code_of("head_object", Bucket=plain, Key="nothing"),
        "bucket": code_of("get_object", Bucket="nowhere-at-all", Key="nothing"),
    }


def resources():
    bucket = boto3.resource("s3").Bucket(plain)
    for number in range(5):
        bucket.put_object(Key=f"many/{number}", Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=plain, Prefix="many/", PaginationConfig={"PageSize": 2})
    listed = [[one["Key"] for one in page["Contents"]] for page in pages]
    s3.get_waiter("object_exists").wait(Bucket=plain, Key="many/0")
    bucket.objects.filter(Prefix="many/").delete()
    return {"pages": listed, "left": [one.key for one in bucket.objects.filter(Prefix="many/")]}


def sign(key, seconds, **more):
    named = {"Bucket": uploads, "Key": key}
    return {
        "put": s3.generate_presigned_url("put_object", Params={**named, **more}, ExpiresIn=seconds),
        "get": s3.generate_presigned_url("get_object", Params=named, ExpiresIn=seconds),
    }


def put_signed(url, headers):
    request = urllib.request.Request(url, data=b"by urllib", method="PUT", headers=headers)
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def again(event, context):
    number = 0 if "what" in event else int(event["Records"][0]["s3"]["object"]["key"]) + 1
    s3.put_object(Bucket=os.environ["BUCKET"], Key=str(number), Body=b"x")
"""

ROUND = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Again:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.again
      Runtime: python3.12
      CodeUri: src/
      Policies: [AdministratorAccess]
      Environment: {Variables: {BUCKET: !Sub "round-${AWS::AccountId}"}}
      Events: {Upload: {Type: S3, Properties: {Bucket: !Ref Round, Events: "s3:ObjectCreated:*"}}}
  Round: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "round-${AWS::AccountId}"}}
"""
