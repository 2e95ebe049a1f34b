"""The event Lambda makes of messages, and its reading of a partial batch response."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.parser.models import SqsModel

from harness.cloud.engines.sqs.message import AttributeValue, Received
from harness.event_sources.sqs_events import event, failed_ids

ARN = "arn:aws:sqs:eu-west-1:123456789012:orders"
BATCH = ("m-1", "m-2", "m-3")


def received(**changed: Any) -> Received:
    defaults: dict[str, Any] = {
        "message_id": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receipt_handle": "AQEB",
        "body": '{"id": "o-7"}',
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1767603600000",
            "SenderId": "AROAKATAS",
            "ApproximateFirstReceiveTimestamp": "1767603600010",
        },
        "message_attributes": {},
        "md5_of_body": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "md5_of_message_attributes": None,
        "receive_count": 1,
        "receipt": 1,
    }
    return Received(**{**defaults, **changed})


def one_record(**changed: Any) -> dict[str, Any]:
    records: list[dict[str, Any]] = json.loads(event(ARN, [received(**changed)]))["Records"]
    return records[0]


def test_powertools_accepts_the_event() -> None:
    attributes = {"kind": AttributeValue("String", "order"), "blob": AttributeValue("Binary", binary_value=b"\0\1")}
    fifo = {"SequenceNumber": "1", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    batch = [
        received(),
        received(message_attributes=attributes, md5_of_message_attributes="a" * 32),
        received(attributes={**received().attributes, **fifo}),
    ]

    payload = json.loads(event(ARN, batch))
    model = SqsModel.model_validate(payload)

    assert [record.body for record in model.Records] == ['{"id": "o-7"}'] * 3
    assert model.Records[2].attributes.MessageGroupId == "g"
    assert [record.message_attributes["kind"].string_value for record in list(SQSEvent(payload).records)[1:2]] == [
        "order"
    ]


def test_a_record_has_the_keys_of_lambda() -> None:
    assert one_record() == {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEB",
        "body": '{"id": "o-7"}',
        "attributes": received().attributes,
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "eu-west-1",
    }


def test_message_attributes_are_in_lambdas_spelling() -> None:
    attributes = {
        "kind": AttributeValue("String", "order"),
        "count": AttributeValue("Number", "5"),
        "blob": AttributeValue("Binary", binary_value=b"abc"),
    }

    record = one_record(message_attributes=attributes, md5_of_message_attributes="d0")

    lists: dict[str, list[str]] = {"stringListValues": [], "binaryListValues": []}
    assert record["messageAttributes"] == {
        "kind": {"stringValue": "order", "dataType": "String", **lists},
        "count": {"stringValue": "5", "dataType": "Number", **lists},
        "blob": {"binaryValue": "YWJj", "dataType": "Binary", **lists},
    }
    assert record["md5OfMessageAttributes"] == "d0"


# ---- the answer ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "{}",
        '{"batchItemFailures": []}',
        '{"batchItemFailures": null}',
        '{"batchItemFailure": [{"itemIdentifier": "m-1"}]}',
    ],
)
def test_an_empty_answer_means_that_all_succeeded(answer: str) -> None:
    assert failed_ids(answer.encode(), BATCH) == set()


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        ([{"itemIdentifier": "m-2"}], {"m-2"}),
        ([{"itemIdentifier": "m-2"}, {"itemIdentifier": "m-2"}], {"m-2"}),
        ([{"itemIdentifier": "m-1"}, {"itemIdentifier": "m-3", "more": 1}], {"m-1", "m-3"}),
    ],
)
def test_the_messages_named_stay_and_the_others_succeeded(failures: list[Any], expected: set[str]) -> None:
    assert failed_ids(json.dumps({"batchItemFailures": failures}).encode(), BATCH) == expected


@pytest.mark.parametrize(
    "answer",
    [
        "{",
        "[" * 100_000,
        "[]",
        '"text"',
        "5",
        "false",
        '{"batchItemFailures": "m-1"}',
        '{"batchItemFailures": {"itemIdentifier": "m-1"}}',
        '{"batchItemFailures": [{"itemIdentifier": ""}]}',
        '{"batchItemFailures": [{"itemIdentifier": null}]}',
        '{"batchItemFailures": [{"itemIdentifier": 5}]}',
        '{"batchItemFailures": [{"itemIdentifier": ["m-1"]}]}',
        '{"batchItemFailures": [{"itemIdentifier": {}}]}',
        '{"batchItemFailures": [{"itemIdentfier": "m-1"}]}',
        '{"batchItemFailures": [{"itemIdentifier": "m-1"}, {"itemIdentifier": "of another batch"}]}',
        '{"batchItemFailures": ["m-1"]}',
        '{"batchItemFailures": [null]}',
    ],
)
def test_what_lambda_cannot_make_sense_of_fails_the_whole_batch(answer: str) -> None:
    assert failed_ids(answer.encode(), BATCH) == set(BATCH)
