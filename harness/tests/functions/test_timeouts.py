"""Timeouts: of handlers, at the exact virtual instant, and of imports."""

import pytest

from harness.functions.environment import Overdue
from harness.functions.invocation import Ending
from harness.functions.records import EnvironmentEnded
from harness.tests.fakes import Exits, Raised, Spins, http, instant, sleep, spawn
from harness.tests.functions.programs import error_of, napping, started_ms
from harness.worker.protocol import Failed, Initialized


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
    assert worker.environments == ["Worker#1", "Worker#3"]  # each is followed by one that tries again


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
