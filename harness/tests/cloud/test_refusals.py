"""Refusals as botocore reads them, and batches that are done in part."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud import refusals
from harness.cloud.operations import understand
from harness.simulation.wire import TEST, Call, Reply, Request
from harness.tests.fakes import Simulation, client, json_request

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "dynamodb": ("get_item", {"TableName": "t", "Key": {"id": {"S": "1"}}}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "MessageBody": "x"}),
    "sns": ("publish", {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message": "x"}),
    "kinesis": ("put_record", {"StreamName": "s", "Data": b"", "PartitionKey": "k"}),
    "lambda": ("invoke", {"FunctionName": "f"}),
    "s3": ("get_object", {"Bucket": "b", "Key": "k"}),
    "events": ("put_events", {"Entries": [{"Detail": "{}"}]}),
}


def call_of(request: Request) -> Call:
    meaning = understand(request)
    return Call(1, TEST, meaning.service, meaning.operation, meaning.target, 1, request)


def error_of(service: str, refuse) -> tuple[int, str]:
    """Status and code that boto3 makes of a refusal."""
    operation, parameters = CALLS[service]
    with pytest.raises(ClientError) as caught:
        getattr(client(service, lambda request: refuse(call_of(request))), operation)(**parameters)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


@pytest.mark.parametrize(
    ("service", "status", "code"),
    [
        ("dynamodb", 400, "ProvisionedThroughputExceededException"),
        ("sqs", 400, "RequestThrottled"),
        ("sns", 400, "Throttling"),
        ("kinesis", 400, "ProvisionedThroughputExceededException"),
        ("lambda", 429, "TooManyRequestsException"),
        ("s3", 503, "SlowDown"),
        ("events", 400, "ThrottlingException"),
    ],
)
def test_botocore_reads_the_throttling_error_of_each_service(service: str, status: int, code: str) -> None:
    assert error_of(service, refusals.throttled) == (status, code)


@pytest.mark.parametrize("service", CALLS)
def test_botocore_takes_every_throttling_error_for_one_and_tries_again(service: str) -> None:
    from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

    _, code = error_of(service, refusals.throttled)

    retried = {
        *ThrottledRetryableChecker._THROTTLED_ERROR_CODES,
        *TransientRetryableChecker._TRANSIENT_ERROR_CODES,
        "TooManyRequestsException",
    }
    assert code in retried


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("dynamodb", "InternalServerError"),
        ("sqs", "InternalFailure"),
        ("sns", "InternalFailure"),
        ("kinesis", "InternalFailure"),
        ("lambda", "ServiceException"),
        ("s3", "InternalError"),
        ("events", "InternalFailure"),
    ],
)
def test_botocore_reads_the_internal_error_of_each_service(service: str, code: str) -> None:
    assert error_of(service, refusals.internal_error) == (500, code)


# ---- batches ---------------------------------------------------------------------------------


class Recorder:
    """A service that does whatever it is asked, and says so as SQS and DynamoDB do."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.bodies: list[dict[str, Any]] = []
        self._reply = reply

    async def answer(self, call: Call) -> Reply:
        body = json.loads(call.request.body)
        self.bodies.append(body)
        successful = [{"Id": entry.get("Id", "")} for entry in body.get("Entries", [])]
        return self._reply or Reply(200, {"x-amz-crc32": "1"}, json.dumps({"Successful": successful}).encode())


def in_part(request: Request, service: Recorder, every: int) -> tuple[Reply, dict[str, Any]]:
    partial = refusals.splits(call_of(request))
    assert partial is not None
    reply = Simulation().run(partial.answer(service, every))
    return reply, json.loads(reply.body)


def entries(*ids: str) -> list[dict[str, str]]:
    return [{"Id": one, "MessageBody": one} for one in ids]


def test_every_nth_entry_of_a_message_batch_is_not_sent_and_reported_as_failed() -> None:
    service = Recorder()

    _, answer = in_part(json_request("sqs", "SendMessageBatch", QueueUrl="q", Entries=entries(*"abcde")), service, 2)

    assert [entry["Id"] for entry in service.bodies[0]["Entries"]] == ["a", "c", "e"]
    assert service.bodies[0]["QueueUrl"] == "q"
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c", "e"]
    assert answer["Failed"] == [
        {"Id": one, "SenderFault": False, "Code": "InternalError", "Message": "An internal error occurred."}
        for one in "bd"
    ]


def test_of_a_short_batch_the_last_entry_is_left_out() -> None:
    service = Recorder()

    _, answer = in_part(json_request("sqs", "SendMessageBatch", Entries=entries("a", "b")), service, 3)

    assert [entry["Id"] for entry in service.bodies[0]["Entries"]] == ["a"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]


