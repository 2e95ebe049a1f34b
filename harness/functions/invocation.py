"""One invocation of a function: what was asked, and how it ended."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec


class Ending(StrEnum):
    """How an invocation ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the handler raised, or its process ended
    TIMED_OUT = "timed out"
    KILLED = "killed"  # a fault took its environment away


@dataclass(frozen=True)
class InvokeRequest:
    """What an invocation is asked for besides the event.

    Attributes:
        qualifier: version, alias or "" for `$LATEST`; None: as the template's event sources
            invoke the function: by its alias, if it has one.
        request_id: the same one again for a retry of an asynchronous event; "": a new one.
        client_context: JSON text.
        synchronous: whether somebody waits: only then the request rate is limited.
    """

    qualifier: str | None = None
    request_id: str = ""
    client_context: str = ""
    synchronous: bool = True


class Result(msgspec.Struct, frozen=True):
    """What the caller of Lambda gets.

    Attributes:
        payload: the handler's JSON, or the error object.
        function_error: "Unhandled" when the function failed, else "".
        error: type and message of the failure, for people.
        spun: whether it was ended because it computed and computed, and never waited.
        goes_round: whether it was not run at all, because its chain of events goes in circles.
        version: the version that ran.
        request_id: its own.
    """

    ending: Ending
    payload: bytes
    function_error: str = ""
    error: str = ""
    spun: bool = False
    goes_round: bool = False
    version: str = "$LATEST"
    request_id: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the handler returned."""
        return self.ending is Ending.SUCCEEDED


@dataclass(eq=False)
class Invocation:
    """An invocation, running or ended.

    Attributes:
        event: the event as JSON text.
        cause: who asked for it, in words.
        messages: ids of the messages in its event, where a queue caused it.
        invoked_arn: with the alias or version it was invoked by.
        client_context: JSON text of the caller's client context; "": none.
        trace_header: its X-Ray header.
        began_us: when its duration began to count: with the handler, or with an init phase that
            is run again; None: it came to neither.
        handler_us: when the handler began; None: it never did.
    """

    function: str
    environment: str
    request_id: str
    event: bytes
    cause: str
    messages: tuple[str, ...]
    started_us: int
    cold: bool
    version: str = "$LATEST"
    invoked_arn: str = ""
    client_context: str = ""
    trace_header: str = ""
    began_us: int | None = None
    handler_us: int | None = None
    ended_us: int | None = None
    result: Result | None = None

    @property
    def duration_ms(self) -> float:
        """How long it took, a cold start not counted; 0 until it has ended."""
        if self.ended_us is None or self.began_us is None:
            return 0.0
        return (self.ended_us - self.began_us) / 1000

    @property
    def ending(self) -> Ending:
        """How it ended, or that it runs."""
        return self.result.ending if self.result else Ending.RUNNING


def succeeded(payload: bytes) -> Result:
    """The handler returned this JSON."""
    return Result(Ending.SUCCEEDED, payload)


def failed(error_type: str, message: str, request_id: str, stack: list[str] | None = None) -> Result:
    """The handler raised, or its module could not be imported.

    The payload has the keys of AWS's Python runtime client, in its order.
    """
    body: dict[str, Any] = {"errorMessage": message, "errorType": error_type, "requestId": request_id}
    if stack is not None:
        body["stackTrace"] = stack
    return _error(Ending.FAILED, body)


def exited(status: str, request_id: str, ending: Ending = Ending.FAILED) -> Result:
    """The process ended by itself or was killed.

    Args:
        status: "exit status 1", "signal: killed".
    """
    message = f"RequestId: {request_id} Error: Runtime exited with error: {status}"
    return _error(ending, {"errorMessage": message, "errorType": "Runtime.ExitError"})


def too_large(limit_bytes: int) -> Result:
    """The response is larger than Lambda hands on."""
    message = f"Response payload size exceeded maximum allowed payload size ({limit_bytes} bytes)."
    return _error(Ending.FAILED, {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"})


def gone_round() -> Result:
    """Lambda stopped a chain of events that goes in circles: nothing has run.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """
    message = "Lambda has detected your function being invoked in a recursive loop and stopped its invocation."
    body = {"errorMessage": message, "errorType": "RecursiveInvocationException"}
    return msgspec.structs.replace(_error(Ending.FAILED, body), goes_round=True)


def timed_out(timeout_s: int, request_id: str, *, spun: bool = False) -> Result:
    """The function's timeout ended the invocation."""
    message = f"RequestId: {request_id} Error: Task timed out after {timeout_s}.00 seconds"
    return _error(Ending.TIMED_OUT, {"errorMessage": message, "errorType": "Sandbox.Timedout"}, spun=spun)


def _error(ending: Ending, body: dict[str, Any], *, spun: bool = False) -> Result:
    error = f"{body['errorType']}: {body['errorMessage']}"
    return Result(ending, json.dumps(body).encode(), "Unhandled", error, spun)
