"""Amazon Neptune's openCypher endpoint, reached by plain HTTP or by boto3's `neptunedata`.

It answers at the end of its latency, keeps the log of every HTTP service, and meets the same
faults: slow, hanging, down, late. A kata names the engine in its kata.toml
(`engines = ["graph"]`) and brings a subclass that seeds the graph in `begin`:

```python
class Connections(GraphService):
    def begin(self) -> None:
        ann, bob = self.add_node("User", id="ann"), self.add_node("User", id="bob")
        self.add_edge(ann, "FOLLOWS", bob)
```

Left out: authentication (a signature is not checked), Bolt (a protocol of its own on the same
port; no connection is opened for it), Gremlin, SPARQL, the loader, streams, explain, replicas
that lag.
Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
"""

import asyncio
from typing import ClassVar

import msgspec

from harness.cloud.engines.graph.errors import GraphError, PartMissing, conflict, read_only
from harness.cloud.engines.graph.records import GraphPartRefused
from harness.cloud.engines.graph.requests import (
    OTHER_LANGUAGES,
    QUERY_PATH,
    STATUS_PATHS,
    QueryRequest,
    path_of,
    read_query_request,
)
from harness.cloud.engines.graph.running.budget import Budget
from harness.cloud.engines.graph.running.query import read_query, run
from harness.cloud.engines.graph.status import engine_status, query_status
from harness.cloud.engines.graph.store import GraphStore
from harness.cloud.engines.graph.view import GraphWords
from harness.cloud.engines.http_service.log import LoggedRequest
from harness.cloud.engines.http_service.routes import Route, ServiceRequest
from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.engines.http_service.trouble import Ending
from harness.faults.board import FaultBoard
from harness.faults.graph import GraphConflict, WriterBecameReader
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.trace import Trace
from harness.simulation.wire import Answer, Call, Reply

READ_MS = 30
WRITE_MS = 20
STATUS_MS = 5

_encode = msgspec.json.Encoder().encode
_IN_ITS_WORDS = {
    429: ("TooManyRequestsException", "The rate of requests exceeds the maximum throughput."),
    500: ("InternalFailureException", "The request processing has failed."),
    502: ("InternalFailureException", "The request processing has failed."),
    503: ("InternalFailureException", "The request processing has failed."),
    422: ("BadRequestException", "The request could not be completed."),
}


class GraphService(GraphWords, HttpService):
    """The database. Tests reach it as `world.service(name)`.

    Attributes:
        is_reader: whether this is a reader endpoint, which refuses writes.
        query_timeout_ms: after how long a query that does too much is given up.
        unsupported: parts of openCypher that were asked for and are not simulated, each once.
    """

    reads_json: ClassVar[bool] = False
    refusal_base_ms: ClassVar[float] = STATUS_MS
    is_reader: ClassVar[bool] = False
    query_timeout_ms: ClassVar[int] = 120_000

    def __init__(
        self, *, name: str, url: str, loop: VirtualLoop, trace: Trace, randomness: Randomness, faults: FaultBoard
    ) -> None:
        self.unsupported: list[str] = []
        self._faults = faults
        self._overdue: set[int] = set()
        self._request_ids = randomness.stream(f"service/{name}/request ids")
        element_ids = randomness.stream(f"service/{name}/ids")
        self._store = GraphStore(lambda: uuid_from(element_ids))
        self._began = loop.clock.utcnow()
        super().__init__(name=name, url=url, loop=loop, trace=trace, randomness=randomness, faults=faults)

    def refusal(self, status: int, detail: str, *, retry_after_s: int | None = None) -> Reply:
        """A request above what the instance takes, in Neptune's words."""
        return self._error(GraphError("ThrottlingException", "Rate of requests exceeds the maximum throughput."))

    async def _handle(self, request: ServiceRequest, entry: LoggedRequest) -> Answer:
        answer = await super()._handle(request, entry)
        if not isinstance(answer, Reply):
            return answer
        if request.call.id in self._overdue:
            self._overdue.remove(request.call.id)
            await asyncio.sleep(self.query_timeout_ms / 1000)
        return self._in_its_words(answer)

    def _course(self, request: ServiceRequest, in_flight: int) -> Ending | Route:
        route = Route(request.method, request.path, _base_ms(request), "_do")
        return super()._course(msgspec.structs.replace(request, route=route), in_flight)

    def _do(self, route: Route, request: ServiceRequest, entry: LoggedRequest) -> Reply:
        try:
            answer = self._answer(request)
        except GraphError as error:
            if isinstance(error, PartMissing):
                self._note(error.what, request.call)
            if error.code == "TimeLimitExceededException":
                self._overdue.add(request.call.id)
            return self._error(error)
        entry.done = True
        return Reply(200, self._headers(), _encode(answer))

    def _answer(self, request: ServiceRequest) -> object:
        path = path_of(request.call.request)
        if path == "/status":
            return engine_status(self._began, self.query_timeout_ms, reader=self.is_reader)
        if path in STATUS_PATHS:
            return query_status()
        if path != QUERY_PATH:
            if path.startswith(OTHER_LANGUAGES):
                raise PartMissing(f"{request.method} {request.path}")
            raise GraphError("BadRequestException", f"Bad route: {request.path}")
        return {"results": self._rows(read_query_request(request.call.request), request.call)}

    def _rows(self, asked: QueryRequest, call: Call) -> list[dict[str, object]]:
        query = read_query(asked.text)
        if query.writes:
            if self.is_reader or self._faults.on_call(WriterBecameReader, call):
                raise read_only()
            if self._faults.on_call(GraphConflict, call):
                raise conflict()
        return run(query, self._store, asked.parameters, Budget())

    def _error(self, error: GraphError) -> Reply:
        request_id = uuid_from(self._request_ids)
        headers = self._headers() | {"x-amzn-requestid": request_id}
        body = {"requestId": request_id, "code": error.code, "detailedMessage": error.words}
        return Reply(error.status, headers, _encode(body))

    def _headers(self) -> dict[str, str]:
        return {"content-type": "application/json; charset=UTF-8"}

    def _in_its_words(self, reply: Reply) -> Reply:
        """A fault's problem document as Neptune says it; the status stays the fault's."""
        if reply.headers.get("content-type") != "application/problem+json":
            return reply
        code, words = _IN_ITS_WORDS.get(reply.status, _IN_ITS_WORDS[500])
        return msgspec.structs.replace(self._error(GraphError(code, words)), status=reply.status)

    def _note(self, what: str, call: Call) -> None:
        if what not in self.unsupported:
            self.unsupported.append(what)
        record = GraphPartRefused(service=self.name, call=call.id, what=what, function=call.caller.function)
        self._trace.append(record)


def _base_ms(request: ServiceRequest) -> float:
    """A write is quicker than a read here; what is refused at a look is quickest."""
    if path_of(request.call.request) != QUERY_PATH:
        return STATUS_MS
    try:
        return WRITE_MS if read_query(read_query_request(request.call.request).text).writes else READ_MS
    except GraphError:
        return STATUS_MS
