"""Asynchronous invocation: tried again by Lambda's own rules, then given up to where the template says."""

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.cloud.template import AsynchronousSpec
from harness.functions.asynchronous import Asynchronous
from harness.functions.records import AsynchronousEventDropped, InvocationThrottled
from harness.tests.fakes import Raised, instant, sleep

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:failed"
OTHER = "arn:aws:sqs:eu-west-1:123456789012:other"
EVENT = b'{"order": "o-7"}'


def failing(event):
    raise Raised("ValueError", "no")
    yield


def failing_first(times: int):
    """A handler that fails so many times, then succeeds."""
    left = [times]

    def handler(event):
        left[0] -= 1
        if left[0] >= 0:
            raise Raised("ValueError", "not yet")
        return "done"
        yield

    return handler


@dataclass
class Queued:
    """Lambda's own queue in front of a function, and all that was delivered from it."""

    worker: Any
    delivered: list[tuple[str, str, dict[str, tuple[str, str]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        simulation = self.worker.simulation
        self.asynchronous = Asynchronous(simulation.loop, simulation.trace, self.worker.service, self._deliver)

    def _deliver(self, arn: str, text: str, attributes: dict[str, tuple[str, str]]) -> None:
        self.delivered.append((arn, text, attributes))

    def accept(self) -> Any:
        return self.asynchronous.accept("Worker", EVENT, cause="a test")

    def accept_and_settle(self) -> Any:
        async def accept() -> Any:
            return self.accept()

        request_id = self.worker.simulation.run(accept())
        self.worker.simulation.settle()
        return request_id

    @property
    def starts_s(self) -> list[float]:
        """When each attempt began, counted from the first one's end."""
        invocations = self.worker.service.invocations
        return [round((one.started_us - invocations[0].ended_us) / 1_000_000, 3) for one in invocations]


@pytest.fixture
def queued(deploy):
    def queued(program, imports=None, **settings: Any) -> Queued:
        spec = AsynchronousSpec(**{key: settings.pop(key) for key in list(settings) if key in SPEC})
        return Queued(deploy(program, imports, asynchronous=spec, **settings))

    return queued


SPEC = AsynchronousSpec.__dataclass_fields__


def test_an_event_is_accepted_at_once_and_worked_on_afterwards(simulation, queued) -> None:
    lambda_queue = queued(instant("done"))

    async def accept() -> tuple[str, int]:
        return lambda_queue.accept(), len(lambda_queue.worker.service.invocations)

    request_id, begun = simulation.run(accept())
    simulation.settle()

    assert (len(request_id), begun) == (36, 0)
    assert [one.request_id for one in lambda_queue.worker.service.invocations] == [request_id]


def test_a_failing_event_is_tried_again_after_one_and_after_two_minutes_under_the_same_id(queued) -> None:
    lambda_queue = queued(failing)

    request_id = lambda_queue.accept_and_settle()

    invocations = lambda_queue.worker.service.invocations
    assert [one.request_id for one in invocations] == [request_id] * 3
    assert [one.cause for one in invocations] == ["a test", "a test, attempt 2", "a test, attempt 3"]
    assert lambda_queue.starts_s[1:] == [60, 180]


def test_an_event_that_succeeds_the_second_time_is_not_tried_again(simulation, queued) -> None:
    lambda_queue = queued(failing_first(1))

    lambda_queue.accept_and_settle()

    assert len(lambda_queue.worker.service.invocations) == 2
    assert simulation.records(AsynchronousEventDropped) == []


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 2), (2, 3)])
def test_the_template_says_how_often_an_event_is_tried_again(queued, retries: int, attempts: int) -> None:
    lambda_queue = queued(failing, maximum_retry_attempts=retries)

    lambda_queue.accept_and_settle()

    assert len(lambda_queue.worker.service.invocations) == attempts


def test_an_event_that_is_given_up_without_a_destination_is_lost_and_recorded(simulation, queued) -> None:
    lambda_queue = queued(failing)

    request_id = lambda_queue.accept_and_settle()

    dropped = simulation.records(AsynchronousEventDropped)
    assert [(one.function, one.request_id, one.condition) for one in dropped] == [
        ("Worker", request_id, "RetriesExhausted")
    ]
    assert lambda_queue.delivered == []


# ---- throttles -----------------------------------------------------------------------------------


def occupied_for(seconds: float):
    def handler(event):
        yield sleep(event.get("naps_s", 0))

    return handler


def test_a_throttled_event_backs_off_and_uses_up_no_attempt(simulation, queued) -> None:
    lambda_queue = queued(occupied_for(20), reserved_concurrency=1, timeout_s=30)
    blocker = lambda_queue.worker.start(b'{"naps_s": 20}')

    lambda_queue.accept_and_settle()

    assert blocker.done()
    _, attempt = lambda_queue.worker.service.invocations
    assert attempt.started_us == (1 + 2 + 4 + 8 + 16) * 1_000_000
    assert attempt.cause == "a test"


