"""What an HTTP request to AWS means: which service, which operation, done to what."""

import json
from typing import Any
from urllib.parse import urlsplit

import msgspec

from harness.simulation.wire import Request

_TARGET_KEYS = ("TableName", "QueueUrl", "QueueName", "StreamName", "FunctionName", "TopicArn")


class Meaning(msgspec.Struct, frozen=True):
    """A request understood.

    Attributes:
        target: table, queue or function name; "" where there is none.
        parameters: the JSON body, {} where there is none.
    """

    service: str
    operation: str
    target: str
    parameters: dict[str, Any]


def understand(request: Request) -> Meaning:
    """Reads service and operation off an AWS request."""
    parts = urlsplit(request.url)
    service = service_of(parts.hostname or "")
    if service == "lambda":
        return _lambda(request, parts.path)
    target_header = request.headers.get("x-amz-target", "")
    if target_header:
        parameters = _json(request.body)
        return Meaning(service, target_header.rpartition(".")[2], _target(parameters), parameters)
    return Meaning(service, f"{request.method} {parts.path}", "", {})


def service_of(host: str) -> str:
    """The service behind an AWS host name: sqs.eu-west-1.amazonaws.com is "sqs".

    Account-based DynamoDB endpoints ({account}.ddb.{region}.amazonaws.com) are DynamoDB too.
    """
    labels = host.removesuffix(".amazonaws.com").split(".")
    if "ddb" in labels:
        return "dynamodb"
    if "streams-ddb" in labels or labels[:2] == ["streams", "dynamodb"]:
        return "dynamodbstreams"
    if "s3" in labels:
        return "s3"
    return labels[0]


def is_aws(host: str) -> bool:
    """Whether the host is one of AWS's API endpoints."""
    return host.endswith(".amazonaws.com")


def _lambda(request: Request, path: str) -> Meaning:
    parts = path.split("/")
    if len(parts) > 4 and parts[2] == "functions" and parts[4] == "invocations":
        return Meaning("lambda", "Invoke", parts[3], {})
    return Meaning("lambda", f"{request.method} {path}", "", {})


def _json(body: bytes) -> dict[str, Any]:
    try:
        parameters = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _target(parameters: dict[str, Any]) -> str:
    for key in _TARGET_KEYS:
        value = parameters.get(key)
        if isinstance(value, str):
            return value.rpartition("/")[2] if key == "QueueUrl" else value.rpartition(":")[2]
    return ""
