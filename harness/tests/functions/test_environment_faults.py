"""Faults of the execution environment: killed after a call, before a call, or standing still."""

from harness.cloud.records import CallSent
from harness.faults.environment import CrashAfterCall, HandlerTimeout, KillOnMatch
from harness.functions.invocation import Ending
from harness.functions.records import EnvironmentEnded
from harness.tests.fakes import http, instant
from harness.tests.functions.programs import error_of, napping


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
