"""Which route a request takes, and with which path parameters."""

import pytest

from harness.cloud.template import ApiSpec
from harness.tests.event_sources.apis import gateway, http_api, rest_api
from harness.tests.fakes import FakeFunctions, Simulation


async def nothing(event):
    return None


def taken(api: ApiSpec, request: str) -> tuple[str, dict[str, str]] | None:
    """The route that takes a request ("GET /orders/7") and its path parameters."""
    simulation = Simulation()
    method, path = request.split(" ")
    found = gateway(simulation, api, FakeFunctions(simulation, nothing)).route(method, path)
    return (f"{found[0].method} {found[0].path}", found[1]) if found else None


ROUTES = (
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "GET /pets/{kind}/1",
    "GET /pets/{proxy+}",
    "ANY /pets/dog/{id}",
    "ANY /{proxy+}",
    "$default",
)


@pytest.mark.parametrize(
    ("request_", "route", "parameters"),
    [
        ("GET /pets/dog/1", "GET /pets/dog/1", {}),
        ("GET /pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        ("POST /pets/dog/2", "ANY /pets/dog/{id}", {"id": "2"}),
        ("GET /pets/cat/1", "GET /pets/{kind}/1", {"kind": "cat"}),
        ("GET /pets/cat/2", "GET /pets/{proxy+}", {"proxy": "cat/2"}),
        ("GET /pets/cat/2/x/y", "GET /pets/{proxy+}", {"proxy": "cat/2/x/y"}),
        ("POST /cars", "ANY /{proxy+}", {"proxy": "cars"}),
        ("GET /", "ANY $default", {}),
    ],
)
def test_an_http_api_takes_the_most_specific_route(request_: str, route: str, parameters: dict[str, str]) -> None:
    assert taken(http_api(*ROUTES), request_) == (route, parameters)


def test_an_http_api_takes_a_full_match_before_a_greedy_one() -> None:
    api = http_api("GET /a/{proxy+}", "GET /{x}/b")

    assert taken(api, "GET /a/b") == ("GET /{x}/b", {"x": "a"})


def test_a_rest_api_takes_the_more_literal_segment_first() -> None:
    api = rest_api("GET /a/{proxy+}", "GET /{x}/b")

    assert taken(api, "GET /a/b") == ("GET /a/{proxy+}", {"proxy": "b"})


def test_the_order_of_the_template_does_not_matter() -> None:
    assert taken(http_api(*reversed(ROUTES)), "GET /pets/dog/1") == ("GET /pets/dog/1", {})


def test_path_parameters_are_url_decoded() -> None:
    assert taken(http_api("GET /orders/{id}"), "GET /orders/a%20b%2Fc") == ("GET /orders/{id}", {"id": "a b/c"})


@pytest.mark.parametrize(
    "request_", ["POST /orders/7", "GET /orders", "GET /orders/", "GET /orders/7/items", "GET /", "get /orders/7"]
)
def test_what_no_route_takes_is_not_taken(request_: str) -> None:
    assert taken(http_api("GET /orders/{id}"), request_) is None


def test_the_root_is_a_path_like_any_other() -> None:
    assert taken(http_api("GET /"), "GET /") == ("GET /", {})
    assert taken(http_api("ANY /{proxy+}"), "GET /") is None
