"""The board: which fault strikes when, how often, and what is written down."""

import pytest

from harness.faults.board import FaultBoard, FaultInjected, FaultLifted, FaultStruck
from harness.faults.delivery import DuplicateDelivery, PoisonMessage, Reordering
from harness.faults.service import LostReply, ServiceError, ThrottledCall
from harness.simulation.clock import Clock
from harness.simulation.trace import Trace


def test_a_fault_strikes_every_call_it_matches_until_it_is_lifted(board: FaultBoard, call) -> None:
    active = board.inject(ServiceError(service="sqs"))

    assert board.on_call(ServiceError, call()) is active.fault
    assert board.on_call(ServiceError, call()) is active.fault
    board.lift(active)
    assert board.on_call(ServiceError, call()) is None
    assert active.strikes == 2


def test_only_the_kind_that_is_asked_for_strikes(board: FaultBoard, call) -> None:
    board.inject(ServiceError())

    assert board.on_call(ThrottledCall, call()) is None


def test_skip_lets_opportunities_pass_and_times_ends_it(board: FaultBoard, call) -> None:
    active = board.inject(ThrottledCall(skip=2, times=1))

    struck = [board.on_call(ThrottledCall, call()) is not None for _ in range(5)]

    assert struck == [False, False, True, False, False]
    assert (active.opportunities, active.strikes) == (3, 1)


def test_a_call_that_does_not_match_is_no_opportunity(board: FaultBoard, call) -> None:
    active = board.inject(ThrottledCall(service="sqs", skip=1))

    board.on_call(ThrottledCall, call(service="dynamodb"))

    assert active.opportunities == 0


@pytest.mark.parametrize(("at_ms", "strikes"), [(999, False), (1000, True), (1999, True), (2000, False)])
def test_a_window_begins_with_its_first_and_ends_before_its_last_instant(
    board: FaultBoard, clock: Clock, call, at_ms: int, strikes: bool
) -> None:
    board.inject(ServiceError(from_ms=1000, until_ms=2000))

    clock.advance_to(at_ms * 1000)

    assert (board.on_call(ServiceError, call()) is not None) is strikes
    assert bool(board.on(ServiceError)) is strikes


def test_calls_outside_the_window_are_no_opportunities(board: FaultBoard, clock: Clock, call) -> None:
    active = board.inject(ServiceError(from_ms=1000, skip=1))
    board.on_call(ServiceError, call())

    clock.advance_to(1_000_000)

    assert board.on_call(ServiceError, call()) is None
    assert board.on_call(ServiceError, call()) is active.fault


def test_of_two_faults_the_second_strikes_where_the_first_does_not(board: FaultBoard, call) -> None:
    first = board.inject(ServiceError(times=1))
    second = board.inject(ServiceError())

    struck = [board.on_call(ServiceError, call()) for _ in range(2)]

    assert [fault is one.fault for fault, one in zip(struck, (first, second), strict=True)] == [True, True]
    assert (first.strikes, second.strikes) == (1, 1)


def test_what_is_on_can_be_asked_without_counting(board: FaultBoard) -> None:
    active = board.inject(LostReply(times=1))

    assert board.on(LostReply) == [active.fault]
    assert board.on(ServiceError) == []
    assert active.opportunities == 0


def test_injecting_striking_and_lifting_are_in_the_trace(board: FaultBoard, clock: Clock, trace: Trace, call) -> None:
    clock.advance_to(40_000)
    active = board.inject(LostReply(service="sqs", times=3))
    board.on_call(LostReply, call(id=12, request_id="r-9"))
    board.lift(active)
    board.lift(active)

    assert [record.fault for record in trace.of(FaultInjected)] == ["reply_lost times=3 service=sqs"]
    assert trace.of(FaultStruck) == [
        FaultStruck(at_us=40_000, fault="reply_lost", what="sqs SendMessage IngestQueue", call=12, request_id="r-9")
    ]
    assert [record.fault for record in trace.of(FaultLifted)] == ["reply_lost times=3 service=sqs"]


def test_a_message_is_struck_in_its_queue_and_by_its_text(board: FaultBoard, trace: Trace) -> None:
    fault = board.inject(DuplicateDelivery(queue="IngestQueue", containing="o-7")).fault

    assert board.on_message(DuplicateDelivery, "OtherQueue", "o-7", "m-1") is None
    assert board.on_message(DuplicateDelivery, "IngestQueue", "o-8", "m-2") is None
    assert board.on_message(Reordering, "IngestQueue", "o-7", "m-3") is None
    assert board.on_message(DuplicateDelivery, "IngestQueue", "order o-7", "m-4") is fault
    assert [record.what for record in trace.of(FaultStruck)] == ["message m-4 in IngestQueue"]


def test_one_fault_can_be_struck_by_itself(board: FaultBoard, trace: Trace) -> None:
    other = board.inject(PoisonMessage(queue="IngestQueue"))
    poison = board.inject(PoisonMessage(queue="IngestQueue", times=1))

    assert [board.strike(poison, "a message"), board.strike(poison, "a message")] == [True, False]
    assert (other.strikes, poison.strikes) == (0, 1)
    assert [record.what for record in trace.of(FaultStruck)] == ["a message"]
