"""The faults that work on single messages, and those who look on.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html
"""

import pytest

from harness.cloud.engines.sqs.errors import MessageIsGoneError, SqsError
from harness.cloud.engines.sqs.records import MessageArrived, MessageDeleted


@pytest.fixture
def queue(sqs):
    """A standard queue with a visibility timeout of 30 s."""
    return sqs.service.create_queue("orders", {})


@pytest.fixture
def fifo(sqs):
    """A FIFO queue with a visibility timeout of 30 s that deduplicates by content."""
    return sqs.service.create_queue("orders.fifo", {"FifoQueue": "true", "ContentBasedDeduplication": "true"})


def receive(sqs, queue, max_messages=10, wait_s=0):
    return sqs.run(queue.receive(max_messages=max_messages, wait_s=wait_s, receiver="r"))


def test_a_duplicate_is_received_while_the_original_is_in_flight(sqs, queue):
    message = queue.send("hello")
    queue.deliver_again(message.message_id, after_ms=5_000)

    [first] = receive(sqs, queue)
    sqs.advance(4.999)
    before = receive(sqs, queue)
    sqs.advance(0.001)
    [second] = receive(sqs, queue)

    assert before == []
    assert second.message_id == first.message_id
    assert (first.receive_count, second.receive_count) == (1, 2)
    assert second.attributes["ApproximateReceiveCount"] == "2"
    assert first.receipt_handle != second.receipt_handle


def test_a_duplicate_is_received_though_the_original_was_deleted_meanwhile(sqs, queue):
    message = queue.send("hello")
    [first] = receive(sqs, queue)
    queue.deliver_again(message.message_id, after_ms=1_000)
    queue.delete(first.receipt_handle)

    sqs.advance(1)
    [second] = receive(sqs, queue)

    assert (second.message_id, second.body, second.receive_count) == (message.message_id, "hello", 2)


def test_the_newest_receipt_of_all_deletes_every_copy(sqs, queue):
    message = queue.send("hello")
    queue.deliver_again(message.message_id, after_ms=0)
    _, second = receive(sqs, queue)

    queue.delete(second.receipt_handle)

    assert queue.counts() == (0, 0, 0)


def test_an_older_receipt_deletes_its_own_copy_only(sqs, queue):
    message = queue.send("hello")
    queue.deliver_again(message.message_id, after_ms=0)
    first, second = receive(sqs, queue)

    queue.delete(first.receipt_handle)
    one_left = queue.counts()
    queue.delete(second.receipt_handle)

    assert one_left == (0, 1, 0)
    assert queue.counts() == (0, 0, 0)


def test_a_duplicate_to_come_is_seen_by_nobody(sqs, queue):
    message = queue.send("hello")
    [first] = receive(sqs, queue)
    queue.deliver_again(message.message_id, after_ms=1_000)
    queue.delete(first.receipt_handle)

    assert queue.counts() == (0, 0, 0)
    assert queue.messages() == []


def test_a_purge_takes_duplicates_to_come_and_does_not_count_them(sqs, queue):
    message = queue.send("hello")
    [first] = receive(sqs, queue)
    queue.deliver_again(message.message_id, after_ms=1_000)
    queue.delete(first.receipt_handle)

    queue.purge()
    sqs.advance(2)

    assert receive(sqs, queue) == []
    assert len(sqs.records(MessageDeleted)) == 1


def test_a_duplicate_wakes_a_waiting_receiver(sqs, queue):
    message = queue.send("hello")
    receive(sqs, queue)
    queue.deliver_again(message.message_id, after_ms=2_500)

    [second] = receive(sqs, queue, wait_s=20)

    assert (second.message_id, sqs.loop.time()) == (message.message_id, 2.5)
    assert [record.source for record in sqs.records(MessageArrived)] == ["send", "duplicate"]


