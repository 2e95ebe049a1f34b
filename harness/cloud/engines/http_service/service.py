"""An HTTP service outside the cloud: it gets slower under load, fails as told, and keeps a log.

Stands for the other team's system that a function calls over plain HTTP. A request that has
arrived is worked on to its end whether or not the caller still listens, and its work is done
at the end of its latency. Left out: connections, redirects, authentication.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.log import LoggedRequest
from harness.cloud.engines.http_service.rate_limit import RateLimit, TokenBucket
from harness.cloud.engines.http_service.records import ServiceRequestEnded, ServiceRequestReceived
from harness.cloud.engines.http_service.replies import problem
from harness.cloud.engines.http_service.routes import Route, RouteTable, ServiceRequest, declared_routes, read
from harness.cloud.engines.http_service.row_locks import RowLocks
from harness.cloud.engines.http_service.spread import Spread
from harness.cloud.engines.http_service.trouble import PROMPT_MS, Ending, Trouble, too_many
from harness.faults.board import FaultBoard
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Answer, Call, Loss, NoReply, Reply


class HttpService:
    """A service; subclasses declare routes, and override what they need of the methods without underscore.

    Attributes:
        url: scheme and host, without a slash at the end.
        capacity: what the service can bear; a test may replace it.
        spread: how much its latencies vary; a test may replace it.
        rate_limit: how many requests a second it takes; None: any number.
        patience_ms: how long after its arrival a request is abandoned; None: never.
        reads_json: whether bodies are parsed as JSON, and refused where they are none.
        lock_wait_ms: how long a request waits for row locks before it is rolled back.
        refusal_base_ms: base latency of an answer that needs no work: 400, 404, 422.
        log: every request received, in order of arrival.
        in_flight: requests received and not yet finished or abandoned.
        max_in_flight: the most there were since the start, or since `reset_meters`.
    """

    capacity: Capacity = Capacity()
    spread: Spread = Spread()
    rate_limit: RateLimit | None = None
    patience_ms: ClassVar[int | None] = None
    reads_json: ClassVar[bool] = True
    lock_wait_ms: ClassVar[int] = 10_000
    refusal_base_ms: ClassVar[float] = 40
    _table: ClassVar[RouteTable] = RouteTable([])

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._table = RouteTable(declared_routes(cls))

    def __init__(
        self, *, name: str, url: str, loop: VirtualLoop, trace: Trace, randomness: Randomness, faults: FaultBoard
    ) -> None:
        self.name = name
        self.url = url
        self.log: list[LoggedRequest] = []
        self.in_flight = 0
        self.max_in_flight = 0
        self._loop = loop
        self._clock = loop.clock
        self._trace = trace
        draws, shares = randomness.stream(f"service/{name}/ends"), randomness.stream(f"service/{name}/shares")
        self._trouble = Trouble(faults, loop.clock, draws, shares)
        self._jitter = randomness.stream(f"service/{name}/latency")
        self._row_locks = RowLocks(loop)
        self._bucket: tuple[RateLimit, TokenBucket] | None = None
        self._fell_over_us = -1
        self._down_until_us = 0
        self.begin()

    async def answer(self, call: Call) -> Answer:
        """The answer to a call, after the virtual time it takes."""
        request = read(call, self._table, json=self.reads_json)
        counted = self.counts(request)
        self.in_flight += counted
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        entry = self._received(request)
        try:
            answer = await self._handle(request, entry)
        finally:
            self.in_flight -= counted
        self._ended(entry, answer)
        return answer

    def begin(self) -> None:
        """Prepares the state the service starts with."""

    def counts(self, request: ServiceRequest) -> bool:
        """Whether this request counts as in flight: it crowds the others, and is turned away from a full service."""
        return True

    def later(self, after_ms: float, work: Callable[[], object]) -> None:
        """Lets work begin that long from now: a task that runs for minutes, a message sent on."""
        self._loop.call_later(after_ms / 1000, work)

    def refusal(self, status: int, detail: str, *, retry_after_s: int | None = None) -> Reply:
        """How the service words a refusal of its own."""
        return problem(status, detail, retry_after_s=retry_after_s)

    def check(self, request: ServiceRequest) -> Reply | None:
        """The answer to a request that a look at it settles, before any work; None: go on."""
        return None

    def locks(self, request: ServiceRequest) -> tuple[str, ...]:
        """The rows this request locks while it is worked on."""
        return ()

    def base_ms(self, request: ServiceRequest, route: Route) -> float:
        """What this request takes on an idle service; where it is not overridden, what its route says."""
        return route.base_ms

    def stored_rows(self) -> int:
        """How many rows slow the service down (see `Capacity.rows_to_double`)."""
        return 0

    def statuses(self) -> Counter[int | None]:
        """How often each HTTP status was given so far; None counts the requests never answered."""
        return Counter(entry.status for entry in self.log if entry.ended_ms is not None)

    def reset_meters(self) -> None:
        """Begins `max_in_flight` anew, at what is in flight now. The log stays."""
        self.max_in_flight = self.in_flight

    async def _handle(self, request: ServiceRequest, entry: LoggedRequest) -> Answer:
        course = self._course(request, entry.in_flight)
        if isinstance(course, Route):
            return await self._work(course, request, entry)
        await asyncio.sleep(self._bounded(course.after_ms) / 1000)
        return course.answer

    def _course(self, request: ServiceRequest, in_flight: int) -> Ending | Route:
        """The route that does the work, or how the request ends without it."""
        outage = self._trouble.outage(request.call)
        if outage is not None:
            return outage
        if self._is_down(in_flight):
            return Ending(0, NoReply(Loss.REFUSED))
        if self.rate_limit and not self._takes(self.rate_limit):
            return too_many(self.rate_limit.per_s, self.rate_limit.retry_after_s)
        if self.capacity.refuses(in_flight) and self.counts(request):
            detail = f"{in_flight} requests are in flight, and {self.name} serves {self.capacity.limit} at most."
            return Ending(PROMPT_MS, self.refusal(503, detail, retry_after_s=self.capacity.retry_after_s))
        if request.route is None:
            detail = f"{self.name} has no {request.method} {request.path}."
            return self._refused(request, in_flight, self.refusal(404, detail))
        if request.is_malformed:
            return self._refused(request, in_flight, self.refusal(400, "The body is not JSON."))
        refusal = self._trouble.refusal(request.call) or self.check(request)
        return request.route if refusal is None else self._refused(request, in_flight, refusal)

    def _is_down(self, in_flight: int) -> bool:
        """Whether the service is down after a collapse; this request may be the one too many."""
        now_us = self._clock.now_us
        if now_us >= self._down_until_us and self.capacity.collapses(in_flight):
            self._fell_over_us = now_us
            self._down_until_us = now_us + round(self.capacity.recovery_s * 1_000_000)
        return now_us < self._down_until_us

    def _takes(self, limit: RateLimit) -> bool:
        if self._bucket is None or self._bucket[0] is not limit:
            self._bucket = (limit, TokenBucket(limit.per_s, limit.burst, self._clock.now_us))
        return self._bucket[1].takes(self._clock.now_us)

    def _refused(self, request: ServiceRequest, in_flight: int, refusal: Reply) -> Ending:
        return Ending(self._latency_ms(request, self.refusal_base_ms, in_flight), refusal)

    async def _work(self, route: Route, request: ServiceRequest, entry: LoggedRequest) -> Answer:
        """Waits for the row locks, then as long as the work takes, and then does it."""
        began_us = self._clock.now_us
        hold_ms = self._trouble.hold_ms(request.call)
        if hold_ms is None:
            duration_ms = self._latency_ms(request, self.base_ms(request, route), entry.in_flight)
        else:
            duration_ms = self._bounded(hold_ms)
        rows = self.locks(request)
        if rows and not await self._row_locks.take(rows, wait_ms=self.lock_wait_ms):
            return self.refusal(500, "Another request holds a row this one needs; it was rolled back.")
        waited_ms = (self._clock.now_us - began_us) / 1000
        try:
            if self.patience_ms is not None and waited_ms + duration_ms > self.patience_ms:
                return await self._abandon(self.patience_ms - waited_ms)
            await asyncio.sleep(duration_ms / 1000)
            if self._fell_over_us >= began_us:
                return NoReply(Loss.RESET)
            reply = self._do(route, request, entry)
            return self._trouble.spoiled(request.call, reply) if entry.done else reply
        finally:
            if rows:
                self._row_locks.release(rows)

    async def _abandon(self, after_ms: float) -> Reply:
        await asyncio.sleep(after_ms / 1000)
        return self.refusal(504, f"{self.name} abandoned the request after {self.patience_ms} ms; nothing was done.")

    def _do(self, route: Route, request: ServiceRequest, entry: LoggedRequest) -> Reply:
        reply: Reply = getattr(self, route.handler)(request)
        entry.done = reply.status < 400
        return reply

    def _latency_ms(self, request: ServiceRequest, base_ms: float, in_flight: int) -> float:
        slow_base_ms = base_ms * self._trouble.slowdown(request.call)
        latency_ms = self.capacity.latency_ms(slow_base_ms, in_flight, self.stored_rows())
        return latency_ms * self.spread.factor(self._jitter)

    def _bounded(self, duration_ms: float) -> float:
        return duration_ms if self.patience_ms is None else min(duration_ms, self.patience_ms)

    def _received(self, request: ServiceRequest) -> LoggedRequest:
        caller = request.call.caller
        entry = LoggedRequest(
            at_ms=self._clock.now_ms,
            call=request.call.id,
            method=request.method,
            path=request.path,
            query=request.query,
            body=request.body,
            function=caller.function,
            request_id=caller.request_id,
            in_flight=self.in_flight,
            headers=request.call.request.headers,
        )
        self.log.append(entry)
        self._trace.append(
            ServiceRequestReceived(
                service=self.name,
                call=entry.call,
                method=entry.method,
                path=entry.path,
                function=entry.function,
                request_id=entry.request_id,
                in_flight=entry.in_flight,
            )
        )
        return entry

    def _ended(self, entry: LoggedRequest, answer: Answer) -> None:
        entry.ended_ms = self._clock.now_ms
        if isinstance(answer, Reply):
            entry.status = answer.status
        else:
            entry.loss = answer.loss.value
        ended = ServiceRequestEnded(
            service=self.name, call=entry.call, status=entry.status, loss=entry.loss, done=entry.done
        )
        self._trace.append(ended)
