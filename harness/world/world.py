"""The words that acceptance tests are written in.

The view of a resource is imported when a test asks for it: most tests need two or three.
"""

from __future__ import annotations

import asyncio
import inspect
import json as json_format
from typing import TYPE_CHECKING, Any

from harness.cloud.errors import SubmissionError
from harness.cloud.records import CallEnded, CallSent
from harness.errors import ExplainedError
from harness.faults.delivery import DeliveryFault, PoisonMessage
from harness.faults.streams import PoisonRecord, StreamFault
from harness.functions.invocation import InvokeRequest
from harness.world.client import Values, content_of, send_to, with_query
from harness.world.data_words import DataWords
from harness.world.deployment import Deployment, Setting, deploy
from harness.world.functions_view import FunctionWords
from harness.world.init_errors import refuse_unless_initialized
from harness.world.query_view import QueryWords
from harness.world.source_paths import as_submitted
from harness.world.source_words import SourceWords
from harness.world.views import Arrival, CallMade, HttpAnswer, Invocation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
    from pathlib import Path

    from harness.event_sources.api_gateway import ApiGateway
    from harness.event_sources.load_balancer import LoadBalancer
    from harness.faults.base import Fault
    from harness.faults.board import ActiveFault
    from harness.simulation.loop import VirtualLoop
    from harness.world.balancer_view import BalancerView
    from harness.world.bucket_view import BucketView
    from harness.world.bus_view import BusView
    from harness.world.schedules_view import SchedulesView
    from harness.world.stream_view import StreamView
    from harness.world.task_view import TaskView
    from harness.world.topic_view import Notification, TopicView


class NoApi(SubmissionError):
    """The template has no API, so a client has nowhere to go."""


class NeverSettles(ExplainedError):
    """The test waits for quiet where there can be none: a schedule ticks, or something loops."""


class NoSuchService(ExplainedError):
    """The test asks for a service that kata.toml does not name."""


