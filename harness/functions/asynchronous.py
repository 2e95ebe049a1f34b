"""Asynchronous invocation: accepted at once, tried later, tried again, then given up.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from harness.functions.fleet import Throttled
from harness.functions.invocation import Result
from harness.functions.records import AsynchronousEventDropped
from harness.functions.service import LambdaService
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Trace

RETRY_DELAYS_S = (60, 120)
"""Before the second and before the third attempt."""

THROTTLE_BACK_OFF_CAP_S = 300

Deliver = Callable[[str, str, dict[str, tuple[str, str]]], None]
"""Sends a text to the queue, topic or function of an ARN, with message attributes (type, value)."""


class Asynchronous:
    """Lambda's internal queue of events."""

    def __init__(self, loop: VirtualLoop, trace: Trace, service: LambdaService, deliver: Deliver) -> None:
        self._loop = loop
        self._trace = trace
        self._service = service
        self._deliver = deliver

    def accept(self, logical_id: str, event: bytes, *, cause: str) -> str:
        """Queues an event and returns its request id; every retry keeps that id."""
        request_id = self._service.new_request_id()
        self._loop.keep(self._process(logical_id, event, cause, request_id))
        return request_id

    async def _process(self, logical_id: str, event: bytes, cause: str, request_id: str) -> None:
        spec = self._service.functions[logical_id].spec
        accepted_s = self._loop.time()
        attempts = 0
        last: Result | None = None
        while True:
            if spec.reserved_concurrency == 0:
                return self._drop(logical_id, event, request_id, "ZeroReservedConcurrency", attempts, None)
            result = await self._attempt(logical_id, event, cause, request_id, attempts + 1, accepted_s)
            if result is None:
                return self._drop(logical_id, event, request_id, "EventAgeExceeded", attempts, last)
            last = result
            attempts += 1
            if result.succeeded:
                return self._succeed(logical_id, event, request_id, attempts, result)
            if attempts > spec.asynchronous.maximum_retry_attempts:
                return self._drop(logical_id, event, request_id, "RetriesExhausted", attempts, result)
            await asyncio.sleep(RETRY_DELAYS_S[attempts - 1])

    async def _attempt(
        self, logical_id: str, event: bytes, cause: str, request_id: str, number: int, accepted_s: float
    ) -> Result | None:
        """One attempt; a throttle puts the event back and does not count. None: it grew too old."""
        spec = self._service.functions[logical_id].spec
        words = cause if number == 1 else f"{cause}, attempt {number}"
        back_off_s = 1
        while self._loop.time() - accepted_s <= spec.asynchronous.maximum_event_age_s:
            try:
                return await self._service.invoke(logical_id, event, cause=words, request_id=request_id)
            except Throttled:
                await asyncio.sleep(back_off_s)
                back_off_s = min(2 * back_off_s, THROTTLE_BACK_OFF_CAP_S)
        return None

    def _succeed(self, logical_id: str, event: bytes, request_id: str, attempts: int, result: Result) -> None:
        arn = self._service.functions[logical_id].spec.asynchronous.on_success
        if arn:
            self._deliver(arn, self._record(logical_id, event, request_id, "Success", attempts, result), {})

    def _drop(
        self, logical_id: str, event: bytes, request_id: str, condition: str, attempts: int, result: Result | None
    ) -> None:
        """Gives the event up: to the dead-letter queue, to the on-failure destination, or for good."""
        self._trace.append(AsynchronousEventDropped(function=logical_id, request_id=request_id, condition=condition))
        settings = self._service.functions[logical_id].spec.asynchronous
        if settings.dead_letter_arn:
            status = "200" if result else "429"
            message = result.error[:1024] if result else "Rate Exceeded."
            attributes = {
                "RequestID": ("String", request_id),
                "ErrorCode": ("Number", status),
                "ErrorMessage": ("String", message),
            }
            self._deliver(settings.dead_letter_arn, event.decode(), attributes)
        if settings.on_failure:
            record = self._record(logical_id, event, request_id, condition, attempts, result)
            self._deliver(settings.on_failure, record, {})

    def _record(
        self, logical_id: str, event: bytes, request_id: str, condition: str, attempts: int, result: Result | None
    ) -> str:
        """What a destination receives.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        """
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": f"{self._loop.clock.utcnow():%Y-%m-%dT%H:%M:%S}.{self._loop.clock.now_ms % 1000:03d}Z",
            "requestContext": {
                "requestId": request_id,
                "functionArn": f"{self._service.functions[logical_id].spec.arn}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "requestPayload": json.loads(event),
        }
        if result:
            record["responseContext"] = {"statusCode": 200, "executedVersion": "$LATEST"}
            if result.function_error:
                record["responseContext"]["functionError"] = result.function_error
            record["responsePayload"] = json.loads(result.payload)
        return json.dumps(record)
