"""FIFO topics: order, deduplication, sequence numbers."""

import json

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sns.records import PublishDeduplicated
from harness.faults.topics import SubscriberDown, TopicDelay, TopicDuplicate
from harness.tests.cloud.sns.conftest import SimulatedSns

GROUP = {"MessageGroupId": "g"}


def _fifo(sns: SimulatedSns, queue: str = "inbox.fifo", **attributes: str) -> tuple[str, str]:
    """A topic with content-based deduplication, and a queue that gets raw messages."""
    topic = sns.topic("orders.fifo", **{"ContentBasedDeduplication": "true", **attributes})
    arn = sns.queue(queue)
    sns.subscribe(topic, arn, RawMessageDelivery="true")
    return topic, arn


def test_messages_of_a_group_arrive_in_the_order_of_their_publishes(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)
    texts = [f"{each:02d}" for each in range(30)]

    for text in texts:
        sns.client.publish(TopicArn=topic, Message=text, **GROUP)
    sns.settle()

    assert sns.bodies(queue) == texts


def test_a_message_that_is_tried_again_holds_up_its_group_and_no_other(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)
    sns.simulation.faults.inject(SubscriberDown(containing="a1", until_ms=10_000))

    for group, text in (("a", "a1"), ("a", "a2"), ("b", "b1")):
        sns.client.publish(TopicArn=topic, Message=text, MessageGroupId=group)
    sns.settle()

    assert sns.bodies(queue) == ["b1", "a1", "a2"]


def test_a_delay_keeps_the_order_of_a_group(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)
    sns.simulation.faults.inject(TopicDelay(at_most_ms=60_000))

    for each in range(5):
        sns.client.publish(TopicArn=topic, Message=str(each), **GROUP)
    sns.settle()

    assert sns.bodies(queue) == ["0", "1", "2", "3", "4"]


def test_a_repeat_within_five_minutes_is_answered_and_not_delivered(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)

    first = sns.publish(topic, "same", **GROUP)
    sns.simulation.advance(299)
    again = sns.publish(topic, "same", **GROUP)

    assert again["MessageId"] == first["MessageId"]
    assert again["SequenceNumber"] == first["SequenceNumber"]
    assert len(sns.records(PublishDeduplicated)) == 1
    assert sns.bodies(queue) == ["same"]


def test_after_five_minutes_a_repeat_is_a_message_of_its_own(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)

    sns.publish(topic, "same", **GROUP)
    sns.simulation.advance(301)
    sns.publish(topic, "same", **GROUP)

    assert sns.bodies(queue) == ["same", "same"]


def test_an_explicit_id_decides_and_not_the_text(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)

    for text, id_ in (("a", "1"), ("b", "1"), ("a", "2")):
        sns.publish(topic, text, MessageDeduplicationId=id_, **GROUP)

    assert sns.bodies(queue) == ["a", "a"]


def test_attributes_do_not_make_a_message_another(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)

    for value in "xy":
        attributes = {"a": {"DataType": "String", "StringValue": value}}
        sns.publish(topic, "same", MessageAttributes=attributes, **GROUP)

    assert sns.bodies(queue) == ["same"]


@pytest.mark.parametrize(("scope", "delivered"), [("Topic", 1), ("MessageGroup", 2)])
def test_deduplication_reaches_as_far_as_its_scope(sns: SimulatedSns, scope: str, delivered: int) -> None:
    topic = sns.topic("orders.fifo", ContentBasedDeduplication="true", FifoThroughputScope=scope)
    queue = sns.queue("plain")
    sns.subscribe(topic, queue, RawMessageDelivery="true")

    for group in "ab":
        sns.publish(topic, "same", MessageGroupId=group)

    assert sns.bodies(queue) == ["same"] * delivered


def test_sequence_numbers_have_twenty_digits_and_rise(sns: SimulatedSns) -> None:
    topic, _ = _fifo(sns)

    numbers = [sns.publish(topic, text, **GROUP)["SequenceNumber"] for text in "abc"]

    assert [len(number) for number in numbers] == [20, 20, 20]
    assert numbers == sorted(set(numbers))


