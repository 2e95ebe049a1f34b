"""Sending, receiving and deleting on a standard queue, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
"""

import re

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Message as MotoMessage

from harness.cloud.engines.sqs.records import MessageArrived, MessageDeleted, MessageReceived


def test_a_sent_message_is_received_with_its_body_and_id(sqs):
    url = sqs.queue_url()

    sent = sqs.send(url, "an order: 3 cafés à emporter")
    [message] = sqs.receive(url)

    assert message["Body"] == "an order: 3 cafés à emporter"
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]


def test_a_message_id_has_the_shape_of_a_uuid_and_a_receipt_handle_that_of_aws(sqs):
    url = sqs.queue_url()
    sqs.send(url)

    [message] = sqs.receive(url)

    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", message["MessageId"])
    assert re.fullmatch(r"AQEB[A-Za-z0-9+/]{100,}=*", message["ReceiptHandle"])


def test_the_digest_of_a_body_is_its_md5(sqs):
    url = sqs.queue_url()

    sent = sqs.send(url, "hello")

    assert sent["MD5OfMessageBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert "MD5OfMessageAttributes" not in sent


@pytest.mark.parametrize(
    ("attributes", "digest"),
    [
        ({"timestamp": {"DataType": "Number", "StringValue": "1493147359900"}}, "235c5c510d26fb653d073faed50ae77c"),
        (
            {
                "ordinal": {"DataType": "Number", "StringValue": "1"},
                "category": {"DataType": "String", "StringValue": "test"},
            },
            "d21ae90c49061e927f57df5f5d72be1f",
        ),
    ],
)
def test_the_digest_of_message_attributes_is_that_of_aws(sqs, attributes, digest):
    url = sqs.queue_url()

    sent = sqs.send(url, MessageAttributes=attributes)
    [message] = sqs.receive(url)

    assert (sent["MD5OfMessageAttributes"], message["MD5OfMessageAttributes"]) == (digest, digest)


def test_the_digest_of_a_binary_attribute_is_that_of_an_independent_implementation(sqs):
    url = sqs.queue_url()
    attributes = {"picture": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"}}
    other = MotoMessage("id", "hello")
    other.message_attributes = attributes

    sent = sqs.send(url, MessageAttributes=attributes)

    assert sent["MD5OfMessageAttributes"] == other.attribute_md5


def test_message_attributes_come_back_with_their_types(sqs):
    url = sqs.queue_url()
    attributes = {
        "tenant": {"DataType": "String", "StringValue": "blue"},
        "weight": {"DataType": "Number.kg", "StringValue": "-1.5e3"},
        "picture": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sqs.send(url, MessageAttributes=attributes)

    [message] = sqs.receive(url)

    assert message["MessageAttributes"] == attributes


def test_no_attribute_is_returned_unless_it_is_asked_for(sqs):
    url = sqs.queue_url()
    sqs.send(url, MessageAttributes={"tenant": {"DataType": "String", "StringValue": "blue"}})

    reply = sqs.client.receive_message(QueueUrl=url)

    assert sorted(reply["Messages"][0]) == ["Body", "MD5OfBody", "MessageId", "ReceiptHandle"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (["trace.id"], ["trace.id"]),
        (["trace.*"], ["trace.id", "trace.span"]),
        (["All"], ["tenant", "trace.id", "trace.span"]),
        ([".*"], ["tenant", "trace.id", "trace.span"]),
        (["other"], []),
    ],
)
def test_message_attributes_are_chosen_by_name_prefix_or_all(sqs, asked, shown):
    url = sqs.queue_url()
    value = {"DataType": "String", "StringValue": "x"}
    sqs.send(url, MessageAttributes={"tenant": value, "trace.id": value, "trace.span": value})

    [message] = sqs.receive(url, MessageAttributeNames=asked)

    assert sorted(message.get("MessageAttributes", {})) == shown


@pytest.mark.parametrize("parameter", ["AttributeNames", "MessageSystemAttributeNames"])
def test_system_attributes_are_chosen_by_name(sqs, parameter):
    url = sqs.queue_url()
    sqs.send(url)

    reply = sqs.client.receive_message(QueueUrl=url, **{parameter: ["ApproximateReceiveCount"]})

    assert reply["Messages"][0]["Attributes"] == {"ApproximateReceiveCount": "1"}


def test_timestamps_are_virtual_milliseconds_since_1970(sqs):
    url = sqs.queue_url()
    sqs.advance(1.25)
    sqs.send(url)
    sqs.advance(2)

    [message] = sqs.receive(url)

    assert message["Attributes"]["SentTimestamp"] == "1767603601250"
    assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == "1767603603250"


def test_the_first_receive_timestamp_stays_and_the_count_grows(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [first] = sqs.receive(url, VisibilityTimeout=5)
    sqs.advance(5)

    [second] = sqs.receive(url)

    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    assert (
        second["Attributes"]["ApproximateFirstReceiveTimestamp"]
        == first["Attributes"]["ApproximateFirstReceiveTimestamp"]
    )


def test_the_trace_header_travels_with_a_message(sqs):
    url = sqs.queue_url()
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"

    sent = sqs.send(url, MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": header}})
    [message] = sqs.receive(url)

    assert message["Attributes"]["AWSTraceHeader"] == header
    assert re.fullmatch("[0-9a-f]{32}", sent["MD5OfMessageSystemAttributes"])


def test_a_group_id_on_a_standard_queue_is_carried_and_orders_nothing(sqs):
    """Source: AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html."""
    url = sqs.queue_url()
    sqs.send(url, "first", MessageGroupId="tenant-1")
    sqs.send(url, "second", MessageGroupId="tenant-1")

    [first] = sqs.receive(url, MaxNumberOfMessages=1)
    [second] = sqs.receive(url, MaxNumberOfMessages=1)

    assert [first["Body"], second["Body"]] == ["first", "second"]
    assert second["Attributes"]["MessageGroupId"] == "tenant-1"


def test_an_empty_receive_has_no_messages_key(sqs):
    url = sqs.queue_url()

    reply = sqs.client.receive_message(QueueUrl=url)

    assert "Messages" not in reply


def test_a_receive_gives_one_message_unless_asked_for_more(sqs):
    url = sqs.queue_url()
    for number in range(12):
        sqs.send(url, str(number))

    one = sqs.client.receive_message(QueueUrl=url)["Messages"]
    ten = sqs.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

    assert [len(one), len(ten)] == [1, 10]


def test_a_deleted_message_does_not_come_back(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)

    sqs.delete(url, message)
    sqs.advance(60)

    assert sqs.receive(url) == []
    assert [record.message_id for record in sqs.records(MessageDeleted)] == [message["MessageId"]]


def test_deleting_twice_succeeds(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)

    sqs.delete(url, message)
    sqs.delete(url, message)

    assert len(sqs.records(MessageDeleted)) == 1


def test_an_older_receipt_handle_deletes_nothing_and_is_no_error(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [first] = sqs.receive(url, VisibilityTimeout=10)
    sqs.advance(10)
    [second] = sqs.receive(url, VisibilityTimeout=10)

    sqs.delete(url, first)
    sqs.advance(10)
    [third] = sqs.receive(url)

    assert third["MessageId"] == first["MessageId"]
    assert len({first["ReceiptHandle"], second["ReceiptHandle"], third["ReceiptHandle"]}) == 3


def test_the_newest_receipt_handle_deletes_even_after_its_visibility_ended(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url, VisibilityTimeout=10)
    sqs.advance(30)

    sqs.delete(url, message)

    assert sqs.receive(url) == []


@pytest.mark.parametrize("other", ["nonsense", "AQEB" + "A" * 108])
def test_a_receipt_handle_that_was_never_issued_is_invalid(sqs, other):
    url = sqs.queue_url()

    with pytest.raises(sqs.client.exceptions.ReceiptHandleIsInvalid, match=other) as raised:
        sqs.client.delete_message(QueueUrl=url, ReceiptHandle=other)

    assert raised.value.response["Error"]["Code"] == "ReceiptHandleIsInvalid"


def test_a_receipt_handle_of_another_queue_is_invalid(sqs):
    url, other = sqs.queue_url("orders"), sqs.queue_url("returns")
    sqs.send(other)
    [message] = sqs.receive(other)

    with pytest.raises(sqs.client.exceptions.ReceiptHandleIsInvalid):
        sqs.delete(url, message)


def test_a_purge_empties_the_queue_and_may_come_once_a_minute(sqs):
    """Source: AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html."""
    url = sqs.queue_url()
    sqs.send(url, "visible")
    sqs.send(url, "in flight")
    sqs.receive(url, MaxNumberOfMessages=1)

    sqs.client.purge_queue(QueueUrl=url)
    sqs.advance(59)
    with pytest.raises(sqs.client.exceptions.PurgeQueueInProgress, match="every 60 seconds"):
        sqs.client.purge_queue(QueueUrl=url)
    sqs.advance(1)
    sqs.client.purge_queue(QueueUrl=url)

    assert sqs.receive(url) == []


def test_the_trace_says_who_sent_received_and_deleted(sqs):
    url = sqs.queue_url()
    sent = sqs.send(url, "é")
    [message] = sqs.receive(url)
    sqs.delete(url, message)

    [arrived], [received] = sqs.records(MessageArrived), sqs.records(MessageReceived)

    assert (arrived.queue, arrived.message_id, arrived.size_bytes, arrived.source) == (
        "orders",
        sent["MessageId"],
        2,
        "send",
    )
    assert (received.message_id, received.receive_count, received.receiver) == (sent["MessageId"], 1, "test")


def test_the_same_seed_gives_the_same_ids_and_handles(sqs):
    """Determinism: one seed, one run."""
    first, second, other = (type(sqs)(sqs.client, seed) for seed in (7, 7, 8))
    queues = [world.service.create_queue("orders", {}) for world in (first, second, other)]
    for queue in queues:
        queue.send("x")

    received = [
        world.run(queue.receive(max_messages=1, wait_s=0, receiver="r"))
        for world, queue in zip((first, second, other), queues, strict=True)
    ]

    assert received[0] == received[1]
    assert received[0] != received[2]


def test_a_client_error_names_the_old_code_and_the_new_exception(sqs):
    """Source: AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html."""
    url = sqs.queue_url().replace("orders", "nothing")

    with pytest.raises(sqs.client.exceptions.QueueDoesNotExist) as raised:
        sqs.send(url)

    assert isinstance(raised.value, ClientError)
    assert raised.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
