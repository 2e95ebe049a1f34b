"""The Lambda service: environments, cold and warm starts, timeouts, concurrency, errors.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
and https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
from copy import copy

from msgspec.structs import replace

from harness.cloud.gateway import Gateway
from harness.cloud.operations import function_name
from harness.cloud.template import FunctionSpec
from harness.faults.board import FaultBoard
from harness.faults.functions import EnvironmentRecycled, FunctionExits, InvocationRefused
from harness.functions import limits, lineage
from harness.functions.bookkeeping import Bookkeeping
from harness.functions.concurrency import CONCURRENT, Concurrency
from harness.functions.context import context
from harness.functions.environment import End, Environment, Exited, Overdue, Surroundings
from harness.functions.fleet import Fleet, Function, Throttled
from harness.functions.init_phase import InitPhases, WorkerSetting
from harness.functions.invocation import (
    Ending,
    Invocation,
    InvokeRequest,
    Result,
    exited,
    failed,
    gone_round,
    succeeded,
    timed_out,
    too_large,
)
from harness.functions.log_book import LogBook
from harness.functions.others import OtherFunction
from harness.functions.provisioning import Provisioning
from harness.functions.records import InvocationThrottled, RecursionStopped
from harness.functions.versions import Alias, Target
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.trace import Trace
from harness.worker.protocol import Failed, Initialized, Invoke, Returned

__all__ = ["LambdaService", "NoSuchFunction", "WorkerSetting"]


class NoSuchFunction(Exception):
    """No function has this name or ARN."""


class LambdaService:
    """Invokes functions. Event sources call `invoke`; functions reach it through the gateway.

    Attributes:
        functions: by logical id.
        invocations: all of them, in the order of their start.
        concurrency: the quotas.
        books: what writes everything down.
        log_book: the logs of all functions.
        others: functions of other teams, by name.
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
        self._chance = randomness.stream("lambda")
        self._chance_of_aliases = randomness.stream("lambda/aliases")
        self.faults = faults
        self.workers = workers
        self.books = Bookkeeping(trace, loop.clock)
        around = Surroundings(loop, gateway, faults, self.books.log)
        self.fleet = Fleet(around, trace)
        self.functions = self.fleet.functions
        self.concurrency = Concurrency(loop.clock, self.functions)
        self._init = InitPhases(loop, around, self._chance, randomness.seed, workers)
        self.provisioning = Provisioning(loop, self.fleet, self._init)
        self.log_book = LogBook(self.fleet.journals)
        self.invocations: list[Invocation] = []
        self.others: dict[str, OtherFunction] = {}
        self._running: dict[Invocation, Environment] = {}

    def add(self, spec: FunctionSpec) -> None:
        """Deploys a function."""
        self.functions[spec.logical_id] = Function(spec)

    def update(self, spec: FunctionSpec) -> None:
        """Deploys a function again, with other settings: environments are new, its versions stay.

        SAM publishes a version, and points the alias of AutoPublishAlias to it, where variables
        or memory have changed; the code has not.
        """
        function = self.functions[spec.logical_id]
        former, latest = function.spec, copy(spec)  # another object: environments of the former one are not used again
        function.versions.latest = latest
        if spec.reserved_concurrency != former.reserved_concurrency:
            self.reserve(spec.logical_id, spec.reserved_concurrency)
        self.recycle(spec.logical_id)
        if spec.alias in function.versions.aliases and _publishes(former, spec):
            version = function.versions.publish()
            function.versions.point(Alias(spec.alias, version))
            if count := function.provisioned.get(spec.alias):
                self.provisioning.provision(function, spec.alias, count)

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
        request: InvokeRequest | None = None,
    ) -> Result:
        """Invokes a function and waits for its end.

        Args:
            event: JSON text, at most 6 MB.
            cause: who asks, in words, for the trace.
            request_id: as in `request`.
            request: None: a synchronous one, as event sources make it.

        Raises:
            Throttled: no environment may be started; nothing has been done.
            NoSuchQualifier: there is no such version or alias.
        """
        function = self.functions[logical_id]
        request = request or InvokeRequest(request_id=request_id)
        target = function.versions.target(request.qualifier, self._chance_of_aliases)
        chain = lineage.of_batch(event) if messages else lineage.parse(lineage.current())
        turn = lineage.next_turn(chain, function.spec.arn, self._chance, self._loop.clock)
        if function.recursive_loop != "Allow" and lineage.goes_round(turn, function.spec.arn):
            self.books.refused(RecursionStopped(function=logical_id, cause=cause, messages=messages))
            return gone_round()
        reason = self._refusal_by_fault(logical_id)
        if reason or (reason := self.concurrency.why_not(function, target.version, synchronous=request.synchronous)):
            self.books.refused(InvocationThrottled(function=logical_id, cause=cause, messages=messages))
            raise Throttled(reason)
        if self._strikes(EnvironmentRecycled, logical_id):
            self.fleet.recycle(function)
        environment = self.fleet.take(function, target.version)
        invocation = Invocation(
            function=logical_id,
            environment=environment.id,
            request_id=request.request_id or self.new_request_id(),
            event=event,
            cause=cause,
            messages=messages,
            started_us=self._loop.clock.now_us,
            cold=environment.worker is None and environment.starting is None,
            version=target.version,
            invoked_arn=target.arn,
            client_context=request.client_context,
            trace_header=str(turn),
        )
        return await self._carry_out(function, environment, invocation)

    async def _carry_out(self, function: Function, environment: Environment, invocation: Invocation) -> Result:
        self._running[invocation] = environment
        self.invocations.append(invocation)
        self.books.started(invocation)
        try:
            result = await self._run(function, invocation)
        except asyncio.CancelledError:
            self._running[invocation].kill()
            raise
        finally:
            environment = self._running.pop(invocation)
            self.fleet.release(function, environment)
        result = replace(result, version=invocation.version, request_id=invocation.request_id)
        self.books.ended(invocation, result, environment)
        return result

    def _refusal_by_fault(self, logical_id: str) -> str:
        return CONCURRENT if self._strikes(InvocationRefused, logical_id) else ""

    def under_way(self, logical_id: str) -> list[str]:
        """Request ids of the invocations that run now, cold starts included."""
        return [invocation.request_id for invocation in self._running if invocation.function == logical_id]

    def _strikes(
        self, kind: type[InvocationRefused | EnvironmentRecycled | FunctionExits], logical_id: str, event: bytes = b""
    ) -> bool:
        return any(
            isinstance(active.fault, kind)
            and active.fault.function in ("", logical_id)
            and (not isinstance(active.fault, FunctionExits) or active.fault.containing.encode() in event)
            and self.faults.strike(active, f"an invocation of {logical_id}")
            for active in self.faults.active
        )

    def resolve(self, logical_id: str, qualifier: str | None) -> Target:
        """What an invocation with this qualifier would run now.

        Raises:
            NoSuchQualifier: there is no such version or alias.
        """
        return self.functions[logical_id].versions.target(qualifier, self._chance_of_aliases)

    def new_request_id(self) -> str:
        """A fresh id, of the shape of a UUID."""
        return uuid_from(self._chance)

    def kill(self, request_id: str, by_fault: str = "killed by the test") -> None:
        """Takes the environment of a running invocation away, now."""
        for invocation, environment in self._running.items():
            if invocation.request_id == request_id:
                environment.kill(by_fault=by_fault)

    async def try_out(self, logical_id: str) -> End:
        """Runs the init phase of a function in an environment of its own, and ends that."""
        return await self._init.try_out(self.functions[logical_id].spec)

    def recycle(self, logical_id: str) -> None:
        """Removes the idle environments of a function: its next invocation starts cold."""
        self.fleet.recycle(self.functions[logical_id])

    def reserve(self, logical_id: str, count: int | None) -> None:
        """Changes the reserved concurrency of a function, at once; None: it reserves nothing."""
        self.functions[logical_id].reserved = count

    def close(self) -> None:
        """Ends every environment."""
        self.provisioning.close()
        self.fleet.close()

    # ---- running -------------------------------------------------------------------------

    async def _run(self, function: Function, invocation: Invocation) -> Result:
        """Cold start if needed, then the handler."""
        environment = self._running[invocation]
        timeout_s = environment.spec.timeout_s
        if function.spins > limits.SPINS_TOLERATED:
            await asyncio.sleep(timeout_s)
            return self._close(function, environment, invocation, Overdue())
        deadline_s = 0.0
        if environment.starting is not None:
            await environment.starting
            if environment.init_failed:
                environment = self._start_again(function, environment, invocation, Exited("init phase failed"))
        if environment.worker is None:
            await self._init.cold_start(environment)
            end = await self._init.run(environment, limits.INIT_LIMIT_S)
            if (
                not isinstance(end, Initialized) and not environment.by_fault
            ):  # it is done again, now under the function's timeout
                deadline_s = self._loop.time() + timeout_s
                invocation.began_us = self._loop.clock.now_us
                environment = self._start_again(function, environment, invocation, end)
                end = await self._init.run(environment, timeout_s)
            if not isinstance(end, Initialized):
                return self._close(function, environment, invocation, end)
        deadline_s = deadline_s or self._loop.time() + timeout_s
        self.books.called(invocation, environment)
        if self._strikes(FunctionExits, function.spec.logical_id, invocation.event):
            environment.kill(by_fault=FunctionExits.name())
            return self._close(function, environment, invocation, Exited("exit status 1", FunctionExits.name()))
        frame = self._invoke_frame(environment, invocation, deadline_s)
        end = await environment.invoke(frame, invocation.request_id, deadline_s - self._loop.time())
        return self._close(function, environment, invocation, end)

    def _start_again(
        self, function: Function, environment: Environment, invocation: Invocation, end: End
    ) -> Environment:
        """A fresh environment in the place of one whose init phase failed."""
        match end:
            case Overdue():
                function.spins += end.spun_cpu_s > 0
                why = "init phase longer than 10 s"
            case Exited():
                why = end.by_fault or end.status
            case _:
                why = f"{end.error_type} in the init phase" if isinstance(end, Failed) else "init phase failed"
        if environment.dead:
            self.fleet.ended(environment, why)
        fresh = self.fleet.replace(function, environment, why)
        self._running[invocation] = fresh
        return fresh

    def _invoke_frame(self, environment: Environment, invocation: Invocation, deadline_s: float) -> Invoke:
        left_us = round((deadline_s - self._loop.time()) * 1_000_000)
        return Invoke(
            unix_us=0,
            event=invocation.event,
            deadline_unix_us=self._loop.clock.unix_us() + left_us,
            context=context(environment, invocation),
            variables={"_X_AMZN_TRACE_ID": invocation.trace_header},
        )

    def _close(self, function: Function, environment: Environment, invocation: Invocation, end: End) -> Result:
        """What the end of a phase means for the caller, and for the environment."""
        request_id = invocation.request_id
        match end:
            case Returned(payload=payload) if len(payload) > limits.RESPONSE_BYTES:
                return too_large(limits.RESPONSE_BYTES)
            case Returned(payload=payload):
                return succeeded(payload)
            case Failed() as error:
                if error.fatal:
                    self.fleet.end(environment, f"{error.error_type} in the {error.phase} phase")
                known_id = "" if error.phase == "init" else request_id  # the runtime has not heard of it yet
                return failed(error.error_type, error.error_message, known_id, error.stack)
            case Exited(status=status, by_fault=by_fault):
                self.fleet.ended(environment, by_fault or status)
                return exited(status, request_id, Ending.KILLED if by_fault else Ending.FAILED)
            case _:
                function.spins += isinstance(end, Overdue) and end.spun_cpu_s > 0
                self.fleet.end(environment, "timed out")
                spun = function.spins > limits.SPINS_TOLERATED or (isinstance(end, Overdue) and end.spun_cpu_s > 0)
                return timed_out(environment.spec.timeout_s, request_id, spun=spun)


def _publishes(former: FunctionSpec, spec: FunctionSpec) -> bool:
    """Whether SAM would publish a new version."""
    return (former.variables, former.memory_mb) != (spec.variables, spec.memory_mb)
