"""A real boto3 client whose requests come to us: botocore writes the requests and judges the replies."""

import functools
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from harness.simulation.wire import Answer, Loss, NoReply, Request

REGION = "eu-west-1"


def json_request(service: str, operation: str, **parameters: Any) -> Request:
    """A request as botocore writes it for the services that speak JSON."""
    prefixes = {"dynamodb": "DynamoDB_20120810", "sqs": "AmazonSQS", "kinesis": "Kinesis_20131202"}
    prefix = {**prefixes, "events": "AWSEvents"}[service]
    headers = {
        "x-amz-target": f"{prefix}.{operation}",
        "content-type": "application/x-amz-json-1.0",
        "authorization": f"AWS4-HMAC-SHA256 Credential=KATA/20260105/{REGION}/{service}/aws4_request",
    }
    return Request("POST", f"https://{service}.{REGION}.amazonaws.com/", headers, json.dumps(parameters).encode())


class _Line:
    """Leads the requests of one boto3 client to whoever answers in the present test."""

    ask: Callable[[Request], Answer]

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        answer = self.ask(Request(request.method, request.url, headers, _bytes(request.body)))
        if isinstance(answer, NoReply):
            if answer.loss is Loss.READ_TIMEOUT:
                raise ReadTimeoutError(endpoint_url=request.url)
            raise ConnectionClosedError(endpoint_url=request.url)
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterable[bytes]:
        yield self.read()


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@functools.cache
def _connected(service: str) -> tuple[Any, _Line]:
    client = boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    line = _Line()
    client.meta.events.register(f"before-send.{service}.*", line)
    return client, line


def client(service: str, ask: Callable[[Request], Answer]) -> Any:
    """A real boto3 client, without retries, whose requests `ask` answers."""
    connected, line = _connected(service)
    line.ask = ask
    return connected
