"""Runs tasks side by side, each in a process of its own forked from this one.

What has been imported here is there at once in each of them, and what one of them breaks
stays in it. A task sends its results through a pipe, as bytes; nothing is ever unpickled.
"""

import contextlib
import os
import selectors
import signal
import struct
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field

from harness.worker.orphans import die_with_parent

Send = Callable[[bytes], None]
Task = Callable[[Send], None]

_LENGTH = struct.Struct(">I")
_LOOK_S = 0.2


@dataclass(frozen=True)
class Sent:
    """A result of the task with this number."""

    task: int
    payload: bytes


@dataclass(frozen=True)
class Ended:
    """A task's process is gone.

    Attributes:
        died: how, if it did not end by itself: "signal 9", "exit status 1", "out of time"; else "".
        out_of_time: whether it was killed because it took longer than it may.
    """

    task: int
    died: str = ""
    out_of_time: bool = False


@dataclass
class _Child:
    task: int
    pid: int
    pipe: int
    gives_up_at: float
    received: bytearray = field(default_factory=bytearray)


def can_fork() -> bool:
    """Whether this system can; elsewhere tasks run one after the other in this process."""
    return hasattr(os, "fork")


def side_by_side(tasks: Iterable[Task], *, processes: int, limit_s: float) -> Generator[Sent | Ended, None, None]:
    """Runs tasks in their order, so many at a time, and yields what they send as it comes.

    Closing the generator, or an exception at its yield, kills what still runs.

    Args:
        limit_s: real seconds a task may take before it is killed.
    """
    waiting = enumerate(tasks)
    running: dict[int, _Child] = {}
    selector = selectors.DefaultSelector()
    try:
        _fill(running, waiting, processes, limit_s, selector)
        while running:
            for key, _ in selector.select(_LOOK_S):
                yield from _read(running[key.fd], running, selector)
            for child in [child for child in running.values() if time.monotonic() > child.gives_up_at]:
                os.kill(child.pid, signal.SIGKILL)
                _forget(child, running, selector)
                yield Ended(child.task, f"out of time after {limit_s:g} s", out_of_time=True)
            _fill(running, waiting, processes, limit_s, selector)
    finally:
        for child in list(running.values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            _forget(child, running, selector)
        selector.close()


def _fill(
    running: dict[int, _Child],
    waiting: Iterator[tuple[int, Task]],
    processes: int,
    limit_s: float,
    selector: selectors.BaseSelector,
) -> None:
    while len(running) < processes:
        following = next(waiting, None)
        if following is None:
            return
        with _interrupts_held():
            child = _start(*following, limit_s)
            running[child.pipe] = child
        selector.register(child.pipe, selectors.EVENT_READ)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until a child that has been forked is one that is known."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _start(number: int, task: Task, limit_s: float) -> _Child:
    ours, theirs = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _be_the_child(task, theirs, parent)
    os.close(theirs)
    return _Child(number, pid, ours, time.monotonic() + limit_s)


def _be_the_child(task: Task, pipe: int, parent: int) -> None:
    """Runs the task and ends the process, whatever happens."""
    status = 1
    try:
        die_with_parent()
        if os.getppid() == parent:  # else it died before it could take us along
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            task(lambda payload: _write(pipe, _LENGTH.pack(len(payload)) + payload))
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status)


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _read(child: _Child, running: dict[int, _Child], selector: selectors.BaseSelector) -> Iterator[Sent | Ended]:
    data = os.read(child.pipe, 1 << 20)
    child.received += data
    while len(child.received) >= _LENGTH.size:
        end = _LENGTH.size + _LENGTH.unpack_from(child.received)[0]
        if len(child.received) < end:
            break
        payload = bytes(child.received[_LENGTH.size : end])
        del child.received[:end]
        yield Sent(child.task, payload)
    if not data:
        status = _forget(child, running, selector)
        yield Ended(child.task, _words(status))


def _forget(child: _Child, running: dict[int, _Child], selector: selectors.BaseSelector) -> int:
    selector.unregister(child.pipe)
    os.close(child.pipe)
    del running[child.pipe]
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(child.pid, 0)[1]
    return 0


def _words(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit status {os.WEXITSTATUS(status)}" if os.WEXITSTATUS(status) else ""
