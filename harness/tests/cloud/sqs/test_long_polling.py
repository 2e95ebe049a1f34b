"""Receivers that wait, on the queue itself: who is served, when, and what keeps a simulation alive.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""

import asyncio
import json

import pytest

from harness.cloud.engines.sqs.errors import SqsError
from harness.simulation.loop import NothingLeftToHappen


@pytest.fixture
def queue(sqs):
    """A standard queue with a visibility timeout of 30 s."""
    return sqs.service.create_queue("orders", {})


class Receivers:
    """Receivers that note what they got, and when."""

    def __init__(self, sqs):
        self.sqs = sqs
        self.log = []

    def start(self, queue, name, *, max_messages=10, wait_s=None):
        """Starts one receive as a task of its own."""
        return self.sqs.loop.create_task(self._receive(queue, name, max_messages, wait_s))

    async def _receive(self, queue, name, max_messages, wait_s):
        received = await queue.receive(max_messages=max_messages, wait_s=wait_s, receiver=name)
        self.log.append((self.sqs.loop.time(), name, [message.body for message in received]))


@pytest.fixture
def receivers(sqs):
    """A log of receives."""
    return Receivers(sqs)


def test_a_long_poll_returns_at_the_instant_a_message_arrives(sqs, queue, receivers):
    receivers.start(queue, "r", wait_s=20)
    sqs.advance(3)

    queue.send("hello")
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(3.0, "r", ["hello"])]


def test_a_long_poll_returns_nothing_when_its_time_is_over(sqs, queue, receivers):
    receivers.start(queue, "r", wait_s=20)

    sqs.run(sqs.loop.settled())

    assert receivers.log == [(20.0, "r", [])]


def test_a_long_poll_through_boto3_takes_virtual_time(sqs):
    """Source: AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (WaitTimeSeconds)."""
    url = sqs.queue_url(ReceiveMessageWaitTimeSeconds="7")

    sqs.receive(url)
    after_default = sqs.loop.time()
    sqs.receive(url, WaitTimeSeconds=20)
    after_own = sqs.loop.time()
    sqs.receive(url, WaitTimeSeconds=0)

    assert (after_default, after_own, sqs.loop.time()) == (7.0, 27.0, 27.0)


def test_a_long_poll_sees_a_message_whose_visibility_ends(sqs, queue, receivers):
    queue.send("again")
    sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))
    sqs.advance(15)

    receivers.start(queue, "second", wait_s=20)
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(30.0, "second", ["again"])]


def test_a_long_poll_sees_a_message_whose_delay_ends_with_the_poll(sqs, queue, receivers):
    queue.send("late", delay_s=20)

    receivers.start(queue, "r", wait_s=20)
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(20.0, "r", ["late"])]


def test_messages_due_at_one_instant_are_received_together(sqs, queue, receivers):
    for body in "abc":
        queue.send(body, delay_s=5)
    receivers.start(queue, "r")

    sqs.run(sqs.loop.settled())

    assert receivers.log == [(5.0, "r", ["a", "b", "c"])]


def test_messages_sent_by_several_tasks_at_one_instant_are_received_together(sqs, queue, receivers):
    async def send(body):
        await asyncio.sleep(2)
        queue.send(body)

    receivers.start(queue, "r")
    for body in "abc":
        sqs.loop.create_task(send(body))

    sqs.run(sqs.loop.settled())

    assert receivers.log == [(2.0, "r", ["a", "b", "c"])]


def test_messages_sent_one_after_the_other_at_one_instant_are_received_together(sqs, queue, receivers):
    async def send():
        for body in "abc":
            queue.send(body)
            await asyncio.sleep(0)

    receivers.start(queue, "r")
    sqs.run(asyncio.sleep(2))

    sqs.run(send())
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(2.0, "r", ["a", "b", "c"])]


def test_waiting_receivers_are_served_first_come_first_served(sqs, queue, receivers):
    for name in ("first", "second", "third"):
        receivers.start(queue, name, max_messages=2)
    sqs.advance(1)

    for body in "abc":
        queue.send(body)
    sqs.run(sqs.loop.settled())

    assert receivers.log[:2] == [(1.0, "first", ["a", "b"]), (1.0, "second", ["c"])]
    assert receivers.log[2:] == [(31.0, "third", ["a", "b"])]


def test_a_short_poll_does_not_overtake_a_waiting_receiver(sqs, queue, receivers):
    receivers.start(queue, "waiting")
    sqs.advance(1)
    queue.send("hello")

    short = sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="short"))
    sqs.run(sqs.loop.settled())

    assert short == []
    assert receivers.log == [(1.0, "waiting", ["hello"])]


def test_a_receiver_that_gave_up_takes_nothing(sqs, queue, receivers):
    task = receivers.start(queue, "gone")
    receivers.start(queue, "patient")
    sqs.advance(1)
    task.cancel()

    queue.send("hello")
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(1.0, "patient", ["hello"])]


def test_a_receiver_that_gave_up_leaves_no_timer_behind(sqs, queue, receivers):
    queue.send("hello")
    sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))
    gone = [receivers.start(queue, "gone"), receivers.start(queue, "gone too", wait_s=20)]
    sqs.advance(1)

    for task in gone:
        task.cancel()
    sqs.run(sqs.loop.settled())

    assert sqs.loop.time() == 1.0


def test_a_receiver_that_waits_for_ever_does_not_keep_the_simulation_alive(sqs, queue, receivers):
    task = receivers.start(queue, "r")

    sqs.run(sqs.loop.settled())

    assert sqs.loop.time() == 0.0
    with pytest.raises(NothingLeftToHappen):
        sqs.run(asyncio.wait_for(task, None))


def test_messages_in_flight_keep_the_simulation_alive_only_while_somebody_waits(sqs, queue, receivers):
    queue.send("hello")
    sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))

    sqs.run(sqs.loop.settled())
    alone = sqs.loop.time()
    receivers.start(queue, "second")
    sqs.run(sqs.loop.settled())

    assert alone == 0.0
    assert receivers.log == [(30.0, "second", ["hello"])]


def test_a_deleted_message_leaves_no_timer_behind(sqs, queue, receivers):
    queue.send("hello")
    [message] = sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))
    receivers.start(queue, "second")
    sqs.advance(1)

    queue.delete(message.receipt_handle)
    sqs.run(sqs.loop.settled())

    assert sqs.loop.time() == 1.0


def test_a_change_of_visibility_moves_the_instant_a_receiver_is_woken(sqs, queue, receivers):
    queue.send("hello")
    [message] = sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))
    receivers.start(queue, "second")
    sqs.advance(1)

    queue.change_visibility(message.receipt_handle, 4)
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(5.0, "second", ["hello"])]


def test_a_queue_has_one_timer_however_many_messages_are_in_flight(sqs, queue, receivers):
    for _ in range(100):
        queue.send("x", delay_s=10)
    receivers.start(queue, "r", max_messages=1)

    sqs.advance(1)
    timers = [timer for timer in sqs.loop._scheduled if not timer.cancelled()]

    assert len(timers) == 1


def test_retention_sets_no_timer(sqs, receivers):
    """Even with a receiver at hand: only what becomes visible needs one."""
    queue = sqs.service.create_queue("orders.fifo", {"FifoQueue": "true", "MessageRetentionPeriod": "60"})
    message = queue.send("hello", group_id="a", deduplication_id="1")
    queue.hold_back(message.message_id, for_ms=90_000)
    receivers.start(queue, "r", wait_s=5)

    sqs.run(sqs.loop.settled())

    assert receivers.log == [(5.0, "r", [])]
    assert sqs.loop.time() == 5.0


def test_a_poison_message_is_moved_by_a_waiting_receiver_who_goes_on_waiting(sqs, receivers):
    dead = sqs.service.create_queue("dead", {})
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = sqs.service.create_queue("orders", {"RedrivePolicy": policy, "VisibilityTimeout": "10"})
    queue.send("poison")
    sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))

    receivers.start(queue, "second")
    receivers.start(dead, "undertaker")
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(10.0, "undertaker", ["poison"])]


def test_a_waiting_receiver_learns_that_its_queue_was_deleted(sqs, queue):
    task = sqs.loop.create_task(queue.receive(max_messages=1, wait_s=None, receiver="r"))
    sqs.advance(1)

    sqs.client.delete_queue(QueueUrl=queue.url)

    with pytest.raises(SqsError, match="does not exist"):
        sqs.run(task)


def test_a_receiver_waits_at_a_blocked_group_until_it_opens(sqs, receivers):
    queue = sqs.service.create_queue("orders.fifo", {"FifoQueue": "true"})
    for body in ("a1", "a2"):
        queue.send(body, group_id="a", deduplication_id=body)
    [first] = sqs.run(queue.receive(max_messages=1, wait_s=0, receiver="first"))
    receivers.start(queue, "second")
    sqs.advance(4)

    queue.delete(first.receipt_handle)
    sqs.run(sqs.loop.settled())

    assert receivers.log == [(4.0, "second", ["a2"])]


def test_a_waiting_receiver_never_gets_more_than_it_asked_for(sqs, queue, receivers):
    receivers.start(queue, "r", max_messages=3)
    sqs.advance(1)
    for body in "abcde":
        queue.send(body)

    sqs.run(sqs.loop.settled())

    assert receivers.log == [(1.0, "r", ["a", "b", "c"])]
    assert queue.counts() == (2, 3, 0)
