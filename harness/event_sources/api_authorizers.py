"""Lambda authorizers: asked, cached by their identity sources, and read.

What is cached is the answer, not the decision: a cached policy is evaluated for each method
anew, so one that allows only the method it was asked for denies the next one. Denials are
cached, failures are not, and requests that come before the first answer each ask.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

from harness.cloud.template import ApiSpec, AuthorizerSpec, RouteSpec
from harness.event_sources.api_authorizer_events import authorizer_event, method_arn
from harness.event_sources.api_policies import Decision, PolicyMalformed, decide
from harness.event_sources.api_request import Matched
from harness.event_sources.api_responses import GatewayRefusal
from harness.functions.fleet import Throttled
from harness.functions.invocation import Result
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Record, Trace

REST_LIMIT_S = 29
HTTP_LIMIT_S = 10
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""


class CachedAuthorizationUsed(Record, frozen=True, kw_only=True, tag=True):
    """A request was judged by what an authorizer had said before: its function was not asked.

    Attributes:
        api: logical id.
        authorizer: its name in the API.
    """

    api: str
    authorizer: str
    method: str
    path: str


class _Malformed(Exception):
    """The authorizer's answer is none that API Gateway takes."""


@dataclass(frozen=True)
class Grant:
    """What an authorizer said, as it is cached.

    Attributes:
        policy: the document; None for a simple response.
        allowed: of a simple response.
        context: for the function behind the route.
        usage_key: `usageIdentifierKey`: the API key it vouches for.
        took_ms: how long it took to say so.
    """

    principal_id: str
    context: dict[str, Any]
    policy: Any = None
    allowed: bool = False
    usage_key: str = ""
    took_ms: int = 0


class LambdaAuthorizer:
    """One Lambda authorizer of an API, with its cache."""

    def __init__(
        self, api: ApiSpec, spec: AuthorizerSpec, functions: LambdaService, loop: VirtualLoop, trace: Trace
    ) -> None:
        self._api = api
        self._spec = spec
        self._functions = functions
        self._loop = loop
        self._trace = trace
        self._cache: dict[tuple[str, ...], tuple[int, Grant]] = {}

    async def authorize(self, route: RouteSpec, matched: Matched) -> Grant:
        """What it says of a request, where it lets it pass.

        Raises:
            GatewayRefusal: it does not, or it failed.
        """
        identity = tuple(matched.value(source) for source in self._spec.identity_sources)
        self._check_identity(identity)
        kept = self._cache.get(identity)
        if self._spec.ttl_s and kept and kept[0] > self._loop.clock.now_us:
            grant = kept[1]
            self._note_cached(matched)
        else:
            grant = await self._ask(route, matched, identity)
        self._judge(grant, matched)
        return grant

    def _note_cached(self, matched: Matched) -> None:
        method, path = matched.request.method, matched.request.path
        self._trace.append(
            CachedAuthorizationUsed(api=self._api.logical_id, authorizer=self._spec.name, method=method, path=path)
        )

    def _check_identity(self, identity: tuple[str, ...]) -> None:
        """A missing source is 401 without a question; a REST API's `REQUEST` authorizer without cache is asked."""
        name, asked_anyway = self._spec.name, self._spec.kind == "request" and not self._spec.ttl_s
        if not all(identity) and not asked_anyway:
            raise GatewayRefusal("UNAUTHORIZED", f"no {' or '.join(self._spec.identity_sources)} for authorizer {name}")
        if self._spec.validation and not re.fullmatch(self._spec.validation, identity[0][:8192]):
            raise GatewayRefusal("UNAUTHORIZED", f"the token does not match the ValidationExpression of {name}")

    async def _ask(self, route: RouteSpec, matched: Matched, identity: tuple[str, ...]) -> Grant:
        began_us = self._loop.clock.now_us
        event = authorizer_event(self._api, self._spec, route, matched.request, dict(matched.path_parameters), identity)
        answer = await self._invoke(json.dumps(event).encode(), f"authorizer of {route.key}")
        took_ms = (self._loop.clock.now_us - began_us) // 1000
        try:
            grant = _read(answer, self._spec, took_ms)
        except _Malformed as malformed:
            raise self._failure(f"{self._spec.function} returned no authorization: {malformed}") from None
        if self._spec.ttl_s:
            self._cache[identity] = (self._loop.clock.now_us + self._spec.ttl_s * 1_000_000, grant)
        return grant

    async def _invoke(self, event: bytes, cause: str) -> bytes:
        if not self._spec.may_invoke:
            raise self._failure(f"API Gateway has no permission to invoke {self._spec.function}")
        limit_s = REST_LIMIT_S if self._api.kind == "rest" else HTTP_LIMIT_S
        work = self._loop.keep(_asked(self._functions, self._spec.function, event, cause))
        done, _ = await asyncio.wait([work], timeout=limit_s)
        if not done:
            raise self._failure(f"no answer of {self._spec.function} within {limit_s} s")
        answer = work.result()
        if isinstance(answer, Throttled):
            raise self._failure(f"{self._spec.function} was throttled")
        if answer.function_error:
            if self._api.kind == "rest" and _message(answer.payload) == "Unauthorized":
                raise GatewayRefusal("UNAUTHORIZED", f"{self._spec.function} said Unauthorized")
            raise self._failure(f"{self._spec.function}: {answer.error}")
        return answer.payload

    def _judge(self, grant: Grant, matched: Matched) -> None:
        name = self._spec.name
        if grant.policy is None:
            if not grant.allowed:
                raise GatewayRefusal("ACCESS_DENIED", f"authorizer {name} said isAuthorized: false")
            return
        try:
            decision = decide(grant.policy, method_arn(self._api, matched.request))
        except PolicyMalformed as malformed:
            raise self._failure(f"the policy of {self._spec.function} is none: {malformed}") from None
        if decision is not Decision.ALLOWED:
            arn = method_arn(self._api, matched.request)
            suffix = " with an explicit deny" if decision is Decision.DENIED else ""
            raise GatewayRefusal("ACCESS_DENIED", f"{arn} is {decision.value} by the policy of {name}", suffix=suffix)

    def _failure(self, why: str) -> GatewayRefusal:
        return GatewayRefusal("AUTHORIZER_CONFIGURATION_ERROR", why)


