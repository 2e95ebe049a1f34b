"""Dead-letter queues and the way back, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

import json

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sqs.records import (
    MessageArrived,
    MessageExpired,
    MessageMovedToDeadLetterQueue,
    MessageRedriven,
)

ARN = "arn:aws:sqs:eu-central-1:123456789012:"


def policy(target="dead", count=2):
    return json.dumps({"deadLetterTargetArn": ARN + target, "maxReceiveCount": count})


def source_and_dead(sqs, count=2, **attributes):
    dead = sqs.queue_url("dead", **attributes)
    source = sqs.queue_url("orders", VisibilityTimeout="10", RedrivePolicy=policy(count=count))
    return source, dead


def fail(sqs, url, times):
    for _ in range(times):
        sqs.receive(url)
        sqs.advance(10)


def dead_letters(sqs, source, *bodies):
    """Sends messages and lets them fail until they are in the dead-letter queue."""
    for body in bodies:
        sqs.send(source, body)
    fail(sqs, source, 3)


def test_the_receive_that_would_exceed_the_count_moves_the_message_instead(sqs):
    source, dead = source_and_dead(sqs, count=2)
    sqs.send(source, "poison")
    fail(sqs, source, 2)
    still_there = sqs.service.queue("orders").counts()

    third = sqs.receive(source)

    assert still_there == (1, 0, 0)
    assert third == []
    assert sqs.bodies(dead) == ["poison"]


def test_a_move_keeps_id_count_and_send_time_and_names_the_source(sqs):
    source, dead = source_and_dead(sqs, count=2)
    sent = sqs.send(source, "poison")
    fail(sqs, source, 3)

    [message] = sqs.receive(dead)

    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "3"
    assert message["Attributes"]["SentTimestamp"] == "1767603600000"
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == ARN + "orders"


def test_the_trace_tells_of_the_move(sqs):
    source, _ = source_and_dead(sqs, count=2)
    sqs.send(source, "poison")
    fail(sqs, source, 3)

    [moved] = sqs.records(MessageMovedToDeadLetterQueue)

    assert (moved.queue, moved.dead_letter_queue, moved.receive_count, moved.at_ms) == ("orders", "dead", 2, 20_000)
    assert [(record.queue, record.source) for record in sqs.records(MessageArrived)] == [
        ("orders", "send"),
        ("dead", "redrive"),
    ]


def test_a_poison_message_does_not_cost_the_receive_a_place(sqs):
    source, _ = source_and_dead(sqs, count=1)
    sqs.send(source, "poison")
    fail(sqs, source, 1)
    sqs.send(source, "good")

    assert sqs.bodies(source, MaxNumberOfMessages=1) == ["good"]


def test_retention_in_a_dead_letter_queue_counts_from_the_original_send(sqs):
    source, dead = source_and_dead(sqs, count=2, MessageRetentionPeriod="60")
    sqs.send(source, "poison")
    fail(sqs, source, 3)

    sqs.advance(29.999)
    before = len(sqs.receive(dead, VisibilityTimeout=0))
    sqs.advance(0.001)

    assert before == 1
    assert sqs.receive(dead) == []
    assert [record.queue for record in sqs.records(MessageExpired)] == ["dead"]


def test_a_fifo_dead_letter_queue_resets_the_send_time_and_the_deduplication_id(sqs):
    dead = sqs.fifo_url("dead.fifo")
    source = sqs.fifo_url("orders.fifo", VisibilityTimeout="10", RedrivePolicy=policy("dead.fifo", 1))
    sent = sqs.send(source, "poison", MessageGroupId="g", MessageDeduplicationId="order-1")
    fail(sqs, source, 2)

    [message] = sqs.receive(dead)

    assert message["Attributes"]["SentTimestamp"] == "1767603610000"
    assert message["Attributes"]["MessageGroupId"] == "g"
    assert message["Attributes"]["MessageDeduplicationId"] == sent["MessageId"]


def test_a_group_goes_on_when_its_poison_message_is_moved(sqs):
    sqs.fifo_url("dead.fifo")
    source = sqs.fifo_url("orders.fifo", VisibilityTimeout="10", RedrivePolicy=policy("dead.fifo", 1))
    sqs.send(source, "poison", MessageGroupId="g", MessageDeduplicationId="1")
    fail(sqs, source, 1)
    sqs.send(source, "next", MessageGroupId="g", MessageDeduplicationId="2")

    assert sqs.bodies(source) == ["next"]


def test_without_its_dead_letter_queue_a_message_goes_on_being_received(sqs):
    source, dead = source_and_dead(sqs, count=1)
    sqs.send(source, "poison")
    sqs.client.delete_queue(QueueUrl=dead)
    fail(sqs, source, 3)

    assert sqs.bodies(source) == ["poison"]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("not json", "not a valid JSON map"),
        ("{}", "does not contain mandatory attribute: deadLetterTargetArn"),
        (policy(count=0), "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000"),
        (policy(count=1001), "Invalid value for maxReceiveCount: 1001"),
        (policy(count="many"), "Invalid value for maxReceiveCount: many"),
        (policy("nowhere"), "Dead letter target does not exist"),
        (policy("dead.fifo"), "Dead-letter queue must be same type of queue as the source"),
    ],
)
def test_a_redrive_policy_that_cannot_work_is_refused(sqs, value, complaint):
    sqs.queue_url("dead")
    sqs.fifo_url("dead.fifo")

    with pytest.raises(ClientError, match=complaint) as raised:
        sqs.queue_url("orders", RedrivePolicy=value)

    assert raised.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_max_receive_count_may_be_a_string_and_defaults_to_ten(sqs):
    """CloudFormation sends it as it is written."""
    sqs.queue_url("dead")
    sqs.queue_url("one", RedrivePolicy=policy(count="3"))
    sqs.queue_url("two", RedrivePolicy=json.dumps({"deadLetterTargetArn": ARN + "dead"}))

    counts = [sqs.service.queue(name).settings.redrive.max_receive_count for name in ("one", "two")]

    assert counts == [3, 10]


def test_an_empty_redrive_policy_removes_it(sqs):
    source, _ = source_and_dead(sqs)

    sqs.client.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": ""})

    assert sqs.service.queue("orders").dead_letter_queue is None


@pytest.mark.parametrize(
    "allow",
    [
        {"redrivePermission": "allowAll"},
        {"redrivePermission": "byQueue", "sourceQueueArns": [ARN + "orders"]},
    ],
)
def test_a_redrive_allow_policy_lets_a_source_in(sqs, allow):
    sqs.queue_url("dead", RedriveAllowPolicy=json.dumps(allow))
    source = sqs.queue_url("orders")

    sqs.client.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": policy()})

    assert sqs.service.queue("orders").dead_letter_queue is sqs.service.queue("dead")


@pytest.mark.parametrize(
    "allow",
    [
        {"redrivePermission": "denyAll"},
        {"redrivePermission": "byQueue", "sourceQueueArns": [ARN + "returns"]},
    ],
)
def test_a_redrive_allow_policy_keeps_a_source_out(sqs, allow):
    sqs.queue_url("dead", RedriveAllowPolicy=json.dumps(allow))
    source = sqs.queue_url("orders")

    with pytest.raises(ClientError, match="does not allow this source queue"):
        sqs.client.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": policy()})

    assert sqs.service.queue("orders").dead_letter_queue is None


@pytest.mark.parametrize(
    "value",
    [
        {"redrivePermission": "sometimes"},
        {"redrivePermission": "byQueue"},
        {"redrivePermission": "byQueue", "sourceQueueArns": ["x"] * 11},
        {"redrivePermission": "denyAll", "sourceQueueArns": ["x"]},
    ],
)
def test_a_redrive_allow_policy_that_makes_no_sense_is_refused(sqs, value):
    with pytest.raises(ClientError, match="for parameter RedriveAllowPolicy is invalid"):
        sqs.queue_url("dead", RedriveAllowPolicy=json.dumps(value))


def test_the_sources_of_a_dead_letter_queue_are_listed(sqs):
    source, dead = source_and_dead(sqs)
    sqs.queue_url("other")

    assert sqs.client.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [source]


def test_a_move_task_brings_messages_back_to_their_source_as_new_ones(sqs):
    source, dead = source_and_dead(sqs)
    dead_letters(sqs, source, "a", "b")
    old_ids = {message.message_id for message in sqs.service.queue("dead").messages()}

    sqs.client.start_message_move_task(SourceArn=ARN + "dead")
    sqs.advance(1)
    back = sqs.receive(source)

    assert [message["Body"] for message in back] == ["a", "b"]
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in back] == ["1", "1"]
    assert [message["Attributes"]["SentTimestamp"] for message in back] == ["1767603630000"] * 2
    assert old_ids.isdisjoint(message["MessageId"] for message in back)
    assert sqs.receive(dead) == []
    assert {record.message_id for record in sqs.records(MessageRedriven)} == old_ids


def test_a_move_task_may_have_another_destination(sqs):
    source, _ = source_and_dead(sqs)
    other = sqs.queue_url("other")
    dead_letters(sqs, source, "a")

    sqs.client.start_message_move_task(SourceArn=ARN + "dead", DestinationArn=ARN + "other")
    sqs.advance(1)

    assert sqs.bodies(other) == ["a"]


def test_a_move_task_keeps_to_its_rate(sqs):
    source, _ = source_and_dead(sqs)
    dead_letters(sqs, source, "a", "b", "c")

    sqs.client.start_message_move_task(SourceArn=ARN + "dead", MaxNumberOfMessagesPerSecond=1)
    sqs.advance(1.5)
    [running] = sqs.client.list_message_move_tasks(SourceArn=ARN + "dead")["Results"]
    sqs.advance(1)
    [ended] = sqs.client.list_message_move_tasks(SourceArn=ARN + "dead")["Results"]

    assert (running["Status"], running["ApproximateNumberOfMessagesMoved"]) == ("RUNNING", 2)
    assert running["ApproximateNumberOfMessagesToMove"] == 3
    assert running["MaxNumberOfMessagesPerSecond"] == 1
    assert (ended["Status"], ended["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 3)
    assert "TaskHandle" not in ended


def test_a_cancelled_move_task_leaves_the_rest_where_it_is(sqs):
    source, _ = source_and_dead(sqs)
    dead_letters(sqs, source, "a", "b", "c")
    task = sqs.client.start_message_move_task(SourceArn=ARN + "dead", MaxNumberOfMessagesPerSecond=1)
    sqs.advance(0.5)

    reply = sqs.client.cancel_message_move_task(TaskHandle=task["TaskHandle"])
    sqs.advance(10)
    [shown] = sqs.client.list_message_move_tasks(SourceArn=ARN + "dead")["Results"]

    assert reply["ApproximateNumberOfMessagesMoved"] == 1
    assert shown["Status"] == "CANCELLED"
    assert sqs.service.queue("dead").counts().visible == 2
    with pytest.raises(sqs.client.exceptions.ResourceNotFoundException):
        sqs.client.cancel_message_move_task(TaskHandle=task["TaskHandle"])


def test_a_move_task_fails_on_a_message_that_was_sent_to_the_dead_letter_queue_itself(sqs):
    _, dead = source_and_dead(sqs)
    sqs.send(dead, "homeless")

    sqs.client.start_message_move_task(SourceArn=ARN + "dead")
    sqs.advance(1)
    [shown] = sqs.client.list_message_move_tasks(SourceArn=ARN + "dead")["Results"]

    assert (shown["Status"], shown["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert sqs.bodies(dead) == ["homeless"]


def test_only_one_move_task_runs_at_a_queue(sqs):
    source, _ = source_and_dead(sqs)
    dead_letters(sqs, source, "a", "b")
    sqs.client.start_message_move_task(SourceArn=ARN + "dead", MaxNumberOfMessagesPerSecond=1)

    with pytest.raises(ClientError, match="There is already a task running"):
        sqs.client.start_message_move_task(SourceArn=ARN + "dead")


def test_a_move_task_starts_at_a_dead_letter_queue_only(sqs):
    sqs.queue_url("orders")

    with pytest.raises(ClientError, match="Source queue must be configured as a Dead Letter Queue"):
        sqs.client.start_message_move_task(SourceArn=ARN + "orders")
    with pytest.raises(sqs.client.exceptions.ResourceNotFoundException, match="SourceArn parameter doesn't exist"):
        sqs.client.start_message_move_task(SourceArn=ARN + "nowhere")
