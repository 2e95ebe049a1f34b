"""How invocations end: answers, errors, timeouts, exits; and what their callers get."""

import asyncio
import json
from typing import Any

import pytest

from harness.cloud.records import CallSent
from harness.faults.environment import CrashAfterCall, HandlerTimeout, KillOnMatch
from harness.functions.environment import Overdue
from harness.functions.invocation import Ending, Result
from harness.functions.records import EnvironmentEnded, InvocationEnded, LogWritten
from harness.tests.fakes import Exits, Garbles, Raised, Spins, http, instant, log, sleep, spawn
from harness.worker.protocol import Failed, Initialized


def started_ms(worker) -> Any:
    """When the handler itself began, after the cold start."""
    return worker.simulation.workers[-1].received[-1].unix_us / 1000


def error_of(result: Result) -> Any:
    assert result.function_error == "Unhandled"
    return json.loads(result.payload)


def napping(seconds: float):
    def handler(event):
        yield sleep(seconds)
        return "rested"

    return handler


# ---- answers and errors --------------------------------------------------------------------------


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

    assert error_of(result)["errorMessage"].endswith("signal: killed")
    assert simulation.workers[0].killed


def test_what_a_dying_process_printed_last_is_in_the_log(simulation, deploy) -> None:
    def handler(event):
        yield log("last words")
        raise Exits("signal: killed")

    deploy(handler).invoke()

    assert [record.text for record in simulation.records(LogWritten)] == ["last words"]


def test_an_answer_of_six_megabytes_passes_and_one_byte_more_does_not(deploy) -> None:
    def handler(event):
        return b'"' + b"x" * (event["bytes"] - 2) + b'"'
        yield

    worker = deploy(handler)
    fits = worker.invoke(b'{"bytes": 6291456}')
    too_large = worker.invoke(b'{"bytes": 6291457}')

    assert (fits.succeeded, len(fits.payload)) == (True, 6291456)
    assert error_of(too_large)["errorType"] == "Function.ResponseSizeTooLarge"
    assert "maximum allowed payload size (6291556 bytes)" in error_of(too_large)["errorMessage"]


# ---- timeouts ------------------------------------------------------------------------------------


def test_a_handler_is_timed_out_at_the_exact_instant(simulation, deploy) -> None:
    worker = deploy(napping(10), timeout_s=3)

    result = worker.invoke(request_id="r-1")

    assert simulation.clock.unix_us() / 1000 - started_ms(worker) == 3000
    assert error_of(result) == {
        "errorMessage": "RequestId: r-1 Error: Task timed out after 3.00 seconds",
        "errorType": "Sandbox.Timedout",
    }
    assert (result.ending, result.spun) == (Ending.TIMED_OUT, False)
    assert simulation.workers[0].killed


def test_a_handler_that_ends_just_before_its_timeout_succeeds(deploy) -> None:
    assert deploy(napping(2.999_999), timeout_s=3).invoke().succeeded


def test_an_environment_that_was_timed_out_is_not_used_again(simulation, deploy) -> None:
    worker = deploy(napping(10), timeout_s=1)

    worker.invoke()
    worker.invoke()

    assert worker.environments == ["Worker#1", "Worker#2"]
    assert [record.why for record in simulation.records(EnvironmentEnded)] == ["timed out", "timed out"]


def test_a_call_in_flight_when_the_timeout_strikes_is_carried_out(simulation, deploy) -> None:
    def handler(event):
        yield sleep(0.8)
        yield http("POST", "http://legacy/")

    worker = deploy(handler, timeout_s=1)
    result = worker.invoke()
    simulation.settle()

    service = simulation.gateway.outside["legacy"][1]
    assert result.ending is Ending.TIMED_OUT
    assert [at_ms - worker.service.invocations[0].ended_us / 1000 for at_ms, _ in service.asked] == [pytest.approx(300)]


def test_a_handler_that_computes_without_end_is_timed_out_in_virtual_time(simulation, deploy) -> None:
    def handler(event):
        raise Spins
        yield

    worker = deploy(handler, timeout_s=3)
    result = worker.invoke()

    assert (result.ending, result.spun) == (Ending.TIMED_OUT, True)
    assert simulation.clock.unix_us() / 1000 - started_ms(worker) == 3000


def test_an_answer_that_comes_for_a_worker_that_was_ended_for_spinning_is_not_heard(simulation, deploy) -> None:
    def handler(event):
        def thread():
            yield http("POST", "http://legacy/")

        yield spawn(thread())
        yield sleep(0.1)
        raise Spins

    result = deploy(handler, timeout_s=3).invoke()

    assert result.ending is Ending.TIMED_OUT


def test_after_two_spinning_invocations_no_more_real_time_is_spent(simulation, deploy) -> None:
    def handler(event):
        raise Spins
        yield

    worker = deploy(handler, timeout_s=3)
    results = [worker.invoke() for _ in range(5)]

    assert {(result.ending, result.spun) for result in results} == {(Ending.TIMED_OUT, True)}
    assert len(simulation.workers) == 3


# ---- the init phase ------------------------------------------------------------------------------


def test_the_cold_start_and_the_import_do_not_count_against_the_timeout(deploy) -> None:
    assert deploy(napping(2.9), imports=napping(9), timeout_s=3).invoke().succeeded


def test_an_import_longer_than_ten_seconds_is_done_again_under_the_functions_timeout(simulation, deploy) -> None:
    worker = deploy(napping(1), imports=napping(11), timeout_s=20)

    result = worker.invoke()

    assert result.succeeded
    assert [(one.environment, one.why) for one in simulation.records(EnvironmentEnded)] == [
        ("Worker#1", "init phase longer than 10 s")
    ]
    assert 300 + 10_000 + 11_000 + 1_000 <= simulation.now_ms <= 500 + 10_000 + 11_000 + 1_000


