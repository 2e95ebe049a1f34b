"""Asynchronous invocation: accepted at once, tried later, tried again, then given up.

Lambda may run an event twice though nothing failed: the fault DuplicateEvent does that.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.template import AsynchronousSpec
from harness.faults.functions import DuplicateEvent
from harness.functions import lineage
from harness.functions.back_off import BackOff
from harness.functions.destinations import Outcome, error_attributes, invocation_record
from harness.functions.fleet import Throttled
from harness.functions.invocation import InvokeRequest, Result
from harness.functions.records import AsynchronousEventDropped
from harness.functions.service import LambdaService
from harness.functions.versions import NoSuchQualifier
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Trace

RETRY_DELAYS_S = (60, 120)
"""Before the second and before the third attempt."""

THROTTLE_BACK_OFF_CAP_S = 300

Deliver = Callable[[str, str, dict[str, tuple[str, str]]], None]
"""Sends a text to the queue, topic or function of an ARN, with message attributes (type, value)."""


@dataclass(frozen=True)
class Event:
    """An event in Lambda's internal queue.

    Attributes:
        payload: JSON text.
        qualifier: as in `InvokeRequest`.
        request_id: every attempt has it.
    """

    function: str
    payload: bytes
    cause: str
    qualifier: str | None
    request_id: str
    accepted_s: float


class Asynchronous:
    """Lambda's internal queue of events."""

    def __init__(self, loop: VirtualLoop, trace: Trace, service: LambdaService, deliver: Deliver) -> None:
        self._loop = loop
        self._trace = trace
        self._service = service
        self._deliver = deliver

    def accept(self, logical_id: str, event: bytes, *, cause: str, qualifier: str | None = None) -> str:
        """Queues an event and returns its request id; every retry keeps that id.

        Args:
            event: JSON text, at most 1 MB.
            cause: who asks, in words, for the trace.
            qualifier: version or alias; None: as the template's event sources invoke it.
        """
        request_id = self._service.new_request_id()
        accepted = Event(logical_id, event, cause, qualifier, request_id, self._loop.time())
        self._loop.keep(self._process(accepted))
        for after_ms in self._duplicates(accepted):
            self._loop.keep(self._process_again(accepted, after_ms))
        return request_id

    def _duplicates(self, event: Event) -> list[int]:
        """When the event is to run once more, if a fault says so."""
        faults = self._service.faults
        return [
            active.fault.after_ms
            for active in faults.active
            if isinstance(active.fault, DuplicateEvent)
            and active.fault.matches(event.function, event.payload)
            and faults.strike(active, f"event {event.request_id} of {event.function}")
        ]

    async def _process_again(self, event: Event, after_ms: int) -> None:
        """The same event once more: Lambda's queue is eventually consistent."""
        await asyncio.sleep(after_ms / 1000)
        await self._process(event)

    async def _process(self, event: Event) -> None:
        attempts = 0
        last: Result | None = None
        while True:
            settings = self._settings(event)
            result = await self._attempt(event, attempts + 1, settings.maximum_event_age_s)
            if result is None:
                off = self._service.functions[event.function].reserved == 0
                return self._drop(event, "ZeroReservedConcurrency" if off else "EventAgeExceeded", attempts, last)
            if result.goes_round:
                return self._drop(event, "RecursiveLoopDetected", attempts, None)
            last = result
            attempts += 1
            if result.succeeded:
                return self._succeed(event, attempts, result)
            if attempts > settings.maximum_retry_attempts:
                return self._drop(event, "RetriesExhausted", attempts, result)
            await asyncio.sleep(RETRY_DELAYS_S[attempts - 1])

    async def _attempt(self, event: Event, number: int, maximum_age_s: int) -> Result | None:
        """One attempt; a throttle puts the event back and does not count. None: it grew too old, or nothing may run."""
        words = event.cause if number == 1 else f"{event.cause}, attempt {number}"
        request = InvokeRequest(qualifier=event.qualifier, request_id=event.request_id, synchronous=False)
        back_off = BackOff(THROTTLE_BACK_OFF_CAP_S)
        function = self._service.functions[event.function]
        while function.reserved != 0 and self._loop.time() - event.accepted_s <= maximum_age_s:
            try:
                return await self._service.invoke(event.function, event.payload, cause=words, request=request)
            except (Throttled, NoSuchQualifier):
                await asyncio.sleep(back_off.next_s())
        return None

    def _settings(self, event: Event) -> AsynchronousSpec:
        """What becomes of failures; SAM configures it for the alias, where there is one."""
        spec = self._service.functions[event.function].spec
        if spec.alias and event.qualifier not in (None, spec.alias):
            return AsynchronousSpec(dead_letter_arn=spec.asynchronous.dead_letter_arn)
        return spec.asynchronous

    def _succeed(self, event: Event, attempts: int, result: Result) -> None:
        if arn := self._settings(event).on_success:
            self._send(event, arn, Outcome("Success", attempts, result))

    def _drop(self, event: Event, condition: str, attempts: int, result: Result | None) -> None:
        """Gives the event up: to the dead-letter queue, to the on-failure destination, or for good."""
        self._trace.append(
            AsynchronousEventDropped(function=event.function, request_id=event.request_id, condition=condition)
        )
        settings = self._settings(event)
        if settings.dead_letter_arn:
            attributes = error_attributes(event.request_id, result)
            self._deliver(settings.dead_letter_arn, event.payload.decode(), attributes)
        if settings.on_failure:
            self._send(event, settings.on_failure, Outcome(condition, attempts, result))

    def _send(self, event: Event, arn: str, outcome: Outcome) -> None:
        """Sends an invocation record; whatever that sets off belongs to the chain of the invocation."""
        if outcome.result is not None:
            lineage.pass_on(self._trace_header(event), "lambda")
        qualifier = event.qualifier
        if qualifier is None:
            qualifier = self._service.functions[event.function].spec.alias
        function_arn = f"{self._service.functions[event.function].spec.arn}:{qualifier or '$LATEST'}"
        record = invocation_record(self._loop.clock, function_arn, event.request_id, event.payload, outcome)
        self._deliver(arn, record, {})

    def _trace_header(self, event: Event) -> str:
        """Of the last attempt."""
        for invocation in reversed(self._service.invocations):
            if invocation.request_id == event.request_id:
                return invocation.trace_header
        return ""
