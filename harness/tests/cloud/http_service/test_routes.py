"""Which route answers, and what the service makes of a request it cannot read."""

import pytest

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import Route, ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.engines.http_service.spread import Spread
from harness.simulation.wire import Reply
from harness.tests.cloud.http_service.bench import Bench, parsed


class Shop(HttpService):
    """Says which of its handlers was asked, and how it understood the request."""

    @route("GET", "/orders/latest", base_ms=40)
    def latest(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"handler": "latest"})

    @route("GET", "/orders/{id}", base_ms=40)
    def one(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"handler": "one", "segments": request.segments, "query": request.query})

    @route("POST", "/orders", base_ms=250)
    def create(self, request: ServiceRequest) -> Reply:
        return json_reply(201, {"body": request.body})


class Branch(Shop):
    """A shop with one route more, and one handler of its own."""

    def latest(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"handler": "the branch's latest"})

    @route("GET", "/branch", base_ms=40)
    def branch(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"handler": "branch"})


class Anything(HttpService):
    """Takes whatever comes, and what is below /orders by a handler of its own."""

    @route("GET", "/orders/{rest+}", base_ms=40)
    def below(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"handler": "below", "segments": request.segments})

    def base_ms(self, request: ServiceRequest, route: Route) -> float:
        return 4000 if request.path.endswith("/slow") else route.base_ms

    @route("ANY", "/{path+}", base_ms=40)
    def whatever(self, request: ServiceRequest) -> Reply:
        return json_reply(200, {"handler": "whatever", "segments": request.segments})


@pytest.fixture
def bench() -> Bench[Shop]:
    return Bench(Shop)


def test_a_placeholder_takes_one_segment_and_decodes_it(bench: Bench[Shop]) -> None:
    reply = bench.ask_now("GET", "/orders/o%207%2F8?colour=dark%20red&empty=")

    assert parsed(reply) == {
        "handler": "one",
        "segments": {"id": "o 7/8"},
        "query": {"colour": "dark red", "empty": ""},
    }


def test_of_two_routes_that_fit_the_first_declared_one_answers(bench: Bench[Shop]) -> None:
    assert parsed(bench.ask_now("GET", "/orders/latest"))["handler"] == "latest"


def test_a_subclass_keeps_the_routes_of_its_base_and_may_override_a_handler() -> None:
    bench = Bench(Branch)

    assert parsed(bench.ask_now("GET", "/orders/latest"))["handler"] == "the branch's latest"
    assert parsed(bench.ask_now("GET", "/branch"))["handler"] == "branch"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/orders"), ("GET", "/orders/"), ("GET", "/orders/7/lines"), ("DELETE", "/orders/7")],
)
def test_a_request_no_route_fits_is_not_found(bench: Bench[Shop], method: str, path: str) -> None:
    reply = bench.ask_now(method, path)

    assert reply.status == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert parsed(reply) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": f"shop has no {method} {path}.",
    }


@pytest.mark.parametrize("body", [b"not json", b'{"a": NaN}', b'"\xff"', b"[" * 100_000])
def test_a_body_that_is_not_json_is_a_bad_request(bench: Bench[Shop], body: bytes) -> None:
    reply = bench.ask_now("POST", "/orders", body)

    assert reply.status == 400
    assert bench.service.log[0].body == body
    assert not bench.service.log[0].done


def test_a_handler_sees_no_body_as_none(bench: Bench[Shop]) -> None:
    assert parsed(bench.ask_now("POST", "/orders")) == {"body": None}


@pytest.mark.parametrize(
    ("method", "path", "handler", "segments"),
    [
        ("GET", "/orders/7/lines%2F1", "below", {"rest": "7/lines/1"}),
        ("GET", "/orders", "whatever", {"path": "orders"}),
        ("POST", "/orders/7", "whatever", {"path": "orders/7"}),
        ("HEAD", "/", "whatever", {"path": ""}),
    ],
)
def test_a_greedy_placeholder_takes_all_that_is_left(
    method: str, path: str, handler: str, segments: dict[str, str]
) -> None:
    reply = Bench(Anything).ask_now(method, path)

    assert parsed(reply) == {"handler": handler, "segments": segments}


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("/orders/flat%20white/./7", "/orders/flat white/7"),
        ("/orders/..%2f..%2f../internal/x", "/internal/x"),
        ("/orders/%252e%252e/x", "/orders/%2e%2e/x"),
        ("//internal/x", "//internal/x"),
    ],
)
def test_the_log_tells_where_a_path_leads_that_is_decoded_once(path: str, resolved: str) -> None:
    bench = Bench(Anything)

    bench.ask_now("GET", path)

    assert bench.service.log[0].resolved == resolved


def test_a_service_may_take_longer_for_some_requests() -> None:
    bench = Bench(Anything)
    bench.service.spread = Spread(0)

    bench.run(bench.send("GET", "/orders/7/slow"))
    slow_ms = bench.answered_ms
    bench.run(bench.send("GET", "/orders/7"))

    assert (slow_ms, bench.answered_ms) == (4000, 4040)
