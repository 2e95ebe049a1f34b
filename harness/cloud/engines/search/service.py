"""An Amazon OpenSearch domain, reached by plain HTTP.

It answers at the end of its latency, keeps the log of every HTTP service, and meets the same
faults: slow, hanging, down, rejecting, late. A kata names the engine in its kata.toml
(`engines = ["search"]`) and brings a subclass, as for any other service, that creates the
indexes in `begin`:

```python
class TweetsSearch(SearchService):
    def begin(self) -> None:
        self.create_index("tweets", {"mappings": {"properties": {"text": {"type": "text"}}}})
```

Its access policy lets everybody in, signed or not, unless the subclass sets another
`access_policy`; then `admits` asks for es:ESHttpGet and the like, as the domain does.

Left out: fine-grained access control, checking signatures, compression,
more than one shard and node, everything under `_plugins`.
Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/what-is.html
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from harness.cloud.engines import optional
from harness.cloud.engines.http_service.log import LoggedRequest
from harness.cloud.engines.http_service.routes import Route, ServiceRequest
from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.engines.http_service.trouble import Ending
from harness.cloud.engines.search.answers.contexts import Contexts
from harness.cloud.engines.search.answers.hits import Partial
from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, rejected
from harness.cloud.engines.search.records import SearchPartRefused
from harness.cloud.engines.search.rest import endpoints
from harness.cloud.engines.search.rest.endpoints import Endpoint
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest, read_parts
from harness.cloud.engines.search.store.catalogue import Catalogue
from harness.cloud.engines.search.view import IndexView, texts_of
from harness.faults.board import FaultBoard
from harness.faults.search import PartialSearch
from harness.faults.service import BatchPartialFailure
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Answer as WireAnswer
from harness.simulation.wire import Call, Reply

MAX_REQUEST_BYTES = 10 * 1024 * 1024
"""Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html (network limits)"""

OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "es:*", "Resource": "*"}]}
"""An open access policy, as a domain within a VPC has it.
Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html#vpc-security"""

_JSON_TYPES = ("application/json", "application/x-ndjson")
_encode = msgspec.json.Encoder().encode


