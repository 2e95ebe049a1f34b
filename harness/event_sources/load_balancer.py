"""An Application Load Balancer: routes a client's request by rules and weights to a target.

A target is a function, which is invoked, or an HTTP service at an address. The load balancer
never retries. Left out: TLS, HTTP/2, WebSockets, stickiness of targets, health checks of
addresses (see fidelity.md).

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from harness.cloud.engines.elbv2.store import BalancerStore
from harness.cloud.gateway import Gateway
from harness.cloud.template.model_balancer import (
    ActionSpec,
    FixedResponseSpec,
    ListenerSpec,
    LoadBalancerSpec,
    RedirectSpec,
    TargetGroupSpec,
)
from harness.event_sources.api_request import SOURCE_IP
from harness.event_sources.api_routing import parts_of
from harness.event_sources.balancer_answers import (
    MalformedAnswer,
    answer_of,
    finished,
    fixed_answer,
    own_error,
    redirect_answer,
)
from harness.event_sources.balancer_events import (
    FORWARDED_FOR_LIMIT,
    REQUEST_BYTES,
    BalancedRequest,
    event_of,
    forwarded_headers,
)
from harness.event_sources.balancer_matching import first_match
from harness.event_sources.balancer_stickiness import Stickiness
from harness.event_sources.header_lines import Lines, joined, lines_of
from harness.functions.api import qualifier_in
from harness.functions.fleet import Throttled
from harness.functions.invocation import InvokeRequest
from harness.functions.service import LambdaService, NoSuchFunction
from harness.functions.versions import NoSuchQualifier
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import Caller, Loss, NoReply, Reply, Request

EDGE_MS = 5.0
"""From the client to the target and back, each way; AWS publishes none (model choice)."""

CONNECT_TIMEOUT_S = 10
"""How long the load balancer tries to connect to a target.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""


class BalancerRequested(Record, frozen=True, kw_only=True, tag=True):
    """A client's request reached a load balancer.

    Attributes:
        request: number of the request at this load balancer, 1, 2, ...
    """

    balancer: str
    request: int
    method: str
    path: str
    about: str


class BalancerAnswered(Record, frozen=True, kw_only=True, tag=True):
    """A load balancer answered a client.

    Attributes:
        rule: logical id of the rule that took the request (its ARN if the API made it); "default".
        target_group: logical id of the group it was forwarded to; "" if it was not.
        request_id: of the invocation, where the target was a function.
        why: why the load balancer answered in the target's place; "" if it did not.
    """

    balancer: str
    request: int
    status: int
    rule: str = ""
    target_group: str = ""
    request_id: str = ""
    why: str = ""


class Course(msgspec.Struct):
    """What became of one request; filled in on its way."""

    rule: str = ""
    target_group: str = ""
    request_id: str = ""
    why: str = ""


