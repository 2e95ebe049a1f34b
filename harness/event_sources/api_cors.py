"""CORS of an HTTP API: preflight requests are answered, and headers of answers written, by the gateway.

Whatever CORS headers the function sends are dropped. A REST API does nothing of the kind.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from harness.cloud.template import CorsSpec
from harness.event_sources.api_request import ClientRequest
from harness.simulation.wire import Reply

_PREFIX = "access-control-"


def is_preflight(request: ClientRequest) -> bool:
    """Whether a browser asks what it may send."""
    return request.method == "OPTIONS" and bool(
        request.header("origin") and request.header("access-control-request-method")
    )


def preflight(cors: CorsSpec, request: ClientRequest) -> Reply:
    """The answer to a preflight request; without CORS headers for an origin that is not allowed."""
    origin = _origin(cors, request)
    if not origin:
        return Reply(204)
    values = {
        "allow-origin": origin,
        "allow-methods": ",".join(cors.allow_methods),
        "allow-headers": ",".join(cors.allow_headers),
        "allow-credentials": "true" if cors.allow_credentials else "",
        "max-age": "" if cors.max_age_s is None else str(cors.max_age_s),
    }
    return Reply(204, _named(values))


def cors_headers(cors: CorsSpec, request: ClientRequest, headers: dict[str, str]) -> dict[str, str]:
    """The headers of an answer, with the gateway's CORS headers in the place of the function's."""
    kept = {name: value for name, value in headers.items() if not name.startswith(_PREFIX)}
    origin = _origin(cors, request)
    if not origin:
        return kept
    values = {
        "allow-origin": origin,
        "allow-credentials": "true" if cors.allow_credentials else "",
        "expose-headers": ",".join(cors.expose_headers),
    }
    return kept | _named(values)


def _named(values: dict[str, str]) -> dict[str, str]:
    return {f"{_PREFIX}{name}": value for name, value in values.items() if value}


def _origin(cors: CorsSpec, request: ClientRequest) -> str:
    """What `access-control-allow-origin` says; "" for nothing."""
    origin = request.header("origin")
    if not origin or not any(_is(allowed, origin) for allowed in cors.allow_origins):
        return ""
    return "*" if "*" in cors.allow_origins and not cors.allow_credentials else origin


def _is(allowed: str, origin: str) -> bool:
    """An origin, or one with a wildcard: "*", "https://*", "https://*.example.com"."""
    before, star, after = allowed.partition("*")
    if not star:
        return allowed == origin
    return len(origin) >= len(before) + len(after) and origin.startswith(before) and origin.endswith(after)
