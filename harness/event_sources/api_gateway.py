"""API Gateway, HTTP APIs and REST APIs: routes a client's request to what stands behind it.

The gateway never retries. When its integration timeout ends the wait, the function goes on.
The order of the steps: size, route, throttling, authorizer, API key, CORS preflight, integration.
Left out: IAM and Cognito authorizers, resource policies, caching, canaries (see fidelity.md).

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
"""

import asyncio
import dataclasses
import json
from datetime import datetime
from typing import Any

import msgspec

from harness.cloud.template import ApiSpec, CorsSpec, RouteSpec
from harness.event_sources.api_answers import MalformedAnswer, answer_http, answer_rest, decodes
from harness.event_sources.api_authorizers import LambdaAuthorizer, lambda_context
from harness.event_sources.api_cors import cors_headers, is_preflight, preflight
from harness.event_sources.api_events import context_v1, context_v2, event_v1, event_v2, extended_id
from harness.event_sources.api_integrations import integrate
from harness.event_sources.api_jwt import JwtAuthorizer, Send, jwt_context
from harness.event_sources.api_request import (
    ClientRequest,
    GivenHeaders,
    Headers,
    Matched,
    as_received,
    lines,
    new_trace_header,
)
from harness.event_sources.api_responses import (
    FUNCTION_FAILED,
    FUNCTION_THROTTLED,
    HEADERS_TOO_LARGE,
    NOT_PERMITTED,
    OUTSIDE_STAGE,
    GatewayRefusal,
    refused,
)
from harness.event_sources.api_routing import Found, below_stage, find_route, parts_of
from harness.event_sources.api_throttling import ACCOUNT, RouteThrottling, TokenBucket, UsagePlan
from harness.functions.fleet import Throttled
from harness.functions.limits import SYNCHRONOUS_PAYLOAD_BYTES
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import Loss, NoReply, Reply, Request

EDGE_MS = 5.0
"""From the client to the function and back, each way; AWS publishes none (model choice)."""

