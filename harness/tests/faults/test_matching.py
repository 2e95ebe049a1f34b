"""Which calls a fault is about."""

from typing import Any

import pytest

from harness.faults.environment import CrashAfterCall, HandlerTimeout, KillOnMatch
from harness.faults.service import ServiceError


@pytest.mark.parametrize(
    ("settings", "matches"),
    [
        ({}, True),
        ({"service": "sqs"}, True),
        ({"service": "dynamodb"}, False),
        ({"operation": "SendMessage"}, True),
        ({"operation": "SendMessageBatch"}, False),
        ({"operation": "SendMessageBatch|SendMessage"}, True),
        ({"function": "Feed"}, True),
        ({"function": "FeedLegacy"}, False),
        ({"containing": "o-7"}, True),
        ({"containing": "o-8"}, False),
        ({"containing": "https://sqs"}, True),
        ({"service": "sqs", "operation": "SendMessage", "function": "Feed", "containing": "o-8"}, False),
    ],
)
def test_a_call_fault_chooses_by_service_operation_function_and_text(
    call, settings: dict[str, Any], matches: bool
) -> None:
    assert ServiceError(**settings).matches(call()) is matches


def test_a_crash_comes_after_the_kth_call_of_an_invocation(call) -> None:
    crash = CrashAfterCall(k=2)

    assert [crash.matches(call(index=index)) for index in (1, 2, 3)] == [False, True, False]


def test_a_crash_spares_the_calls_of_an_init_phase(call) -> None:
    assert not CrashAfterCall(k=1).matches(call(index=1, request_id=""))


def test_a_crash_chooses_among_several_functions(call) -> None:
    crash = CrashAfterCall(k=1, functions=("Feed", "Submit"))

    assert [crash.matches(call(function=name)) for name in ("Feed", "Submit", "Other")] == [True, True, False]


def test_a_crash_may_also_choose_its_operation(call) -> None:
    assert not CrashAfterCall(k=1, operation="PutItem").matches(call())


@pytest.mark.parametrize("kind", [KillOnMatch, HandlerTimeout])
def test_other_faults_of_the_environment_strike_at_any_call(call, kind) -> None:
    assert kind(operation="SendMessage").matches(call(index=5))
