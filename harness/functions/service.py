"""The Lambda service: environments, cold and warm starts, timeouts, concurrency, errors.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
and https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.cloud.gateway import Gateway
from harness.cloud.operations import function_name
from harness.cloud.template import FunctionSpec
from harness.faults.board import FaultBoard
from harness.functions import limits
from harness.functions.context import context, log_stream_name, trace_header, variables
from harness.functions.environment import End, Environment, Exited, Overdue, Surroundings
from harness.functions.fleet import Fleet, Function, Throttled
from harness.functions.invocation import Ending, Invocation, Result, exited, failed, succeeded, timed_out
from harness.functions.records import InvocationEnded, InvocationStarted, InvocationThrottled, LogWritten
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, derive, uuid_from
from harness.simulation.trace import Trace
from harness.worker.process import WorkerProcess
from harness.worker.protocol import Configure, Failed, Initialized, Invoke, Logged, Returned


class NoSuchFunction(Exception):
    """No function has this name or ARN."""


@dataclass(frozen=True)
class WorkerSetting:
    """How workers are started: the same for all functions of a run.

    Attributes:
        spawn: gives a fresh worker process.
        folder: where each environment gets its private /tmp.
        readable: what a worker may read besides its runtime.
        sandbox: layers to apply.
        interactive: keep the terminal.
    """

    spawn: Callable[[], WorkerProcess]
    folder: Path
    readable: tuple[str, ...] = ()
    sandbox: tuple[str, ...] = ()
    interactive: bool = False


class LambdaService:
    """Invokes functions. Event sources call `invoke`; functions reach it through the gateway.

    Attributes:
        functions: by logical id.
        invocations: all of them, in the order of their start.
    """

    def __init__(
        self,
        *,
        loop: VirtualLoop,
        trace: Trace,
        randomness: Randomness,
        gateway: Gateway,
        faults: FaultBoard,
        workers: WorkerSetting,
    ) -> None:
        self._loop = loop
        self._trace = trace
        self._randomness = randomness
        self._chance = randomness.stream("lambda")
        self._workers = workers
        self._around = Surroundings(loop, gateway, faults, self._log)
        self._fleet = Fleet(self._around, trace)
        self.functions = self._fleet.functions
        self.invocations: list[Invocation] = []
        self._running: dict[str, Environment] = {}

    def add(self, spec: FunctionSpec) -> None:
        """Deploys a function."""
        self.functions[spec.logical_id] = Function(spec)

    def find(self, name: str) -> FunctionSpec:
        """The function of this name or ARN, with or without qualifier; not of a logical id, as in AWS.

        Raises:
            NoSuchFunction: there is none.
        """
        wanted = function_name(name)
        for function in self.functions.values():
            if function.spec.name == wanted:
                return function.spec
        raise NoSuchFunction(name)

    async def invoke(
        self,
        logical_id: str,
        event: bytes,
        *,
        cause: str,
        messages: tuple[str, ...] = (),
        request_id: str = "",
    ) -> Result:
        """Invokes a function and waits for its end.

        Args:
            event: JSON text, at most 6 MB.
            cause: who asks, in words, for the trace.
            request_id: the same one again for a retry of an asynchronous event; "": a new one.

        Raises:
            Throttled: no environment may be started; nothing has been done.
        """
        function = self.functions[logical_id]
        if reason := self._fleet.why_not(function):
            self._trace.append(InvocationThrottled(function=logical_id, cause=cause, messages=messages))
            raise Throttled(reason)
        environment = self._fleet.take(function)
        invocation = Invocation(
            function=logical_id,
            environment=environment.id,
            request_id=request_id or self.new_request_id(),
            event=event,
            cause=cause,
            messages=messages,
            started_us=self._loop.clock.now_us,
            cold=environment.worker is None,
        )
        self._running[invocation.request_id] = environment
        self.invocations.append(invocation)
        self._started(invocation)
        try:
            result = await self._run(function, invocation)
        except asyncio.CancelledError:
            self._running[invocation.request_id].kill()
            raise
        finally:
            self._fleet.release(function, self._running.pop(invocation.request_id))
        self._ended(invocation, result)
        return result

    def new_request_id(self) -> str:
        """A fresh id, of the shape of a UUID."""
        return uuid_from(self._chance)

    def kill(self, request_id: str, by_fault: str = "killed by the test") -> None:
        """Takes the environment of a running invocation away, now."""
        if environment := self._running.get(request_id):
            environment.kill(by_fault=by_fault)

    async def try_out(self, logical_id: str) -> End:
        """Runs the init phase of a function in an environment of its own, and ends that."""
        function = self.functions[logical_id]
        environment = Environment(f"{logical_id}#0", logical_id, self._around)
        try:
            return await self._initialize(function, environment, limits.INIT_LIMIT_S)
        finally:
            environment.kill()

    def recycle(self, logical_id: str) -> None:
        """Removes the idle environments of a function: its next invocation starts cold."""
        self._fleet.recycle(self.functions[logical_id])

    def close(self) -> None:
        """Ends every environment."""
        self._fleet.close()

    # ---- running -------------------------------------------------------------------------

    async def _run(self, function: Function, invocation: Invocation) -> Result:
        """Cold start if needed, then the handler."""
        timeout_s = function.spec.timeout_s
        environment = self._running[invocation.request_id]
        if function.spins > limits.SPINS_TOLERATED:
            await asyncio.sleep(timeout_s)
            return self._close(function, environment, invocation, Overdue())
        deadline_s = 0.0
        if environment.worker is None:
            await self._cold_start()
            end = await self._initialize(function, environment, limits.INIT_LIMIT_S)
            deadline_s = self._loop.time() + timeout_s
            if isinstance(end, Overdue):  # init is done again, now under the function's timeout
                environment = self._fleet.replace(function, environment)
                self._running[invocation.request_id] = environment
                end = await self._initialize(function, environment, timeout_s)
            if not isinstance(end, Initialized):
                return self._close(function, environment, invocation, end)
        deadline_s = deadline_s or self._loop.time() + timeout_s
        frame = self._invoke_frame(function, environment, invocation, deadline_s)
        end = await environment.invoke(frame, invocation.request_id, deadline_s - self._loop.time())
        return self._close(function, environment, invocation, end)

    async def _cold_start(self) -> None:
        spread = self._chance.uniform(-limits.COLD_START_SPREAD, limits.COLD_START_SPREAD)
        await asyncio.sleep(round(limits.COLD_START_MS * (1 + spread)) / 1000)

    async def _initialize(self, function: Function, environment: Environment, limit_s: float) -> End:
        spec = function.spec
        if environment.dead:
            return Exited("signal: killed", "killed during the cold start")
        folder = self._workers.folder / environment.id.replace("#", "-")
        folder.mkdir(parents=True, exist_ok=True)
        environment.log_stream = log_stream_name(self._loop.clock, self._chance)
        configure = Configure(
            unix_us=0,
            code_dir=str(spec.code_dir),
            handler=spec.handler,
            variables=variables(spec, environment.log_stream, str(folder)),
            seed=derive(self._randomness.seed, "worker", environment.id),
            temporary_dir=str(folder),
            readable=list(self._workers.readable),
            sandbox=list(self._workers.sandbox),
            interactive=self._workers.interactive,
        )
        return await environment.initialize(self._workers.spawn(), configure, limit_s)

    def _invoke_frame(
        self, function: Function, environment: Environment, invocation: Invocation, deadline_s: float
    ) -> Invoke:
        now_s = self._loop.time()
        return Invoke(
            unix_us=0,
            event=invocation.event,
            deadline_unix_us=self._loop.clock.unix_us() + round((deadline_s - now_s) * 1_000_000),
            context=context(function.spec, invocation.request_id, environment.log_stream),
            variables={"_X_AMZN_TRACE_ID": trace_header(self._chance, self._loop.clock)},
        )

    def _close(self, function: Function, environment: Environment, invocation: Invocation, end: End) -> Result:
        """What the end of a phase means for the caller, and for the environment."""
        request_id = invocation.request_id
        match end:
            case Returned(payload=payload) if len(payload) > limits.SYNCHRONOUS_PAYLOAD_BYTES:
                message = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
                return failed("Function.ResponseSizeTooLarge", message, request_id)
            case Returned(payload=payload):
                return succeeded(payload)
            case Failed() as error:
                if error.fatal:
                    self._fleet.end(environment, f"{error.error_type} in the {error.phase} phase")
                known_id = "" if error.phase == "init" else request_id  # the runtime has not heard of it yet
                return failed(error.error_type, error.error_message, known_id, error.stack)
            case Exited(status=status, by_fault=by_fault):
                self._fleet.ended(environment, by_fault or status)
                return exited(status, request_id, Ending.KILLED if by_fault else Ending.FAILED)
            case _:
                function.spins += isinstance(end, Overdue) and end.spun_cpu_s > 0
                self._fleet.end(environment, "timed out")
                spun = function.spins > limits.SPINS_TOLERATED or (isinstance(end, Overdue) and end.spun_cpu_s > 0)
                return timed_out(function.spec.timeout_s, request_id, spun=spun)

    # ---- records -------------------------------------------------------------------------

    def _started(self, invocation: Invocation) -> None:
        self._trace.append(
            InvocationStarted(
                function=invocation.function,
                environment=invocation.environment,
                request_id=invocation.request_id,
                cause=invocation.cause,
                cold=invocation.cold,
                messages=invocation.messages,
            )
        )

    def _ended(self, invocation: Invocation, result: Result) -> None:
        invocation.result = result
        invocation.ended_us = self._loop.clock.now_us
        self._trace.append(
            InvocationEnded(
                function=invocation.function,
                environment=invocation.environment,
                request_id=invocation.request_id,
                outcome=result.ending,
                error=result.error,
            )
        )

    def _log(self, environment: Environment, logged: Logged) -> None:
        """Keeps what a phase prints, up to the limit; where it is passed, the log says so once."""
        used = environment.logged_characters
        text = logged.text[: max(0, limits.LOG_CHARACTERS - used)]
        dropped = logged.dropped_bytes + len(logged.text) - len(text)
        environment.logged_characters = used + len(text)
        if dropped and used < limits.LOG_CHARACTERS:
            environment.logged_characters = limits.LOG_CHARACTERS
            text += f"\n... {dropped} characters of output left out, and all that follows\n"
        if text:
            self._trace.append(LogWritten(function=environment.function, request_id=environment.request_id, text=text))
