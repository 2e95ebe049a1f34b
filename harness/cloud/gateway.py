"""The gateway: every outside call of every function passes here.

It knows which service a request is for, lets time pass, lets faults strike, and writes the
trace. A service does its work at one instant, in the middle of the call's latency, whether
or not the caller still waits for the answer: a killed function does not take its call back.
"""

import asyncio
import itertools
from collections.abc import Callable
from typing import Protocol

import msgspec

from harness.cloud import refusals
from harness.cloud.latency import latency_us
from harness.cloud.meetings import Meetings
from harness.cloud.network import Network
from harness.cloud.operations import Meaning, about, is_aws, split, understand
from harness.cloud.records import CallEnded, CallSent
from harness.faults.board import FaultBoard
from harness.faults.region import CallHeld, CredentialsExpired
from harness.faults.service import (
    BatchPartialFailure,
    LostReply,
    ServiceError,
    SilentCall,
    ThrottledCall,
    TransactionsConflict,
)
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Answer, Call, Caller, Loss, NoReply, Reply, Request

_ABOUT_CHARACTERS = 400
_REFUSED = NoReply(Loss.REFUSED)
_SILENCE_S = 900
"""How long a client without a read timeout waits for an answer that never comes: no function lives longer."""


class AwsService(Protocol):
    """An AWS service: does its work at the instant it is asked to."""

    async def answer(self, call: Call) -> Reply:
        """The service's answer. Only a long poll takes virtual time here."""
        ...


class Gate(Protocol):
    """Decides who may reach a service."""

    def admit(self, call: Call, service: AwsService) -> AwsService:
        """The service, or what answers in its place where the caller may not."""
        ...


class OutsideService(Protocol):
    """An HTTP service outside AWS: has its own latency and its own faults."""

    async def answer(self, call: Call) -> Answer:
        """The service's answer, after the virtual time it takes."""
        ...


class Services(dict[str, AwsService]):
    """AWS services by name.

    Attributes:
        later: builds and enters a service the first time it is asked for.
    """

    def __init__(self, services: dict[str, AwsService]) -> None:
        super().__init__(services)
        self.later: dict[str, Callable[[], None]] = {}

    def named(self, name: str) -> AwsService:
        """The service of this name, else the one that answers for all others."""
        if build := self.later.pop(name, None):
            build()
        return self.get(name) or self[""]


