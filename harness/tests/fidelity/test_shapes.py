"""The check of an answer against its shape finds what is wrong with one."""

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.model import OperationModel

from harness.tests.fidelity.shapes import misfits, unknown_members


def operation(service: str, name: str) -> OperationModel:
    return botocore.session.get_session().get_service_model(service).operation_model(name)


FITS: dict[str, Any] = {
    "Shards": [
        {
            "ShardId": "shardId-0",
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "9"},
            "SequenceNumberRange": {"StartingSequenceNumber": "1"},
        }
    ]
}


def test_an_answer_that_fits_has_no_misfits() -> None:
    assert [*misfits(FITS, operation("kinesis", "ListShards").output_shape)] == []


@pytest.mark.parametrize(
    ("service", "name", "answer", "misfit"),
    [
        ("kinesis", "PutRecord", {"ShardId": "s"}, " lacks SequenceNumber"),
        ("kinesis", "PutRecord", {"ShardId": 7, "SequenceNumber": "1"}, ".ShardId is no string: 7"),
        ("kinesis", "GetRecords", {"Records": [], "MillisBehindLatest": True}, "BehindLatest is no long: True"),
        ("kinesis", "GetRecords", {"Records": {}}, ".Records is no list: {}"),
        ("kinesis", "GetRecords", {"Records": [{"SequenceNumber": "1", "Data": "x", "PartitionKey": "k"}]},
         ".Records[0].Data is no blob: 'x'"),
        ("sqs", "ListQueueTags", {"Tags": {"a": 1}}, ".Tags.a is no string: 1"),
        ("scheduler", "GetSchedule", {"State": "ON"}, ".State is none of ['ENABLED', 'DISABLED']: 'ON'"),
        ("scheduler", "GetSchedule", {"CreationDate": 1.5}, ".CreationDate is no timestamp: 1.5"),
        ("scheduler", "GetSchedule", {"Name": ""}, ".Name is not within 1 and 64: ''"),
        ("scheduler", "GetSchedule", {"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}},
         "MaximumWindowInMinutes is not within 1 and 1440: 1441"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_found(service: str, name: str, answer: dict[str, Any], misfit: str) -> None:
    found = [*misfits(answer, operation(service, name).output_shape)]

    assert [one for one in found if one.endswith(misfit)] != []


@pytest.mark.parametrize(
    ("service", "name", "body", "misfit"),
    [
        ("kinesis", "ListShards", b'{"Shards": [{"ShardID": "s"}]}', ".Shards[].ShardID is unknown"),
        ("sqs", "ListQueueTags", b'{"Tags": {"a": "b"}, "More": 1}', ".More is unknown"),
        ("sqs", "DeleteQueue", b'{"Deleted": true}', "DeleteQueue has no answer, and got b'{\"Deleted\": true}'"),
        ("sns", "ListTopics", b"<ListTopicsResponse><ListTopicsResult><Topics><item/></Topics></ListTopicsResult>"
         b"</ListTopicsResponse>", ".Topics.item is unknown"),
        ("sns", "Publish", b"<PublishResponse><Result/></PublishResponse>", "Result is unknown"),
        ("sns", "Publish", b"<Published/>", "the answer is a Published"),
    ],
)  # fmt: skip
def test_what_botocore_would_drop_is_found(service: str, name: str, body: bytes, misfit: str) -> None:
    assert misfit in [*unknown_members(body, operation(service, name))]


def test_a_timestamp_that_was_read_fits() -> None:
    answer = {"CreationDate": datetime(2026, 1, 5, tzinfo=UTC)}

    assert [*misfits(answer, operation("scheduler", "GetSchedule").output_shape)] == []
