"""API Gateway, HTTP APIs and REST APIs: routes a client's request to a function.

The gateway never retries. When its integration timeout ends the wait, the function goes on.
Left out: authorizers, CORS, throttling, direct service integrations (see fidelity.md).

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
"""

import asyncio
import json
from urllib.parse import unquote, urlsplit

from harness.cloud.template import ApiSpec, RouteSpec
from harness.event_sources.api_answers import MalformedAnswer, answer_http, answer_rest, decodes
from harness.event_sources.api_events import ClientRequest, event_v1, event_v2
from harness.functions.fleet import Throttled
from harness.functions.limits import SYNCHRONOUS_PAYLOAD_BYTES
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import Reply

EDGE_MS = 5.0
"""From the client to the function and back, each way; AWS publishes none (model choice)."""

PAYLOAD_BYTES = 10 * 1024 * 1024
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""


class ApiRequested(Record, frozen=True, kw_only=True, tag=True):
    """A client's request reached an API.

    Attributes:
        request: number of the request, 1, 2, ...
    """

    request: int
    method: str
    path: str
    about: str


class ApiAnswered(Record, frozen=True, kw_only=True, tag=True):
    """An API answered a client.

    Attributes:
        why: why the gateway answered in the function's place, "" if it did not.
    """

    request: int
    status: int
    request_id: str = ""
    why: str = ""


class ApiGateway:
    """One API of a template, with its stage."""

    def __init__(
        self, *, spec: ApiSpec, loop: VirtualLoop, trace: Trace, randomness: Randomness, functions: LambdaService
    ) -> None:
        self.spec = spec
        self._loop = loop
        self._trace = trace
        self._chance = randomness.stream(f"api/{spec.logical_id}")
        self._functions = functions
        self._count = 0

    async def request(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Reply:
        """Serves one request of a client; takes the virtual time the client waits.

        Args:
            url: absolute, or a path (then below the stage).
        """
        self._count += 1
        number = self._count
        path, query = self._below_stage(url)
        self._trace.append(ApiRequested(request=number, method=method, path=path, about=body[:400].decode("latin-1")))
        await self._edge()
        reply, request_id, why = await self._serve(method, path, query, headers, body)
        await self._edge()
        self._trace.append(ApiAnswered(request=number, status=reply.status, request_id=request_id, why=why))
        return reply

    def route(self, method: str, path: str) -> tuple[RouteSpec, dict[str, str]] | None:
        """The most specific route for a request, with its path parameters."""
        matches = [
            (_rank(route, method, self.spec.kind), route, parameters)
            for route in self.spec.routes
            if (parameters := _match(route, method, path)) is not None
        ]
        if not matches:
            return None
        _, route, parameters = min(matches, key=lambda match: match[0])
        return route, parameters

    def _below_stage(self, url: str) -> tuple[str, str]:
        parts = urlsplit(url)
        path = parts.path or "/"
        stage_path = urlsplit(self.spec.endpoint).path
        if parts.scheme and stage_path and f"{path}/".startswith(f"{stage_path}/"):
            path = path[len(stage_path) :] or "/"
        return path, parts.query

    async def _edge(self) -> None:
        await asyncio.sleep(round(EDGE_MS * self._chance.uniform(0.9, 1.1) * 1000) / 1_000_000)

    async def _serve(
        self, method: str, path: str, query: str, headers: dict[str, str], body: bytes
    ) -> tuple[Reply, str, str]:
        rest = self.spec.kind == "rest"
        found = self.route(method, path)
        if found is None:
            if rest:
                return _gateway(403, "Missing Authentication Token"), "", "no such route"
            return _gateway(404, "Not Found"), "", "no such route"
        if len(body) > PAYLOAD_BYTES:
            return _gateway(413, "Request Entity Too Large"), "", "request larger than 10 MB"
        route, parameters = found
        request = ClientRequest(
            method, path, query, headers, body, self._functions.new_request_id(), self._loop.clock.utcnow()
        )
        make = event_v2 if route.payload_format_version == "2.0" else event_v1
        event = json.dumps(make(self.spec, route, request, parameters)).encode()
        if len(event) > SYNCHRONOUS_PAYLOAD_BYTES:
            return _gateway(413, "Request Entity Too Large"), "", "event larger than Lambda's 6 MB"
        return await self._integrate(route, event, request)

    async def _integrate(self, route: RouteSpec, event: bytes, request: ClientRequest) -> tuple[Reply, str, str]:
        """Invokes the function, waits as long as the gateway would, and reads the answer."""
        rest = self.spec.kind == "rest"
        request_id = self._functions.new_request_id()
        cause = f"{request.method} {request.path}"
        work = self._loop.create_task(self._functions.invoke(route.function, event, cause=cause, request_id=request_id))
        done, _ = await asyncio.wait([work], timeout=route.timeout_ms / 1000)
        if not done:
            why = f"no answer within {route.timeout_ms / 1000:g} s"
            return _timed_out(rest), request_id, why
        try:
            result = work.result()
        except Throttled:
            status, text = (500, "Internal server error") if rest else (503, "Service Unavailable")
            return _gateway(status, text), request_id, f"{route.function} was throttled"
        if result.function_error:
            return _bad_gateway(rest), request_id, f"{route.function}: {result.error}"
        try:
            if rest:
                return answer_rest(result.payload, decodes=decodes(self.spec, request.headers)), request_id, ""
            return answer_http(result.payload, route.payload_format_version), request_id, ""
        except MalformedAnswer as malformed:
            return _bad_gateway(rest), request_id, f"{route.function} returned what is no HTTP answer: {malformed}"


def _gateway(status: int, message: str) -> Reply:
    return Reply(status, {"content-type": "application/json"}, json.dumps({"message": message}).encode())


def _timed_out(rest: bool) -> Reply:
    return _gateway(504, "Endpoint request timed out") if rest else _gateway(503, "Service Unavailable")


def _bad_gateway(rest: bool) -> Reply:
    return _gateway(502, "Internal server error") if rest else _gateway(500, "Internal Server Error")


def _match(route: RouteSpec, method: str, path: str) -> dict[str, str] | None:
    """Path parameters if the route takes this request, else None."""
    if route.method not in ("ANY", method):
        return None
    if route.path == "$default":
        return {}
    wanted, given = route.path.strip("/").split("/"), path.strip("/").split("/")
    parameters: dict[str, str] = {}
    for position, segment in enumerate(wanted):
        if segment.startswith("{") and segment.endswith("+}"):
            rest = "/".join(given[position:])
            return {**parameters, segment[1:-2]: unquote(rest)} if rest else None
        if position >= len(given):
            return None
        if segment.startswith("{"):
            if not given[position]:
                return None
            parameters[segment[1:-1]] = unquote(given[position])
        elif segment != given[position]:
            return None
    return parameters if len(wanted) == len(given) else None


def _rank(route: RouteSpec, method: str, kind: str) -> tuple[int, list[int], int]:
    """Smaller is more specific: segment by segment, literal before variable before greedy.

    An HTTP API takes any full match before a greedy one, and $default last.
    """
    if route.path == "$default":
        return 2, [], int(route.method != method)
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.path.split("/")]
    is_greedy = kind == "http" and 2 in kinds
    return int(is_greedy), kinds, int(route.method != method)
