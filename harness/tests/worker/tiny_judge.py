"""A judge of fifty lines: it owns virtual time and answers what a worker asks.

A call is answered after a latency derived from its body and URL, so that answers overtake
each other. Tests that care about the answer pass their own `answer`.
"""

import heapq
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from harness.simulation.randomness import derive
from harness.worker.process import WorkerProcess
from harness.worker.protocol import (
    Answered,
    Called,
    Configure,
    Failed,
    FromWorker,
    Initialized,
    Invoke,
    Logged,
    Returned,
    ToWorker,
    WaitCancelled,
    Waited,
    Woken,
)

START_US = 1_767_603_600_000_000  # 2026-01-05 09:00:00 UTC
VARIABLES = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_LAMBDA_FUNCTION_NAME": "Orders",
    "TZ": ":UTC",
}
CONTEXT = {
    "aws_request_id": "8f5c1a52-0000-4000-8000-000000000001",
    "function_name": "Orders",
    "function_version": "$LATEST",
    "invoked_function_arn": "arn:aws:lambda:eu-west-1:123456789012:function:Orders",
    "memory_limit_in_mb": "128",
    "log_group_name": "/aws/lambda/Orders",
    "log_stream_name": "2026/01/05/[$LATEST]0123456789abcdef0123456789abcdef",
}


def reply(body: Any = None, status: int = 200, headers: dict[str, str] | None = None) -> Answered:
    """An answer with a JSON body; call number and time are filled in later."""
    text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answered(
        unix_us=0, call=0, status=status, headers=headers or {"content-type": "application/json"}, body=text
    )


def loss(kind: str) -> Answered:
    """No answer, for this reason."""
    return Answered(unix_us=0, call=0, loss=kind)


def latency_us(call: Called) -> int:
    """Between 1 and 50 ms, the same for the same request."""
    return 1000 + derive(7, call.url, call.body) % 49_000


class TinyJudge:
    """Drives one worker through virtual time, and keeps every frame it sent."""

    def __init__(
        self, worker: WorkerProcess, code_dir: Path, answer: Callable[[Called], Answered] | None = None
    ) -> None:
        self.worker = worker
        self.code_dir = code_dir
        self.answer = answer or (lambda call: reply({}))
        self.now_us = START_US
        self.frames: list[FromWorker] = []
        self._timers: list[tuple[int, int, ToWorker]] = []

    def configuration(self, **changes: Any) -> Configure:
        """A Configure frame for app.handler."""
        configure = Configure(
            unix_us=self.now_us,
            code_dir=str(self.code_dir),
            handler="app.handler",
            variables=VARIABLES,
            seed=1,
            temporary_dir=str(self.code_dir),
        )
        return replace(configure, **changes)

    def initialize(self, **changes: Any) -> Initialized | Failed:
        """Runs the init phase to its end."""
        end = self._run(self.configuration(**changes))
        assert isinstance(end, Initialized | Failed)
        return end

    def invoke(self, event: Any = None, timeout_ms: int = 3000, **context: str) -> Returned | Failed | None:
        """Runs one invocation to its end; None if nothing more can happen in it."""
        end: Returned | Failed | None = self._run(self.invocation(event, timeout_ms, **context))
        return end

    def invocation(self, event: Any = None, timeout_ms: int = 3000, **context: str) -> Invoke:
        """An Invoke frame with this event."""
        return Invoke(
            unix_us=self.now_us,
            event=json.dumps({} if event is None else event).encode(),
            deadline_unix_us=self.now_us + timeout_ms * 1000,
            context={**CONTEXT, **context},
        )

    def result(self, event: Any = None) -> Any:
        """What the handler returns."""
        end = self.invoke(event)
        assert isinstance(end, Returned), end
        return json.loads(end.payload)

    def failure(self, event: Any = None) -> Failed:
        """How the handler fails."""
        end = self.invoke(event)
        assert isinstance(end, Failed), end
        return end

    @property
    def elapsed_ms(self) -> float:
        """Virtual time since the start."""
        return (self.now_us - START_US) / 1000

    @property
    def log(self) -> str:
        """All that was printed and logged."""
        return "".join(frame.text for frame in self.frames if isinstance(frame, Logged))

    def of(self, kind: type[Any]) -> list[Any]:
        """The frames of this type."""
        return [frame for frame in self.frames if isinstance(frame, kind)]

    def _run(self, frame: ToWorker) -> Any:
        while True:
            end = self._exchange(frame)
            if end is not None or not self._timers:
                return end
            self.now_us, _, frame = heapq.heappop(self._timers)

    def _exchange(self, frame: ToWorker) -> Any:
        end = None
        for sent in self.worker.exchange(replace(frame, unix_us=self.now_us)):
            self.frames.append(sent)
            match sent:
                case Called():
                    answer = replace(self.answer(sent), call=sent.call)
                    self._set_timer(latency_us(sent), sent.call, answer)
                case Waited():
                    self._set_timer(sent.duration_us, sent.wait, Woken(unix_us=0, wait=sent.wait))
                case WaitCancelled():
                    self._timers = [timer for timer in self._timers if timer[1] != sent.wait]
                    heapq.heapify(self._timers)
                case Initialized() | Returned() | Failed():
                    end = sent
        return end

    def _set_timer(self, delay_us: int, number: int, frame: ToWorker) -> None:
        heapq.heappush(self._timers, (self.now_us + delay_us, number, frame))
