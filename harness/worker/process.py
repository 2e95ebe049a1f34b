"""The judge's end of a worker: start one, exchange frames with it, kill it.

`WorkerProcess.exchange` blocks in real time and takes no virtual time: it returns when the
worker is quiet, with every frame the worker has sent, in an order that does not depend on
how the machine scheduled its threads.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from harness.worker import quiescence, zygote
from harness.worker.framing import CHUNK, FrameTooLong, Inbox, framed
from harness.worker.protocol import Configure, FromWorker, Started, ToWorker
from harness.worker.watch import Watch

EXCHANGE_LIMIT_FRAMES = 20_000
EXCHANGE_LIMIT_BYTES = 64 * 1024 * 1024
_TICK_S = 0.05
_STANDSTILL_S = 0.5
_LAST_WORDS_S = 0.2
_END_S = 5.0
_SPAWN_S = 60.0
_decode = msgspec.json.Decoder(FromWorker).decode


class WorkerDied(Exception):
    """The process ended without saying so: os._exit, a signal, out of memory.

    Attributes:
        status: as AWS words it: "exit status 1", "signal: killed".
        frames: what it had sent before.
    """

    def __init__(self, status: str, frames: list[FromWorker]) -> None:
        super().__init__(status)
        self.status = status
        self.frames = frames


class WorkerSpun(Exception):
    """The worker used up its real time without ever waiting for the judge; it has been killed."""

    def __init__(self, cpu_s: float, frames: list[FromWorker]) -> None:
        super().__init__(f"{cpu_s:.1f} s of CPU time in one go")
        self.cpu_s = cpu_s
        self.frames = frames


class ProtocolViolated(Exception):
    """The worker sent something that is no frame: too long, not JSON, not of the schema."""


class ZygoteLost(RuntimeError):
    """The zygote ended before it could start a worker; its own message is on stderr."""


@dataclass(frozen=True)
class Budget:
    """Real time that one exchange may take; a worker above it is taken to spin."""

    cpu_s: float = 3.0
    wall_s: float = 60.0


class WorkerProcess:
    """One execution environment's process."""

    def __init__(self, frames: socket.socket, status: socket.socket, budget: Budget) -> None:
        self.pid = 0
        self._socket = frames
        self._status_socket = status
        self._budget = budget
        self._inbox = Inbox()
        self._end: str | None = None
        self._interactive = False

    def exchange(self, frame: ToWorker) -> list[FromWorker]:
        """Sends a frame and returns all that the worker sends until it is quiet again.

        The frames come in the order in which the worker's threads had their turns, which
        is the same in every run.

        Raises:
            WorkerDied, WorkerSpun, ProtocolViolated: the process is gone in each case.
        """
        if self._end is not None:
            raise WorkerDied(self._end, [])
        if isinstance(frame, Configure):
            self._interactive = frame.interactive
        frames: list[FromWorker] = []
        try:
            self._send(framed(frame))
            self._collect(frames)
        except OSError:
            raise self._died(frames) from None
        except (FrameTooLong, msgspec.DecodeError, UnicodeDecodeError) as error:
            self.kill()
            raise ProtocolViolated(str(error)) from error
        return frames

    def kill(self) -> None:
        """Ends the process and all it started, at once. May be called twice."""
        if self._end is None:
            self._end = self._bury(zygote.KILL)

    def dismiss(self) -> None:
        """As `kill`, but does not wait for the end: the process can say nothing any more."""
        if self._end is None:
            self._end = "signal: killed"
            try:
                self._status_socket.send(zygote.KILL)
            except OSError:
                self._kill_without_zygote()
            self._socket.close()
            self._status_socket.close()

    def wait_until_started(self) -> None:
        """Reads the zygote's word that the process exists.

        Raises:
            ZygoteLost: there is no zygote any more.
        """
        self._socket.settimeout(_SPAWN_S)
        try:
            while (data := self._inbox.take()) is None:
                chunk = self._socket.recv(CHUNK)
                if not chunk:
                    raise ZygoteLost("The zygote ended before it had started a worker.")
                self._inbox.feed(chunk)
        except OSError as error:
            raise ZygoteLost(f"The zygote has not started a worker: {error}.") from error
        started = _decode(data)
        assert isinstance(started, Started)
        self.pid = started.pid
        self._socket.settimeout(_TICK_S)

    # ---- one exchange ---------------------------------------------------------------------

    def _send(self, data: bytes) -> None:
        if len(data) > CHUNK:
            self._socket.settimeout(self._budget.wall_s)
            self._socket.sendall(data)
            self._socket.settimeout(_TICK_S)
        else:
            self._socket.sendall(data)

    def _collect(self, frames: list[FromWorker]) -> None:
        """Reads until the worker's turn is over."""
        inbox, recv, read_bytes = self._inbox, self._socket.recv, 0
        watch: Watch | None = None
        while True:
            while (data := inbox.take()) is not None:
                if not data:
                    return
                frames.append(_decode(data))
                read_bytes += len(data)
                if len(frames) > EXCHANGE_LIMIT_FRAMES or read_bytes > EXCHANGE_LIMIT_BYTES:
                    self._flooded(len(frames), read_bytes)
            try:
                chunk = recv(CHUNK)
            except TimeoutError:
                if watch is None:
                    watch = Watch(quiescence.innermost(self.pid))
                if self._is_stuck(watch, frames):
                    return
                continue
            if not chunk:
                raise self._died(frames)
            inbox.feed(chunk)

    def _is_stuck(self, watch: Watch, frames: list[FromWorker]) -> bool:
        """Looks at a worker that takes long: True if it waits for what the judge cannot give."""
        if self._interactive:
            return False
        used_s = watch.cpu_s()
        if used_s > self._budget.cpu_s or watch.wall_s() > self._budget.wall_s:
            self._hear_last_words(watch, frames)
            self.kill()
            raise WorkerSpun(used_s, frames)
        return watch.stands_still_s() >= _STANDSTILL_S

    def _hear_last_words(self, watch: Watch, frames: list[FromWorker]) -> None:
        """Gives a spinning worker a moment to send what it has printed."""
        until = time.monotonic() + _LAST_WORDS_S
        with contextlib.suppress(OSError, FrameTooLong, msgspec.DecodeError, UnicodeDecodeError):
            os.kill(watch.pid, signal.SIGXCPU)
            while time.monotonic() < until:
                with contextlib.suppress(TimeoutError):
                    chunk = self._socket.recv(CHUNK)
                    if not chunk:
                        return
                    self._inbox.feed(chunk)
                while data := self._inbox.take():
                    frames.append(_decode(data))

    def _flooded(self, frame_count: int, read_bytes: int) -> NoReturn:
        self.kill()
        raise ProtocolViolated(f"{frame_count} frames, {read_bytes} bytes, and no end of the worker's turn.")

    # ---- the end ------------------------------------------------------------------------------

    def _died(self, frames: list[FromWorker]) -> WorkerDied:
        if self._end is None:
            self._end = self._bury(None)
        return WorkerDied(self._end, frames)

    def _bury(self, order: bytes | None) -> str:
        """Waits until the zygote has reaped the process, and returns how it ended."""
        status = ""
        with contextlib.suppress(OSError):
            if order is not None:
                self._status_socket.send(order)
            self._status_socket.settimeout(_END_S)
            status = self._status_socket.recv(256).decode(errors="replace")
        if not status:
            self._kill_without_zygote()
        self._socket.close()
        self._status_socket.close()
        return status or "signal: killed"

    def _kill_without_zygote(self) -> None:
        """The zygote is gone, and with it who would kill and reap."""
        for kill in (os.killpg, os.kill) if self.pid else ():
            with contextlib.suppress(OSError):
                kill(self.pid, signal.SIGKILL)


