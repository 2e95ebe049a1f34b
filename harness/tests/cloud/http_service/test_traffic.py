"""A service that takes a share of the requests only, comes and goes, or answers what nobody can read."""

import json

import pytest

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.rate_limit import RateLimit
from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.engines.http_service.spoiling import UnknownFormError
from harness.cloud.engines.http_service.spread import Spread
from harness.faults.downstream_answers import DownstreamGarbage, SchemaDrift
from harness.faults.downstream_traffic import (
    DownstreamErrorRate,
    DownstreamFlaps,
    DownstreamLongTail,
    DownstreamRateLimit,
    DownstreamUnreachable,
)
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Answer, Loss, NoReply, Reply
from harness.tests.cloud.http_service.bench import Bench, parsed


class Shop(HttpService):
    """Counts orders."""

    orders = 0

    @route("POST", "/orders", base_ms=100)
    def create(self, request: ServiceRequest) -> Reply:
        self.orders += 1
        return json_reply(201, {"number": self.orders, "lines": [{"price": 2, "paid": True}]})


@pytest.fixture
def bench() -> Bench[Shop]:
    return Bench(Shop)


def status(answer: Answer) -> int | str:
    return answer.status if isinstance(answer, Reply) else answer.loss.value


def one_each(bench: Bench[Shop], count: int, every_ms: int) -> list[int | str]:
    """The status of requests sent one after the other."""
    sent = [bench.send("POST", "/orders", after_ms=number * every_ms) for number in range(count)]
    return [status(answer) for answer in bench.ask_together(*sent)]


# ---- traffic ----------------------------------------------------------------------------------


def test_an_unreachable_service_refuses_connections_and_does_nothing(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamUnreachable(service="shop", until_ms=5000))

    assert one_each(bench, 2, 6000) == ["refused", 201]
    assert bench.service.orders == 1


def test_an_error_rate_hits_about_its_share_and_only_that(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamErrorRate(service="shop", share=0.25, ends=("502",)))

    seen = one_each(bench, 200, 1000)

    assert set(seen) == {201, 502}
    assert 30 <= seen.count(502) <= 70
    assert bench.service.orders == seen.count(201)


def test_a_rate_limit_refuses_what_is_above_it_and_says_when_to_come_back(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamRateLimit(service="shop", per_s=2, burst=3, retry_after_s=7))

    answers = bench.ask_together(*[bench.send("POST", "/orders") for _ in range(5)])
    later = bench.ask_together(*[bench.send("POST", "/orders", after_ms=1000) for _ in range(3)])

    assert [status(answer) for answer in answers] == [201, 201, 201, 429, 429]
    assert isinstance(answers[-1], Reply)
    assert answers[-1].headers["retry-after"] == "7"
    assert [status(answer) for answer in later].count(201) == 2


def test_a_service_may_have_a_rate_limit_of_its_own(bench: Bench[Shop]) -> None:
    bench.service.rate_limit = RateLimit(per_s=1, burst=1)

    assert one_each(bench, 4, 500) == [201, 429, 201, 429]


def test_a_flapping_service_is_well_and_down_in_turn(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamFlaps(service="shop", up_ms=2000, down_ms=1000, ends=("refused",)))

    assert one_each(bench, 7, 1000) == [201, 201, "refused", 201, 201, "refused", 201]


def test_a_long_tail_makes_a_few_answers_slow_and_fails_none(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamLongTail(service="shop", share=0.1, factor=20))

    one_each(bench, 100, 10_000)

    took_ms = sorted((entry.ended_ms or 0) - entry.at_ms for entry in bench.service.log)
    assert bench.service.orders == 100
    assert took_ms[50] <= 110
    assert 1 <= len([one for one in took_ms if one > 1800]) <= 25


def test_a_spread_with_a_tail_keeps_most_answers_near_the_nominal_latency() -> None:
    chance = Randomness(1).stream("latency")
    factors = sorted(Spread(tail_share=0.05, tail_factor=30).factor(chance) for _ in range(1000))

    assert factors[0] >= 0.9
    assert factors[900] <= 1.1
    assert factors[-1] > 10


# ---- collapse ---------------------------------------------------------------------------------


def test_a_service_that_falls_over_loses_what_is_in_flight_and_is_down_for_a_while(bench: Bench[Shop]) -> None:
    bench.service.capacity = Capacity(collapse_at=3, recovery_s=5)

    together = bench.ask_together(*[bench.send("POST", "/orders", after_ms=number) for number in range(3)])
    while_down, after = one_each(bench, 2, 5000)

    assert [status(answer) for answer in together] == ["reset", "reset", "refused"]
    assert (while_down, after) == ("refused", 201)
    assert bench.service.orders == 1


