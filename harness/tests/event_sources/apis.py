"""APIs of tests."""

from typing import Any

from harness.cloud.template import ApiSpec, RouteSpec
from harness.event_sources.api_gateway import ApiGateway
from harness.tests.fakes import FakeFunctions, Simulation


def route(text: str, **settings: Any) -> RouteSpec:
    """A route: "GET /orders/{id}", or "$default"."""
    method, _, path = text.rpartition(" ")
    defaults: dict[str, Any] = {
        "method": method or "ANY",
        "path": path,
        "function": "Worker",
        "event": "Api",
        "payload_format_version": "2.0",
        "timeout_ms": 30_000,
    }
    return RouteSpec(**{**defaults, **settings})


def http_api(*routes: str | RouteSpec, **settings: Any) -> ApiSpec:
    """An HTTP API with the stage $default."""
    defaults: dict[str, Any] = {
        "logical_id": "PublicApi",
        "kind": "http",
        "api_id": "a1b2c3d4e5",
        "stage": "$default",
        "endpoint": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
        "routes": tuple(route(one) if isinstance(one, str) else one for one in routes),
    }
    return ApiSpec(**{**defaults, **settings})


def rest_api(*routes: str, **settings: Any) -> ApiSpec:
    """A REST API with the stage Prod."""
    specs = [route(one, payload_format_version="1.0", timeout_ms=29_000) for one in routes]
    endpoint = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/Prod"
    return http_api(*specs, **{"kind": "rest", "stage": "Prod", "endpoint": endpoint, **settings})


def gateway(simulation: Simulation, spec: ApiSpec, functions: FakeFunctions) -> ApiGateway:
    """An API in front of functions."""
    fake: Any = functions
    return ApiGateway(
        spec=spec,
        loop=simulation.loop,
        trace=simulation.trace,
        randomness=simulation.randomness,
        functions=fake,
    )
