"""A service under load: what it takes, what it refuses, what its log and trace say."""

import asyncio

import pytest

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.log import LoggedRequest
from harness.cloud.engines.http_service.records import ServiceRequestEnded, ServiceRequestReceived
from harness.cloud.engines.http_service.replies import json_reply, problem
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Answer, Reply
from harness.tests.cloud.http_service.bench import Bench, parsed


class Shop(HttpService):
    """Counts orders; a write locks the customer it names."""

    capacity = Capacity(comfortable=4, limit=8)
    patience_ms = 30_000

    orders = 0

    @route("GET", "/orders", base_ms=40)
    def count(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"orders": self.orders})

    @route("POST", "/orders", base_ms=250)
    def create(self, request: ServiceRequest) -> Reply:
        self.orders += 1
        return json_reply(201, {"number": self.orders})

    @route("POST", "/long-report", base_ms=60_000)
    def report(self, request: ServiceRequest) -> Reply:
        raise AssertionError("A report takes longer than this service's patience.")

    def check(self, request: ServiceRequest) -> Reply | None:
        is_empty = request.method == "POST" and request.body == {}
        return problem(422, "The order is empty.", code="invalid") if is_empty else None

    def locks(self, request: ServiceRequest) -> tuple[str, ...]:
        return (request.body["customer"],) if request.body else ()


@pytest.fixture
def bench() -> Bench[Shop]:
    return Bench(Shop)


def test_an_answer_takes_its_base_latency_give_or_take_a_tenth(bench: Bench[Shop]) -> None:
    reply = bench.ask_now("POST", "/orders")

    assert (reply.status, parsed(reply)) == (201, {"number": 1})
    assert 225 <= bench.answered_ms <= 275


def test_the_mean_latency_is_the_base_latency(bench: Bench[Shop]) -> None:
    async def five_hundred() -> None:
        for _ in range(500):
            await bench.ask("GET", "/orders")

    bench.run(five_hundred())

    assert bench.answered_ms / 500 == pytest.approx(40, rel=0.01)


def test_work_is_done_at_the_end_of_its_latency(bench: Bench[Shop]) -> None:
    early, late = bench.ask_together(
        bench.ask("GET", "/orders", after_ms=100),
        bench.ask("GET", "/orders", after_ms=300),
        bench.ask("POST", "/orders"),
    )[:2]

    assert parsed(early) == {"orders": 0}
    assert parsed(late) == {"orders": 1}


def test_work_goes_on_when_the_caller_stops_listening(bench: Bench[Shop]) -> None:
    tasks: list[asyncio.Task[Answer]] = []

    async def leave_early() -> None:
        tasks.append(asyncio.create_task(bench.service.answer(bench.call("POST", "/orders"))))
        await asyncio.sleep(0.1)

    bench.run(leave_early())
    assert (bench.service.orders, bench.service.in_flight) == (0, 1)

    bench.settle()
    assert (bench.service.orders, bench.service.in_flight) == (1, 0)


def test_a_refusal_after_a_look_costs_the_base_latency_of_a_look(bench: Bench[Shop]) -> None:
    reply = bench.ask_now("POST", "/orders", {})

    assert (reply.status, parsed(reply)["code"]) == (422, "invalid")
    assert 36 <= bench.answered_ms <= 44
    assert bench.service.orders == 0


def test_the_ninth_request_is_turned_away_at_once_and_nothing_is_done(bench: Bench[Shop]) -> None:
    replies = bench.ask_together(*(bench.ask("POST", "/orders") for _ in range(9)))

    assert [reply.status for reply in replies] == [201] * 8 + [503]
    assert replies[8].headers["retry-after"] == "5"
    assert bench.service.log[8].ended_ms == 15
    assert bench.service.orders == 8


def test_a_crowd_slows_whoever_joins_it(bench: Bench[Shop]) -> None:
    bench.ask_together(*(bench.ask("POST", "/orders") for _ in range(8)))

    took_ms = [entry.ended_ms for entry in bench.service.log]
    assert took_ms == [pytest.approx(250 * factor, rel=0.11) for factor in [1, 1, 1, 1, 1.5, 3, 5.5, 9]]


def test_a_test_may_replace_the_capacity(bench: Bench[Shop]) -> None:
    bench.service.capacity = Capacity(limit=1)

    first, second = bench.ask_together(bench.ask("GET", "/orders"), bench.ask("GET", "/orders"))

    assert (first.status, second.status) == (200, 503)


def test_a_second_write_waits_for_the_lock_of_the_first(bench: Bench[Shop]) -> None:
    bench.ask_together(
        bench.ask("POST", "/orders", {"customer": "ann"}),
        bench.ask("POST", "/orders", {"customer": "ann"}),
        bench.ask("POST", "/orders", {"customer": "bob"}),
    )

    took_ms = [entry.ended_ms for entry in bench.service.log]
    assert took_ms == [pytest.approx(expected, rel=0.11) for expected in [250, 500, 250]]


def test_a_request_that_takes_longer_than_the_patience_is_abandoned_undone(bench: Bench[Shop]) -> None:
    reply = bench.ask_now("POST", "/long-report")

    assert reply.status == 504
    assert bench.answered_ms == 30_000
    assert not bench.service.log[0].done


def test_the_log_tells_what_was_asked_and_how_it_ended(bench: Bench[Shop]) -> None:
    bench.ask_now("POST", "/orders?source=web", {"customer": "ann"})

    entry = bench.service.log[0]
    assert entry == LoggedRequest(
        at_ms=0,
        call=1,
        method="POST",
        path="/orders",
        query={"source": "web"},
        body={"customer": "ann"},
        function="Feed",
        request_id="r-1",
        in_flight=1,
        status=201,
        ended_ms=entry.ended_ms,
        done=True,
    )


def test_the_log_shows_a_request_from_its_arrival(bench: Bench[Shop]) -> None:
    async def look_inside() -> LoggedRequest:
        work = asyncio.create_task(bench.service.answer(bench.call("POST", "/orders")))
        await asyncio.sleep(0.001)
        assert not work.done()
        return bench.service.log[0]

    entry = bench.run(look_inside())

    assert (entry.status, entry.ended_ms, entry.done) == (None, None, False)
    assert bench.service.statuses() == {}


def test_the_trace_pairs_each_arrival_with_its_end(bench: Bench[Shop]) -> None:
    bench.ask_together(bench.ask("POST", "/orders"), bench.ask("GET", "/orders"))

    received = bench.trace.of(ServiceRequestReceived)
    ended = bench.trace.of(ServiceRequestEnded)
    assert [(record.call, record.method, record.path, record.in_flight) for record in received] == [
        (1, "POST", "/orders", 1),
        (2, "GET", "/orders", 2),
    ]
    assert [(record.call, record.status, record.loss, record.done) for record in ended] == [
        (2, 200, "", True),
        (1, 201, "", True),
    ]


def test_the_meters_can_be_read_and_begun_anew(bench: Bench[Shop]) -> None:
    bench.ask_together(*(bench.ask("GET", "/orders") for _ in range(9)))
    assert bench.service.max_in_flight == 9
    assert bench.service.statuses() == {200: 8, 503: 1}

    bench.service.reset_meters()
    assert bench.service.max_in_flight == 0


def test_the_same_seed_gives_the_same_trace_and_another_seed_another() -> None:
    def digest(seed: int) -> str:
        bench = Bench(Shop, seed=seed)
        bench.ask_together(*(bench.ask("POST", "/orders", {"customer": "ann"}, after_ms=i * 60) for i in range(40)))
        return bench.trace.digest()

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)