class Gateway:
    """Routes calls to services.

    Attributes:
        services: AWS services by name; "" answers for all that have no entry of their own.
        outside: HTTP services by host, with their name.
        permissions: asked before an AWS service works; None: everybody may do everything.
        meetings: where calls wait for one another.
        network: what opening a connection costs, and how many were opened.
    """

    def __init__(self, *, loop: VirtualLoop, trace: Trace, randomness: Randomness, faults: FaultBoard) -> None:
        self._loop = loop
        self._trace = trace
        self._latency = randomness.stream("latency")
        self._silence = randomness.stream("silence")
        self._faults = faults
        self._ids = itertools.count(1)
        self.services = Services({})
        self.outside: dict[str, tuple[str, OutsideService]] = {}
        self.permissions: Gate | None = None
        self.meetings = Meetings(loop, faults)
        self.network = Network(loop.clock)

    def open(self, request: Request, caller: Caller, index: int) -> Call:
        """Gives a request its meaning and an id. Nothing has been sent yet.

        Args:
            index: 1 for the first outside call of the invocation, 2 for the next, ...
        """
        meaning = self._meaning(request)
        return Call(next(self._ids), caller, meaning.service, meaning.operation, meaning.target, index, request)

    async def send(self, call: Call) -> Answer:
        """Carries a call out and returns what its caller sees.

        The work goes on when the caller's own timeout ends the wait, and when the task that
        awaits this is cancelled because its environment died.
        """
        self._trace.append(_sent(call))
        try:
            answer = await self._carry(call)
        except asyncio.CancelledError:
            self._trace.append(CallEnded(call=call.id, status=0, loss="caller gone"))
            raise
        self._trace.append(_ended(call, answer))
        self.meetings.answered(call)
        return answer

    async def _connect(self, call: Call) -> NoReply | None:
        """Opens the connection that the call needs; None: it stands."""
        if not call.request.opens:
            return None
        self.network.open(call, split(call.request.url).netloc)
        takes_s, patience_s = self.network.connect_ms / 1000, call.request.connect_timeout_s
        if patience_s is not None and takes_s > patience_s:
            await asyncio.sleep(patience_s)
            return NoReply(Loss.CONNECT_TIMEOUT)
        if takes_s:
            await asyncio.sleep(takes_s)
        return None

    async def _carry(self, call: Call) -> Answer:
        if failure := await self._connect(call):
            return failure
        patience_s = call.request.read_timeout_s
        held = self._faults.on_call(CallHeld, call)
        hold_s = held.hold_ms / 1000 if held else 0.0
        if held and held.needs_caller:
            if patience_s is not None and hold_s >= patience_s:
                return await self._silent(patience_s)
            await asyncio.sleep(hold_s)
            patience_s = None if patience_s is None else patience_s - hold_s
            hold_s = 0.0
        if silent := self._faults.on_call(SilentCall, call):
            if silent.done == "always" or (silent.done == "sometimes" and self._silence.random() < 0.5):
                self._loop.keep(self._work(call, hold_s))
            return await self._silent(patience_s)
        work = self._loop.keep(self._work(call, hold_s))
        done, _ = await asyncio.wait([work], timeout=patience_s)
        return work.result() if done else NoReply(Loss.READ_TIMEOUT)

    async def _silent(self, patience_s: float | None) -> Answer:
        await asyncio.sleep(_SILENCE_S if patience_s is None else patience_s)
        return NoReply(Loss.READ_TIMEOUT)

    async def _work(self, call: Call, hold_s: float) -> Answer:
        if hold_s:
            await asyncio.sleep(hold_s)
        await self.meetings.wait(call)
        host = split(call.request.url).netloc
        if host in self.outside:
            answer = await self.outside[host][1].answer(call)
        elif is_aws(host):
            answer = await self._ask_aws(call)
        else:
            return _REFUSED
        lost = self._faults.loses_next_attempt(call) or (_is_done(answer) and self._faults.on_call(LostReply, call))
        return NoReply(Loss.RESET) if lost else answer

    async def _ask_aws(self, call: Call) -> Answer:
        service = self.services.named(call.service)
        total_us = latency_us(call.service, call.operation, self._latency)
        await asyncio.sleep(total_us / 2_000_000)
        answer: Answer
        if self._faults.on_call(CredentialsExpired, call):
            answer = refusals.expired(call)
        elif self._faults.on_call(ThrottledCall, call):
            answer = refusals.throttled(call)
        elif self._faults.on_call(ServiceError, call):
            answer = refusals.internal_error(call)
        elif self._faults.on_call(TransactionsConflict, call):
            answer = refusals.in_conflict(call)
        else:
            service = self.permissions.admit(call, service) if self.permissions else service
            answer = await self._ask_in_part(service, call) or await service.answer(call)
        await asyncio.sleep((total_us - total_us // 2) / 1_000_000)
        return answer

    async def _ask_in_part(self, service: AwsService, call: Call) -> Reply | None:
        """The answer to a batch call of which a fault leaves entries out; None: none does."""
        if not self._faults.on(BatchPartialFailure) or not (partial := refusals.splits(call)):
            return None
        fault = self._faults.on_call(BatchPartialFailure, call)
        return await partial.answer(service, fault.every) if fault else None

    def _meaning(self, request: Request) -> Meaning:
        meaning = understand(request)
        if meaning.service in self.outside:
            return msgspec.structs.replace(meaning, service=self.outside[meaning.service][0])
        return meaning


def _is_done(answer: Answer) -> bool:
    """Whether the work behind this answer was done; a refusal that gets lost is no fault worth having."""
    return isinstance(answer, Reply) and 200 <= answer.status < 300


def _sent(call: Call) -> CallSent:
    return CallSent(
        call=call.id,
        function=call.caller.function,
        environment=call.caller.environment,
        request_id=call.caller.request_id,
        index=call.index,
        service=call.service,
        operation=call.operation,
        target=call.target,
        about=about(call.request, call.service, _ABOUT_CHARACTERS),
        sent_bytes=len(call.request.body),
    )


def _ended(call: Call, answer: Answer) -> CallEnded:
    if isinstance(answer, NoReply):
        return CallEnded(call=call.id, status=0, loss=answer.loss)
    error = _error_code(answer) if answer.status >= 400 else ""
    return CallEnded(
        call=call.id,
        status=answer.status,
        error=error,
        answer=answer.body[:_ABOUT_CHARACTERS].decode(errors="replace"),
        received_bytes=len(answer.body),
    )


class _ErrorBody(msgspec.Struct):
    type: str = msgspec.field(default="", name="__type")


def _error_code(reply: Reply) -> str:
    """The error's code: in XML (S3 and the query protocol), in a JSON body, or in a header (REST with JSON).

    Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
    """
    body = reply.body.lstrip()
    if body[:1] == b"<":
        return body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode(errors="replace")
    try:
        stated = msgspec.json.decode(body, type=_ErrorBody).type
    except (msgspec.DecodeError, UnicodeDecodeError):
        stated = ""
    return (stated or reply.headers.get("x-amzn-errortype", "")).rpartition("#")[2].partition(":")[0]