def test_the_envelope_has_the_sequence_number_and_no_signature(sns: SimulatedSns) -> None:
    topic = sns.topic("orders.fifo", ContentBasedDeduplication="true")
    queue = sns.queue("inbox.fifo")
    sns.subscribe(topic, queue)

    number = sns.publish(topic, **GROUP)["SequenceNumber"]

    content = json.loads(sns.bodies(queue)[0])
    assert content["SequenceNumber"] == number
    assert content.keys().isdisjoint({"Signature", "SignatureVersion", "SigningCertURL"})


def test_a_queue_gets_group_and_deduplication_id(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)

    sns.publish(topic, MessageDeduplicationId="d-1", **GROUP)

    received = sns.run(sns.sqs.queue_by_arn(queue).receive(max_messages=1, wait_s=0, receiver="test"))[0]
    assert received.attributes["MessageGroupId"] == "g"
    assert received.attributes["MessageDeduplicationId"] == "d-1"


def test_a_standard_queue_may_listen_to_a_fifo_topic(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns, "plain")

    sns.publish(topic, "a", **GROUP)

    assert sns.bodies(queue) == ["a"]


def test_a_fifo_queue_takes_no_copy_of_a_message(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)
    sns.simulation.faults.inject(TopicDuplicate(after_ms=(0, 1000)))

    sns.publish(topic, "a", **GROUP)

    assert sns.bodies(queue) == ["a"]


def test_what_cannot_be_delivered_goes_to_a_fifo_dead_letter_queue_in_order(sns: SimulatedSns) -> None:
    topic = sns.topic("orders.fifo", ContentBasedDeduplication="true")
    queue, dead = sns.queue("inbox.fifo"), sns.queue("dead.fifo")
    sns.subscribe(topic, queue, RawMessageDelivery="true", RedrivePolicy={"deadLetterTargetArn": dead})
    sns.forbidden.add(queue)

    for text in "abc":
        sns.client.publish(TopicArn=topic, Message=text, **GROUP)
    sns.settle()

    assert sns.bodies(dead) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "The MessageGroupId parameter is required for FIFO topics"),
        ({"MessageGroupId": "g"}, "should either have ContentBasedDeduplication enabled or MessageDeduplicationId"),
    ],
)
def test_a_fifo_topic_needs_group_and_deduplication(
    sns: SimulatedSns, parameters: dict[str, str], message: str
) -> None:
    topic = sns.topic("orders.fifo")

    with pytest.raises(ClientError, match=message):
        sns.client.publish(TopicArn=topic, Message="x", **parameters)


def test_the_kinds_of_topics_queues_and_dead_letter_queues_belong_together(sns: SimulatedSns) -> None:
    fifo, standard = sns.topic("orders.fifo"), sns.topic("orders")
    fifo_queue, queue = sns.queue("inbox.fifo"), sns.queue("inbox")

    with pytest.raises(ClientError, match="FIFO SQS Queues can not be subscribed to standard SNS topics"):
        sns.subscribe(standard, fifo_queue)
    with pytest.raises(ClientError, match="Please use an SQS queue with a FIFO topic"):
        sns.function(fifo)
    with pytest.raises(ClientError, match="must use a FIFO queue as DLQ for a FIFO topic"):
        sns.subscribe(fifo, fifo_queue, RedrivePolicy={"deadLetterTargetArn": queue})
    with pytest.raises(ClientError, match="must use a standard queue as DLQ for a standard topic"):
        sns.subscribe(standard, queue, RedrivePolicy={"deadLetterTargetArn": fifo_queue})


def test_a_group_id_on_a_standard_topic_reaches_a_standard_queue(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue)

    sns.publish(topic, MessageGroupId="tenant-7")

    assert sns.sqs.queue_by_arn(queue).messages()[0].group_id == "tenant-7"


def test_an_error_that_is_the_topics_own_frees_the_group_at_once(sns: SimulatedSns) -> None:
    topic, queue = _fifo(sns)
    other = sns.queue("other.fifo")
    sns.subscribe(topic, other, RawMessageDelivery="true")
    sns.forbidden.add(queue)

    sns.publish(topic, "a", **GROUP)
    sns.forbidden.clear()
    sns.publish(topic, "b", **GROUP)

    assert (sns.bodies(queue), sns.bodies(other)) == (["b"], ["a", "b"])
