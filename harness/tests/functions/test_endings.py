"""How invocations end, what their callers get, and what is written down."""

import asyncio
import json

import pytest

from harness.functions.invocation import Ending
from harness.functions.records import EnvironmentEnded, InvocationEnded, LogWritten
from harness.tests.fakes import Exits, Garbles, Raised, instant, log, sleep
from harness.tests.functions.programs import error_of, napping


def test_what_the_handler_returns_is_the_payload(deploy) -> None:
    result = deploy(instant({"ok": True})).invoke()

    assert (result.ending, result.payload, result.function_error) == (Ending.SUCCEEDED, b'{"ok": true}', "")


def test_an_error_has_the_keys_of_the_runtime_in_its_order_and_keeps_the_environment(simulation, deploy) -> None:
    def handler(event):
        raise Raised("ValueError", "too small")
        yield

    worker = deploy(handler)
    result = worker.invoke(request_id="r-1")
    worker.invoke()

    assert list(json.loads(result.payload).items()) == [
        ("errorMessage", "too small"),
        ("errorType", "ValueError"),
        ("requestId", "r-1"),
        ("stackTrace", ['  File "/var/task/app.py", line 3, in handler\n    raise\n']),
    ]
    assert (result.ending, result.function_error) == (Ending.FAILED, "Unhandled")
    assert worker.environments == ["Worker#1", "Worker#1"]


def test_a_fatal_error_ends_the_environment(simulation, deploy) -> None:
    def handler(event):
        raise Raised("Runtime.ExitError", "x", fatal=True)
        yield

    worker = deploy(handler)
    worker.invoke()
    worker.invoke()

    assert worker.environments == ["Worker#1", "Worker#2"]
    assert simulation.records(EnvironmentEnded)[0].why == "Runtime.ExitError in the invoke phase"


@pytest.mark.parametrize("status", ["exit status 1", "signal: killed"])
def test_a_process_that_ends_is_an_exit_error_without_a_stack(simulation, deploy, status: str) -> None:
    def handler(event):
        yield sleep(0.1)
        raise Exits(status)

    result = deploy(handler).invoke(request_id="r-1")

    assert error_of(result) == {
        "errorMessage": f"RequestId: r-1 Error: Runtime exited with error: {status}",
        "errorType": "Runtime.ExitError",
    }
    assert result.ending is Ending.FAILED
    assert simulation.records(EnvironmentEnded)[0].why == status


def test_a_worker_that_sends_what_is_no_frame_is_killed(simulation, deploy) -> None:
    def handler(event):
        raise Garbles
        yield

    result = deploy(handler).invoke(request_id="r-1")

    assert "signal: killed, for it wrote to its runtime's own socket: " in error_of(result)["errorMessage"]
    assert simulation.workers[0].killed


def test_what_a_dying_process_printed_last_is_in_the_log(simulation, deploy) -> None:
    def handler(event):
        yield log("last words")
        raise Exits("signal: killed")

    deploy(handler).invoke()

    assert [record.text for record in simulation.records(LogWritten)] == ["last words"]


def test_an_answer_of_the_largest_size_passes_and_one_byte_more_does_not(deploy) -> None:
    def handler(event):
        return b'"' + b"x" * (event["bytes"] - 2) + b'"'
        yield

    worker = deploy(handler)
    fits = worker.invoke(b'{"bytes": 6291556}')
    too_large = worker.invoke(b'{"bytes": 6291557}')

    assert (fits.succeeded, len(fits.payload)) == (True, 6291556)
    assert error_of(too_large)["errorType"] == "Function.ResponseSizeTooLarge"
    assert "maximum allowed payload size (6291556 bytes)" in error_of(too_large)["errorMessage"]


# ---- what is written down ------------------------------------------------------------------------


def test_an_invocation_is_kept_with_its_event_its_times_and_its_result(simulation, deploy) -> None:
    worker = deploy(napping(2), timeout_s=10)

    worker.invoke(b'{"id": "o-7"}', request_id="r-1", messages=("m-1",))

    invocation = worker.service.invocations[0]
    assert (invocation.request_id, invocation.event, invocation.cause) == ("r-1", b'{"id": "o-7"}', "the test")
    assert (invocation.started_us, invocation.ended_us) == (0, simulation.clock.now_us)
    assert (invocation.cold, invocation.messages, invocation.ending) == (True, ("m-1",), Ending.SUCCEEDED)


def test_an_invocation_that_runs_is_running(simulation, deploy) -> None:
    worker = deploy(napping(2), timeout_s=10)
    running = worker.start()

    simulation.advance(1)
    assert worker.service.invocations[0].ending is Ending.RUNNING

    simulation.run(running)


def test_the_end_of_an_invocation_is_recorded_with_its_error(simulation, deploy) -> None:
    def handler(event):
        raise Raised("ValueError", "too small")
        yield

    deploy(handler).invoke(request_id="r-1")

    ended = simulation.records(InvocationEnded)[0]
    assert (ended.request_id, ended.outcome, ended.error) == ("r-1", "failed", "ValueError: too small")


def test_a_log_is_kept_up_to_its_limit_and_says_once_that_more_was_printed(simulation, deploy) -> None:
    def handler(event):
        yield log("x" * 65_000)
        yield log("y" * 1000)
        yield log("z" * 1000)

    deploy(handler).invoke(request_id="r-1")

    texts = [record.text for record in simulation.records(LogWritten)]
    assert len(texts) == 2
    assert texts[1] == "y" * 536 + "\n... 464 characters of output left out, and all that follows\n"


def test_what_an_import_prints_does_not_use_up_the_log_of_other_environments(simulation, deploy) -> None:
    def importing(event):
        yield log("x" * 65_536)

    worker = deploy(instant("hello"), imports=importing)
    worker.invoke()
    worker.service.recycle("Worker")
    worker.invoke()

    assert [len(record.text) for record in simulation.records(LogWritten)] == [65_536, 65_536]


def test_a_world_that_closes_takes_a_running_invocation_with_it(simulation, deploy) -> None:
    worker = deploy(napping(5), timeout_s=10)
    running = worker.start()
    simulation.advance(1)

    running.cancel()
    simulation.run(asyncio.sleep(0.1))

    assert running.cancelled()
    assert simulation.workers[0].killed
