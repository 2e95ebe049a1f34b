"""Which route answers, and what the service makes of a request it cannot read."""

import pytest

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
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
