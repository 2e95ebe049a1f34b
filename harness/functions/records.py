"""Trace records of the Lambda service."""

from harness.simulation.trace import Record


class EnvironmentStarted(Record, frozen=True, kw_only=True, tag=True):
    """A cold start began."""

    function: str
    environment: str


class EnvironmentEnded(Record, frozen=True, kw_only=True, tag=True):
    """An execution environment is gone: idle for long, crashed, timed out or killed."""

    function: str
    environment: str
    why: str


class InvocationStarted(Record, frozen=True, kw_only=True, tag=True):
    """A function was invoked.

    Attributes:
        cause: who invoked it: "POST /articles", "queue IngestQueue", "asynchronous, attempt 2".
        messages: ids of the messages in its event, where a queue caused it.
    """

    function: str
    environment: str
    request_id: str
    cause: str
    cold: bool
    messages: tuple[str, ...] = ()


class InvocationEnded(Record, frozen=True, kw_only=True, tag=True):
    """An invocation ended.

    Attributes:
        outcome: "succeeded", "failed", "timed out" or "killed".
        error: error type and message of a failure.
    """

    function: str
    environment: str
    request_id: str
    outcome: str
    error: str = ""


class InvocationThrottled(Record, frozen=True, kw_only=True, tag=True):
    """An invocation was refused: the concurrency limit is reached."""

    function: str
    cause: str
    messages: tuple[str, ...] = ()


class RecursionStopped(Record, frozen=True, kw_only=True, tag=True):
    """An invocation was refused: its chain of events has come through the function too often."""

    function: str
    cause: str
    messages: tuple[str, ...] = ()


class LogWritten(Record, frozen=True, kw_only=True, tag=True):
    """A function wrote to its log.

    Attributes:
        request_id: of the invocation; "" in an init phase.
    """

    function: str
    request_id: str
    text: str
    environment: str = ""


class AsynchronousEventDropped(Record, frozen=True, kw_only=True, tag=True):
    """Lambda gave up an asynchronous event.

    Attributes:
        condition: "RetriesExhausted", "EventAgeExceeded", "ZeroReservedConcurrency" or
            "RecursiveLoopDetected".
    """

    function: str
    request_id: str
    condition: str
