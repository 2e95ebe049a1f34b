"""How a message reaches a subscriber: in no order, tried again, then given up."""

import itertools

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sns.delivery import FASTEST_MS, SLOWEST_MS
from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.records import (
    NotificationDelivered,
    NotificationDropped,
    NotificationFailed,
    NotificationMovedToDeadLetterQueue,
)
from harness.cloud.engines.sns.retry_policy import AWS_MANAGED
from harness.faults.topics import PublishRefused, SubscriberDown, TopicDelay, TopicDuplicate
from harness.tests.cloud.sns.conftest import SimulatedSns, string

TROUBLE = DeliveryError("InternalError", retriable=True)


def test_every_subscriber_gets_every_message(sns: SimulatedSns) -> None:
    topic, first, second = sns.topic(), sns.queue("first"), sns.queue("second")
    sns.subscribe(topic, first, RawMessageDelivery="true")
    sns.subscribe(topic, second, RawMessageDelivery="true")
    sns.function(topic)

    sns.publish(topic, "a")

    assert (sns.bodies(first), sns.bodies(second), sns.functions.texts) == (["a"], ["a"], ["a"])


def test_a_later_message_may_overtake(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)
    texts = [f"{each:02d}" for each in range(20)]

    for text in texts:
        sns.client.publish(TopicArn=topic, Message=text)
    sns.settle()

    assert sorted(sns.functions.texts) == texts
    assert sns.functions.texts != texts


def test_a_delivery_takes_its_time(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)

    for _ in range(20):
        sns.client.publish(TopicArn=topic, Message="a")
    sns.settle()

    arrived_ms = [at_ms for at_ms, _ in sns.functions.taken]
    assert min(arrived_ms) >= FASTEST_MS
    assert max(arrived_ms) <= SLOWEST_MS


def test_the_same_seed_gives_the_same_deliveries() -> None:
    def run(seed: int) -> list[float]:
        sns = SimulatedSns(seed)
        topic = sns.topic()
        sns.function(topic)
        for _ in range(5):
            sns.client.publish(TopicArn=topic, Message="a")
        sns.settle()
        return [at_ms for at_ms, _ in sns.functions.taken]

    assert run(7) == run(7) != run(8)


def test_a_service_in_trouble_is_tried_again_at_once_soon_and_ever_later(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)
    sns.functions.failures = [TROUBLE] * 20

    sns.publish(topic, "a")

    tried_ms = sns.functions.tried_ms
    pauses_s = [(after - before) / 1000 for before, after in itertools.pairwise(tried_ms)]
    assert all(pause < 0.05 for pause in pauses_s[:3])
    assert all(0.9 < pause < 1.2 for pause in pauses_s[3:6])
    assert pauses_s[5] < pauses_s[9] < pauses_s[11] < pauses_s[14]
    assert all(18 < pause < 22.1 for pause in pauses_s[15:])
    assert sns.functions.texts == ["a"]


def test_retries_are_a_hundred_thousand_and_fifteen_over_twenty_three_days() -> None:
    delays_s = list(AWS_MANAGED.delays_s())

    assert len(delays_s) == 100_015
    assert 23 <= sum(delays_s) / 86_400 < 24


def test_a_queue_that_does_not_let_the_topic_in_gets_nothing_and_is_not_tried_again(sns: SimulatedSns) -> None:
    topic, queue, dead = sns.topic(), sns.queue(), sns.queue("dead")
    sns.subscribe(topic, queue, RedrivePolicy={"deadLetterTargetArn": dead})
    sns.forbidden.add(queue)

    sns.publish(topic, "a")

    failed = sns.records(NotificationFailed)
    assert [(one.attempt, one.retriable) for one in failed] == [(1, False)]
    assert failed[0].reason.startswith("AccessDenied: the policy of queue inbox does not let sns.amazonaws.com send")
    assert sns.bodies(queue) == []
    assert '"Message" : "a"' in sns.bodies(dead)[0]
    assert [one.dead_letter_queue for one in sns.records(NotificationMovedToDeadLetterQueue)] == ["dead"]


