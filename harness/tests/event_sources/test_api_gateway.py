"""API Gateway between client and function: time, limits, and what it answers in the function's place."""

import asyncio
import json
from typing import Any

import pytest

from harness.cloud.template import ApiSpec, AuthorizerSpec
from harness.event_sources.api_authorizers import CachedAuthorizationUsed
from harness.event_sources.api_gateway import ApiAnswered, ApiRequested
from harness.functions.invocation import failed, timed_out
from harness.simulation.wire import Reply
from harness.tests.event_sources.apis import gateway, http_api, rest_api, route
from harness.tests.fakes import FakeFunctions, Simulation

HTTP = http_api("GET /orders/{id}", "POST /orders")
REST = rest_api("GET /orders/{id}", "POST /orders")


class Client:
    """A client of an API whose function is a coroutine."""

    def __init__(self, api: ApiSpec, behave, *, limit: int | None = None) -> None:
        self.simulation = Simulation()
        self.functions = FakeFunctions(self.simulation, behave)
        self.functions.limit = limit
        self._gateway = gateway(self.simulation, api, self.functions)

    def ask(self, method: str, url: str, body: bytes = b"") -> Reply:
        return self.simulation.run(self._gateway.request(method, url, {"Content-Type": "application/json"}, body))

    @property
    def why(self) -> str:
        return self.simulation.records(ApiAnswered)[-1].why


async def hello(event: Any) -> Any:
    return {"statusCode": 200, "body": "hello"}


def takes(seconds: float):
    async def behave(event: Any) -> Any:
        await asyncio.sleep(seconds)
        return {"statusCode": 200, "body": "at last"}

    return behave


def ends(result):
    async def behave(event: Any) -> Any:
        return result

    return behave


def message(reply: Reply) -> tuple[int, str]:
    return reply.status, json.loads(reply.body)["message"]


def test_a_request_costs_the_edge_twice_and_what_the_function_takes() -> None:
    client = Client(HTTP, takes(1))

    reply = client.ask("GET", "/orders/7")

    assert (reply.status, reply.body) == (200, b"at last")
    assert 1009 <= client.simulation.now_ms <= 1011


@pytest.mark.parametrize(("api", "version"), [(HTTP, "2.0"), (REST, None)])
def test_a_function_receives_the_event_of_its_api(api: ApiSpec, version: str | None) -> None:
    client = Client(api, hello)

    client.ask("GET", "/orders/7?full=yes")

    event = client.functions.invoked[0][1]
    assert event.get("version") == version
    assert (event["pathParameters"], event["queryStringParameters"]) == ({"id": "7"}, {"full": "yes"})


@pytest.mark.parametrize(
    "url",
    ["/orders/7", "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/Prod/orders/7"],
)
def test_a_path_is_below_the_stage_and_a_whole_url_holds_it(url: str) -> None:
    client = Client(REST, hello)

    assert client.ask("GET", url).status == 200
    assert client.functions.invoked[0][1]["path"] == "/orders/7"


def test_a_stage_is_a_whole_segment() -> None:
    client = Client(REST, hello)

    client.ask("GET", "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/Production")

    assert client.simulation.records(ApiRequested)[0].path == "/Production"


@pytest.mark.parametrize(
    ("api", "expected"), [(HTTP, (404, "Not Found")), (REST, (403, "Missing Authentication Token"))]
)
def test_a_request_that_no_route_takes_reaches_no_function(api: ApiSpec, expected: tuple[int, str]) -> None:
    client = Client(api, hello)

    assert message(client.ask("DELETE", "/orders/7")) == expected
    assert (client.why, client.functions.invoked) == ("no such route", [])


@pytest.mark.parametrize(
    ("api", "limit_ms", "expected"),
    [
        (HTTP, 30_000, (503, "Service Unavailable")),
        (REST, 29_000, (504, "Endpoint request timed out")),
    ],
)
def test_a_gateway_waits_its_time_and_the_function_goes_on(
    api: ApiSpec, limit_ms: int, expected: tuple[int, str]
) -> None:
    client = Client(api, takes(40))

    reply = client.ask("GET", "/orders/7")

    assert message(reply) == expected
    assert limit_ms + 9 <= client.simulation.now_ms <= limit_ms + 11
    assert client.why == f"no answer within {limit_ms // 1000} s"
    assert client.functions.running == 1
    client.simulation.settle()
    assert client.functions.running == 0


