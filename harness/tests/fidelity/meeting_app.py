"""The app of test_meetings_and_silence.py and test_connections.py: functions that race, wait and speak HTTP."""

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Reply

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    CodeUri: src/
    Timeout: 60
    Environment: {Variables: {TABLE: !Ref Orders, SHOP_URL: !Ref ShopUrl}}
Parameters: {ShopUrl: {Type: String}}
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
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 2}
  Consume:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.consume
      Events: {Work: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn}}}
  Race:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.race
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Orders}}]
  Call:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.call
      ReservedConcurrentExecutions: 5
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Orders}
        - LambdaInvokePolicy: {FunctionName: menu-live}
  Http: {Type: AWS::Serverless::Function, Properties: {Handler: http_app.handler}}
"""

APP = """\
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

orders = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def consume(event, context):
    return len(event["Records"])


def race(event, context):
    time.sleep(event.get("late_s", 0))
    found = orders.get_item(Key={"id": event["id"]}).get("Item", {"id": event["id"], "count": 0})
    if event.get("only_looks"):
        time.sleep(30)
        return None
    orders.put_item(Item={**found, "count": found["count"] + 1})


def call(event, context):
    if event.get("raise"):
        raise ValueError(event["raise"])
    if "service" not in event:
        return event
    retries = {"total_max_attempts": event.get("attempts", 1)}
    config = Config(read_timeout=event.get("read_timeout_s", 60), retries=retries)
    client = boto3.client(event["service"], config=config)
    parameters = {name: os.environ["TABLE"] if value == "TABLE" else value for name, value in event["with"].items()}
    for item in parameters.get("TransactItems", []):
        item["Put"]["TableName"] = os.environ["TABLE"]
    began = time.time()
    try:
        answer = getattr(client, event["operation"])(**parameters)
    except ClientError as error:
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        return {"code": error.response["Error"]["Code"], "reasons": reasons}
    except HTTPClientError as error:
        return {"error": type(error).__name__, "took_s": round(time.time() - began, 3)}
    payload = answer["Payload"].read().decode() if "Payload" in answer else ""
    return {"error": answer.get("FunctionError", ""), "payload": payload, "took_s": round(time.time() - began, 3)}
"""

HTTP = """\
import http.client
import os
import time
import urllib.request
from urllib.parse import urlsplit

import boto3
import urllib3

SHOP = os.environ["SHOP_URL"]
TABLE = os.environ["TABLE"]
dynamodb = boto3.client("dynamodb")
kept = http.client.HTTPConnection(urlsplit(SHOP).netloc, timeout=20)
pool = urllib3.PoolManager(retries=False, timeout=2)


def raw(path, headers=(), deadline_s=None):
    connection = http.client.HTTPConnection(urlsplit(SHOP).netloc, timeout=2)
    connection.putrequest("GET", path)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    ends, body = time.monotonic() + (deadline_s or 1000), b""
    while piece := answer.read1():
        body += piece
        if time.monotonic() >= ends:
            return {"gave_up_with": len(body)}
    return {"status": answer.status, "headers": answer.getheaders(), "body": body.decode()}


def one(way):
    match way:
        case "boto3":
            dynamodb.get_item(TableName=TABLE, Key={"id": {"S": "x"}})
        case "boto3 anew":
            boto3.client("dynamodb").get_item(TableName=TABLE, Key={"id": {"S": "x"}})
        case "http.client":
            kept.request("GET", "/plain")
            kept.getresponse().read()
        case "urllib3":
            pool.request("GET", SHOP + "/plain")
        case "urllib":
            urllib.request.urlopen(SHOP + "/plain").read()


def handler(event, context):
    began = time.time()
    try:
        if "path" in event:
            return raw(event["path"], event.get("headers", ()), event.get("deadline_s"))
        for way in event["ways"]:
            one(way)
    except Exception as error:
        return {"error": type(error).__name__, "took_s": round(time.time() - began, 3)}
    return {"took_s": round(time.time() - began, 3)}
"""


class Shop(HttpService):
    """Answers with headers of every kind."""

    @route("GET", "/plain", base_ms=40)
    def plain(self, request: ServiceRequest) -> Reply:
        """A short answer."""
        return json_reply(200, {"ok": True})

    @route("GET", "/headers", base_ms=40)
    def headers(self, request: ServiceRequest) -> Reply:
        """Headers of the connection, a body in chunks, and two cookies."""
        headers = {
            "connection": "x-debug-hop",
            "x-debug-hop": "1",
            "keep-alive": "timeout=5",
            "transfer-encoding": "chunked",
            "set-cookie": "a=1; Expires=Wed, 01 May 2024 00:00:00 GMT\nb=2",
        }
        return Reply(200, headers, b"whole body")
