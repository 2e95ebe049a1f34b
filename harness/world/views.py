"""What acceptance tests see of the simulated world: plain, read-only views."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.functions.invocation import Ending
from harness.functions.invocation import Invocation as FunctionInvocation
from harness.promises import PromiseBroken

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.message import AttributeValue


@dataclass(frozen=True)
class HttpAnswer:
    """An answer to a request of the test.

    Attributes:
        headers: names in lower case.
        sent_ms: virtual time at which the client sent its request.
        received_ms: virtual time at which the client had the whole answer.
    """

    method: str
    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    sent_ms: int
    received_ms: int

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def latency_ms(self) -> int:
        """Virtual milliseconds the client waited."""
        return self.received_ms - self.sent_ms

    @property
    def cookies(self) -> tuple[str, ...]:
        """Each Set-Cookie header of the answer, whole."""
        return tuple(line for line in self.headers.get("set-cookie", "").split("\n") if line)

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            PromiseBroken: it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise PromiseBroken(
                f"{self.method} {self.url} answered {self.status} with a body that is not JSON.",
                expected="a JSON body",
                got=self.text[:400] or "an empty body",
                likely="",
                about=[],
            ) from None


@dataclass(frozen=True)
class Arrival:
    """A message that arrived in a queue, by a send or by redrive."""

    message_id: str
    body: str
    at_ms: int
    message_attributes: dict[str, AttributeValue]
    group_id: str | None


@dataclass(frozen=True)
class CallMade:
    """An outside call of a function.

    Attributes:
        ended_ms: None while its caller waits.
        status: HTTP status of the answer; 0: none arrived.
        answered: whether an answer arrived.
        environment: of the function; calls of an init phase have one too, and no request_id.
        items_read: how many items of a DynamoDB table it looked at, whatever a filter kept of them.
    """

    id: int
    at_ms: int
    ended_ms: int | None
    function: str
    request_id: str
    index: int
    service: str
    operation: str
    target: str
    status: int
    answered: bool
    items_read: int = 0
    environment: str = ""


class Invocation:
    """An invocation of a function, running or ended."""

    def __init__(self, invocation: FunctionInvocation) -> None:
        self._invocation = invocation
        self.function = invocation.function
        self.environment = invocation.environment
        self.request_id = invocation.request_id
        self.messages = invocation.messages
        self.cause = invocation.cause
        self.started_ms = invocation.started_us // 1000

    @property
    def ended_ms(self) -> int | None:
        """Virtual time of its end; None while it runs."""
        ended_us = self._invocation.ended_us
        return None if ended_us is None else ended_us // 1000

    @property
    def handler_ms(self) -> int | None:
        """Virtual time at which its handler began, a cold start being over; None: it never did."""
        handler_us = self._invocation.handler_us
        return None if handler_us is None else handler_us // 1000

    @property
    def outcome(self) -> str:
        """ "running", "succeeded", "failed", "timed out" or "killed"."""
        return str(self._invocation.ending)

    @property
    def error(self) -> dict[str, Any]:
        """The error object that its caller got: errorType, errorMessage, stackTrace; {} if it did not fail."""
        result = self._invocation.result
        found: dict[str, Any] = json.loads(result.payload) if result and result.function_error else {}
        return found

    @property
    def answer(self) -> str:
        """The JSON text that its caller got; "" while it runs."""
        result = self._invocation.result
        return result.payload.decode(errors="replace") if result else ""

    @property
    def spun(self) -> bool:
        """Whether it was ended because it computed and computed, and never waited."""
        return bool(self._invocation.result and self._invocation.result.spun)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._invocation.ending is Ending.RUNNING

    @property
    def event(self) -> Any:
        """The event it was invoked with."""
        return json.loads(self._invocation.event)

    @property
    def event_text(self) -> str:
        """The same as JSON text."""
        return self._invocation.event.decode(errors="replace")
