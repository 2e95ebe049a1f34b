"""Visibility timeouts, delays and retention, through boto3.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
"""

import pytest
from botocore.exceptions import ClientError

from harness.cloud.engines.sqs.records import MessageExpired


def change(sqs, url, message, seconds):
    sqs.client.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
    )


def test_a_message_in_flight_is_hidden_until_its_visibility_timeout_ends(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    sqs.receive(url)

    sqs.advance(29.999)
    before = sqs.receive(url)
    sqs.advance(0.001)
    after = sqs.receive(url)

    assert [len(before), len(after)] == [0, 1]


def test_the_queue_sets_the_visibility_timeout_and_a_receive_may_set_its_own(sqs):
    url = sqs.queue_url(VisibilityTimeout="60")
    sqs.send(url)
    sqs.receive(url, VisibilityTimeout=5)

    sqs.advance(5)
    second = sqs.receive(url)
    sqs.advance(59)
    still_hidden = sqs.receive(url)

    assert [len(second), len(still_hidden)] == [1, 0]


def test_a_visibility_timeout_of_zero_leaves_the_message_visible(sqs):
    url = sqs.queue_url()
    sqs.send(url)

    sqs.receive(url, VisibilityTimeout=0)

    assert len(sqs.receive(url)) == 1


def test_a_change_of_visibility_counts_from_the_call(sqs):
    url = sqs.queue_url(VisibilityTimeout="30")
    sqs.send(url)
    [message] = sqs.receive(url)
    sqs.advance(20)

    change(sqs, url, message, 100)
    sqs.advance(99.999)
    before = sqs.receive(url)
    sqs.advance(0.001)

    assert before == []
    assert len(sqs.receive(url)) == 1


def test_a_change_to_zero_makes_the_message_visible_at_once(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)

    change(sqs, url, message, 0)

    assert len(sqs.receive(url)) == 1


def test_a_change_applies_to_this_receive_only(sqs):
    url = sqs.queue_url(VisibilityTimeout="30")
    sqs.send(url)
    [message] = sqs.receive(url)
    change(sqs, url, message, 1)
    sqs.advance(1)

    sqs.receive(url)
    sqs.advance(29)

    assert sqs.receive(url) == []


def test_a_message_stays_in_flight_for_twelve_hours_in_all(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)
    sqs.advance(10)

    with pytest.raises(ClientError, match="beyond the limit") as raised:
        change(sqs, url, message, 43_200)
    change(sqs, url, message, 43_190)

    assert raised.value.response["Error"]["Code"] == "InvalidParameterValue"


def test_the_visibility_of_a_message_that_is_not_in_flight_cannot_be_changed(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url, VisibilityTimeout=1)
    sqs.advance(1)

    with pytest.raises(sqs.client.exceptions.MessageNotInflight):
        change(sqs, url, message, 10)


def test_the_visibility_of_a_deleted_message_cannot_be_changed(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [message] = sqs.receive(url)
    sqs.delete(url, message)

    with pytest.raises(ClientError, match="Message does not exist or is not available for visibility timeout change"):
        change(sqs, url, message, 10)


def test_an_older_receipt_handle_does_not_change_the_visibility_of_a_newer_receive(sqs):
    url = sqs.queue_url()
    sqs.send(url)
    [old] = sqs.receive(url, VisibilityTimeout=1)
    sqs.advance(1)
    sqs.receive(url)

    with pytest.raises(sqs.client.exceptions.MessageNotInflight):
        change(sqs, url, old, 0)

    assert sqs.receive(url) == []


def test_a_delayed_message_appears_when_its_delay_is_over(sqs):
    url = sqs.queue_url(DelaySeconds="10")
    sqs.send(url, "queue's delay")
    sqs.send(url, "own delay", DelaySeconds=20)
    sqs.send(url, "no delay", DelaySeconds=0)

    at_once = sqs.bodies(url)
    sqs.advance(10)
    after_ten = sqs.bodies(url)
    sqs.advance(10)
    after_twenty = sqs.bodies(url)

    assert (at_once, after_ten, after_twenty) == (["no delay"], ["queue's delay"], ["own delay"])


def test_a_message_expires_when_its_retention_ends_even_in_flight(sqs):
    """Source: AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (MessageRetentionPeriod)."""
    url = sqs.queue_url(MessageRetentionPeriod="60", VisibilityTimeout="10")
    sent = sqs.send(url)
    sqs.advance(55)
    sqs.receive(url)

    sqs.advance(5)
    counts = sqs.service.queue("orders").counts()
    sqs.advance(60)

    assert counts == (0, 0, 0)
    assert sqs.receive(url) == []
    assert [(record.message_id, record.expired_ms) for record in sqs.records(MessageExpired)] == [
        (sent["MessageId"], 60_000)
    ]


def test_an_expired_message_does_not_hide_the_ones_behind_it(sqs):
    url = sqs.queue_url(MessageRetentionPeriod="60")
    sqs.send(url, "old")
    sqs.advance(30)
    sqs.send(url, "young")
    sqs.advance(30)

    assert sqs.bodies(url) == ["young"]


def test_a_longer_retention_saves_what_has_not_expired_yet(sqs):
    url = sqs.queue_url(MessageRetentionPeriod="60")
    sqs.send(url, "saved")
    sqs.advance(59)

    sqs.client.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "120"})
    sqs.advance(60)

    assert sqs.bodies(url) == ["saved"]


def test_the_in_flight_limit_is_an_error_on_a_standard_queue(sqs, monkeypatch):
    """Source: AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html (120,000 on AWS; 2 here)."""
    monkeypatch.setattr("harness.cloud.engines.sqs.quotas.IN_FLIGHT_MESSAGES", 2)
    url = sqs.queue_url()
    for _ in range(3):
        sqs.send(url)

    received = sqs.receive(url)

    assert len(received) == 2
    with pytest.raises(sqs.client.exceptions.OverLimit, match="in flight"):
        sqs.receive(url)
