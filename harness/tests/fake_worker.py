"""Workers without a process: they follow a script.

A handler of a fake worker is a generator: what it yields it waits for, what it returns is the
function's answer.

    def handler(event):
        answer = yield http("POST", "http://legacy.internal/articles", b"...")
        yield sleep(2)
        return {"status": answer.status}

It may also yield `log("...")`, start a thread with `spawn(generator)`, and raise `Raised`,
`Exits`, `Spins` or `Garbles`.
"""

import json
from collections.abc import Callable, Generator
from typing import Any

import msgspec

from harness.tests.fake_client import json_request
from harness.worker.process import ProtocolViolated, WorkerDied, WorkerSpun
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
    Waited,
    Woken,
)

Script = Generator[Any, Any, Any]
Program = Callable[[Any], Script]


# ---- what a handler may yield or raise ---------------------------------------------------------


class Spawned:
    """A thread beside the handler."""

    def __init__(self, script: Script) -> None:
        self.script = script


class Raised(Exception):
    """The handler raises an error of this type."""

    def __init__(self, error_type: str, message: str = "", *, fatal: bool = False) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.fatal = fatal


class Exits(Exception):
    """The process ends: "exit status 1", "signal: killed"."""


class Spins(Exception):
    """The handler computes until the watchdog ends it."""


class Garbles(Exception):
    """The worker sends what is no frame."""


def http(method: str, url: str, body: bytes = b"", *, read_timeout_s: float | None = None, **headers: str) -> Called:
    """An outside call; the yield gives its `Answered`."""
    return Called(call=0, thread="0", method=method, url=url, headers=headers, body=body, read_timeout_s=read_timeout_s)


def aws(target: str, **parameters: Any) -> Called:
    """A call of an AWS JSON API: aws("sqs.SendMessage", QueueUrl=...)."""
    service, _, operation = target.partition(".")
    request = json_request(service, operation, **parameters)
    called = http("POST", request.url, request.body)
    called.headers.update(request.headers)
    return called


def sleep(seconds: float) -> Waited:
    """A wait in virtual time."""
    return Waited(wait=0, thread="0", duration_us=round(seconds * 1_000_000))


def log(text: str, dropped_bytes: int = 0) -> Logged:
    """Something printed."""
    return Logged(text=text, dropped_bytes=dropped_bytes)


def spawn(script: Script) -> Spawned:
    """Starts a thread beside the handler."""
    return Spawned(script)


def instant(answer: Any) -> Program:
    """A handler that returns this at once."""

    def handler(event: Any) -> Script:
        return answer
        yield

    return handler


# ---- the worker --------------------------------------------------------------------------------


class FakeWorker:
    """A worker process without a process: it runs the program of the handler it is configured with.

    Attributes:
        received: every frame it was given.
        killed: whether somebody killed it.
    """

    pid = 0

    def __init__(self, programs: dict[str, Program], imports: dict[str, Program] | None = None) -> None:
        self._programs = programs
        self._imports = imports or {}
        self._waiting: dict[int, Script] = {}
        self._main: Script | None = None
        self._number = 0
        self._frames: list[FromWorker] = []
        self._program: Program = instant(None)
        self.received: list[ToWorker] = []
        self.killed = False

    def exchange(self, frame: ToWorker) -> list[FromWorker]:
        """Takes a frame and gives what the program then does until it waits."""
        if self.killed:
            raise WorkerDied("signal: killed", [])
        self.received.append(frame)
        self._frames = []
        match frame:
            case Configure(handler=handler):
                self._program = self._programs[handler]
                self._start(self._imports.get(handler, instant(None))(None))
            case Invoke(event=event):
                self._start(self._program(json.loads(event)))
            case Answered(call=number) | Woken(wait=number):
                self._run(self._waiting.pop(number), frame)
        return self._frames

    def dismiss(self) -> None:
        """Ends it."""
        self.killed = True

    def _start(self, script: Script) -> None:
        self._main = script
        self._run(script, None)

    def _run(self, script: Script, answer: Any) -> None:
        is_main = script is self._main
        try:
            while not self._is_to_wait(script, script.send(answer)):
                answer = None
        except StopIteration as end:
            if is_main:
                self._ended(end.value)
        except Raised as error:
            phase = "invoke" if self._has_been_invoked else "init"
            stack = ['  File "/var/task/app.py", line 3, in handler\n    raise\n']
            self._frames.append(
                Failed(
                    phase=phase,
                    error_type=error.error_type,
                    error_message=error.message,
                    stack=stack,
                    fatal=error.fatal or phase == "init",
                )
            )
        except Exits as exit_:
            self.killed = True
            raise WorkerDied(str(exit_), self._frames) from None
        except Spins:
            self.killed = True
            raise WorkerSpun(3.0, self._frames) from None
        except Garbles:
            self.killed = True
            raise ProtocolViolated("no frame") from None

    def _is_to_wait(self, script: Script, yielded: Any) -> bool:
        match yielded:
            case Called():
                self._waiting[self._next()] = script
                self._frames.append(_numbered(yielded, call=self._number))
            case Waited():
                self._waiting[self._next()] = script
                self._frames.append(_numbered(yielded, wait=self._number))
            case Spawned():
                self._run(yielded.script, None)
                return False
            case _:
                self._frames.append(yielded)
                return False
        return True

    def _ended(self, value: Any) -> None:
        if not self._has_been_invoked:
            self._frames.append(Initialized())
        else:
            payload = value if isinstance(value, bytes) else json.dumps(value).encode()
            self._frames.append(Returned(payload=payload))

    @property
    def _has_been_invoked(self) -> bool:
        return any(isinstance(frame, Invoke) for frame in self.received)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _numbered(frame: Any, **number: int) -> Any:
    return msgspec.structs.replace(frame, **number)
