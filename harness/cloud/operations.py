"""What an HTTP request to AWS means: which service, which operation, done to what."""

import json
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, unquote_plus, urlsplit

import msgspec

from harness.cloud.lambda_operations import lambda_operation
from harness.cloud.s3 import operations as s3_operations
from harness.simulation.wire import Request

_TARGET_KEYS = ("TableName", "QueueUrl", "QueueName", "StreamName", "StreamARN", "FunctionName", "TopicArn")


class Meaning(msgspec.Struct, frozen=True):
    """A request understood.

    Attributes:
        target: table, queue or function name; "" where there is none, or are several.
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
        return _s3(request)
    if service == "scheduler":
        return _scheduler(request, parts.path)
    target_header = request.headers.get("x-amz-target", "")
    if target_header:
        parameters = parameters_of(request.body)
        return Meaning(service, target_header.rpartition(".")[2], _target(parameters), parameters)
    form = form_of(request)
    if "Action" in form:  # the query protocol: SNS, Elastic Load Balancing, STS, ...
        return Meaning(service, form["Action"], _target(form), dict(form))
    return msgspec.structs.replace(plain, service=service)


def form_of(request: Request) -> dict[str, str]:
    """The fields of a form in the body; {} where there is none."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        return dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True, max_num_fields=10_000))
    except ValueError:  # too many fields
        return {}


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
    if "data-kinesis" in labels or "control-kinesis" in labels:  # a call that names its stream by ARN
        return "kinesis"
    return labels[0]


def is_aws(host: str) -> bool:
    """Whether the host is one of AWS's API endpoints."""
    return host.endswith(".amazonaws.com")


def _lambda(request: Request, path: str) -> Meaning:
    operation, named = lambda_operation(request.method, path)
    return Meaning("lambda", operation, function_name(named[0]) if named else "", {})


def function_name(identifier: str) -> str:
    """The name in a function's name, ARN or partial ARN, with or without a qualifier."""
    return identifier.rpartition("function:")[2].split(":")[0]


def _scheduler(request: Request, path: str) -> Meaning:
    _, _, name = path.partition("/schedules/")
    verb = {"POST": "Create", "PUT": "Update", "GET": "Get" if name else "List", "DELETE": "Delete"}
    if not path.startswith("/schedules") or request.method not in verb:
        return Meaning("scheduler", f"{request.method} {path}", "", {})
    return Meaning("scheduler", f"{verb[request.method]}Schedule{'' if name else 's'}", unquote(name), {})


def _s3(request: Request) -> Meaning:
    """The target is the bucket."""
    operation = s3_operations.understand(request.method, request.url, request.headers)
    return Meaning("s3", operation.name, operation.bucket, {})


def about(request: Request, service: str, characters: int) -> str:
    """What a request is about, shortened, for whoever reads the story: its body; of S3, the key."""
    if service == "s3":
        operation = s3_operations.understand(request.method, request.url, request.headers)
        return s3_operations.about(operation, request.body[:characters])[:characters]
    if service == "sns":  # a form, where a character may take three
        return unquote_plus(request.body[: 3 * characters].decode(errors="replace"))[:characters]
    return request.body[:characters].decode(errors="replace")


def is_json(text: str | bytes) -> bool:
    """Whether this is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def parameters_of(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; {} where there is none."""
    try:
        parameters = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _resource(name: str) -> str:
    """The name in a name or an ARN."""
    return name.rpartition(":")[2].removeprefix("table/").removeprefix("stream/")


def _target(parameters: dict[str, Any]) -> str:
    for key in _TARGET_KEYS:
        value = parameters.get(key)
        if isinstance(value, str):
            name = value.rpartition("/")[2] if key == "QueueUrl" else _resource(value)
            return name.encode(errors="replace").decode()  # half a surrogate pair is no text
    tables = list(dict.fromkeys(_tables(parameters)))
    return _resource(tables[0]).encode(errors="replace").decode() if len(tables) == 1 else ""


def _tables(parameters: dict[str, Any]) -> list[str]:
    """The tables of a batch or transaction of DynamoDB."""
    requests, actions = parameters.get("RequestItems"), parameters.get("TransactItems")
    if isinstance(requests, dict):
        return [str(table) for table in requests]
    if not isinstance(actions, list):
        return []
    parts = [part for action in actions if isinstance(action, dict) for part in action.values()]
    return [str(part["TableName"]) for part in parts if isinstance(part, dict) and "TableName" in part]