class Zygote:
    """A process with the learner's runtime preloaded, from which workers are forked.

    It has boto3 and the frozen clock, and has never seen moto, a test or a solution. Judge
    processes forked from the one that started it may use it too, at the same time.
    """

    def __init__(
        self, process: "subprocess.Popen[bytes]", control: socket.socket, lifeline: int, budget: Budget
    ) -> None:
        self._process = process
        self._control = control
        self._lifeline = lifeline
        self._budget = budget
        self._owner = os.getpid()
        self._closed = False

    def spawn(self, *, isolated: bool = False) -> WorkerProcess:
        """Forks a worker; it waits for its Configure frame.

        Args:
            isolated: its Configure will ask for the sandbox layer "namespaces". A worker that
                is forked straight into them is ready sooner.

        Raises:
            ZygoteLost: the zygote is closed, or ended by itself.
        """
        if self._closed:
            raise ZygoteLost("The zygote has been closed.")
        frames, worker_frames = socket.socketpair()
        status, worker_status = socket.socketpair()
        worker = WorkerProcess(frames, status, self._budget)
        try:
            with worker_frames, worker_status:
                order = zygote.FORK_ISOLATED if isolated else zygote.FORK
                socket.send_fds(self._control, [order], [worker_frames.fileno(), worker_status.fileno()])
            worker.wait_until_started()
        except OSError as error:
            raise ZygoteLost(f"The zygote is gone: {error}.") from error
        return worker

    def close(self) -> None:
        """Ends the zygote and every worker it still has. May be called twice."""
        if self._closed:
            return
        self._closed = True
        if os.getpid() == self._owner:
            with contextlib.suppress(OSError):
                self._control.send(zygote.STOP)
        self._control.close()
        os.close(self._lifeline)
        if os.getpid() == self._owner:
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def start_zygote(method: str | None = None, budget: Budget | None = None) -> Zygote:
    """Starts the zygote in the background and returns at once; `spawn` waits until it is up.

    Args:
        method: "fork", or "spawn" for a fresh interpreter per worker; None takes "fork"
            where the system has it.
        budget: real time that one exchange may take.
    """
    method = method or ("fork" if hasattr(os, "fork") and sys.platform != "darwin" else "spawn")
    control, zygote_control = _message_socketpair()
    zygote_lifeline, lifeline = os.pipe()
    inherited = [zygote_control.fileno(), zygote_lifeline]
    in_main_thread = threading.current_thread() is threading.main_thread()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "harness.worker.zygote", method, *map(str, inherited)),
            "yes" if in_main_thread else "no",  # the signal comes when the *thread* ends
        ],
        pass_fds=inherited,
        start_new_session=True,  # Ctrl-C in the terminal is for the judge
        env=_environment(),
    )
    zygote_control.close()
    os.close(zygote_lifeline)
    return Zygote(process, control, lifeline, budget or Budget())


def _environment() -> dict[str, str]:
    """What the zygote needs of ours; workers inherit none of it."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    root = str(Path(__file__).resolve().parents[2])
    variables = {name: os.environ[name] for name in kept if name in os.environ}
    return {**variables, "PYTHONPATH": root, "PYTHONHASHSEED": "0"}


def _message_socketpair() -> tuple[socket.socket, socket.socket]:
    """A pair on which a message stays one message, whoever else is writing."""
    try:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