PAYLOAD_BYTES = 10 * 1024 * 1024
HEAD_BYTES = 10_240
"""Request line and header values together.
Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

_KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class ApiRequested(Record, frozen=True, kw_only=True, tag=True):
    """A client's request reached an API.

    Attributes:
        api: logical id.
        request: number of the request at this API, 1, 2, ...
    """

    api: str
    request: int
    method: str
    path: str
    about: str


class ApiAnswered(Record, frozen=True, kw_only=True, tag=True):
    """An API answered a client.

    Attributes:
        api: logical id.
        why: why the gateway answered in the function's place, "" if it did not.
    """

    api: str
    request: int
    status: int
    request_id: str = ""
    why: str = ""


@dataclasses.dataclass
class _Serving:
    """A request on its way: what is to be recorded of it, however it ends."""

    request: ClientRequest
    head_bytes: int
    request_id: str = ""
    why: str = ""
    is_preflight: bool = False


async def _nobody(request: Request) -> NoReply:
    return NoReply(Loss.REFUSED)


class ApiGateway:
    """One API of a template, with its stage.

    Attributes:
        api_key: what its clients send as x-api-key; "" if it has no usage plan.
        held_at: what the times in its events say; None: the simulated time.
    """

    def __init__(
        self,
        *,
        spec: ApiSpec,
        loop: VirtualLoop,
        trace: Trace,
        randomness: Randomness,
        functions: LambdaService,
        send: Send = _nobody,
        account: TokenBucket | None = None,
    ) -> None:
        """Args:
        send: carries the gateway's own requests to services and servers out.
        account: the limit that all APIs share.
        """
        self.spec = spec
        self.held_at: datetime | None = None
        self._loop = loop
        self._trace = trace
        self._chance = randomness.stream(f"api/{spec.logical_id}")
        self._trace_ids = randomness.stream(f"api/{spec.logical_id}/trace headers")
        self._functions = functions
        self._send = send
        self._count = 0
        self._throttling = RouteThrottling(spec, loop.clock, account or TokenBucket(ACCOUNT, loop.clock))
        self._lambda_authorizers = {
            name: LambdaAuthorizer(spec, one, functions, loop, trace)
            for name, one in spec.authorizers.items()
            if one.kind != "jwt"
        }
        self._jwt_authorizers = {
            name: JwtAuthorizer(one, loop.clock, send) for name, one in spec.authorizers.items() if one.kind == "jwt"
        }
        self._plan = UsagePlan(spec.usage_plan, loop.clock, loop.clock.utcnow) if spec.usage_plan else None
        keys = randomness.stream(f"api/{spec.logical_id}/key")
        self.api_key = "".join(keys.choice(_KEY_CHARACTERS) for _ in range(40)) if spec.usage_plan else ""

    async def request(self, method: str, url: str, headers: GivenHeaders, body: bytes) -> Reply:
        """Serves one request of a client; takes the virtual time the client waits.

        Args:
            url: absolute, or a path (then below the stage).
            headers: a name may have several values.
        """
        self._count += 1
        number = self._count
        place = below_stage(self.spec, method, url)
        path, query = place or (parts_of(url).path, "")
        api, about = self.spec.logical_id, body[:400].decode("latin-1")
        self._trace.append(ApiRequested(api=api, request=number, method=method, path=path, about=about))
        await self._edge()
        given = lines(headers)
        head_bytes = len(f"{method} {path}?{query}".encode()) + sum(len(value.encode()) for _, value in given)
        serving = _Serving(self._received(method, path, query, given, body), head_bytes)
        try:
            if place is None:
                raise GatewayRefusal(OUTSIDE_STAGE, f"the path does not begin with the stage {self.spec.stage}")
            reply = await self._serve(serving)
        except GatewayRefusal as refusal:
            serving.why = refusal.why
            reply = refused(self.spec, refusal, serving.request.request_id)
        reply = self._finished(reply, serving)
        await self._edge()
        self._trace.append(
            ApiAnswered(api=api, request=number, status=reply.status, request_id=serving.request_id, why=serving.why)
        )
        return reply

    def route(self, method: str, path: str) -> Found | None:
        """The most specific route for a request, with its path parameters."""
        return find_route(self.spec, method, path)

    # ---- in and out ---------------------------------------------------------------------------

    async def _edge(self) -> None:
        await asyncio.sleep(round(EDGE_MS * self._chance.uniform(0.9, 1.1) * 1000) / 1_000_000)

    def _received(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> ClientRequest:
        arrived = self.held_at or self._loop.clock.utcnow()
        request_id = self._functions.new_request_id()
        trace_header = new_trace_header(arrived, self._trace_ids)
        return ClientRequest(
            method=method,
            path=path,
            query=query,
            headers=as_received(headers, self.spec, trace_header),
            body=body,
            request_id=request_id if self.spec.kind == "rest" else extended_id(request_id),
            arrived=arrived,
        )

    def _finished(self, reply: Reply, serving: _Serving) -> Reply:
        """The answer with the gateway's own headers; without a body where the client asked for the head."""
        request, headers = serving.request, reply.headers
        if self.spec.kind == "rest":
            ids = {"x-amzn-requestid": request.request_id, "x-amz-apigw-id": extended_id(request.request_id)}
        else:
            ids = {"apigw-requestid": request.request_id}
            if self.spec.cors and not serving.is_preflight:
                headers = cors_headers(self.spec.cors, request, headers)
        body = b"" if request.method == "HEAD" else reply.body
        return msgspec.structs.replace(reply, headers={**headers, **ids}, body=body)

    # ---- the steps ----------------------------------------------------------------------------

    async def _serve(self, serving: _Serving) -> Reply:
        request = serving.request
        if serving.head_bytes > HEAD_BYTES:
            raise GatewayRefusal(HEADERS_TOO_LARGE, f"request line and headers of {serving.head_bytes} bytes")
        cors = self.spec.cors if self.spec.kind == "http" and is_preflight(request) else None
        found = self.route(request.method, request.path)
        if found is None:
            if cors:
                return self._preflight(cors, serving)
            raise GatewayRefusal("MISSING_AUTHENTICATION_TOKEN", "no such route")
        if len(request.body) > PAYLOAD_BYTES:
            raise GatewayRefusal("REQUEST_TOO_LARGE", "request larger than 10 MB")
        route, parameters = found
        self._throttling.admit(route, request.method)
        matched = self._matched(request, route, parameters)
        authorizer, usage_key = await self._authorize(route, matched)
        if route.key_required:
            request = serving.request = self._with_key(request, usage_key)
            matched = self._matched(request, route, parameters)
        if cors:
            return self._preflight(cors, serving)
        if route.integration:
            serving.why = "" if route.integration.kind != "mock" else "a mock"
            return await integrate(self.spec, route, matched, self._send)
        make = event_v2 if route.payload_format_version == "2.0" else event_v1
        event = json.dumps(make(self.spec, route, request, parameters, authorizer)).encode()
        if len(event) > SYNCHRONOUS_PAYLOAD_BYTES:
            raise GatewayRefusal("REQUEST_TOO_LARGE", "event larger than Lambda's 6 MB")
        return await self._invoke(route, event, serving)

    def _preflight(self, cors: CorsSpec, serving: _Serving) -> Reply:
        serving.is_preflight, serving.why = True, "CORS preflight"
        return preflight(cors, serving.request)

    def _matched(self, request: ClientRequest, route: RouteSpec, parameters: dict[str, str]) -> Matched:
        context = {**context_v2(self.spec, route, request), **context_v1(self.spec, route, request)}
        return Matched(request, parameters, self.spec.stage_variables, context)

    async def _authorize(self, route: RouteSpec, matched: Matched) -> tuple[dict[str, Any] | None, str]:
        """What the route's authorizer says of the client, and the API key it vouches for."""
        if route.authorizer in self._jwt_authorizers:
            claims = await self._jwt_authorizers[route.authorizer].authorize(route, matched)
            return jwt_context(claims, route), ""
        if route.authorizer:
            grant = await self._lambda_authorizers[route.authorizer].authorize(route, matched)
            return lambda_context(grant, self.spec.kind, route.payload_format_version), grant.usage_key
        return None, ""

    def _with_key(self, request: ClientRequest, usage_key: str) -> ClientRequest:
        given = usage_key if self.spec.key_source == "AUTHORIZER" else request.header("x-api-key")
        if not self._plan or given != self.api_key:
            raise GatewayRefusal("INVALID_API_KEY", "no valid API key")
        self._plan.admit()
        return dataclasses.replace(request, api_key=given)

    async def _invoke(self, route: RouteSpec, event: bytes, serving: _Serving) -> Reply:
        """Invokes the function, waits as long as the gateway would, and reads the answer."""
        if not route.may_invoke:
            raise GatewayRefusal(NOT_PERMITTED, f"API Gateway has no permission to invoke {route.function}")
        serving.request_id = self._functions.new_request_id()
        cause = f"{serving.request.method} {serving.request.path}"
        work = self._loop.create_task(
            self._functions.invoke(route.function, event, cause=cause, request_id=serving.request_id)
        )
        done, _ = await asyncio.wait([work], timeout=route.timeout_ms / 1000)
        if not done:
            raise GatewayRefusal("INTEGRATION_TIMEOUT", f"no answer within {route.timeout_ms / 1000:g} s")
        try:
            result = work.result()
        except Throttled:
            raise GatewayRefusal(FUNCTION_THROTTLED, f"{route.function} was throttled") from None
        if result.function_error:
            raise GatewayRefusal(FUNCTION_FAILED, f"{route.function}: {result.error}")
        try:
            return self._read(result.payload, route, serving.request)
        except MalformedAnswer as malformed:
            why = f"{route.function} returned what is no HTTP answer: {malformed}"
            raise GatewayRefusal(FUNCTION_FAILED, why) from None

    def _read(self, payload: bytes, route: RouteSpec, request: ClientRequest) -> Reply:
        if self.spec.kind == "rest":
            return answer_rest(payload, decodes=decodes(self.spec, request))
        return answer_http(payload, route.payload_format_version)
