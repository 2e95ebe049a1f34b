"""A service while a fault is on: what the caller sees, and what has been done."""

import asyncio

import pytest

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.engines.http_service.trouble import UnknownEndError
from harness.faults.board import FaultStruck
from harness.faults.downstream import DownstreamFails, DownstreamHangs, DownstreamRefuses, DownstreamSlow, LateCommit
from harness.simulation.wire import Answer, Loss, NoReply, Reply
from harness.tests.cloud.http_service.bench import Bench, parsed


class Shop(HttpService):
    """Counts orders."""

    patience_ms = 30_000

    orders = 0

    @route("POST", "/orders", base_ms=250)
    def create(self, request: ServiceRequest) -> Reply:
        self.orders += 1
        return json_reply(201, {"number": self.orders})


@pytest.fixture
def bench() -> Bench[Shop]:
    return Bench(Shop)


def test_a_slow_service_takes_the_factor_longer_and_does_the_work(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamSlow(service="shop", factor=8))

    assert bench.ask_now("POST", "/orders").status == 201
    assert 1800 <= bench.answered_ms <= 2200


def test_a_hanging_service_breaks_the_connection_and_does_nothing(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamHangs(service="shop", hold_ms=30_000))

    answer = bench.run(bench.send("POST", "/orders"))

    assert answer == NoReply(Loss.RESET)
    assert bench.answered_ms == 30_000
    assert bench.service.orders == 0
    entry = bench.service.log[0]
    assert (entry.status, entry.loss, entry.ended_ms, entry.done) == (None, "reset", 30_000, False)


def test_a_request_that_hangs_is_in_flight(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamHangs(service="shop", times=1))

    bench.ask_together(bench.send("POST", "/orders"), bench.send("POST", "/orders", after_ms=10_000))

    assert bench.service.log[1].in_flight == 2


def test_no_request_hangs_longer_than_the_service_is_patient(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamHangs(service="shop", hold_ms=90_000))

    bench.run(bench.send("POST", "/orders"))

    assert bench.answered_ms == 30_000


@pytest.mark.parametrize(
    ("end", "status", "took_ms"),
    [
        ("503", 503, 15),
        ("500", 500, 15),
        ("504", 504, 15),
        ("429", 429, 15),
        ("reset", None, 15),
        ("hang", None, 30_000),
    ],
)
def test_a_failing_service_ends_a_request_as_the_fault_says(
    bench: Bench[Shop], end: str, status: int | None, took_ms: int
) -> None:
    bench.faults.inject(DownstreamFails(service="shop", ends=(end,)))

    bench.run(bench.send("POST", "/orders"))

    entry = bench.service.log[0]
    assert (entry.status, entry.ended_ms, entry.done) == (status, took_ms, False)
    assert bench.service.orders == 0


def test_a_service_that_is_down_tells_when_to_come_again(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamFails(service="shop", ends=("503",), times=1))
    bench.faults.inject(DownstreamFails(service="shop", ends=("429",), retry_after_s=1))

    assert bench.ask_now("POST", "/orders").headers["retry-after"] == "5"
    assert bench.ask_now("POST", "/orders").headers["retry-after"] == "1"


def test_the_ends_of_an_outage_are_drawn_by_the_seed() -> None:
    def ends(seed: int) -> list[tuple[int | None, str]]:
        bench = Bench(Shop, seed=seed)
        bench.faults.inject(DownstreamFails(service="shop"))
        bench.ask_together(*(bench.send("POST", "/orders") for _ in range(30)))
        return [(entry.status, entry.loss) for entry in bench.service.log]

    assert sorted({str(end) for end in ends(1)}) == ["(503, '')", "(None, 'reset')"]
    assert ends(1) == ends(1)
    assert ends(1) != ends(2)


def test_an_end_that_no_service_knows_is_an_error_of_the_plan(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamFails(service="shop", ends=("explode",)))

    with pytest.raises(UnknownEndError, match='names the end "explode"'):
        bench.ask_now("POST", "/orders")


def test_a_refused_record_is_refused_for_good_and_its_neighbour_goes_through(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamRefuses(operation="POST /orders", containing="a-4", code="invalid", detail="No."))

    refused, accepted = bench.ask_together(
        bench.ask("POST", "/orders", {"id": "a-4"}), bench.ask("POST", "/orders", {"id": "a-5"})
    )

    assert (refused.status, parsed(refused)["code"], parsed(refused)["detail"]) == (422, "invalid", "No.")
    assert accepted.status == 201
    assert 36 <= (bench.service.log[0].ended_ms or 0) <= 44


def test_a_held_request_is_done_late_whether_or_not_the_caller_waits(bench: Bench[Shop]) -> None:
    bench.faults.inject(LateCommit(operation="POST /orders", hold_ms=25_000, times=1))

    tasks: list[asyncio.Task[Answer]] = []

    async def leave_after(seconds: float) -> None:
        tasks.append(asyncio.create_task(bench.service.answer(bench.call("POST", "/orders"))))
        await asyncio.sleep(seconds)

    bench.run(leave_after(24.9))
    assert bench.service.orders == 0

    bench.settle()
    assert bench.service.orders == 1
    assert (bench.service.log[0].ended_ms, bench.service.log[0].done) == (25_000, True)


def test_a_request_turned_away_for_overload_uses_up_no_strike_of_a_late_commit(bench: Bench[Shop]) -> None:
    bench.service.capacity = Capacity(limit=1)
    bench.faults.inject(LateCommit(operation="POST /orders", hold_ms=25_000, skip=1, times=1))

    bench.ask_together(
        bench.send("POST", "/orders"), bench.send("POST", "/orders"), bench.send("POST", "/orders", after_ms=1000)
    )

    assert [entry.status for entry in bench.service.log] == [201, 503, 201]
    assert bench.service.log[2].ended_ms == 26_000


def test_each_request_is_one_strike_of_a_fault(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamSlow(service="shop", factor=2, times=2))

    bench.ask_together(*(bench.ask("POST", "/orders") for _ in range(3)))

    took_ms = [entry.ended_ms for entry in bench.service.log]
    assert took_ms == [pytest.approx(expected, rel=0.11) for expected in [500, 500, 250]]
    assert [record.call for record in bench.trace.of(FaultStruck)] == [1, 2]


def test_a_fault_of_another_service_does_not_strike(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamHangs(service="bank"))

    assert bench.ask_now("POST", "/orders").status == 201
