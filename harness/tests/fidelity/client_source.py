"""Sources of handlers that several apps of these tests share."""

CLIENT = '''\
"""Calls any AWS API with boto3: {"service": "lambda", "calls": [["invoke", {...}], ...]}."""

import base64
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(retries={"total_max_attempts": 1}, read_timeout=900)
clients = {}


def handler(event, context):
    service = event.get("service", "lambda")
    client = clients.setdefault(service, boto3.client(service, config=config))
    return json.loads(json.dumps([call(client, *each) for each in event["calls"]], default=str))


def call(client, name, parameters):
    if "ClientContext" in parameters:
        parameters["ClientContext"] = base64.b64encode(json.dumps(parameters["ClientContext"]).encode()).decode()
    try:
        answer = getattr(client, name)(**parameters)
    except ClientError as error:
        answer = error.response
    if hasattr(answer.get("Payload"), "read"):
        answer["Payload"] = json.loads(answer["Payload"].read() or "null")
    if "LogResult" in answer:
        answer["LogResult"] = base64.b64decode(answer["LogResult"]).decode()
    return answer
'''
