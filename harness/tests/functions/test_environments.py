"""Execution environments: cold and warm, reused last in first out, removed when idle."""

import asyncio
from typing import Any

import pytest

from harness.cloud.records import CallEnded
from harness.faults.environment import CrashAfterCall
from harness.functions import limits
from harness.functions.fleet import Throttled
from harness.functions.records import (
    EnvironmentEnded,
    EnvironmentStarted,
    InvocationStarted,
    InvocationThrottled,
    LogWritten,
)
from harness.tests.fakes import Exits, function, http, instant, log, sleep, spawn
from harness.worker.protocol import Configure, Invoke


def napping(event):
    yield sleep(event.get("naps_s", 1))
    return "rested"


def test_the_first_invocation_pays_for_a_cold_start_and_the_second_does_not(simulation, deploy) -> None:
    worker = deploy(instant("hello"))

    worker.invoke()
    cold_ms = simulation.now_ms
    worker.invoke()

    assert 300 <= cold_ms <= 500
    assert simulation.now_ms == cold_ms
    assert [record.cold for record in simulation.records(InvocationStarted)] == [True, False]
    assert worker.environments == ["Worker#1", "Worker#1"]


def test_an_import_that_waits_makes_the_cold_start_longer(simulation, deploy) -> None:
    worker = deploy(instant("hello"), imports=napping_import(2))

    worker.invoke()

    assert 2300 <= simulation.now_ms <= 2500


def napping_import(seconds: float):
    def program(event):
        yield sleep(seconds)

    return program


def test_concurrent_invocations_get_environments_of_their_own(simulation, deploy) -> None:
    worker = deploy(napping)

    async def three() -> None:
        await asyncio.gather(*(worker.service.invoke("Worker", b"{}", cause="the test") for _ in range(3)))

    simulation.run(three())

    assert worker.environments == ["Worker#1", "Worker#2", "Worker#3"]


def test_the_environment_used_last_is_used_first(simulation, deploy) -> None:
    worker = deploy(napping)

    async def overlapping() -> None:
        slow = worker.start(b'{"naps_s": 5}')
        await worker.service.invoke("Worker", b'{"naps_s": 1}', cause="the test")
        await slow
        await worker.service.invoke("Worker", b"{}", cause="the test")

    simulation.run(overlapping())

    assert worker.environments == ["Worker#1", "Worker#2", "Worker#1"]


def test_an_idle_environment_is_removed_after_ten_minutes(simulation, deploy) -> None:
    worker = deploy(instant("hello"))

    worker.invoke()
    simulation.advance(600)
    worker.invoke()

    assert worker.environments == ["Worker#1", "Worker#2"]
    assert simulation.workers[0].killed
    assert [(one.environment, one.why) for one in simulation.records(EnvironmentEnded)] == [("Worker#1", "idle")]


def test_an_environment_that_is_used_again_begins_its_ten_minutes_anew(simulation, deploy) -> None:
    worker = deploy(instant("hello"))

    worker.invoke()
    simulation.advance(599)
    worker.invoke()
    simulation.advance(599)
    worker.invoke()

    assert worker.environments == ["Worker#1"] * 3


def test_waiting_for_removal_keeps_no_simulation_alive(simulation, deploy) -> None:
    deploy(instant("hello")).invoke()
    before_ms = simulation.now_ms

    simulation.settle()

    assert simulation.now_ms == before_ms


def test_a_recycled_function_starts_cold(simulation, deploy) -> None:
    worker = deploy(instant("hello"))
    worker.invoke()

    worker.service.recycle("Worker")
    worker.invoke()

    assert worker.environments == ["Worker#1", "Worker#2"]
    assert simulation.workers[0].killed


def test_a_worker_is_configured_once_and_invoked_each_time(simulation, deploy, tmp_path) -> None:
    worker = deploy(instant("hello"), variables={"TABLE": "orders"}, memory_mb=512, timeout_s=7)

    worker.invoke(b'{"n": 1}', request_id="r-1")
    worker.invoke(b'{"n": 2}', request_id="r-2")

    configure, first, second = simulation.workers[0].received
    assert isinstance(configure, Configure)
    assert (configure.handler, configure.code_dir) == ("app.handler", "/nowhere")
    assert configure.temporary_dir == str(tmp_path / "Worker-1")
    assert configure.variables["TABLE"] == "orders"
    assert configure.variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert configure.variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.12"
    assert isinstance(first, Invoke)
    assert isinstance(second, Invoke)
    assert (first.event, second.event) == (b'{"n": 1}', b'{"n": 2}')
    assert first.context["aws_request_id"] == "r-1"
    assert first.context["memory_limit_in_mb"] == "512"
    assert first.context["log_stream_name"] == second.context["log_stream_name"]
    assert first.context["invoked_function_arn"].endswith(":function:kata-Worker-A1B2")
    assert first.deadline_unix_us - first.unix_us == 7_000_000
    assert first.variables["_X_AMZN_TRACE_ID"].startswith("Root=1-695b")


def test_each_environment_has_a_seed_and_a_log_stream_of_its_own_that_repeat(simulation, deploy) -> None:
    worker = deploy(napping)

    async def two() -> None:
        await asyncio.gather(*(worker.service.invoke("Worker", b"{}", cause="the test") for _ in range(2)))

    simulation.run(two())

    first, second = (fake.received[0] for fake in simulation.workers)
    assert first.seed != second.seed
    assert first.variables["AWS_LAMBDA_LOG_STREAM_NAME"] != second.variables["AWS_LAMBDA_LOG_STREAM_NAME"]
    assert first.variables["AWS_LAMBDA_LOG_STREAM_NAME"].startswith("2026/01/05/[$LATEST]")


