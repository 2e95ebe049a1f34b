"""What a request means, for the requests that botocore really writes."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud.operations import Meaning, function_name, is_aws, service_of, understand
from harness.simulation.wire import Reply, Request
from harness.tests.fakes import client

QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:kata-Feed-1:live"


def meaning_of(service: str, operation: str, **parameters: Any) -> Meaning:
    """What we make of the request that boto3 writes for this call."""
    written: list[Request] = []

    def ask(request: Request) -> Reply:
        written.append(request)
        return Reply(418, {}, b"")

    with pytest.raises(ClientError):
        getattr(client(service, ask), operation)(**parameters)
    return understand(written[0])


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        (
            "sqs",
            "send_message",
            {"QueueUrl": QUEUE_URL, "MessageBody": "x"},
            ("sqs", "SendMessage", "orders"),
        ),
        ("dynamodb", "get_item", {"TableName": "t", "Key": {"id": {"S": "1"}}}, ("dynamodb", "GetItem", "t")),
        (
            "dynamodb",
            "get_item",
            {"TableName": "arn:aws:dynamodb:eu-west-1:123456789012:table/t", "Key": {"id": {"S": "1"}}},
            ("dynamodb", "GetItem", "t"),
        ),
        ("dynamodb", "list_tables", {}, ("dynamodb", "ListTables", "")),
        (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {"t": {"Keys": [{"id": {"S": "1"}}, {"id": {"S": "2"}}]}}},
            ("dynamodb", "BatchGetItem", "t"),
        ),
        (
            "dynamodb",
            "transact_write_items",
            {"TransactItems": [{"Delete": {"TableName": table, "Key": {"id": {"S": "1"}}}} for table in ("t", "u")]},
            ("dynamodb", "TransactWriteItems", ""),
        ),
        ("lambda", "invoke", {"FunctionName": "kata-Feed-1"}, ("lambda", "Invoke", "kata-Feed-1")),
        ("lambda", "invoke", {"FunctionName": FUNCTION_ARN}, ("lambda", "Invoke", "kata-Feed-1")),
        ("lambda", "list_functions", {}, ("lambda", "ListFunctions", "")),
        ("s3", "get_object", {"Bucket": "photos", "Key": "a/b.jpg"}, ("s3", "GetObject", "photos")),
        ("s3", "put_object", {"Bucket": "photos", "Key": "b.jpg", "Body": b""}, ("s3", "PutObject", "photos")),
        ("s3", "list_objects_v2", {"Bucket": "photos"}, ("s3", "ListObjectsV2", "photos")),
        ("kinesis", "put_record", {"StreamName": "s", "Data": b"", "PartitionKey": "k"}, ("kinesis", "PutRecord", "s")),
    ],
)
def test_service_operation_and_target_are_read_off_what_botocore_writes(
    service: str, operation: str, parameters: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    meaning = meaning_of(service, operation, **parameters)

    assert (meaning.service, meaning.operation, meaning.target) == expected


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("dynamodb.eu-west-1.amazonaws.com", "dynamodb"),
        ("123456789012.ddb.eu-west-1.amazonaws.com", "dynamodb"),
        ("streams.dynamodb.eu-west-1.amazonaws.com", "dynamodbstreams"),
        ("123456789012.streams-ddb.eu-west-1.amazonaws.com", "dynamodbstreams"),
        ("photos.s3.eu-west-1.amazonaws.com", "s3"),
        ("ddb.s3.eu-west-1.amazonaws.com", "s3"),
        ("s3.eu-west-1.amazonaws.com", "s3"),
        ("events.eu-west-1.amazonaws.com", "events"),
    ],
)
def test_a_service_is_known_by_its_host(host: str, service: str) -> None:
    assert service_of(host) == service


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("sqs.eu-west-1.amazonaws.com", True),
        ("amazonaws.com.evil.example", False),
        ("legacy.internal", False),
        ("", False),
    ],
)
def test_what_belongs_to_aws_is_known_by_its_host(host: str, expected: bool) -> None:
    assert is_aws(host) is expected


def test_a_request_to_anywhere_else_is_host_method_and_path() -> None:
    meaning = understand(Request("POST", "http://legacy.internal:8080/articles?dry=1"))

    assert (meaning.service, meaning.operation) == ("legacy.internal:8080", "POST /articles")


@pytest.mark.parametrize("url", ["http://[::1", "nonsense", "", "http://a\u2100b/"])
def test_a_url_that_is_none_breaks_nothing(url: str) -> None:
    assert understand(Request("GET", url)).target == ""


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b"", b"[" * 100_000, b"\xff", b'{"TableName": 5}'])
def test_a_body_that_is_no_request_has_no_target(body: bytes) -> None:
    headers = {"x-amz-target": "DynamoDB_20120810.GetItem"}

    meaning = understand(Request("POST", "https://dynamodb.eu-west-1.amazonaws.com/", headers, body))

    assert (meaning.operation, meaning.target) == ("GetItem", "")


def test_half_a_surrogate_pair_in_a_name_comes_out_as_text() -> None:
    headers = {"x-amz-target": "DynamoDB_20120810.GetItem"}
    request = Request("POST", "https://dynamodb.eu-west-1.amazonaws.com/", headers, b'{"TableName": "a\\ud800"}')

    assert understand(request).target == "a?"


@pytest.mark.parametrize(
    "identifier",
    [
        "Feed",
        "Feed:live",
        "arn:aws:lambda:eu-west-1:123456789012:function:Feed",
        "arn:aws:lambda:eu-west-1:123456789012:function:Feed:$LATEST",
        "123456789012:function:Feed",
    ],
)
def test_a_function_is_named_in_any_of_the_ways_lambda_allows(identifier: str) -> None:
    assert function_name(identifier) == "Feed"
