"""Filter criteria: what is compared, and what is dropped because its form is another.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
"""

import base64
import json
from typing import Any

import pytest

from harness.event_sources.filters import Filters
from harness.tests.event_sources.fed import Fed, fails


def wants(kind: str, record: dict[str, Any], *patterns: dict[str, Any]) -> bool:
    return Filters(kind, [json.dumps(pattern) for pattern in patterns]).wants(record)


@pytest.mark.parametrize(
    ("body", "pattern", "wanted"),
    [
        ("hello", {"body": ["hello"]}, True),
        ("hello", {"body": [{"prefix": "he"}]}, True),
        ("bye", {"body": ["hello"]}, False),
        ("hello", {"body": {"kind": ["a"]}}, False),
        ("hello", {"body": {"kind": [{"exists": False}]}}, False),
        ('{"kind": "a"}', {"body": {"kind": ["a"]}}, True),
        ('{"kind": "a"}', {"body": ['{"kind": "a"}']}, False),
        ('{"kind": "b"}', {"body": {"kind": [{"exists": False}]}}, False),
        ("{}", {"body": {"kind": [{"exists": False}]}}, True),
        ("anything", {"messageId": ["m-1"]}, True),
    ],
)
def test_a_body_of_another_form_than_the_pattern_is_dropped(body: str, pattern: Any, wanted: bool) -> None:
    assert wants("SQS", {"messageId": "m-1", "body": body}, pattern) is wanted


def test_one_matching_pattern_of_several_is_enough() -> None:
    record = {"body": '{"kind": "b"}'}

    assert wants("SQS", record, {"body": {"kind": ["a"]}}, {"body": {"kind": ["b"]}})
    assert not wants("SQS", record, {"body": {"kind": ["a"]}}, {"body": {"kind": ["c"]}})


def test_without_filters_every_record_is_wanted() -> None:
    assert wants("SQS", {"body": "x"})


def test_the_data_of_a_kinesis_record_is_compared_decoded() -> None:
    data = base64.b64encode(b'{"order": {"type": "buy"}}').decode()
    record = {"kinesis": {"data": data, "partitionKey": "1"}, "eventName": "aws:kinesis:record"}

    assert wants("Kinesis", record, {"data": {"order": {"type": ["buy"]}}})
    assert not wants("Kinesis", record, {"data": {"order": {"type": ["sell"]}}})


def test_an_image_of_a_table_record_is_compared_with_its_types() -> None:
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": {"status": {"S": "open"}, "count": {"N": "3"}}}}

    assert wants("DynamoDB", record, {"dynamodb": {"NewImage": {"status": {"S": ["open"]}}}})
    assert wants("DynamoDB", record, {"eventName": ["INSERT"]})
    assert not wants("DynamoDB", record, {"dynamodb": {"NewImage": {"count": {"N": [3]}}}})


def test_a_message_that_no_filter_wants_is_deleted_and_never_delivered() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html"""
    pattern = json.dumps({"body": {"kind": ["order"]}})
    fed = Fed(mapping={"filters": (pattern,)})

    fed.send('{"kind": "order"}', '{"kind": "refund"}', "plain")
    fed.settle()

    assert fed.batches == [['{"kind": "order"}']]
    assert fed.left == []


def test_ten_messages_of_a_megabyte_come_in_two_events() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html"""
    fed = Fed()

    fed.send(*["x" * 1_000_000] * 10)
    fed.settle()

    sizes = [len(json.dumps(event)) for _, event in fed.functions.invoked]
    assert sum(len(batch) for batch in fed.batches) == 10
    assert max(sizes) <= 6 * 1024 * 1024
    assert fed.left == []


def test_behind_a_failed_part_of_a_fifo_batch_nothing_is_delivered() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"""
    fed = Fed(fails(), FifoQueue="true", ContentBasedDeduplication="true", VisibilityTimeout="60")

    fed.send(*[str(number) + "x" * 1_000_000 for number in range(10)], group_id="one")
    fed.simulation.advance(30)

    assert [len(batch) for batch in fed.batches] == [6]