def test_what_a_deleted_queue_misses_is_lost_without_a_dead_letter_queue(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.subscribe(topic, "arn:aws:sqs:eu-west-1:123456789012:gone")

    sns.publish(topic, "a")

    assert "NonExistentQueue" in sns.records(NotificationDropped)[0].reason


def test_a_dead_letter_queue_must_let_the_topic_in_too(sns: SimulatedSns) -> None:
    topic, queue, dead = sns.topic(), sns.queue(), sns.queue("dead")
    sns.subscribe(topic, queue, RedrivePolicy={"deadLetterTargetArn": dead})
    sns.forbidden.update({queue, dead})

    sns.publish(topic, "a")

    assert sns.bodies(dead) == []
    assert "the policy of queue dead does not let" in sns.records(NotificationDropped)[0].reason


def test_a_raw_message_is_raw_in_the_dead_letter_queue(sns: SimulatedSns) -> None:
    topic, queue, dead = sns.topic(), sns.queue(), sns.queue("dead")
    sns.subscribe(topic, queue, RawMessageDelivery="true", RedrivePolicy={"deadLetterTargetArn": dead})
    sns.forbidden.add(queue)

    sns.publish(topic, "a", MessageAttributes={"kind": string("x")})

    received = sns.run(sns.sqs.queue_by_arn(dead).receive(max_messages=1, wait_s=0, receiver="test"))[0]
    assert (received.body, received.message_attributes["kind"].string_value) == ("a", "x")


def test_a_message_under_way_ends_with_its_subscription(sns: SimulatedSns) -> None:
    topic = sns.topic()
    subscription = sns.function(topic)

    sns.client.publish(TopicArn=topic, Message="a")
    sns.client.unsubscribe(SubscriptionArn=subscription)
    sns.settle()

    assert sns.functions.texts == []


def test_who_subscribes_later_gets_later_messages_only(sns: SimulatedSns) -> None:
    topic = sns.topic()

    sns.publish(topic, "before")
    sns.function(topic)
    sns.publish(topic, "after")

    assert sns.functions.texts == ["after"]


# ---- faults --------------------------------------------------------------------------------------


def test_a_duplicate_comes_again_with_the_same_message_id(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)
    sns.simulation.faults.inject(TopicDuplicate(topic="orders", subscriber="worker", after_ms=(0, 300_000)))

    message_id = sns.publish(topic, "a")["MessageId"]

    times_ms = [at_ms for at_ms, _ in sns.functions.taken]
    assert [message.message_id for _, message in sns.functions.taken] == [message_id] * 3
    assert [round(at_ms - times_ms[0]) for at_ms in times_ms] == [0, 0, 300_000]
    assert [one.again for one in sns.records(NotificationDelivered)] == [False, True, True]


def test_a_delay_holds_back_only_what_it_is_about(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue)
    sns.function(topic)
    sns.simulation.faults.inject(TopicDelay(subscriber="worker", containing="slow", at_least_ms=5000, at_most_ms=5000))

    sns.publish(topic, "slow")
    sns.publish(topic, "fast")

    slow_ms, fast_ms = (at_ms for at_ms, _ in sns.functions.taken)
    assert slow_ms > 5000
    assert fast_ms - slow_ms < 50
    assert sns.records(NotificationDelivered)[0].subscriber == "inbox"


def test_a_subscriber_that_is_down_for_a_while_misses_nothing(sns: SimulatedSns) -> None:
    topic, queue = sns.topic(), sns.queue()
    sns.subscribe(topic, queue, RawMessageDelivery="true")
    sns.simulation.faults.inject(SubscriberDown(subscriber="inbox", until_ms=900_000))

    sns.publish(topic, "a")

    assert sns.bodies(queue) == ["a"]
    assert 900_000 <= sns.records(NotificationDelivered)[0].at_ms < 923_000


def test_a_refused_publish_raises_and_nothing_is_taken_in(sns: SimulatedSns) -> None:
    topic = sns.topic()
    sns.function(topic)
    sns.simulation.faults.inject(PublishRefused(topic="orders", containing="odd"))

    with pytest.raises(ClientError) as caught:
        sns.client.publish(TopicArn=topic, Message="odd")
    sns.publish(topic, "even")

    assert caught.value.response["Error"]["Code"] == "Throttling"
    assert sns.functions.texts == ["even"]
