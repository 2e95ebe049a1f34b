"""PublishBatch: up to ten messages, and each may fail alone."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.faults.service import BatchPartialFailure
from harness.faults.topics import PublishRefused
from harness.tests.cloud.sns.conftest import SimulatedSns


def _entries(*texts: str) -> list[dict[str, str]]:
    return [{"Id": f"e{number}", "Message": text} for number, text in enumerate(texts)]


def _publish(sns: SimulatedSns, topic: str, entries: list[Any]) -> Any:
    reply = sns.client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    sns.settle()
    return reply


def test_each_entry_is_a_message_of_its_own(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)

    reply = _publish(sns, topic, _entries("a", "b"))

    ids = [entry["MessageId"] for entry in reply["Successful"]]
    assert [entry["Id"] for entry in reply["Successful"]] == ["e0", "e1"]
    assert sorted(message.message_id for _, message in sns.functions.taken) == sorted(ids)
    assert reply["Failed"] == []


def test_the_tenth_entry_is_the_last(sns: SimulatedSns) -> None:
    topic = sns.topic()
    texts = [f"{each:02d}" for each in range(10)]

    _publish(sns, topic, _entries(*texts))

    assert [message.text for message in sns.service.topics.at(topic).published] == texts


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        (_entries(*"abcdefghijk"), "TooManyEntriesInBatchRequest"),
        ([{"Id": "a", "Message": "x"}, {"Id": "a", "Message": "y"}], "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "Message": "x"}], "InvalidBatchEntryId"),
        (_entries(*["x" * 32_000] * 9), "BatchRequestTooLong"),
        (_entries("fine", ""), "InvalidParameter"),
    ],
)
def test_a_wrong_batch_fails_as_a_whole(sns: SimulatedSns, entries: list[Any], code: str) -> None:
    topic = sns.topic()
    sns.function(topic)

    with pytest.raises(ClientError) as caught:
        _publish(sns, topic, entries)
    sns.settle()

    assert caught.value.response["Error"]["Code"] == code
    assert sns.functions.taken == []


def test_ten_messages_of_32_000_characters_are_too_long_together(sns: SimulatedSns) -> None:
    topic = sns.topic()

    with pytest.raises(ClientError, match="The length of all the messages put together is more than the limit"):
        _publish(sns, topic, _entries(*["x" * 32_000] * 10))

    assert len(_publish(sns, topic, _entries(*["x" * 32_000] * 8))["Successful"]) == 8


def test_a_refused_entry_is_named_and_the_others_are_published(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)
    sns.simulation.faults.inject(PublishRefused(containing="odd"))

    reply = _publish(sns, topic, _entries("odd 1", "even 2", "odd 3"))

    assert [entry["Id"] for entry in reply["Successful"]] == ["e1"]
    assert [(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in reply["Failed"]] == [
        ("e0", "Throttled", True),
        ("e2", "Throttled", True),
    ]
    assert sns.functions.texts == ["even 2"]


def test_every_second_entry_is_left_out_by_the_fault_of_batches(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)
    sns.simulation.faults.inject(BatchPartialFailure(service="sns", operation="PublishBatch"))

    reply = _publish(sns, topic, _entries(*"abcd"))

    assert [entry["Id"] for entry in reply["Failed"]] == ["e1", "e3"]
    assert {(entry["Code"], entry["SenderFault"]) for entry in reply["Failed"]} == {("InternalError", False)}
    assert sorted(sns.functions.texts) == ["a", "c"]


def test_entries_for_a_fifo_topic_are_published_in_order_and_once(sns: SimulatedSns) -> None:
    topic = sns.topic("orders.fifo", ContentBasedDeduplication="true")
    queue = sns.queue("inbox.fifo")
    sns.subscribe(topic, queue, RawMessageDelivery="true")

    entries = [{**entry, "MessageGroupId": "g"} for entry in _entries("a", "b", "a", "c")]
    reply = _publish(sns, topic, entries)

    assert len(reply["Successful"]) == 4
    assert sns.bodies(queue) == ["a", "b", "c"]
