"""What an HTTP request to AWS means: which service, which operation, done to what."""

import json
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from harness.simulation.wire import Request

_S3_OBJECT = {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}

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
    """Reads service and operation off a request; of one that is not for AWS, host, method and path."""
    parts = split(request.url)
    plain = Meaning(parts.netloc, f"{request.method} {parts.path}", "", {})
    if not is_aws(parts.netloc):
        return plain
    service = service_of(parts.netloc)
    if service == "lambda":
        return _lambda(request, parts.path)
    if service == "s3":
        return _s3(request, parts)
    target_header = request.headers.get("x-amz-target", "")
    if target_header:
        parameters = parameters_of(request.body)
        return Meaning(service, target_header.rpartition(".")[2], _target(parameters), parameters)
    return msgspec.structs.replace(plain, service=service)


def split(url: str) -> SplitResult:
    """The parts of a URL; all of them empty where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def service_of(host: str) -> str:
    """The service behind an AWS host name: sqs.eu-west-1.amazonaws.com is "sqs".

    Account-based DynamoDB endpoints ({account}.ddb.{region}.amazonaws.com) are DynamoDB too.
    """
    labels = host.removesuffix(".amazonaws.com").split(".")
    if "s3" in labels:
        return "s3"
    if "ddb" in labels:
        return "dynamodb"
    if "streams-ddb" in labels or labels[:2] == ["streams", "dynamodb"]:
        return "dynamodbstreams"
    return labels[0]


def is_aws(host: str) -> bool:
    """Whether the host is one of AWS's API endpoints."""
    return host.endswith(".amazonaws.com")


def _lambda(request: Request, path: str) -> Meaning:
    parts = path.split("/")
    if len(parts) > 4 and parts[2] == "functions" and parts[4] == "invocations":
        return Meaning("lambda", "Invoke", function_name(unquote(parts[3])), {})
    return Meaning("lambda", f"{request.method} {path}", "", {})


def function_name(identifier: str) -> str:
    """The name in a function's name, ARN or partial ARN, with or without a qualifier."""
    return identifier.rpartition("function:")[2].split(":")[0]


def _s3(request: Request, parts: SplitResult) -> Meaning:
    """An object's operations by name, others by method and path; the target is the bucket."""
    bucket, _, key = parts.path.lstrip("/").partition("/")
    if not parts.netloc.startswith("s3."):
        bucket, key = parts.netloc.partition(".s3.")[0], parts.path.lstrip("/")
    if key and not parts.query and request.method in _S3_OBJECT:
        return Meaning("s3", _S3_OBJECT[request.method], bucket, {})
    return Meaning("s3", f"{request.method} {parts.path}", bucket, {})


def parameters_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; {} where there is none."""
    try:
        parameters = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _target(parameters: dict[str, Any]) -> str:
    for key in _TARGET_KEYS:
        value = parameters.get(key)
        if isinstance(value, str):
            name = value.rpartition("/")[2] if key == "QueueUrl" else value.rpartition(":")[2].removeprefix("table/")
            return name.encode(errors="replace").decode()  # half a surrogate pair is no text
    return ""