class World(FunctionWords, DataWords, QueryWords, SourceWords):
    """A simulated AWS with one submission deployed, at virtual time 0.

    Attributes:
        seed: decides every latency, delay and id of the run.
    """

    def __init__(self, setting: Setting, seed: int, loop: VirtualLoop) -> None:
        self.seed = seed
        self.folder: Path = setting.folder
        self._loop = loop
        self._deployment: Deployment = deploy(setting, loop, seed)
        self.trace = self._deployment.trace
        self._tasks: set[asyncio.Task[Any]] = set()
        self._setting = setting
        self._parameters: dict[str, str] = {}
        self._late_ms: Iterator[int] = iter(())

    def update(self, parameters: dict[str, Any]) -> None:
        """Deploys the submission again with other values of its parameters: data stays, environments are new.

        Args:
            parameters: the values that change; the others stay as they were.

        Raises:
            SubmissionError: the template cannot be deployed so, or changes what cannot change here.
        """
        values = {name: str(value) for name, value in parameters.items()}
        from harness.world import stack_update

        stack_update.update(self._deployment, self._setting, {**self._parameters, **values})
        self._parameters |= values

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the template's reader found odd, a sentence each."""
        return self._deployment.template.warnings

    # ---- time ------------------------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        """Virtual milliseconds since the deployment."""
        return self._loop.clock.now_ms

    async def run_for(
        self, *, ms: float = 0, s: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Lets virtual time pass; where it is days, idle ticks of schedules are left out (see `SchedulesView`)."""
        if days:
            await self.schedules.run_sparsely(days * 86_400)
        await asyncio.sleep(ms / 1000 + s + minutes * 60 + hours * 3600)

    async def jump(self, *, days: float) -> None:
        """Lets days pass in which each schedule fires at most once."""
        await self.schedules.jump(days * 86_400)

    @property
    def schedules(self) -> SchedulesView:
        """The submission's schedules: pause and resume them."""
        from harness.world.schedules_view import SchedulesView

        return SchedulesView(self._deployment.schedules)

    async def settle(self) -> None:
        """Waits until nothing is left to happen.

        Raises:
            NeverSettles: a schedule is in the template; use `run_for` or `until`.
        """
        if self._deployment.never_settles:
            raise NeverSettles("A schedule in the template ticks for ever: wait with until() or run_for().")
        await self._loop.settled()

    async def until(
        self, condition: Callable[[], Any | Awaitable[Any]], *, within_s: float, every_ms: int = 1000
    ) -> bool:
        """Waits until a condition holds, looking again every so often.

        Returns:
            whether it came to hold in time.
        """
        ends_us = self._loop.clock.now_us + round(within_s * 1_000_000)
        while True:
            holds = condition()
            if inspect.isawaitable(holds):
                holds = await holds
            if holds:
                return True
            left_us = ends_us - self._loop.clock.now_us
            if left_us <= 0:
                return False
            await asyncio.sleep(min(every_ms * 1000, left_us) / 1_000_000)

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs something beside the test."""
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def random(self, name: str) -> Any:
        """A seeded stream of chance (`random.Random`) for the test's own ids and delays."""
        return self._deployment.randomness.stream(f"test/{name}")

    # ---- the client ------------------------------------------------------------------------

    def delay_requests(self, late_ms: Iterable[int]) -> None:
        """Lets the first, second, ... `request` from now on come so much later than the test sends it."""
        self._late_ms = iter(late_ms)

    async def request(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        body: bytes | str | None = None,
        headers: Values | None = None,
        query: Values | None = None,
        api: str | None = None,
    ) -> HttpAnswer:
        """Sends a request to the submission's API and waits for the answer.

        Args:
            url: a path, or an absolute URL as a `Location` may hold it.
            headers, query: a name may have several values.
            api: logical id of an API or a load balancer; None: the only one.

        Raises:
            NoApi: the template has no API.
        """
        content, sent_headers = content_of(json, body, headers)
        if late_ms := next(self._late_ms, 0):
            await asyncio.sleep(late_ms / 1000)
        gateway = self._api(api)
        sent_ms = self.now_ms
        reply = await gateway.request(method, with_query(url, query), sent_headers, content)
        return HttpAnswer(method, url, reply.status, reply.headers, reply.body, sent_ms, self.now_ms)

    async def fetch(
        self, method: str, url: str, *, body: bytes | str | None = None, headers: dict[str, str] | None = None
    ) -> HttpAnswer:
        """Sends a request to any address, as whoever was given it would: a presigned URL, say.

        Returns:
            the answer; its status is 0 if none came.
        """
        sent_ms = self.now_ms
        reply = await send_to(self._deployment.gateway, method, url, body, headers)
        return HttpAnswer(method, url, reply.status, reply.headers, reply.body, sent_ms, self.now_ms)

    async def post(
        self,
        path: str,
        *,
        json: Any = None,
        body: bytes | str | None = None,
        headers: Values | None = None,
    ) -> HttpAnswer:
        """`request` with POST."""
        return await self.request("POST", path, json=json, body=body, headers=headers)

    async def get(self, path: str, *, headers: Values | None = None, query: Values | None = None) -> HttpAnswer:
        """`request` with GET."""
        return await self.request("GET", path, headers=headers, query=query)

    def api_key(self, api: str | None = None) -> str:
        """What clients of a REST API with a usage plan send as `x-api-key`; "" if it has none."""
        gateway = self._api(api)
        return getattr(gateway, "api_key", "")

    def _api(self, logical_id: str | None) -> ApiGateway | LoadBalancer:
        apis: dict[str, ApiGateway | LoadBalancer] = {**self._deployment.apis, **self._deployment.balancers}
        if logical_id is not None and logical_id in apis:
            return apis[logical_id]
        if logical_id is None and apis:
            return next(iter(apis.values()))
        raise NoApi(
            f"The template has no API{f' {logical_id}' if logical_id else ''}.",
            expected="a function with an HttpApi (or Api) event",
            got="functions " + (", ".join(self._deployment.functions.functions) or "none at all"),
            try_="add an event of type HttpApi with the method and path of the kata's contract",
            file="template.yaml",
        )

    # ---- resources -------------------------------------------------------------------------

    def bucket(self, logical_id: str) -> BucketView:
        """A bucket of the template by its logical id; it may be missing (`exists`)."""
        from harness.world.bucket_view import BucketView

        return BucketView(logical_id, self._deployment.template.buckets.get(logical_id), self._deployment.s3)

    def topic(self, logical_id: str) -> TopicView:
        """A topic of the template by its logical id; it may be missing (`exists`)."""
        from harness.world.topic_view import TopicView

        return TopicView(logical_id, self._deployment)

    async def publish(
        self, topic: str, message: Any, *, attributes: dict[str, Any] | None = None, subject: str | None = None
    ) -> Notification:
        """Publishes a message to a topic past the submission; more in `topic(...).publish`."""
        return self.topic(topic).publish(message, attributes=attributes, subject=subject)

    def arrivals(self) -> list[Arrival]:
        """Every message that ever arrived in a queue of the template."""
        return [arrival for watch in self._deployment.queues.values() for arrival in watch.arrivals]

    def bus(self, logical_id: str = "default") -> BusView:
        """An event bus of the template by its logical id, or the account's default one; it may be missing."""
        from harness.world.bus_view import bus_view

        return bus_view(self._deployment, logical_id)

    def load_balancer(self, logical_id: str) -> BalancerView:
        """A load balancer of the template, with its record of requests.

        Raises:
            BalancerMissing: the template has none of this logical id.
        """
        from harness.world.balancer_view import BalancerMissing, BalancerView

        if logical_id not in self._deployment.balancers:
            raise BalancerMissing(
                f"The template has no load balancer {logical_id}.",
                expected=f"a resource {logical_id} of type AWS::ElasticLoadBalancingV2::LoadBalancer",
                file="template.yaml",
            )
        return BalancerView(logical_id, self.trace)

    def stream(self, logical_id: str) -> StreamView:
        """A Kinesis stream, or a table's stream, by the logical id of the stream or table; it may be missing."""
        from harness.world.stream_view import StreamView

        return StreamView(logical_id, self._deployment)

    def tasks(self) -> list[TaskView]:
        """All container tasks so far, in the order of their RunTask."""
        from harness.world.task_view import TaskView

        tasks = self._deployment.tasks
        return [TaskView(task) for task in tasks.tasks.values()] if tasks else []

    def service(self, name: str) -> Any:
        """An HTTP service of the kata.

        Raises:
            NoSuchService: kata.toml has none of this name.
        """
        services = self._deployment.services
        if name not in services:
            raise NoSuchService(
                f"The kata has no service {name!r}.", expected=" or ".join(services) or "[services.*] in kata.toml"
            )
        return services[name]

    def has_function(self, logical_id: str) -> bool:
        """Whether the template has this function."""
        return logical_id in self._deployment.functions.functions

    def function_behind(self, method: str, path: str) -> str:
        """Logical id of the function a route leads to.

        Raises:
            NoApi: no route takes this request.
        """
        for api in self._deployment.apis.values():
            if found := api.route(method, path):
                return found[0].function
        raise NoApi(
            f"No route of the template takes {method} {path}.",
            expected=f"a function with an HttpApi (or Api) event for {method} {path}",
            file="template.yaml",
        )

    def consumers_of(self, queue: str) -> list[str]:
        """The functions that consume a queue: by an event source mapping, or by receiving from it."""
        by_mapping = [
            spec.function for spec in self._deployment.template.event_sources if spec.source == queue and spec.enabled
        ]
        watch = self._deployment.queues.get(queue)
        by_call = [
            call.function
            for call in self.trace.of(CallSent)
            if watch and call.operation == "ReceiveMessage" and call.target == watch.queue.name
        ]
        return list(dict.fromkeys(by_mapping + by_call))

    # ---- functions -------------------------------------------------------------------------

    def as_submitted(self, function: str, text: str) -> str:
        """Text of a function with its files named as in the submission: src/app.py, not /var/task/app.py."""
        return as_submitted(text, self._deployment.functions.functions[function].spec, self.folder)

    async def invoke(
        self, logical_id: str, event: dict[str, Any], *, asynchronous: bool = False, qualifier: str | None = None
    ) -> Any:
        """Invokes a function as an operator would.

        Args:
            qualifier: version or alias; None: as the template's event sources invoke it.

        Returns:
            the handler's answer, parsed; None for an asynchronous invocation.
        """
        payload = json_format.dumps(event).encode()
        if asynchronous:
            self._deployment.asynchronous.accept(logical_id, payload, cause="the operator", qualifier=qualifier)
            return None
        request = InvokeRequest(qualifier=qualifier)
        result = await self._deployment.functions.invoke(logical_id, payload, cause="the operator", request=request)
        return json_format.loads(result.payload)

    def invocations(self, function: str | None = None) -> list[Invocation]:
        """All invocations so far, in the order of their start."""
        return [
            Invocation(one)
            for one in self._deployment.functions.invocations
            if function is None or one.function == function
        ]

    def kill(self, invocation: Invocation) -> None:
        """Takes the environment of a running invocation away, now."""
        self._deployment.functions.kill(invocation.request_id)

    def recycle(self, function: str) -> None:
        """Removes a function's idle environments: its next invocation starts cold."""
        self._deployment.functions.recycle(function)

    def calls(
        self, *, function: str | None = None, service: str | None = None, operation: str | None = None
    ) -> list[CallMade]:
        """The outside calls of functions so far, in the order they were sent."""
        ended = {record.call: record for record in self.trace.of(CallEnded)}
        read = {one.call: one.items_read for one in self._deployment.dynamodb.item_calls.consumption}
        return [
            _call_made(sent, ended.get(sent.call), read.get(sent.call, 0))
            for sent in self.trace.of(CallSent)
            if function in (None, sent.function)
            and service in (None, sent.service)
            and operation in (None, sent.operation)
        ]

    # ---- faults ----------------------------------------------------------------------------

    def inject(self, fault: Fault, *, optional: bool = False) -> ActiveFault:
        """Switches a fault on, from now or from its own `from_ms`.

        Args:
            optional: the contract leaves it open whether what the fault waits for happens at all.
                Without this, a scenario in none of whose worlds it strikes is not reached.

        Raises:
            QueueMissing: it is about a queue that the template does not have.
            StreamMissing: it is about a stream that the template does not have.
        """
        watch = self.queue(fault.queue).watch if isinstance(fault, DeliveryFault) and fault.queue else None
        if isinstance(fault, StreamFault) and fault.stream:
            self.stream(fault.stream).require()
        active = self._deployment.faults.inject(fault, optional=optional)
        self._deployment.fault_beginnings.await_beginning(active)
        if isinstance(fault, PoisonRecord):
            self.stream(fault.stream).poison(active)
        if watch and isinstance(fault, PoisonMessage):
            if fault.from_ms <= self.now_ms:
                watch.poison(active)
            else:
                self._loop.call_at(fault.from_ms / 1000, watch.poison, active)
        return active

    @property
    def injected(self) -> list[ActiveFault]:
        """Every fault so far, in the order of injection, with how often it has struck."""
        return [*self._deployment.faults.active]

    def mute(self, faults: Iterable[str]) -> None:
        """Faults of these names never strike from now on, though they are switched on."""
        self._deployment.faults.muted = frozenset(faults)

    def lift(self, active: ActiveFault) -> None:
        """Switches a fault off; what it held comes now."""
        self._deployment.faults.lift(active)
        self._deployment.s3.notifier.release_lifted()

    # ---- the end ---------------------------------------------------------------------------

    async def try_out(self) -> None:
        """Imports every handler once.

        Raises:
            SubmissionError: one cannot be imported.
        """
        for logical_id, function in self._deployment.functions.functions.items():
            end = await self._deployment.functions.try_out(logical_id)
            refuse_unless_initialized(function.spec, end, self.folder)

    def close(self) -> None:
        """Ends the world: its workers, its tasks. The trace stays."""
        self._deployment.close()
        current = asyncio.current_task(self._loop)
        for task in asyncio.all_tasks(self._loop):
            if task is not current:
                task.cancel()


def _call_made(sent: CallSent, ended: CallEnded | None, items_read: int) -> CallMade:
    return CallMade(
        id=sent.call,
        at_ms=sent.at_ms,
        ended_ms=ended.at_ms if ended else None,
        function=sent.function,
        request_id=sent.request_id,
        index=sent.index,
        service=sent.service,
        operation=sent.operation,
        target=sent.target,
        status=ended.status if ended else 0,
        answered=bool(ended and ended.status),
        items_read=items_read,
        environment=sent.environment,
    )