def test_an_answer_just_in_time_is_passed_on() -> None:
    assert Client(REST, takes(28.999)).ask("GET", "/orders/7").body == b"at last"


@pytest.mark.parametrize(
    ("api", "expected"), [(HTTP, (503, "Service Unavailable")), (REST, (500, "Internal server error"))]
)
def test_a_throttled_function_is_not_tried_again(api: ApiSpec, expected: tuple[int, str]) -> None:
    client = Client(api, hello, limit=0)

    assert message(client.ask("GET", "/orders/7")) == expected
    assert client.why == "Worker was throttled"
    assert len(client.functions.refused_ms) == 1


@pytest.mark.parametrize(
    ("api", "expected"), [(HTTP, (500, "Internal Server Error")), (REST, (502, "Internal server error"))]
)
@pytest.mark.parametrize(
    ("result", "why"),
    [
        (failed("ValueError", "no", "r-1"), "Worker: ValueError: no"),
        (timed_out(3, "r-1"), "Worker: Sandbox.Timedout: RequestId: r-1 Error: Task timed out after 3.00 seconds"),
        ({"statusCode": "ok"}, "Worker returned what is no HTTP answer: statusCode is missing or no HTTP status"),
        ({"statusCode": 200, "headers": ["X"]}, "Worker returned what is no HTTP answer: headers is no object"),
    ],
)
def test_a_function_that_fails_or_answers_nonsense_is_an_error_of_the_server(
    api: ApiSpec, expected: tuple[int, str], result: Any, why: str
) -> None:
    client = Client(api, ends(result))

    assert message(client.ask("GET", "/orders/7")) == expected
    assert client.why == why


def test_a_request_larger_than_ten_megabytes_reaches_no_function() -> None:
    client = Client(HTTP, hello)

    assert client.ask("POST", "/orders", b"x" * (10 * 1024 * 1024 + 1)).status == 413
    assert (client.why, client.functions.invoked) == ("request larger than 10 MB", [])


def test_a_request_that_makes_an_event_larger_than_six_megabytes_reaches_no_function() -> None:
    client = Client(HTTP, hello)

    assert client.ask("POST", "/orders", b"x" * (6 * 1024 * 1024)).status == 413
    assert (client.why, client.functions.invoked) == ("event larger than Lambda's 6 MB", [])


def test_requests_and_answers_are_recorded() -> None:
    client = Client(HTTP, hello)

    client.ask("POST", "/orders", b'{"id": "o-7"}')
    client.ask("GET", "/nothing")

    asked = [
        (record.api, record.request, record.method, record.path, record.about)
        for record in client.simulation.records(ApiRequested)
    ]
    assert asked == [("PublicApi", 1, "POST", "/orders", '{"id": "o-7"}'), ("PublicApi", 2, "GET", "/nothing", "")]
    answered = client.simulation.records(ApiAnswered)
    assert [(record.request, record.status, bool(record.request_id)) for record in answered] == [
        (1, 200, True),
        (2, 404, False),
    ]


def test_a_request_that_is_judged_by_a_cached_authorization_is_recorded() -> None:
    keeper = AuthorizerSpec(name="Keeper", kind="lambda", function="Keeper", ttl_s=60, simple_responses=True)

    async def behave(event: Any) -> Any:
        return {"isAuthorized": True, "statusCode": 200}

    client = Client(http_api(route("GET /orders", authorizer="Keeper"), authorizers={"Keeper": keeper}), behave)
    answers = [client.ask("GET", "/orders").status for _ in range(3)]

    cached = client.simulation.records(CachedAuthorizationUsed)
    assert answers == [200, 200, 200]
    assert len(client.functions.invoked) == 4
    assert [(one.api, one.authorizer, one.method, one.path) for one in cached] == [
        ("PublicApi", "Keeper", "GET", "/orders")
    ] * 2
