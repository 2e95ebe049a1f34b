"""Fakes by hand: workers that follow a script, services that note what they are asked, a client that talks to us.

A handler of a fake worker is a generator: what it yields it waits for, what it returns is the
function's answer.

    def handler(event):
        answer = yield http("POST", "http://legacy.internal/articles", b"...")
        yield sleep(2)
        return {"status": answer.status}

It may also yield `log("...")`, start a thread with `spawn(generator)`, and raise `Raised`,
`Exits`, `Spins` or `Garbles`.
"""

import asyncio
import functools
import io
import json
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import boto3
import msgspec
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from harness.cloud.gateway import Gateway
from harness.cloud.template import AsynchronousSpec, FunctionSpec
from harness.faults.board import FaultBoard
from harness.functions.fleet import Function, Throttled
from harness.functions.invocation import Result, succeeded
from harness.functions.service import LambdaService, WorkerSetting
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Record, Trace
from harness.simulation.wire import TEST, Answer, Call, Caller, Loss, NoReply, Reply, Request
from harness.worker.process import ProtocolViolated, WorkerDied, WorkerSpun
from harness.worker.protocol import (
    Answered,
    Called,
    Configure,
    Failed,
    FromWorker,
    Initialized,
    Invoke,
    Logged,
    Returned,
    ToWorker,
    Waited,
    Woken,
)

REGION = "eu-west-1"
T = TypeVar("T")
R = TypeVar("R", bound=Record)
Script = Generator[Any, Any, Any]
Program = Callable[[Any], Script]


# ---- what a handler may yield or raise ---------------------------------------------------------


class Spawned:
    """A thread beside the handler."""

    def __init__(self, script: Script) -> None:
        self.script = script


class Raised(Exception):
    """The handler raises an error of this type."""

    def __init__(self, error_type: str, message: str = "", *, fatal: bool = False) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.fatal = fatal


class Exits(Exception):
    """The process ends: "exit status 1", "signal: killed"."""


class Spins(Exception):
    """The handler computes until the watchdog ends it."""


class Garbles(Exception):
    """The worker sends what is no frame."""


def http(method: str, url: str, body: bytes = b"", *, read_timeout_s: float | None = None, **headers: str) -> Called:
    """An outside call; the yield gives its `Answered`."""
    return Called(call=0, thread="0", method=method, url=url, headers=headers, body=body, read_timeout_s=read_timeout_s)


def aws(target: str, **parameters: Any) -> Called:
    """A call of an AWS JSON API: aws("sqs.SendMessage", QueueUrl=...)."""
    service, _, operation = target.partition(".")
    request = json_request(service, operation, **parameters)
    called = http("POST", request.url, request.body)
    called.headers.update(request.headers)
    return called


def sleep(seconds: float) -> Waited:
    """A wait in virtual time."""
    return Waited(wait=0, thread="0", duration_us=round(seconds * 1_000_000))


def log(text: str, dropped_bytes: int = 0) -> Logged:
    """Something printed."""
    return Logged(text=text, dropped_bytes=dropped_bytes)


def spawn(script: Script) -> Spawned:
    """Starts a thread beside the handler."""
    return Spawned(script)


def instant(answer: Any) -> Program:
    """A handler that returns this at once."""

    def handler(event: Any) -> Script:
        return answer
        yield

    return handler


# ---- the worker --------------------------------------------------------------------------------


