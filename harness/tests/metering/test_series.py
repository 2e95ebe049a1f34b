"""Queues, iterator ages and running invocations over virtual time."""

from typing import Any

import pytest

from harness.cloud.engines.sqs.records import (
    MessageArrived,
    MessageDeleted,
    MessageMovedToDeadLetterQueue,
    MessageReceived,
)
from harness.event_sources.stream_consumer import RecordsProcessed
from harness.functions.records import InvocationEnded, InvocationStarted
from harness.metering.series import IteratorAge
from harness.tests.metering.recorded import Recorded

NAME = "kata-inbox"


def arrived(message_id: str, queue: str = NAME) -> MessageArrived:
    """A message came."""
    return MessageArrived(queue=queue, message_id=message_id, size_bytes=1, source="send")


def received(message_id: str, count: int = 1) -> MessageReceived:
    """A message was received."""
    return MessageReceived(queue=NAME, message_id=message_id, receive_count=count, receiver="Work")


@pytest.fixture
def run() -> Recorded:
    return Recorded()


def states(run: Recorded) -> list[tuple[int, int, int, int]]:
    """(ms, visible, in flight, age of the oldest in s) of the queue."""
    series = run.meter.series("queue", "Inbox")
    return [(one.at_ms, one.visible, one.in_flight, one.oldest_age_s) for one in series]


def test_a_message_is_visible_then_in_flight_then_gone(run: Recorded) -> None:
    run.at(1_000, arrived("a"), arrived("x", "another"))
    run.at(3_000, received("a"))
    run.at(5_000, MessageDeleted(queue=NAME, message_id="a"))
    assert states(run) == [(1_000, 1, 0, 0), (3_000, 0, 1, 2), (5_000, 0, 0, 0)]


def test_what_is_not_deleted_is_visible_again_after_the_timeout(run: Recorded) -> None:
    run.at(0, arrived("a"))
    run.at(1_000, received("a"))
    run.at(40_000)
    assert states(run) == [(0, 1, 0, 0), (1_000, 0, 1, 1), (31_000, 1, 0, 31)]
    run.at(41_000, received("a", 2))
    run.at(60_000, MessageDeleted(queue=NAME, message_id="a"))
    run.at(90_000)
    assert states(run)[3:] == [(41_000, 0, 1, 41), (60_000, 0, 0, 0)]


def test_the_oldest_message_that_is_left_counts(run: Recorded) -> None:
    run.at(0, arrived("a"))
    run.at(10_000, arrived("b"))
    run.at(20_000, received("a"), received("b"))
    run.at(21_000, MessageMovedToDeadLetterQueue(queue=NAME, dead_letter_queue="d", message_id="a", receive_count=3))
    assert states(run) == [(0, 1, 0, 0), (10_000, 2, 0, 10), (20_000, 0, 2, 20), (21_000, 0, 1, 11)]


def test_a_series_can_be_cut_to_a_part_of_the_run(run: Recorded) -> None:
    run.at(0, arrived("a"))
    run.at(10_000, arrived("b"))
    assert [one.visible for one in run.meter.between(5_000).series("queue", "Inbox")] == [2]


def test_iterator_ages_are_told_by_function(run: Recorded) -> None:
    told: dict[str, Any] = {"source": "Stream", "shard": "s-1", "count": 2}
    run.at(5, RecordsProcessed(function="Work", iterator_age_ms=900, **told))
    run.at(6, RecordsProcessed(function="Other", iterator_age_ms=1, **told))
    assert run.meter.series("iterator age", "Work") == [IteratorAge(5, 900, "Stream", "s-1")]


def test_running_invocations_are_counted(run: Recorded) -> None:
    who: dict[str, Any] = {"function": "Work", "environment": "Work#1", "request_id": "r"}
    begin = InvocationStarted(**who, cause="", cold=False)
    run.at(1, begin, begin)
    run.at(4, InvocationEnded(**who, outcome="succeeded"))
    run.at(9, InvocationEnded(**who, outcome="failed"))
    assert [(point.at_ms, point.count) for point in run.meter.series("running", "Work")] == [(1, 2), (4, 1), (9, 0)]