def test_the_second_import_and_the_handler_share_the_timeout(simulation, deploy) -> None:
    worker = deploy(napping(8), imports=napping(13), timeout_s=20)

    result = worker.invoke()

    assert result.ending is Ending.TIMED_OUT
    assert 300 + 10_000 + 20_000 <= simulation.now_ms <= 500 + 10_000 + 20_000
    assert all(fake.killed for fake in simulation.workers)


def test_an_import_that_never_ends_is_timed_out(simulation, deploy) -> None:
    result = deploy(instant("hello"), imports=napping(100), timeout_s=5).invoke()

    assert result.ending is Ending.TIMED_OUT
    assert 300 + 10_000 + 5_000 <= simulation.now_ms <= 500 + 10_000 + 5_000


def failing_import(event):
    raise Raised("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'pandas'")
    yield


def test_an_import_that_fails_fails_each_invocation_without_a_request_id(simulation, deploy) -> None:
    worker = deploy(instant("hello"), imports=failing_import)

    results = [worker.invoke(request_id="r-1"), worker.invoke(request_id="r-2")]

    assert [error_of(result)["errorType"] for result in results] == ["Runtime.ImportModuleError"] * 2
    assert [error_of(result)["requestId"] for result in results] == ["", ""]
    assert worker.environments == ["Worker#1", "Worker#2"]


def test_a_process_that_exits_in_its_import_fails_the_invocation(deploy) -> None:
    def exiting(event):
        raise Exits("exit status 3")
        yield

    result = deploy(instant("hello"), imports=exiting).invoke(request_id="r-1")

    assert error_of(result)["errorMessage"] == "RequestId: r-1 Error: Runtime exited with error: exit status 3"


@pytest.mark.parametrize(
    ("imports", "kind"),
    [(None, Initialized), (failing_import, Failed), (napping(11), Overdue)],
)
def test_trying_a_function_out_gives_the_end_of_its_import_and_leaves_nothing(
    simulation, deploy, imports, kind
) -> None:
    worker = deploy(instant("hello"), imports=imports)

    end = simulation.run(worker.service.try_out("Worker"))

    assert isinstance(end, kind)
    assert simulation.workers[0].killed
    assert worker.service.invocations == []


# ---- faults of the environment -------------------------------------------------------------------


def two_calls(event):
    yield http("POST", "http://legacy/first")
    yield http("POST", "http://legacy/second")
    return "done"


def paths(simulation) -> list[str]:
    return [call.request.url.removeprefix("http://legacy") for _, call in simulation.gateway.outside["legacy"][1].asked]


def test_a_crash_after_the_first_call_leaves_its_effect_and_nothing_else(simulation, deploy) -> None:
    simulation.faults.inject(CrashAfterCall(k=1, times=1))
    worker = deploy(two_calls)

    result = worker.invoke()

    assert result.ending is Ending.KILLED
    assert error_of(result)["errorType"] == "Runtime.ExitError"
    assert paths(simulation) == ["/first"]
    assert [record.why for record in simulation.records(EnvironmentEnded)] == ["crash_after_call"]
    assert worker.invoke().succeeded


def test_a_kill_on_match_comes_before_the_call_is_made_each_time(simulation, deploy) -> None:
    simulation.faults.inject(KillOnMatch(operation="POST /second"))
    worker = deploy(two_calls)

    results = [worker.invoke(), worker.invoke()]

    assert [result.ending for result in results] == [Ending.KILLED, Ending.KILLED]
    assert paths(simulation) == ["/first", "/first"]


def test_a_handler_that_stands_still_after_a_call_is_timed_out(simulation, deploy) -> None:
    simulation.faults.inject(HandlerTimeout(operation="POST /first", times=1))
    worker = deploy(two_calls, timeout_s=3)

    result = worker.invoke()

    assert result.ending is Ending.TIMED_OUT
    assert paths(simulation) == ["/first"]


def test_calls_are_counted_anew_in_each_invocation_and_apart_from_the_import(simulation, deploy) -> None:
    def importing(event):
        yield http("GET", "http://legacy/settings")

    worker = deploy(two_calls, imports=importing)
    worker.invoke(request_id="r-1")
    worker.invoke(request_id="r-2")

    assert [(record.request_id, record.index) for record in simulation.records(CallSent)] == [
        ("", 1),
        ("r-1", 1),
        ("r-1", 2),
        ("r-2", 1),
        ("r-2", 2),
    ]


def test_an_invocation_can_be_killed_by_its_id(simulation, deploy) -> None:
    worker = deploy(napping(5), timeout_s=10)
    running = worker.start(request_id="r-1")
    simulation.advance(1)

    worker.service.kill("r-1")
    result = simulation.run(running)

    assert result.ending is Ending.KILLED
    assert simulation.now_ms == 1000


def test_an_invocation_can_be_killed_during_its_cold_start(simulation, deploy) -> None:
    worker = deploy(instant("hello"))
    running = worker.start(request_id="r-1")
    simulation.advance(0.1)

    worker.service.kill("r-1")
    result = simulation.run(running)

    assert result.ending is Ending.KILLED
    assert simulation.workers == []


def test_killing_what_does_not_run_does_nothing(deploy) -> None:
    worker = deploy(instant("hello"))
    worker.invoke(request_id="r-1")

    worker.service.kill("r-1")

    assert worker.invoke().succeeded


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
