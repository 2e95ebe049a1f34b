"""The heap behind delays, visibility and retention: exact, and no larger than it must be."""

import pytest

from harness.cloud.engines.sqs.message import Message
from harness.cloud.engines.sqs.store import Copy, DueHeap, ReadyOrder, State, Store


@pytest.fixture
def message():
    """Any message, sent at the start."""
    return Message("m-1", "body", {}, "", None, 4, "sender", 0)


def test_entries_of_one_instant_come_up_in_the_order_of_adding(message):
    heap = DueHeap(lambda due_us, copy: True)
    for number, due_us in enumerate([5, 3, 5, 3]):
        heap.push(due_us, Copy(number, message))

    assert [copy.number for copy in heap.pop_until(5)] == [1, 3, 0, 2]


def test_only_what_is_due_comes_up(message):
    heap = DueHeap(lambda due_us, copy: True)
    heap.push(5, Copy(1, message))

    assert list(heap.pop_until(4)) == []
    assert heap.next_us() == 5


def test_entries_that_no_longer_count_do_not_pile_up(message):
    """A message whose visibility is changed again and again leaves one entry at a time, or few."""
    store = Store(ReadyOrder())
    copy = store.add(message, State.IN_FLIGHT, 1_000)

    for due_us in range(1_001, 11_001):
        store.place(copy, State.IN_FLIGHT, due_us)

    assert len(store._due._heap) < 200
    assert store.next_due_us() == 11_000
    assert [copy.number for copy, _ in store.make_due_ready(11_000)] == [1]


def test_deleted_messages_do_not_pile_up_behind_an_old_one(message):
    store = Store(ReadyOrder())
    store.add(message, State.READY, 0)

    for _ in range(10_000):
        store.remove(store.add(message, State.READY, 0))

    assert len(store._age._heap) < 200
    assert store.population(State.READY) == 1