# ---- concurrency ---------------------------------------------------------------------------------


def test_reserved_concurrency_is_a_ceiling(simulation, deploy) -> None:
    worker = deploy(napping, reserved_concurrency=2)

    async def three() -> Any:
        running = [worker.service.invoke("Worker", b"{}", cause="the test", messages=("m",)) for _ in range(3)]
        return await asyncio.gather(*running, return_exceptions=True)

    results = simulation.run(three())

    assert [type(one).__name__ for one in results] == ["Result", "Result", "Throttled"]
    assert results[2].reason == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert [one.messages for one in simulation.records(InvocationThrottled)] == [("m",)]
    assert len(simulation.records(EnvironmentStarted)) == 2


def test_no_reserved_concurrency_at_all_switches_a_function_off(deploy) -> None:
    with pytest.raises(Throttled, match="ReservedFunctionConcurrentInvocationLimitExceeded"):
        deploy(instant("hello"), reserved_concurrency=0).invoke()


def test_a_place_is_free_again_when_an_invocation_has_ended(deploy) -> None:
    worker = deploy(napping, reserved_concurrency=1)

    assert [worker.invoke().payload for _ in range(3)] == [b'"rested"'] * 3


@pytest.fixture
def small_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ACCOUNT_CONCURRENCY", 5)


def outcome_of_each(simulation, service, *names: str) -> list[str]:
    async def together() -> Any:
        running = [service.invoke(name, b"{}", cause="the test") for name in names]
        return await asyncio.gather(*running, return_exceptions=True)

    return ["throttled" if isinstance(one, Throttled) else "ran" for one in simulation.run(together())]


@pytest.mark.usefixtures("small_account")
def test_all_functions_share_the_concurrency_of_the_account(simulation, tmp_path) -> None:
    service = simulation.functions(tmp_path, {"One": napping, "Two": napping})

    outcomes = outcome_of_each(simulation, service, "One", "Two", "One", "Two", "One", "Two")

    assert outcomes == ["ran"] * 5 + ["throttled"]


@pytest.mark.usefixtures("small_account")
def test_what_a_function_has_reserved_is_taken_from_the_others_and_kept_for_it(simulation, tmp_path) -> None:
    specs = (function("One", handler="h"), function("Reserved", handler="h", reserved_concurrency=2))
    service = simulation.functions(tmp_path, {"h": napping}, *specs)

    outcomes = outcome_of_each(simulation, service, "One", "One", "One", "One", "Reserved", "Reserved")

    assert outcomes == ["ran", "ran", "ran", "throttled", "ran", "ran"]


# ---- frozen between invocations ------------------------------------------------------------------


def calling_in_the_background(event):
    """A thread is started and not waited for; the next invocation naps."""

    def thread():
        answer = yield http("POST", "http://legacy/")
        yield log(f"thread has {answer.status}")

    if event.get("starts"):
        yield spawn(thread())
    if event.get("naps_s"):
        yield sleep(event["naps_s"])
    return "done"


def logged(simulation) -> list[tuple[int, str]]:
    return [(record.at_ms, record.text) for record in simulation.records(LogWritten)]


def test_an_answer_for_a_frozen_thread_is_kept_until_the_next_invocation(simulation, deploy) -> None:
    worker = deploy(calling_in_the_background)
    worker.invoke(b'{"starts": true}')

    simulation.advance(10)
    assert logged(simulation) == []

    worker.invoke(b'{"naps_s": 1}')
    assert [text for _, text in logged(simulation)] == ["thread has 200"]


def test_the_call_of_a_frozen_thread_is_carried_out_in_its_own_time(simulation, deploy) -> None:
    deploy(calling_in_the_background).invoke(b'{"starts": true}')
    began_ms = simulation.now_ms

    simulation.settle()

    assert [record.at_us / 1000 - began_ms for record in simulation.records(CallEnded)] == [500]


def test_a_wait_of_a_frozen_thread_that_has_run_out_ends_at_the_next_invocation(simulation, deploy) -> None:
    def handler(event):
        def thread():
            yield sleep(1)
            yield log("awake")

        if event.get("starts"):
            yield spawn(thread())
        yield sleep(0.1)

    worker = deploy(handler)
    worker.invoke(b'{"starts": true}')
    simulation.advance(60)
    worker.invoke()

    at_ms = [at_ms for at_ms, _ in logged(simulation)]
    assert at_ms == [worker.service.invocations[1].started_us // 1000]


def test_an_environment_that_died_while_it_was_frozen_is_not_used_again(simulation, deploy) -> None:
    worker = deploy(calling_in_the_background)
    simulation.faults.inject(CrashAfterCall(k=1, times=1))
    worker.invoke(b'{"starts": true}')
    simulation.advance(10)

    result = worker.invoke()

    assert result.succeeded
    assert worker.environments == ["Worker#1", "Worker#2"]
    assert [(one.environment, one.why) for one in simulation.records(EnvironmentEnded)] == [
        ("Worker#1", "died while frozen")
    ]


def test_closing_ends_every_environment(simulation, deploy) -> None:
    worker = deploy(napping)
    worker.invoke()
    running = worker.start(b'{"naps_s": 2}')
    simulation.run(asyncio.sleep(0))

    worker.service.close()

    assert all(fake.killed for fake in simulation.workers)
    assert simulation.run(running).error.startswith("Runtime.ExitError")


def test_a_crash_of_the_process_costs_the_next_invocation_a_cold_start(simulation, deploy) -> None:
    def handler(event):
        yield sleep(0.1)
        if event:
            raise Exits("exit status 1")

    worker = deploy(handler)
    worker.invoke(b'{"exit": true}')
    worker.invoke()

    assert [record.cold for record in simulation.records(InvocationStarted)] == [True, True]
