"""The process from which workers are forked: Lambda's runtime, loaded once and never used.

It has never seen moto, a test or a solution, runs no learner code and has one thread. It
answers requests on a control socket, each of which brings two ends of sockets: one for the
worker's frames, one on which this process reports how the worker ended and hears that it is
to be killed. So exactly one process knows which workers live, and reaps each of them.

It ends, with every worker, when the judge says so or when the judge is gone by any means.

Run as `python -m harness.worker.zygote METHOD CONTROL LIFELINE DIE_WITH_PARENT`.
"""

import contextlib
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

from harness.worker import orphans

FORK = b"fork"
FORK_ISOLATED = b"isolated"
"""As FORK; where the system allows it the worker is in namespaces of its own from the start."""

STOP = b"stop"
KILL = b"k"
"""On a worker's status socket: end it now."""


class Nursery:
    """Brings up workers, reaps them, and tells the judge how each ended."""

    def __init__(
        self, control: socket.socket, lifeline: int, bring_up: Callable[["Nursery", socket.socket, bool], int]
    ) -> None:
        self._control = control
        self._bring_up = bring_up
        self._status: dict[int, socket.socket] = {}  # by pid
        self._pid: dict[int, int] = {}  # by descriptor of the status socket
        self._poll = select.poll()
        self._alarm, wakeup = socket.socketpair()
        self._alarm.setblocking(False)
        wakeup.setblocking(False)
        self._wakeup = wakeup
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        self._lifeline = lifeline
        for descriptor in (control.fileno(), lifeline, self._alarm.fileno()):
            self._poll.register(descriptor, select.POLLIN)

    def serve(self, idle_work: Iterator[None]) -> None:
        """Answers requests until the judge is gone; does a piece of `idle_work` when nobody asks."""
        working = True
        while True:
            events = self._poll.poll(0 if working else None)
            if not events and working:
                working = next(idle_work, _DONE) is not _DONE
            for descriptor, _ in events:
                if not self._handle(descriptor):
                    return

    def end_all(self) -> None:
        """Kills and reaps every worker."""
        for pid in self._status:
            _kill(pid)
        while self._status:
            pid, status = os.waitpid(-1, 0)
            self._report(pid, status)

    def forget_judges(self) -> None:
        """In a forked worker: leaves alone what belongs to the zygote."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def _handle(self, descriptor: int) -> bool:
        if descriptor == self._lifeline:
            return False
        if descriptor == self._control.fileno():
            return self._answer_request()
        if descriptor == self._alarm.fileno():
            self._reap()
        elif descriptor in self._pid:
            self._end(self._pid[descriptor])
        return True

    def _answer_request(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, 16, 2)
        is_order = message in (FORK, FORK_ISOLATED)
        if not is_order or len(descriptors) != 2:
            for descriptor in descriptors:
                os.close(descriptor)
            return is_order
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
        frames, status = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        pid = self._bring_up(self, frames, message == FORK_ISOLATED)
        with contextlib.suppress(OSError):
            frames.sendall(_started(pid))
        frames.close()
        self._status[pid] = status
        self._pid[status.fileno()] = pid
        self._poll.register(status.fileno(), select.POLLIN)
        return True

    def _end(self, pid: int) -> None:
        _kill(pid)  # asked to, or the judge that owned it is gone
        self._poll.unregister(self._status[pid].fileno())

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._alarm.recv(4096)
        while self._status:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._report(pid, status)

    def _report(self, pid: int, wait_status: int) -> None:
        connection = self._status.pop(pid, None)
        if connection is None:
            return
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)  # what it has started and left behind
        del self._pid[connection.fileno()]
        with contextlib.suppress(KeyError):
            self._poll.unregister(connection.fileno())
        with contextlib.suppress(OSError):
            connection.send(describe_status(wait_status).encode())
        connection.close()


_DONE = object()


def _started(pid: int) -> bytes:
    from harness.worker.framing import framed
    from harness.worker.protocol import Started

    return framed(Started(pid=pid))


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)


def describe_status(wait_status: int) -> str:
    """How a process ended, in the words of AWS: "exit status 1", "signal: killed"."""
    code = os.waitstatus_to_exitcode(wait_status)
    if code == -signal.SIGSYS:
        code = -signal.SIGKILL  # seccomp ended it: from outside that is a process that was killed
    if code >= 0:
        return f"exit status {code}"
    return f"signal: {(signal.strsignal(-code) or str(-code)).lower()}"


def fork_worker(nursery: Nursery, frames: socket.socket, isolated: bool) -> int:
    """Forks this process; the child becomes a worker on `frames` and never returns."""
    from harness.worker import child

    zygote = os.getpid()
    pid = _fork_isolated() if isolated else os.fork()
    if pid:
        return pid
    try:
        nursery.forget_judges()
        _close_all_but(frames.fileno(), isolated)
        os.setsid()
        orphans.die_with_parent()
        if os.getppid() not in (zygote, 0):  # it was gone before the kernel was asked; 0: it is outside
            os._exit(1)
        child.run(frames)
    finally:
        os._exit(70)


def _fork_isolated() -> int:
    """A plain fork where there is no sandbox, or the system refuses: the worker then says so itself."""
    try:
        from harness.worker import sandbox
    except ImportError:
        return os.fork()
    try:
        return sandbox.fork_into_namespaces()
    except sandbox.SandboxUnavailable:
        return os.fork()


def _close_all_but(own: int, isolated: bool) -> None:
    if isolated:
        with contextlib.suppress(ImportError):
            from harness.worker import sandbox

            sandbox.close_inherited([own])  # its two of its own stay open
            return
    os.closerange(3, own)
    os.closerange(own + 1, os.sysconf("SC_OPEN_MAX"))


def spawn_worker(nursery: Nursery, frames: socket.socket, isolated: bool) -> int:
    """Starts a fresh interpreter that becomes a worker on `frames`, and isolates itself."""
    descriptor = frames.fileno()
    os.set_inheritable(descriptor, True)
    command = [sys.executable, "-m", "harness.worker.spawned", str(descriptor)]
    return os.posix_spawn(sys.executable, command, os.environ)


def main() -> NoReturn:
    """Loads the runtime and serves until the judge is gone."""
    method, control, lifeline, die_with_parent = sys.argv[1:5]
    idle_work: Iterator[None] = iter(())
    bring_up: Callable[[Nursery, socket.socket, bool], int] = spawn_worker
    if method == "fork":
        bring_up = fork_worker
        idle_work = _load_runtime()
    if die_with_parent == "yes":
        orphans.die_with_parent()
    nursery = Nursery(socket.socket(fileno=int(control)), int(lifeline), bring_up)
    try:
        nursery.serve(idle_work)
    finally:
        nursery.end_all()
        os._exit(0)


def _load_runtime() -> Iterator[None]:
    import gc

    from harness.worker import preload

    preload.preload()
    preload.warm_up()
    preload.prepare_sandbox()
    preload.note_modules()
    gc.collect()
    gc.freeze()
    return preload.warm_up_later()


if __name__ == "__main__":
    main()