class LoadBalancer:
    """One load balancer of a template."""

    def __init__(
        self,
        *,
        spec: LoadBalancerSpec,
        store: BalancerStore,
        loop: VirtualLoop,
        trace: Trace,
        randomness: Randomness,
        functions: LambdaService,
        gateway: Gateway,
    ) -> None:
        self._arn = spec.arn
        self._id = spec.logical_id
        self._store = store
        self._loop = loop
        self._trace = trace
        self._functions = functions
        self._gateway = gateway
        self._edges = randomness.stream(f"balancer/{self._id}/latency")
        self._ids = randomness.stream(f"balancer/{self._id}/ids")
        weights = randomness.stream(f"balancer/{self._id}/weights")
        self._stickiness = Stickiness(loop.clock, weights, self._ids)
        self._count = 0
        self._turns: Counter[str] = Counter()

    @property
    def spec(self) -> LoadBalancerSpec:
        """The load balancer as it is now."""
        return self._store.balancers[self._arn]

    async def request(self, method: str, url: str, headers: Mapping[str, str | Sequence[str]], body: bytes) -> Reply:
        """Serves one request of a client; takes the virtual time the client waits.

        Args:
            url: absolute, then its port chooses the listener; or a path, for the first listener.
            headers: of a name given several times a list of values.
        """
        self._count += 1
        number = self._count
        parts = parts_of(url)
        about = body[:400].decode("latin-1")
        self._trace.append(
            BalancerRequested(balancer=self._id, request=number, method=method, path=parts.path or "/", about=about)
        )
        await self._edge()
        course = Course()
        listener = self._listener(url)
        if listener is None:
            reply, course.why = own_error(503), "no listener at this port"
        else:
            lines = lines_of(headers)
            host = parts.netloc or next((value for name, value in lines if name == "host"), self.spec.dns_name)
            request = BalancedRequest(
                method=method,
                host=host,
                path=parts.path or "/",
                query=parts.query,
                headers=lines,
                body=body,
                source_ip=SOURCE_IP,
                scheme=listener.protocol.lower(),
                port=listener.port,
            )
            reply = await self._serve(listener, request, course)
        await self._edge()
        self._trace.append(
            BalancerAnswered(balancer=self._id, request=number, status=reply.status, **msgspec.structs.asdict(course))
        )
        return Reply(reply.status, reply.headers, b"") if method == "HEAD" else reply

    # ---- routing -----------------------------------------------------------------------------

    def _listener(self, url: str) -> ListenerSpec | None:
        listeners = self._store.listeners_of(self._arn)
        parts = parts_of(url)
        if not parts.netloc:
            return listeners[0] if listeners else None
        wanted = parts.port or (443 if parts.scheme == "https" else 80)
        return next((listener for listener in listeners if listener.port == wanted), None)

    async def _edge(self) -> None:
        await asyncio.sleep(round(EDGE_MS * self._edges.uniform(0.9, 1.1) * 1000) / 1_000_000)

    async def _serve(self, listener: ListenerSpec, request: BalancedRequest, course: Course) -> Reply:
        addresses = sum(len(line.split(",")) for line in request.values("x-forwarded-for"))
        if addresses > FORWARDED_FOR_LIMIT:
            course.why = f"{addresses} addresses in X-Forwarded-For"
            return own_error(463)
        rule = first_match(self._store.rules_of(listener.arn), request)
        course.rule = (rule.logical_id or rule.arn) if rule else "default"
        return await self._act(rule.action if rule else listener.action, request, course)

    async def _act(self, action: ActionSpec, request: BalancedRequest, course: Course) -> Reply:
        if isinstance(action, FixedResponseSpec):
            return fixed_answer(action)
        if isinstance(action, RedirectSpec):
            return redirect_answer(action, request)
        group_arn = self._stickiness.group_for(action, request)
        if not group_arn:
            course.why = "no target group of the rule has a weight above 0"
            return own_error(503)
        group = self._store.groups[group_arn]
        course.target_group = group.logical_id
        reply = await self._forward(group, request, course)
        return _with_cookies(reply, self._stickiness.cookies(action, group_arn))

    # ---- targets -----------------------------------------------------------------------------

    async def _forward(self, group: TargetGroupSpec, request: BalancedRequest, course: Course) -> Reply:
        if not group.targets:
            course.why = f"{group.logical_id} has no targets"
            return own_error(503)
        mode = self.spec.attributes.get("routing.http.xff_header_processing.mode", "append")
        headers = forwarded_headers(request, self._trace_id(), mode)
        if group.target_type == "lambda":
            return await self._invoke(group, request, headers, course)
        return await self._send(group, request, headers, course)

    async def _invoke(self, group: TargetGroupSpec, request: BalancedRequest, headers: Lines, course: Course) -> Reply:
        """Invokes the function, waits as long as it takes, and reads its answer."""
        if len(request.body) > REQUEST_BYTES:
            course.why = "the body is larger than 1 MB"
            return own_error(413)
        if request.values("upgrade"):
            course.why = "a function cannot upgrade a connection"
            return own_error(400)
        multi_value = group.attributes.get("lambda.multi_value_headers.enabled") == "true"
        event = json.dumps(event_of(request, headers, group.arn, multi_value=multi_value)).encode()
        course.request_id = self._functions.new_request_id()
        try:
            target = group.targets[0].id
            function = self._functions.find(target).logical_id
            cause = f"{request.method} {request.path}"
            asked = InvokeRequest(qualifier=qualifier_in(target), request_id=course.request_id)
            result = await self._functions.invoke(function, event, cause=cause, request=asked)
            if not result.function_error:
                return answer_of(result.payload, multi_value=multi_value)
            course.why = f"{function}: {result.error}"
        except (NoSuchFunction, NoSuchQualifier):
            course.why = f"{group.targets[0].id} does not exist"
        except Throttled as throttled:
            course.why = f"Lambda throttled the function: {throttled.reason}"
        except MalformedAnswer as malformed:
            course.why = f"the function returned what is no HTTP answer: {malformed}"
        return own_error(502)

    async def _send(self, group: TargetGroupSpec, request: BalancedRequest, headers: Lines, course: Course) -> Reply:
        """Passes the request on to an address, in turn if there are several."""
        target = group.targets[self._turns[group.arn] % len(group.targets)]
        self._turns[group.arn] += 1
        host = target.id if target.port in (0, 80) else f"{target.id}:{target.port}"
        query = f"?{request.query}" if request.query else ""
        outgoing = Request(
            method=request.method,
            url=f"{(group.protocol or 'HTTP').lower()}://{host}{request.path}{query}",
            headers=joined([("host", request.host), *[line for line in headers if line[0] != "host"]]),
            body=request.body,
            connect_timeout_s=CONNECT_TIMEOUT_S,
            read_timeout_s=float(self.spec.attributes.get("idle_timeout.timeout_seconds", "60")),
        )
        call = self._gateway.open(outgoing, Caller(self._id), 0)
        answer = await self._gateway.send(call)
        if isinstance(answer, Reply):
            return finished(answer.status, lines_of(answer.headers), answer.body)
        course.why = f"{target.id}: {answer.loss.value.replace('_', ' ')}"
        return own_error(_status_of(answer))

    def _trace_id(self) -> str:
        return f"1-{int(self._loop.clock.unix_s()):08x}-{self._ids.getrandbits(96):024x}"


def _status_of(answer: NoReply) -> int:
    """502 where the target broke off or refused, 504 where it let the load balancer wait."""
    return 504 if answer.loss in (Loss.CONNECT_TIMEOUT, Loss.READ_TIMEOUT) else 502


def _with_cookies(reply: Reply, cookies: list[str]) -> Reply:
    lines: Lines = [*lines_of(reply.headers), *[("set-cookie", cookie) for cookie in cookies]]
    return Reply(reply.status, joined(lines), reply.body)
