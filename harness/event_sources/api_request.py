"""A client's request as API Gateway sees it, and the expressions that pick a value out of one.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from harness.cloud.template import ApiSpec

SOURCE_IP = "203.0.113.10"
"""The one address that all clients have."""

Headers = tuple[tuple[str, str], ...]
"""Lines of a head, in the client's spelling and order."""

GivenHeaders = Mapping[str, str | Sequence[str]]
"""Headers as tests write them: a name may have several values."""

_ENDS_HERE = frozenset(
    {
        *("connection", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
        *("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"),
    }
)
"""Headers of a client that are for the connection, or that the gateway writes itself."""


@dataclass(frozen=True)
class ClientRequest:
    """A request of a client.

    Attributes:
        path: without the stage, as it was sent.
        headers: with those that the gateway adds.
        arrived: the simulated date and time.
        api_key: the key it was admitted with; "" where none is asked for.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    request_id: str
    arrived: datetime
    api_key: str = ""

    def values(self, name: str) -> list[str]:
        """All values of a header, however its name is spelled."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str:
        """The values of a header, joined; "" if it is not there."""
        return ",".join(self.values(name))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Names and values of the query, decoded."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass(frozen=True)
class Matched:
    """A request and the route that takes it: what expressions are about.

    Attributes:
        path_parameters: decoded.
        context: `$context` by name, as nested mappings.
    """

    request: ClientRequest
    path_parameters: Mapping[str, str]
    stage_variables: Mapping[str, str]
    context: Mapping[str, object]

    def value(self, expression: str) -> str:
        """What an expression gives: "method.request.header.X", "$request.querystring.q", "'text'"; "" for nothing."""
        if expression.startswith("'"):
            return expression.strip("'")
        kind, _, name = expression.removeprefix("$").removeprefix("method.").partition(".")
        if kind == "stageVariables":
            return self.stage_variables.get(name, "")
        if kind == "context":
            return self._of_context(name)
        where, _, name = name.partition(".")
        if where == "header":
            return self.request.header(name)
        if where == "querystring":
            return ",".join(value for key, value in self.request.parameters if key == name)
        return self.path_parameters.get(name, "")

    def _of_context(self, name: str) -> str:
        found: object = self.context
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return "" if found is None else str(found)


def lines(headers: GivenHeaders) -> Headers:
    """One line for each value."""
    return tuple(
        (name, value) for name, given in headers.items() for value in ([given] if isinstance(given, str) else given)
    )


def as_received(headers: Headers, api: ApiSpec, trace_header: str) -> Headers:
    """What API Gateway passes on of a client's headers, with its own."""
    forwarded = [value for name, value in headers if name.lower() == "x-forwarded-for"]
    kept = [(name, value) for name, value in headers if name.lower() not in _ENDS_HERE]
    if not any(name.lower() == "x-amzn-trace-id" for name, _ in kept):
        kept.append(("X-Amzn-Trace-Id", trace_header))
    return (
        ("Host", domain_name(api)),
        *kept,
        ("X-Forwarded-For", ", ".join([*forwarded, SOURCE_IP])),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
    )


def new_trace_header(arrived: datetime, chance: random.Random) -> str:
    """An X-Amzn-Trace-Id for a request that brings none."""
    return f"Root=1-{int(arrived.timestamp()):08x}-{chance.getrandbits(96):024x}"


def domain_name(api: ApiSpec) -> str:
    """The host of an API."""
    return api.endpoint.removeprefix("https://").split("/")[0]
