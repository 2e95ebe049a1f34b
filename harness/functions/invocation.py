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


class Result(msgspec.Struct, frozen=True):
    """What the caller of Lambda gets.

    Attributes:
        payload: the handler's JSON, or the error object.
        function_error: "Unhandled" when the function failed, else "".
        error: type and message of the failure, for people.
        spun: whether it was ended because it computed and computed, and never waited.
    """

    ending: Ending
    payload: bytes
    function_error: str = ""
    error: str = ""
    spun: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the handler returned."""
        return self.ending is Ending.SUCCEEDED


@dataclass
class Invocation:
    """An invocation, running or ended.

    Attributes:
        event: the event as JSON text.
        cause: who asked for it, in words.
        messages: ids of the messages in its event, where a queue caused it.
    """

    function: str
    environment: str
    request_id: str
    event: bytes
    cause: str
    messages: tuple[str, ...]
    started_us: int
    cold: bool
    ended_us: int | None = None
    result: Result | None = None

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


def timed_out(timeout_s: int, request_id: str, *, spun: bool = False) -> Result:
    """The function's timeout ended the invocation."""
    message = f"RequestId: {request_id} Error: Task timed out after {timeout_s}.00 seconds"
    return _error(Ending.TIMED_OUT, {"errorMessage": message, "errorType": "Sandbox.Timedout"}, spun=spun)


def _error(ending: Ending, body: dict[str, Any], *, spun: bool = False) -> Result:
    error = f"{body['errorType']}: {body['errorMessage']}"
    return Result(ending, json.dumps(body).encode(), "Unhandled", error, spun)