def test_the_pause_of_a_throttled_event_grows_to_five_minutes(simulation, queued) -> None:
    lambda_queue = queued(occupied_for(800), reserved_concurrency=1, timeout_s=900)
    lambda_queue.worker.start(b'{"naps_s": 800}')

    lambda_queue.accept_and_settle()

    at_s = [record.at_ms // 1000 for record in simulation.records(InvocationThrottled)]
    pauses_s = [after - before for before, after in itertools.pairwise(at_s)]
    assert pauses_s == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert lambda_queue.worker.service.invocations[1].started_us == (511 + 300) * 1_000_000


def test_a_throttled_event_that_grows_too_old_is_given_up(simulation, queued) -> None:
    lambda_queue = queued(
        occupied_for(200), reserved_concurrency=1, timeout_s=300, maximum_event_age_s=60, dead_letter_arn=QUEUE
    )
    lambda_queue.worker.start(b'{"naps_s": 200}')

    request_id = lambda_queue.accept_and_settle()

    assert simulation.records(AsynchronousEventDropped)[0].condition == "EventAgeExceeded"
    assert lambda_queue.delivered == [
        (
            QUEUE,
            EVENT.decode(),
            {
                "RequestID": ("String", request_id),
                "ErrorCode": ("Number", "429"),
                "ErrorMessage": ("String", "Rate Exceeded."),
            },
        )
    ]


def test_a_function_that_is_switched_off_gives_an_event_up_at_once(simulation, queued) -> None:
    lambda_queue = queued(instant("done"), reserved_concurrency=0, on_failure=QUEUE)

    lambda_queue.accept_and_settle()

    record = json.loads(lambda_queue.delivered[0][1])
    assert simulation.now_ms == 0
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responsePayload" not in record


def test_an_event_that_grows_too_old_between_two_attempts_keeps_the_error_of_the_last(queued) -> None:
    lambda_queue = queued(failing, maximum_event_age_s=60, on_failure=QUEUE)

    lambda_queue.accept_and_settle()

    record = json.loads(lambda_queue.delivered[0][1])
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["responsePayload"]["errorType"] == "ValueError"


# ---- where events go -----------------------------------------------------------------------------


def test_a_dead_letter_queue_gets_the_event_verbatim_with_three_attributes(queued) -> None:
    lambda_queue = queued(failing, maximum_retry_attempts=0, dead_letter_arn=QUEUE)

    request_id = lambda_queue.accept_and_settle()

    arn, text, attributes = lambda_queue.delivered[0]
    assert (arn, text) == (QUEUE, EVENT.decode())
    assert attributes == {
        "RequestID": ("String", request_id),
        "ErrorCode": ("Number", "200"),
        "ErrorMessage": ("String", "ValueError: no"),
    }


def test_a_long_error_message_is_cut_for_the_dead_letter_queue(queued) -> None:
    def handler(event):
        raise Raised("ValueError", "x" * 5000)
        yield

    lambda_queue = queued(handler, maximum_retry_attempts=0, dead_letter_arn=QUEUE)

    lambda_queue.accept_and_settle()

    assert len(lambda_queue.delivered[0][2]["ErrorMessage"][1]) == 1024


def test_the_record_of_a_failure_has_everything_that_lambda_writes(queued) -> None:
    lambda_queue = queued(failing, on_failure=QUEUE)

    request_id = lambda_queue.accept_and_settle()

    arn, text, attributes = lambda_queue.delivered[0]
    record = json.loads(text)
    assert (arn, attributes) == (QUEUE, {})
    assert list(record) == [
        "version",
        "timestamp",
        "requestContext",
        "requestPayload",
        "responseContext",
        "responsePayload",
    ]
    assert record["timestamp"].startswith("2026-01-05T09:03:00.")
    assert record["requestContext"] == {
        "requestId": request_id,
        "functionArn": "arn:aws:lambda:eu-west-1:123456789012:function:kata-Worker-A1B2:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert record["requestPayload"] == {"order": "o-7"}
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorMessage"] == "no"


def test_the_record_of_a_success_says_success_and_has_the_answer(queued) -> None:
    lambda_queue = queued(failing_first(1), on_success=OTHER, on_failure=QUEUE)

    lambda_queue.accept_and_settle()

    assert [arn for arn, *_ in lambda_queue.delivered] == [OTHER]
    record = json.loads(lambda_queue.delivered[0][1])
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == "done"


def test_a_dead_letter_queue_and_a_destination_both_get_a_failed_event(queued) -> None:
    lambda_queue = queued(failing, maximum_retry_attempts=0, dead_letter_arn=OTHER, on_failure=QUEUE)

    lambda_queue.accept_and_settle()

    assert [arn for arn, *_ in lambda_queue.delivered] == [OTHER, QUEUE]


def test_events_are_worked_on_side_by_side(simulation, queued) -> None:
    lambda_queue = queued(occupied_for(0))

    async def accept_both() -> None:
        lambda_queue.accept()
        lambda_queue.accept()
        await asyncio.sleep(0)

    simulation.run(accept_both())
    simulation.settle()

    assert lambda_queue.worker.environments == ["Worker#1", "Worker#2"]