# ---- answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "content_type", "is_json"),
    [
        ("truncated", "application/json", False),
        ("html", "text/html; charset=utf-8", False),
        ("wrong_type", "text/plain", True),
        ("empty", "application/json", False),
        ("binary", "application/json", False),
    ],
)
def test_garbage_comes_after_the_work_is_done(bench: Bench[Shop], form: str, content_type: str, is_json: bool) -> None:
    bench.faults.inject(DownstreamGarbage(service="shop", forms=(form,)))

    answer = bench.ask_now("POST", "/orders")

    assert (answer.status, answer.headers["content-type"]) == (201, content_type)
    assert bench.service.orders == 1
    assert readable(answer) is is_json


def readable(answer: Reply) -> bool:
    try:
        json.loads(answer.body)
    except ValueError:
        return False
    return True


def test_drift_changes_the_fields_wherever_they_stand(bench: Bench[Shop]) -> None:
    bench.faults.inject(
        SchemaDrift(
            service="shop",
            rename=(("number", "orderNumber"),),
            drop=("absent",),
            to_text=("price", "paid"),
            add=("beta",),
        )
    )

    answer = bench.ask_now("POST", "/orders")

    assert parsed(answer) == {
        "orderNumber": 1,
        "lines": [{"price": "2", "paid": "true", "beta": "new"}],
        "beta": "new",
    }


def test_drift_can_drop_a_field_and_make_one_null(bench: Bench[Shop]) -> None:
    bench.faults.inject(SchemaDrift(service="shop", drop=("lines",), to_null=("number",)))

    assert parsed(bench.ask_now("POST", "/orders")) == {"number": None}


def test_a_form_that_nobody_knows_is_the_authors_mistake(bench: Bench[Shop]) -> None:
    bench.faults.inject(DownstreamGarbage(service="shop", forms=("sour",)))

    with pytest.raises(UnknownFormError, match="one of truncated, html"):
        bench.ask_now("POST", "/orders")


# ---- what a service may say of itself ---------------------------------------------------------


class Till(HttpService):
    """Speaks another language than JSON, and words its refusals itself."""

    reads_json = False
    capacity = Capacity(limit=1)

    def counts(self, request: ServiceRequest) -> bool:
        return request.call.caller.function != "Facade"

    def refusal(self, status: int, detail: str, *, retry_after_s: int | None = None) -> Reply:
        return Reply(status, {"content-type": "text/plain"}, b"E%d" % status)

    @route("POST", "/orders", base_ms=100)
    def create(self, request: ServiceRequest) -> Reply:
        return Reply(201, {}, request.body[::-1])


def test_a_service_may_take_bytes_and_word_its_refusals() -> None:
    bench = Bench(Till)

    answers = bench.ask_together(
        bench.send("POST", "/orders", body=b"\xe9a"),
        bench.send("GET", "/nowhere", after_ms=1000),
        bench.send("POST", "/orders", body=b"x"),
    )

    assert [one.body for one in answers if isinstance(one, Reply)] == [b"a\xe9", b"E404", b"E503"]
    assert NoReply(Loss.RESET) not in answers


class Renderer(HttpService):
    """Has one place for what counts, and works on when it has answered."""

    capacity = Capacity(limit=1)

    def begin(self) -> None:
        self.rendered_ms: list[int] = []

    def counts(self, request: ServiceRequest) -> bool:
        return request.path == "/tasks"

    @route("POST", "/tasks", base_ms=100)
    def start(self, request: ServiceRequest) -> Reply:
        self.later(20 * 60_000, lambda: self.rendered_ms.append(self._clock.now_ms))
        return json_reply(202, {})

    @route("GET", "/health", base_ms=100)
    def health(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {})


def test_a_request_that_does_not_count_is_not_turned_away_from_a_full_service() -> None:
    bench = Bench(Renderer)

    asked = [("POST", "/tasks"), ("POST", "/tasks"), ("GET", "/health"), ("GET", "/health")]
    answers = bench.ask_together(*[bench.send(method, path, after_ms=n) for n, (method, path) in enumerate(asked)])

    assert [status(one) for one in answers] == [202, 503, 200, 200]


def test_a_service_may_work_on_for_long_after_its_answer() -> None:
    bench = Bench(Renderer)
    bench.ask_now("POST", "/tasks")
    answered_ms = bench.loop.clock.now_ms

    bench.loop.run_until_complete(bench.loop.settled())

    assert [at_ms - answered_ms for at_ms in bench.service.rendered_ms] == [20 * 60_000]