def test_a_duplicate_does_not_use_up_the_receives_of_the_original(sqs):
    """Each copy has maxReceiveCount receives: a healthy message that is repeated is not dead."""
    dead = sqs.service.create_queue("dead", {})
    queue = sqs.service.create_queue(
        "orders", {"RedrivePolicy": f'{{"deadLetterTargetArn": "{dead.arn}", "maxReceiveCount": 1}}'}
    )
    message = queue.send("hello")
    queue.deliver_again(message.message_id, after_ms=0)

    received = receive(sqs, queue)

    assert [one.receive_count for one in received] == [1, 2]
    assert dead.counts() == (0, 0, 0)


def test_a_message_held_back_is_received_later_than_its_successors(sqs, queue):
    first = queue.send("first")
    queue.send("second")
    queue.hold_back(first.message_id, for_ms=3_000)

    now = [message.body for message in receive(sqs, queue)]
    counts = queue.counts()
    later = [message.body for message in receive(sqs, queue, wait_s=20)]

    assert (now, later, sqs.loop.time()) == (["second"], ["first"], 3.0)
    assert counts == (1, 1, 0)


def test_a_message_held_back_in_flight_stays_hidden_past_its_visibility_timeout(sqs, queue):
    message = queue.send("hello")
    receive(sqs, queue)
    queue.hold_back(message.message_id, for_ms=40_000)

    sqs.advance(30)
    hidden = receive(sqs, queue)
    sqs.advance(10)

    assert hidden == []
    assert len(receive(sqs, queue)) == 1


def test_a_delayed_message_that_is_held_back_shorter_than_its_delay_keeps_its_delay(sqs, queue):
    message = queue.send("hello", delay_s=10)
    queue.hold_back(message.message_id, for_ms=1_000)

    [received] = receive(sqs, queue, wait_s=20)

    assert (received.body, sqs.loop.time()) == ("hello", 10.0)


def test_a_message_that_is_gone_cannot_be_repeated_or_held_back(sqs, queue):
    message = queue.send("hello")
    queue.delete(receive(sqs, queue)[0].receipt_handle)

    with pytest.raises(MessageIsGoneError, match=f"Message {message.message_id} is not in queue orders"):
        queue.deliver_again(message.message_id, after_ms=0)
    with pytest.raises(MessageIsGoneError, match="observer's message_deleted"):
        queue.hold_back(message.message_id, for_ms=0)


def test_a_fifo_message_whose_delete_gets_lost_comes_again_in_order(sqs, fifo):
    message = fifo.send("a1", group_id="a")
    fifo.send("a2", group_id="a")
    fifo.deliver_again(message.message_id, after_ms=5_000)
    [first] = receive(sqs, fifo, max_messages=1)
    fifo.delete(first.receipt_handle)

    blocked = receive(sqs, fifo)
    again = receive(sqs, fifo, wait_s=20)

    assert blocked == []
    assert [(one.body, one.receive_count) for one in again] == [("a1", 2), ("a2", 1)]
    assert sqs.loop.time() == 5.0


def test_a_fifo_message_never_overlaps_with_its_own_repetition(sqs, fifo):
    message = fifo.send("a1", group_id="a")
    fifo.deliver_again(message.message_id, after_ms=1_000)
    [first] = receive(sqs, fifo)

    sqs.advance(20)
    overlapping = receive(sqs, fifo)
    fifo.delete(first.receipt_handle)
    [second] = receive(sqs, fifo)

    assert overlapping == []
    assert (second.receive_count, sqs.loop.time()) == (2, 20.0)


def test_a_fifo_message_is_repeated_once(sqs, fifo):
    message = fifo.send("a1", group_id="a")
    fifo.deliver_again(message.message_id, after_ms=0)
    [first] = receive(sqs, fifo)
    fifo.delete(first.receipt_handle)
    [second] = receive(sqs, fifo)

    fifo.delete(second.receipt_handle)
    sqs.advance(60)

    assert receive(sqs, fifo) == []
    assert [record.message_id for record in sqs.records(MessageDeleted)] == [message.message_id] * 2


