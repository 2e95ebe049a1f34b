"""Functions of another team: a submission invokes them by name, and a test decides what they answer.

They run nothing and use none of the account's concurrency. Throttles, lost replies and delays
of the call itself are faults of the call, as with any service.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import msgspec

from harness.functions import limits
from harness.simulation.loop import VirtualLoop
from harness.simulation.wire import Call, Reply


class Invoked(msgspec.Struct, kw_only=True):
    """The other team's function was invoked.

    Attributes:
        payload: the event, parsed.
        asynchronous: whether its caller did not wait for the answer.
        function: logical id of the function that invoked it.
        request_id: the invocation that did.
        answered_ms: virtual time of its end; None while it runs.
    """

    at_ms: int
    payload: Any
    asynchronous: bool
    function: str
    request_id: str
    answered_ms: int | None = None


class OtherFunction:
    """A function of another team; a test may change what it does at any time.

    Attributes:
        answer: makes the answer of the event, at the end of the time it takes.
        takes_ms: how long an invocation takes.
        error: the error object that it ends with instead; None: it succeeds.
        log: every invocation so far, in order.
    """

    def __init__(self, name: str, answer: Callable[[Any], Any], takes_ms: int, loop: VirtualLoop) -> None:
        self.name = name
        self.answer = answer
        self.takes_ms = takes_ms
        self.error: dict[str, Any] | None = None
        self.log: list[Invoked] = []
        self._loop = loop

    async def invoke(self, event: bytes, kind: str, call: Call) -> Reply:
        """What Invoke answers."""
        entry = Invoked(
            at_ms=self._loop.clock.now_ms,
            payload=json.loads(event),
            asynchronous=kind == "Event",
            function=call.caller.function,
            request_id=call.caller.request_id,
        )
        self.log.append(entry)
        if kind == "Event":
            self._loop.keep(self._run(entry))
            return Reply(202, {"x-amzn-requestid": f"other-{len(self.log)}"})
        headers = {"x-amz-executed-version": "$LATEST", "content-type": "application/json"}
        failed, payload = await self._run(entry)
        return Reply(200, {**headers, **({"x-amz-function-error": "Unhandled"} if failed else {})}, payload)

    async def _run(self, entry: Invoked) -> tuple[bool, bytes]:
        error = self.error
        await asyncio.sleep(self.takes_ms / 1000)
        answer = self.answer(entry.payload) if error is None else error
        entry.answered_ms = self._loop.clock.now_ms
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        if len(payload) > limits.SYNCHRONOUS_PAYLOAD_BYTES:
            too_large = {
                "errorType": "Function.ResponseSizeTooLarge",
                "errorMessage": "Response payload size exceeded.",
            }
            return True, json.dumps(too_large).encode()
        return error is not None, payload