class FakeWorker:
    """A worker process without a process: it runs the program of the handler it is configured with.

    Attributes:
        received: every frame it was given.
        killed: whether somebody killed it.
    """

    pid = 0

    def __init__(self, programs: dict[str, Program], imports: dict[str, Program] | None = None) -> None:
        self._programs = programs
        self._imports = imports or {}
        self._waiting: dict[int, Script] = {}
        self._main: Script | None = None
        self._number = 0
        self._frames: list[FromWorker] = []
        self._program: Program = instant(None)
        self.received: list[ToWorker] = []
        self.killed = False

    def exchange(self, frame: ToWorker) -> list[FromWorker]:
        """Takes a frame and gives what the program then does until it waits."""
        if self.killed:
            raise WorkerDied("signal: killed", [])
        self.received.append(frame)
        self._frames = []
        match frame:
            case Configure(handler=handler):
                self._program = self._programs[handler]
                self._start(self._imports.get(handler, instant(None))(None))
            case Invoke(event=event):
                self._start(self._program(json.loads(event)))
            case Answered(call=number) | Woken(wait=number):
                self._run(self._waiting.pop(number), frame)
        return self._frames

    def dismiss(self) -> None:
        """Ends it."""
        self.killed = True

    def _start(self, script: Script) -> None:
        self._main = script
        self._run(script, None)

    def _run(self, script: Script, answer: Any) -> None:
        is_main = script is self._main
        try:
            while not self._is_to_wait(script, script.send(answer)):
                answer = None
        except StopIteration as end:
            if is_main:
                self._ended(end.value)
        except Raised as error:
            phase = "invoke" if self._has_been_invoked else "init"
            stack = ['  File "/var/task/app.py", line 3, in handler\n    raise\n']
            self._frames.append(
                Failed(
                    phase=phase,
                    error_type=error.error_type,
                    error_message=error.message,
                    stack=stack,
                    fatal=error.fatal or phase == "init",
                )
            )
        except Exits as exit_:
            self.killed = True
            raise WorkerDied(str(exit_), self._frames) from None
        except Spins:
            self.killed = True
            raise WorkerSpun(3.0, self._frames) from None
        except Garbles:
            self.killed = True
            raise ProtocolViolated("no frame") from None

    def _is_to_wait(self, script: Script, yielded: Any) -> bool:
        match yielded:
            case Called():
                self._waiting[self._next()] = script
                self._frames.append(_numbered(yielded, call=self._number))
            case Waited():
                self._waiting[self._next()] = script
                self._frames.append(_numbered(yielded, wait=self._number))
            case Spawned():
                self._run(yielded.script, None)
                return False
            case _:
                self._frames.append(yielded)
                return False
        return True

    def _ended(self, value: Any) -> None:
        if not self._has_been_invoked:
            self._frames.append(Initialized())
        else:
            payload = value if isinstance(value, bytes) else json.dumps(value).encode()
            self._frames.append(Returned(payload=payload))

    @property
    def _has_been_invoked(self) -> bool:
        return any(isinstance(frame, Invoke) for frame in self.received)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _numbered(frame: Any, **number: int) -> Any:
    return msgspec.structs.replace(frame, **number)


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


# ---- boto3 ---------------------------------------------------------------------------------------


def json_request(service: str, operation: str, **parameters: Any) -> Request:
    """A request as botocore writes it for the services that speak JSON."""
    prefix = {"dynamodb": "DynamoDB_20120810", "sqs": "AmazonSQS", "kinesis": "Kinesis_20131202"}[service]
    headers = {
        "x-amz-target": f"{prefix}.{operation}",
        "content-type": "application/x-amz-json-1.0",
        "authorization": f"AWS4-HMAC-SHA256 Credential=KATA/20260105/{REGION}/{service}/aws4_request",
    }
    return Request("POST", f"https://{service}.{REGION}.amazonaws.com/", headers, json.dumps(parameters).encode())


class _Line:
    """Leads the requests of one boto3 client to whoever answers in the present test."""

    ask: Callable[[Request], Answer]

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        answer = self.ask(Request(request.method, request.url, headers, _bytes(request.body)))
        if isinstance(answer, NoReply):
            if answer.loss is Loss.READ_TIMEOUT:
                raise ReadTimeoutError(endpoint_url=request.url)
            raise ConnectionClosedError(endpoint_url=request.url)
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterable[bytes]:
        yield self.read()


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@functools.cache
def _connected(service: str) -> tuple[Any, _Line]:
    client = boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    line = _Line()
    client.meta.events.register(f"before-send.{service}.*", line)
    return client, line


def client(service: str, ask: Callable[[Request], Answer]) -> Any:
    """A real boto3 client, without retries, whose requests `ask` answers."""
    connected, line = _connected(service)
    line.ask = ask
    return connected