def test_a_fifo_message_deleted_twice_before_its_repetition_is_deleted_without_error(sqs, fifo):
    message = fifo.send("a1", group_id="a")
    fifo.deliver_again(message.message_id, after_ms=1_000)
    [first] = receive(sqs, fifo)

    fifo.delete(first.receipt_handle)
    fifo.delete(first.receipt_handle)

    assert len(receive(sqs, fifo, wait_s=20)) == 1


def test_the_end_of_its_visibility_is_the_repetition_of_a_fifo_message(sqs, fifo):
    message = fifo.send("a1", group_id="a")
    fifo.deliver_again(message.message_id, after_ms=0)
    receive(sqs, fifo)
    sqs.advance(30)
    [second] = receive(sqs, fifo)

    fifo.delete(second.receipt_handle)
    sqs.advance(60)

    assert receive(sqs, fifo) == []


def test_a_fifo_message_held_back_holds_back_its_group_and_no_other(sqs, fifo):
    message = fifo.send("a1", group_id="a")
    fifo.send("a2", group_id="a")
    fifo.send("b1", group_id="b")
    fifo.hold_back(message.message_id, for_ms=5_000)

    now = [one.body for one in receive(sqs, fifo)]
    later = [one.body for one in receive(sqs, fifo, wait_s=20)]

    assert (now, later) == (["b1"], ["a1", "a2"])


class Diary:
    """Notes what it is told, and does something about it."""

    def __init__(self, when=None, act=None):
        self.lines = []
        self._when = when
        self._act = act

    def _note(self, what, queue, message):
        self.lines.append((what, queue.name, message.body))
        if what == self._when:
            self._act(queue, message)

    def message_arrived(self, queue, message):
        self._note("arrived", queue, message)

    def message_received(self, queue, received):
        self._note("received", queue, received)

    def message_deleted(self, queue, message):
        self._note("deleted", queue, message)


def test_observers_learn_what_happens_in_order(sqs, queue):
    diary = Diary()
    queue.observers.append(diary)
    queue.send("hello")
    [message] = receive(sqs, queue)
    queue.delete(message.receipt_handle)

    assert diary.lines == [
        ("arrived", "orders", "hello"),
        ("received", "orders", "hello"),
        ("deleted", "orders", "hello"),
    ]


def test_an_observer_can_hold_back_a_message_before_anybody_receives_it(sqs, queue):
    queue.observers.append(Diary("arrived", lambda queue, message: queue.hold_back(message.message_id, for_ms=2_000)))
    queue.send("hello")

    now = receive(sqs, queue)
    [later] = receive(sqs, queue, wait_s=20)

    assert now == []
    assert (later.body, sqs.loop.time()) == ("hello", 2.0)


def test_an_observer_can_bring_back_a_message_that_is_just_being_deleted(sqs, queue):
    diary = Diary("deleted", lambda queue, message: queue.deliver_again(message.message_id, after_ms=1_000))
    queue.observers.append(diary)
    queue.send("hello")
    queue.delete(receive(sqs, queue)[0].receipt_handle)

    [again] = receive(sqs, queue, wait_s=20)

    assert (again.body, again.receive_count) == ("hello", 2)
    assert [line[0] for line in diary.lines] == ["arrived", "received", "deleted", "received"]


def test_a_queue_inside_the_harness_refuses_what_the_service_refuses(sqs, queue):
    """Event sources and tests send without HTTP, by the same rules."""
    with pytest.raises(SqsError, match="The request must contain the parameter MessageBody"):
        queue.send("")
    with pytest.raises(SqsError, match="not valid for this queue type"):
        queue.send("x", deduplication_id="x")


def test_a_snapshot_shows_each_message_and_its_state(sqs, queue):
    queue.send("a")
    queue.send("b")
    queue.send("c", delay_s=5)
    receive(sqs, queue, max_messages=1)

    assert [(view.body, view.state, view.receive_count) for view in queue.messages()] == [
        ("a", "in flight", 1),
        ("b", "visible", 0),
        ("c", "delayed", 0),
    ]
