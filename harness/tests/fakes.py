"""Fakes by hand: a simulation with whatever a test needs of it, services and functions that are asked.

Workers that follow a script are in fake_worker.py, boto3 clients in fake_client.py; both can
be had from here.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from harness.cloud.gateway import Gateway
from harness.cloud.template import AsynchronousSpec, FunctionSpec
from harness.faults.board import FaultBoard
from harness.functions.fleet import Function, Throttled
from harness.functions.invocation import Result, succeeded
from harness.functions.service import LambdaService, WorkerSetting
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import TEST, Answer, Call, Caller, Reply, Request
from harness.tests.fake_client import REGION, client, json_request
from harness.tests.fake_worker import (
    Exits,
    FakeWorker,
    Garbles,
    Program,
    Raised,
    Script,
    Spawned,
    Spins,
    aws,
    http,
    instant,
    log,
    sleep,
    spawn,
)

__all__ = [
    "REGION",
    "Exits",
    "FakeFunctions",
    "FakeService",
    "FakeWorker",
    "Garbles",
    "Program",
    "Raised",
    "Script",
    "Simulation",
    "Spawned",
    "Spins",
    "aws",
    "client",
    "function",
    "http",
    "instant",
    "json_request",
    "log",
    "simulations_are_closed",
    "sleep",
    "spawn",
]

T = TypeVar("T")
R = TypeVar("R", bound=Record)


# ---- services ------------------------------------------------------------------------------------


class FakeService:
    """A service that answers the same to everything, and notes when it was asked what.

    Attributes:
        asked: (virtual milliseconds, call) of each call.
    """

    def __init__(self, simulation: "Simulation", answer: Answer | None = None, *, takes_s: float = 0) -> None:
        self._simulation = simulation
        self._answer = answer or Reply(200, {}, b"{}")
        self._takes_s = takes_s
        self.asked: list[tuple[float, Call]] = []

    async def answer(self, call: Call) -> Any:
        """The same answer to everything."""
        await asyncio.sleep(self._takes_s)
        self.asked.append((self._simulation.now_ms, call))
        return self._answer


# ---- the simulation ------------------------------------------------------------------------------


_open: list["Simulation"] = []


@pytest.fixture(autouse=True)
def simulations_are_closed() -> Iterator[None]:
    """Closes the simulations of a test behind it; import it into a conftest to have it."""
    yield
    while _open:
        _open.pop().close()


class Simulation:
    """A loop with what hangs on it: clock, trace, chance, faults and a gateway."""

    def __init__(self, seed: int = 1) -> None:
        self.loop = VirtualLoop()
        self.clock = self.loop.clock
        self.trace = Trace(self.clock)
        self.randomness = Randomness(seed)
        self.faults = FaultBoard(self.clock, self.trace)
        self.gateway = Gateway(loop=self.loop, trace=self.trace, randomness=self.randomness, faults=self.faults)
        self.workers: list[FakeWorker] = []
        _open.append(self)

    def close(self) -> None:
        """Ends every task that still waits for something."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.run(asyncio.sleep(0))
        self.loop.close()

    @property
    def now_ms(self) -> float:
        """Virtual milliseconds, with their fraction."""
        return self.clock.now_us / 1000

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something to its end in virtual time."""
        return self.loop.run_until_complete(work)

    def advance(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.run(asyncio.sleep(seconds))

    def settle(self) -> None:
        """Lets everything happen that is due to happen."""
        self.run(self.loop.settled())

    def records(self, kind: type[R]) -> list[R]:
        """The trace's records of a type."""
        return self.trace.of(kind)

    def call(self, request: Request, caller: Caller = TEST, index: int = 1) -> Call:
        """A call as the gateway understands it."""
        return self.gateway.open(request, caller, index)

    def send(self, request: Request, caller: Caller = TEST, index: int = 1) -> Answer:
        """Carries a request out."""
        return self.run(self.gateway.send(self.call(request, caller, index)))

    def functions(
        self,
        folder: Path,
        programs: dict[str, Program],
        *specs: FunctionSpec,
        imports: dict[str, Program] | None = None,
    ) -> LambdaService:
        """A Lambda service whose workers are fakes; without specs, each program is a function of its own."""

        def spawn_worker() -> Any:
            self.workers.append(FakeWorker(programs, imports))
            return self.workers[-1]

        service = LambdaService(
            loop=self.loop,
            trace=self.trace,
            randomness=self.randomness,
            gateway=self.gateway,
            faults=self.faults,
            workers=WorkerSetting(spawn=spawn_worker, folder=folder),
        )
        for spec in specs or [function(name, handler=name) for name in programs]:
            service.add(spec)
        return service


def function(logical_id: str = "Worker", **settings: Any) -> FunctionSpec:
    """A function of a template."""
    name = f"kata-{logical_id}-A1B2"
    defaults: dict[str, Any] = {
        "logical_id": logical_id,
        "name": name,
        "arn": f"arn:aws:lambda:{REGION}:123456789012:function:{name}",
        "handler": "app.handler",
        "code_dir": Path("/nowhere"),
        "runtime": "python3.12",
        "asynchronous": AsynchronousSpec(),
    }
    return FunctionSpec(**{**defaults, **settings})


class FakeFunctions:
    """A Lambda service that runs a coroutine function in the place of every handler.

    Attributes:
        limit: invocations at one time; above it they are throttled.
        invoked: (virtual milliseconds, event) of each invocation, refused ones left out.
        most: the most invocations there were at one time.
    """

    def __init__(self, simulation: Simulation, behave: Callable[[Any], Coroutine[Any, Any, Any]]) -> None:
        self._simulation = simulation
        self._behave = behave
        self._chance = simulation.randomness.stream("fake functions")
        self.functions = {"Worker": Function(function(timeout_s=30))}
        self.limit: int | None = None
        self.invoked: list[tuple[float, Any]] = []
        self.refused_ms: list[float] = []
        self.running = self.most = 0

    async def invoke(self, logical_id: str, event: bytes, **_: Any) -> Result:
        """What the behaviour returns: a `Result`, or anything that JSON knows."""
        if self.limit is not None and self.running >= self.limit:
            self.refused_ms.append(self._simulation.now_ms)
            raise Throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        self.invoked.append((self._simulation.now_ms, json.loads(event)))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            answer = await self._behave(json.loads(event))
        finally:
            self.running -= 1
        return answer if isinstance(answer, Result) else succeeded(json.dumps(answer).encode())

    def new_request_id(self) -> str:
        """Any id."""
        return f"{self._chance.getrandbits(64):016x}"