def lambda_context(grant: Grant, kind: str, payload_format: str) -> dict[str, Any]:
    """`requestContext.authorizer` of the function behind the route.

    A REST API makes texts of numbers and booleans.

    Args:
        kind: of the API.
    """
    if kind == "rest":
        texts = {key: _text(value) for key, value in grant.context.items()}
        return {**texts, "principalId": grant.principal_id, "integrationLatency": grant.took_ms}
    if payload_format == "2.0":
        return {"lambda": dict(grant.context)}
    return {**grant.context, **({"principalId": grant.principal_id} if grant.principal_id else {})}


async def _asked(functions: LambdaService, function: str, event: bytes, cause: str) -> Result | Throttled:
    """The function's answer; the refusal itself where it is throttled."""
    try:
        return await functions.invoke(function, event, cause=cause)
    except Throttled as throttled:
        return throttled


def _read(payload: bytes, spec: AuthorizerSpec, took_ms: int) -> Grant:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        raise _Malformed("it is not JSON") from None
    if not isinstance(answer, dict):
        raise _Malformed("it is no object")
    context = answer.get("context") or {}
    if not isinstance(context, dict):
        raise _Malformed("context is no object")
    if spec.simple_responses:
        if not isinstance(answer.get("isAuthorized"), bool):
            raise _Malformed("isAuthorized is not true or false, and the authorizer has EnableSimpleResponses")
        return Grant("", context, allowed=answer["isAuthorized"], took_ms=took_ms)
    principal = answer.get("principalId")
    if not isinstance(principal, str | int) or isinstance(principal, bool):
        raise _Malformed("it has no principalId")
    if spec.kind != "lambda" and any(isinstance(value, dict | list) for value in context.values()):
        raise _Malformed("context holds an object or a list")
    policy = answer.get("policyDocument")
    if not isinstance(policy, dict):
        raise _Malformed("it has no policyDocument")
    usage_key = answer.get("usageIdentifierKey")
    return Grant(
        str(principal), context, policy, usage_key=usage_key if isinstance(usage_key, str) else "", took_ms=took_ms
    )


def _message(payload: bytes) -> str:
    try:
        return str(json.loads(payload)["errorMessage"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
