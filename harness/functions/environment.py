"""An execution environment: one worker process, one invocation at a time, reused warm.

The worker runs in no virtual time; only the cold start, its outside calls and its waits cost
any. Between two invocations it is frozen: answers and timers of threads it left running are
kept and handed over when it is invoked again.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from harness.cloud.gateway import Gateway
from harness.cloud.template import FunctionSpec
from harness.faults.board import FaultBoard
from harness.faults.environment import CrashAfterCall, FunctionStalls, HandlerTimeout, KillOnMatch
from harness.functions import lineage
from harness.functions.log_journal import InitPhase, Journal
from harness.simulation.loop import VirtualLoop
from harness.simulation.wire import Answer, Call, Caller, NoReply, Request
from harness.worker.process import ProtocolViolated, WorkerDied, WorkerProcess, WorkerSpun
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
    WaitCancelled,
    Waited,
    Woken,
)

_NOW = 0
"""Stands for the instant at which a frame is handed over; filled in then."""


@dataclass(frozen=True)
class Exited:
    """The process is gone.

    Attributes:
        status: "exit status 1", "signal: killed".
        by_fault: the name of the fault that killed it, "" if it ended by itself.
    """

    status: str
    by_fault: str = ""


@dataclass(frozen=True)
class Overdue:
    """Virtual time is up, and the handler has not returned."""

    spun_cpu_s: float = 0.0


End = Initialized | Returned | Failed | Exited | Overdue


@dataclass
class Surroundings:
    """What an environment reaches: the gateway, the faults, and a place for its log."""

    loop: VirtualLoop
    gateway: Gateway
    faults: FaultBoard
    on_log: Callable[["Environment", Logged], None]


@dataclass(eq=False)
class Environment:
    """One execution environment of a function.

    Attributes:
        id: "FeedLegacy#2".
        journal: what its log will tell; its spec is the function as this environment runs it.
        version: "$LATEST", or the number of a version.
        provisioned: the version or alias it was provisioned for; "": it is one on demand.
        worker: None until the cold start is over.
        starting: the init phase of a provisioned environment; whoever is given it waits for that.
        request_id: of the invocation it runs; "" in its init phase and between two.
        skew_us: how far its clock is ahead of true time; negative: behind.
        trace_header: of that invocation; what its calls belong to.
    """

    id: str
    function: str
    around: Surroundings
    journal: Journal
    version: str = "$LATEST"
    provisioned: str = ""
    init: InitPhase | None = None
    starting: asyncio.Task[None] | None = None
    trace_header: str = ""
    worker: WorkerProcess | None = None
    request_id: str = ""
    idle_since_us: int = 0
    dead: bool = False
    by_fault: str = ""
    calls: int = 0
    logged_characters: int = 0
    spun_cpu_s: float = 0.0
    skew_us: int = 0
    violation: str = ""
    _end: asyncio.Future[End] | None = None
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _timers: dict[int, asyncio.TimerHandle] = field(default_factory=dict)
    _kept: list[ToWorker] = field(default_factory=list)

    @property
    def spec(self) -> FunctionSpec:
        """The function as this environment runs it."""
        return self.journal.spec

    @property
    def log_stream(self) -> str:
        """Name of its log stream."""
        return self.journal.name

    @property
    def init_failed(self) -> bool:
        """Whether it never came past its init phase."""
        return self.init is not None and bool(self.init.error)

    async def initialize(self, worker: WorkerProcess, configure: Configure, limit_s: float) -> End:
        """Runs the init phase: the import of the handler's module."""
        self.worker = worker
        return await self._run([configure], limit_s)

    async def invoke(self, invoke: Invoke, request_id: str, limit_s: float) -> End:
        """Runs one invocation, at most until its time is up."""
        self.request_id, self.calls, self.logged_characters = request_id, 0, 0
        self.trace_header = invoke.variables.get("_X_AMZN_TRACE_ID", "")
        kept, self._kept = self._kept, []
        ahead_us = self.skew_us - self.around.loop.clock.behind_us
        invoke = replace(invoke, deadline_unix_us=invoke.deadline_unix_us + ahead_us)
        end = await self._run([invoke, *kept], limit_s)
        self.request_id = ""
        return end

    def kill(self, by_fault: str = "", status: str = "signal: killed") -> None:
        """Ends the environment at this instant; what it has sent goes on."""
        if self.dead:
            return
        self.dead = True
        self.by_fault = by_fault
        for task in self._tasks.values():
            task.cancel()
        for timer in self._timers.values():
            timer.cancel()
        if self.worker is not None:
            self.worker.dismiss()
        self._finish(Exited(status, by_fault))

    async def _run(self, frames: list[ToWorker], limit_s: float) -> End:
        """Feeds frames and waits for the end of this phase."""
        self._end = self.around.loop.create_future()
        overdue = self.around.loop.call_later(limit_s, self._time_is_up)
        for frame in frames:
            if not self.dead:
                self._feed(frame)
        try:
            return await self._end
        finally:
            overdue.cancel()
            self._end = None

    def _time_is_up(self) -> None:
        self._finish(Overdue(self.spun_cpu_s))

    def _finish(self, end: End) -> None:
        if self._end is not None and not self._end.done():
            self._end.set_result(end)

    @property
    def _frozen(self) -> bool:
        """Between two invocations nothing in an environment moves."""
        return self._end is None or self._end.done()

    def _feed(self, frame: ToWorker) -> None:
        """Hands a frame over and deals with all that the worker does until it is quiet."""
        assert self.worker is not None
        try:
            clock = self.around.loop.clock
            wall_us = clock.unix_us() - clock.behind_us + self.skew_us
            frames = self.worker.exchange(replace(frame, unix_us=wall_us, behind_us=clock.behind_us))
        except WorkerDied as death:
            self._handle_all(death.frames)
            self.kill(status=death.status)
        except WorkerSpun as spun:
            self._handle_all([frame for frame in spun.frames if isinstance(frame, Logged)])
            self.spun_cpu_s = spun.cpu_s  # it hears and says nothing more until its time is up
        except ProtocolViolated as violation:
            self.violation = str(violation)
            self.kill(status=f"signal: killed, for it wrote to its runtime's own socket: {str(violation).rstrip('.')}")
        else:
            self._handle_all(frames)

    def _handle_all(self, frames: list[FromWorker]) -> None:
        for frame in frames:
            if not self.dead:
                self._handle(frame)

    def _handle(self, frame: FromWorker) -> None:
        match frame:
            case Called():
                self._call(frame)
            case Waited():
                self._wait(frame)
            case WaitCancelled():
                if timer := self._timers.pop(frame.wait, None):
                    timer.cancel()
            case Logged():
                self.around.on_log(self, frame)
            case Initialized() | Returned() | Failed():
                self._finish(frame)

    def _wait(self, frame: Waited) -> None:
        loop = self.around.loop
        due_s = loop.time() + frame.duration_us / 1_000_000
        self._timers[frame.wait] = loop.call_at(due_s, self._wake, frame.wait)

    def _wake(self, wait: int) -> None:
        self._timers.pop(wait, None)
        self._hand_over(Woken(unix_us=_NOW, wait=wait))

    def _call(self, frame: Called) -> None:
        self.calls += 1
        request = Request(
            method=frame.method,
            url=frame.url,
            headers=frame.headers,
            body=frame.body,
            connect_timeout_s=frame.connect_timeout_s,
            read_timeout_s=frame.read_timeout_s,
            opens=frame.opens,
        )
        caller = Caller(self.function, self.id, self.request_id)
        call = self.around.gateway.open(request, caller, self.calls)
        if self.around.faults.on_call(KillOnMatch, call):
            self.kill(by_fault=KillOnMatch.name())
            return
        self._tasks[frame.call] = self.around.loop.keep(self._serve(call, frame.call))

    async def _serve(self, call: Call, number: int) -> None:
        lineage.pass_on(self.trace_header, call.service)
        stall = self.around.faults.on_call(FunctionStalls, call)
        if stall and not stall.after_answer:
            await asyncio.sleep(stall.for_ms / 1000)
        answer = await self.around.gateway.send(call)
        if stall and stall.after_answer:
            await asyncio.sleep(stall.for_ms / 1000)
        del self._tasks[number]
        if self.around.faults.on_call(CrashAfterCall, call):
            self.kill(by_fault=CrashAfterCall.name())
        elif not self.around.faults.on_call(HandlerTimeout, call):
            self._hand_over(_answered(number, answer))

    def _hand_over(self, frame: Answered | Woken) -> None:
        if self.dead or self.spun_cpu_s:
            return
        if self._frozen:
            self._kept.append(frame)
        else:
            self._feed(frame)


def _answered(number: int, answer: Answer) -> Answered:
    if isinstance(answer, NoReply):
        return Answered(unix_us=_NOW, call=number, loss=answer.loss)
    return Answered(unix_us=_NOW, call=number, status=answer.status, headers=answer.headers, body=answer.body)