def test_where_every_entry_is_left_out_the_service_is_not_asked() -> None:
    service = Recorder()

    reply, answer = in_part(json_request("sqs", "SendMessageBatch", Entries=entries("a", "b")), service, 1)

    assert service.bodies == []
    assert reply.status == 200
    assert [entry["Id"] for entry in answer["Failed"]] == ["a", "b"]
    assert "Successful" not in answer


def test_two_equal_entries_are_told_apart() -> None:
    service = Recorder()
    put = {"PutRequest": {"Item": {"id": {"S": "1"}}}}

    _, answer = in_part(json_request("dynamodb", "BatchWriteItem", RequestItems={"t": [put, put]}), service, 2)

    assert service.bodies[0]["RequestItems"] == {"t": [put]}
    assert answer["UnprocessedItems"] == {"t": [put]}


def test_every_nth_item_of_a_batch_write_is_unprocessed_counted_over_all_tables() -> None:
    service = Recorder()
    a, b, c, d = ({"PutRequest": {"Item": {"id": {"S": one}}}} for one in "abcd")
    items = {"orders": [a, b, c], "stock": [d]}

    _, answer = in_part(json_request("dynamodb", "BatchWriteItem", RequestItems=items), service, 2)

    assert service.bodies[0]["RequestItems"] == {"orders": [a, c]}
    assert answer["UnprocessedItems"] == {"orders": [b], "stock": [d]}


def test_every_nth_key_of_a_batch_get_is_unprocessed_with_what_else_was_asked_of_its_table() -> None:
    service = Recorder()
    a, b, c = ({"id": {"S": one}} for one in "abc")
    asked = {"orders": {"Keys": [a, b], "ConsistentRead": True}, "stock": {"Keys": [c]}}

    _, answer = in_part(json_request("dynamodb", "BatchGetItem", RequestItems=asked), service, 2)

    kept = {"orders": {"Keys": [a], "ConsistentRead": True}, "stock": {"Keys": [c]}}
    assert service.bodies[0]["RequestItems"] == kept
    assert answer["UnprocessedKeys"] == {"orders": {"Keys": [b], "ConsistentRead": True}}


def test_a_failed_event_stands_at_its_place_among_the_results() -> None:
    taken = Reply(200, {}, b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}, {"EventId": "3"}]}')
    service = Recorder(taken)
    events = [{"Detail": one} for one in "abc"]

    _, answer = in_part(json_request("events", "PutEvents", Entries=events), service, 2)

    failure = {"ErrorCode": "InternalFailure", "ErrorMessage": "An internal error occurred."}
    assert [entry["Detail"] for entry in service.bodies[0]["Entries"]] == ["a", "c"]
    assert answer == {"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, failure, {"EventId": "3"}]}


def test_where_no_event_is_taken_each_has_failed() -> None:
    events = [{"Detail": one} for one in "ab"]

    _, answer = in_part(json_request("events", "PutEvents", Entries=events), Recorder(), 1)

    assert answer["FailedEntryCount"] == 2
    assert [entry["ErrorCode"] for entry in answer["Entries"]] == ["InternalFailure", "InternalFailure"]


def test_a_checksum_of_the_untouched_answer_is_not_passed_on() -> None:
    reply, _ = in_part(json_request("sqs", "SendMessageBatch", Entries=entries("a", "b")), Recorder(), 2)

    assert "x-amz-crc32" not in reply.headers


def test_a_refused_batch_is_refused_as_it_is() -> None:
    refusal = Reply(400, {}, b'{"__type": "QueueDoesNotExist"}')

    reply, _ = in_part(json_request("sqs", "SendMessageBatch", Entries=entries("a", "b")), Recorder(refusal), 2)

    assert reply == refusal


def test_botocore_reads_failed_entries() -> None:
    def ask(request: Request) -> Reply:
        return in_part(request, Recorder(Reply(200, {}, b'{"Successful": []}')), 2)[0]

    answer = client("sqs", ask).send_message_batch(QueueUrl="https://q/1/q", Entries=entries("a", "b"))

    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]


@pytest.mark.parametrize(
    "request_",
    [
        json_request("sqs", "SendMessage", MessageBody="x"),
        json_request("sqs", "SendMessageBatch"),
        json_request("sqs", "SendMessageBatch", Entries=[]),
        json_request("sqs", "SendMessageBatch", Entries="abc"),
        json_request("sqs", "SendMessageBatch", Entries=[1, 2]),
        json_request("dynamodb", "BatchWriteItem", RequestItems=[]),
        json_request("dynamodb", "BatchWriteItem", RequestItems={"t": 5}),
        json_request("dynamodb", "BatchGetItem", RequestItems={"t": {"Keys": 5}}),
        json_request("events", "PutEvents", Entries=[None]),
        Request("POST", "https://sqs.eu-west-1.amazonaws.com/", {"x-amz-target": "AmazonSQS.SendMessageBatch"}, b"{"),
    ],
)
def test_what_is_no_batch_or_a_malformed_one_is_left_to_the_service(request_: Request) -> None:
    assert refusals.splits(call_of(request_)) is None