class SearchService(HttpService):
    """The domain. Tests reach it as `world.service(name)`.

    Attributes:
        access_policy: the domain's resource-based policy.
        admits: asked before a request is looked at, with its path; None: everybody may do everything.
        unsupported: parts of OpenSearch that were asked for and are not simulated, each once.
    """

    access_policy: ClassVar[Mapping[str, Any]] = OPEN
    reads_json: ClassVar[bool] = False
    refusal_base_ms: ClassVar[float] = 5

    def __init__(
        self, *, name: str, url: str, loop: VirtualLoop, trace: Trace, randomness: Randomness, faults: FaultBoard
    ) -> None:
        optional.require(["search"], f"the service {name}")
        self.unsupported: list[str] = []
        self.admits: Callable[[Call, str], Reply | None] | None = None
        self._faults = faults
        self._waits: dict[int, int] = {}
        catalogue = Catalogue(loop.clock, randomness, name)
        contexts = Contexts(loop.clock, randomness.stream(f"service/{name}/contexts"))
        self._cluster = Cluster(catalogue, contexts, loop.clock)
        super().__init__(name=name, url=url, loop=loop, trace=trace, randomness=randomness, faults=faults)

    # ---- words for tests -------------------------------------------------------------------

    def create_index(self, name: str, body: dict[str, Any] | None = None) -> IndexView:
        """Creates an index at once.

        Args:
            body: settings, mappings and aliases, as in PUT /{index}.
        """
        self._cluster.catalogue.create(name, body or {})
        return self.index(name)

    def index(self, name: str) -> IndexView:
        """An index by its name or alias; it may be missing (`exists`)."""
        return IndexView(name, self._cluster)

    def texts(self) -> list[str]:
        """Every document there is, as JSON: those stored and those that searches still see."""
        return texts_of(self._cluster.catalogue)

    # ---- requests --------------------------------------------------------------------------

    def check(self, request: ServiceRequest) -> Reply | None:
        """What the domain refuses before it looks at the request: not allowed, too big, or no JSON."""
        if self.admits and (refused := self.admits(request.call, request.path)):
            return refused
        sent = request.call.request
        if len(sent.body) > MAX_REQUEST_BYTES:
            return _json(413, {"Message": f"Request size exceeded {MAX_REQUEST_BYTES} bytes"})
        kind = sent.headers.get("content-type", "")
        if sent.body and kind.partition(";")[0].strip().lower() not in _JSON_TYPES:
            reason = f"Content-Type header [{kind}] is not supported" if kind else "Content-Type header is missing"
            return _json(406, {"error": reason, "status": 406})
        return None

    def refusal(self, status: int, detail: str, *, retry_after_s: int | None = None) -> Reply:
        """A request that finds every queue full, in OpenSearch's words."""
        return _error(rejected(f"a request: {detail}"))

    async def _handle(self, request: ServiceRequest, entry: LoggedRequest) -> WireAnswer:
        answer = await super()._handle(request, entry)
        wait_us = self._waits.pop(request.call.id, 0)
        if wait_us:
            await asyncio.sleep(wait_us / 1_000_000)
        return _in_its_words(answer) if isinstance(answer, Reply) else answer

    def _course(self, request: ServiceRequest, in_flight: int) -> Ending | Route:
        _, segments, _ = read_parts(request.call.request)
        endpoint, _, _ = endpoints.find(request.method, segments)
        base_ms = self.refusal_base_ms if endpoint is None else endpoint.latency_ms(request.call.request.body)
        route = Route(request.method, request.path, base_ms, "_do")
        return super()._course(msgspec.structs.replace(request, route=route), in_flight)

    def _do(self, route: Route, request: ServiceRequest, entry: LoggedRequest) -> Reply:
        path, segments, parameters = read_parts(request.call.request)
        endpoint, filled, allowed = endpoints.find(request.method, segments)
        if endpoint is None:
            return self._nowhere(request, path, allowed)
        read = RestRequest(
            method=request.method,
            path=path,
            segments=filled,
            parameters=parameters,
            body=request.call.request.body,
            took_ms=self._clock.now_ms - entry.at_ms,
            partial=self._partial(endpoint, request.call),
            rejected_every=self._rejected_every(endpoint, request.call),
        )
        answer = self._carry_out(endpoint, read, request.call)
        entry.done = answer.status < 400
        self._waits[request.call.id] = answer.wait_us
        return _reply(answer, request.method)

    def _carry_out(self, endpoint: Endpoint, request: RestRequest, call: Call) -> Answer:
        try:
            endpoints.check_parameters(endpoint, request)
            return endpoint.handler(self._cluster, request)
        except PartMissing as missing:
            self._note(missing.what, call)
            return Answer(missing.body(), missing.status)
        except SearchError as error:
            return Answer(error.body(), error.status)
        except RecursionError:
            too_deep = SearchError(400, "illegal_argument_exception", "the request is nested too deeply")
            return Answer(too_deep.body(), too_deep.status)

    def _nowhere(self, request: ServiceRequest, path: str, allowed: list[str]) -> Reply:
        """No endpoint takes this path, or not with this method."""
        self._note(f"{request.method} {path}", request.call)
        where = f"uri [{path}] and method [{request.method}]"
        if not allowed:
            return _json(400, {"error": f"no handler found for {where}"})
        words = f"Incorrect HTTP method for {where}, allowed: [{', '.join(allowed)}]"
        return _json(405, {"error": words, "status": 405}, {"allow": ",".join(allowed)})

    def _note(self, what: str, call: Call) -> None:
        if what not in self.unsupported:
            self.unsupported.append(what)
        record = SearchPartRefused(service=self.name, call=call.id, what=what, function=call.caller.function)
        self._trace.append(record)

    def _partial(self, endpoint: Endpoint, call: Call) -> Partial | None:
        fault = self._faults.on_call(PartialSearch, call) if endpoint.searches else None
        return None if fault is None else Partial(timed_out=fault.timed_out)

    def _rejected_every(self, endpoint: Endpoint, call: Call) -> int:
        is_bulk = "_bulk" in endpoint.pattern
        fault = self._faults.on_call(BatchPartialFailure, call) if is_bulk else None
        return 0 if fault is None else fault.every


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, {"content-type": "application/json; charset=UTF-8"} | (headers or {}), _encode(body))


def _error(error: SearchError) -> Reply:
    return _json(error.status, error.body())


def _reply(answer: Answer, method: str) -> Reply:
    if method == "HEAD" or answer.body is None:
        return msgspec.structs.replace(_json(answer.status, None, answer.headers), body=b"")
    if isinstance(answer.body, str):
        return Reply(answer.status, answer.headers, answer.body.encode())
    return _json(answer.status, answer.body, answer.headers)


def _in_its_words(reply: Reply) -> Reply:
    """A fault's problem document as a domain says it: a rejection by OpenSearch, or the proxy's page."""
    if reply.headers.get("content-type") != "application/problem+json":
        return reply
    detail = msgspec.json.decode(reply.body)["detail"]
    if reply.status == 429:
        return _error(rejected("coordinating operation: indexing pressure limit"))
    if reply.status == 422:
        return _error(illegal(detail))
    words = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}.get(reply.status, "Error")
    page = (
        f"<html><body><h1>{reply.status} {words}</h1>\nNo server is available to handle this request.\n</body></html>"
    )
    return Reply(reply.status, {"content-type": "text/html"}, page.encode())
