"""FIFO queues: order, groups, deduplication, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-key-terms.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

import hashlib

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sqs.records import MessageArrived, MessageDeduplicated


def send(sqs, url, body, group="g", **parameters):
    asked = {"MessageGroupId": group, "MessageDeduplicationId": body}
    return sqs.send(url, body, **(asked | parameters))


def test_messages_of_a_group_come_in_the_order_of_sending(sqs):
    url = sqs.fifo_url()
    for body in "abc":
        send(sqs, url, body)

    assert sqs.bodies(url) == ["a", "b", "c"]


def test_a_group_with_a_message_in_flight_gives_no_other(sqs):
    url = sqs.fifo_url()
    send(sqs, url, "a1", "a")
    send(sqs, url, "a2", "a")
    send(sqs, url, "b1", "b")

    first = sqs.bodies(url, MaxNumberOfMessages=1)
    second = sqs.bodies(url)

    assert (first, second) == (["a1"], ["b1"])


def test_a_group_goes_on_when_its_message_is_deleted(sqs):
    url = sqs.fifo_url()
    send(sqs, url, "a1")
    send(sqs, url, "a2")
    [first] = sqs.receive(url, MaxNumberOfMessages=1)

    sqs.delete(url, first)

    assert sqs.bodies(url) == ["a2"]


def test_a_failed_message_comes_again_before_its_successors(sqs):
    url = sqs.fifo_url(VisibilityTimeout="10")
    send(sqs, url, "a1")
    send(sqs, url, "a2")
    sqs.receive(url, MaxNumberOfMessages=1)

    sqs.advance(10)

    assert sqs.bodies(url) == ["a1", "a2"]


def test_a_group_waits_for_every_message_of_a_receive(sqs):
    url = sqs.fifo_url()
    for body in ("a1", "a2", "a3"):
        send(sqs, url, body)
    [first, second] = sqs.receive(url, MaxNumberOfMessages=2)

    sqs.delete(url, first)
    blocked = sqs.bodies(url)
    sqs.delete(url, second)

    assert blocked == []
    assert sqs.bodies(url) == ["a3"]


def test_a_message_given_back_waits_for_its_successor_in_flight(sqs):
    url = sqs.fifo_url()
    send(sqs, url, "a1")
    send(sqs, url, "a2")
    [first, second] = sqs.receive(url)

    sqs.client.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    blocked = sqs.bodies(url)
    sqs.delete(url, second)

    assert blocked == []
    assert sqs.bodies(url) == ["a1"]


def test_a_receive_takes_as_many_of_one_group_as_it_can_and_then_others(sqs):
    url = sqs.fifo_url()
    for body in ("a1", "b1", "a2", "b2"):
        send(sqs, url, body, body[0])

    assert sqs.bodies(url, MaxNumberOfMessages=3) == ["a1", "a2", "b1"]


def test_a_message_needs_a_group(sqs):
    url = sqs.fifo_url()

    with pytest.raises(ClientError, match="The request must contain the parameter MessageGroupId") as raised:
        sqs.send(url, "x", MessageDeduplicationId="x")

    assert raised.value.response["Error"]["Code"] == "MissingParameter"


def test_a_message_needs_a_deduplication_id_or_a_queue_that_makes_one(sqs):
    url = sqs.fifo_url()

    with pytest.raises(ClientError, match="ContentBasedDeduplication enabled or MessageDeduplicationId provided"):
        sqs.send(url, "x", MessageGroupId="g")


def test_a_delay_is_the_queues_and_not_the_messages(sqs):
    url = sqs.fifo_url(DelaySeconds="10")

    with pytest.raises(ClientError, match="not valid for this queue type"):
        send(sqs, url, "x", DelaySeconds=5)
    send(sqs, url, "x")
    at_once = sqs.bodies(url)
    sqs.advance(10)

    assert at_once == []
    assert sqs.bodies(url) == ["x"]


def test_a_repeated_send_is_accepted_and_gives_the_first_id_and_sequence_number(sqs):
    url = sqs.fifo_url()

    first = send(sqs, url, "x", MessageDeduplicationId="order-1")
    again = send(sqs, url, "other body", MessageDeduplicationId="order-1")

    assert again["MessageId"] == first["MessageId"]
    assert again["SequenceNumber"] == first["SequenceNumber"]
    assert sqs.bodies(url) == ["x"]
    assert [record.message_id for record in sqs.records(MessageDeduplicated)] == [first["MessageId"]]
    assert len(sqs.records(MessageArrived)) == 1


def test_deduplication_outlives_the_message_and_ends_five_minutes_after_the_first_send(sqs):
    url = sqs.fifo_url()
    send(sqs, url, "x")
    sqs.delete(url, sqs.receive(url)[0])

    sqs.advance(299.999)
    send(sqs, url, "x")
    within = sqs.bodies(url)
    sqs.advance(0.001)
    send(sqs, url, "x")

    assert within == []
    assert sqs.bodies(url) == ["x"]


def test_content_based_deduplication_looks_at_the_body_only(sqs):
    url = sqs.fifo_url(ContentBasedDeduplication="true")
    attribute = {"a": {"DataType": "String", "StringValue": "x"}}

    sqs.send(url, "same", MessageGroupId="g")
    sqs.send(url, "same", MessageGroupId="g", MessageAttributes=attribute)
    sqs.send(url, "other", MessageGroupId="g")

    assert sqs.bodies(url) == ["same", "other"]


def test_an_explicit_id_and_a_content_hash_share_one_namespace(sqs):
    url = sqs.fifo_url(ContentBasedDeduplication="true")

    sqs.send(url, "same", MessageGroupId="g")
    sqs.send(url, "else", MessageGroupId="g", MessageDeduplicationId=hashlib.sha256(b"same").hexdigest())
    sqs.send(url, "same", MessageGroupId="g", MessageDeduplicationId="explicit")

    assert sqs.bodies(url) == ["same", "same"]


@pytest.mark.parametrize(("scope", "bodies"), [("queue", ["a"]), ("messageGroup", ["a", "b"])])
def test_deduplication_holds_in_the_queue_or_in_each_group(sqs, scope, bodies):
    url = sqs.fifo_url(DeduplicationScope=scope)

    send(sqs, url, "a", "group-1", MessageDeduplicationId="same")
    send(sqs, url, "b", "group-2", MessageDeduplicationId="same")

    assert sqs.bodies(url) == bodies


def test_sequence_numbers_have_twenty_digits_and_grow(sqs):
    url = sqs.fifo_url()

    numbers = [send(sqs, url, body)["SequenceNumber"] for body in "abcde"]

    assert [len(number) for number in numbers] == [20] * 5
    assert numbers == sorted(set(numbers))


def test_a_received_message_tells_group_deduplication_id_and_sequence_number(sqs):
    url = sqs.fifo_url()
    sent = send(sqs, url, "x", "customer-9")

    [message] = sqs.receive(url)

    assert message["Attributes"]["MessageGroupId"] == "customer-9"
    assert message["Attributes"]["MessageDeduplicationId"] == "x"
    assert message["Attributes"]["SequenceNumber"] == sent["SequenceNumber"]


def test_an_expired_receipt_handle_is_refused(sqs):
    url = sqs.fifo_url(VisibilityTimeout="10")
    send(sqs, url, "x")
    [message] = sqs.receive(url)
    sqs.advance(10)

    with pytest.raises(ClientError, match="The receipt handle has expired") as raised:
        sqs.delete(url, message)

    assert raised.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert len(sqs.receive(url)) == 1


def test_deleting_twice_succeeds_on_a_fifo_queue_too(sqs):
    url = sqs.fifo_url()
    send(sqs, url, "x")
    [message] = sqs.receive(url)

    sqs.delete(url, message)
    sqs.delete(url, message)

    assert sqs.service.queue("orders.fifo").counts() == (0, 0, 0)


def test_a_receive_is_repeated_by_its_attempt_id(sqs):
    url = sqs.fifo_url(VisibilityTimeout="30")
    send(sqs, url, "x")
    first = sqs.receive(url, ReceiveRequestAttemptId="try-1")
    sqs.advance(20)

    again = sqs.receive(url, ReceiveRequestAttemptId="try-1")
    sqs.advance(29)
    hidden = sqs.receive(url)

    assert again == first
    assert hidden == []


def test_an_attempt_whose_message_was_deleted_is_a_new_receive(sqs):
    url = sqs.fifo_url()
    send(sqs, url, "a")
    send(sqs, url, "b")
    [first] = sqs.receive(url, MaxNumberOfMessages=1, ReceiveRequestAttemptId="try-1")
    sqs.delete(url, first)

    assert sqs.bodies(url, ReceiveRequestAttemptId="try-1") == ["b"]


def test_the_in_flight_limit_is_no_error_on_a_fifo_queue(sqs, monkeypatch):
    """Source: AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (120,000 on AWS; 1 here)."""
    monkeypatch.setattr("harness.cloud.engines.sqs.quotas.IN_FLIGHT_MESSAGES", 1)
    url = sqs.fifo_url()
    send(sqs, url, "a1", "a")
    send(sqs, url, "b1", "b")

    first, second = sqs.bodies(url), sqs.bodies(url)

    assert (first, second) == (["a1"], [])


def test_a_busy_group_does_not_starve_the_others(sqs):
    url = sqs.fifo_url()
    for body in ("a1", "a2", "a3", "b1"):
        send(sqs, url, body, body[0])
    [first] = sqs.receive(url, MaxNumberOfMessages=1)
    sqs.delete(url, first)

    assert sqs.bodies(url, MaxNumberOfMessages=1) == ["b1"]
