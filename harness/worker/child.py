"""A worker: one execution environment, from its Configure frame to its end.

It stands for one Lambda environment: the module is imported once (the init phase), and each
Invoke calls the handler in the same process, so that module state survives between
invocations. An error in the init phase, sys.exit or any BaseException ends the process.
"""

import contextlib
import gc
import itertools
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
import types
from typing import Any, NoReturn

import msgspec

from harness.worker import imports, logs, orphans, preload, runtime
from harness.worker.connections import lifetime
from harness.worker.determinism import clock, seed_everything
from harness.worker.framing import CHUNK, TURN_OVER, FrameTooLong, Inbox, framed
from harness.worker.protocol import Configure, Failed, Initialized, Invoke, Returned, ToWorker
from harness.worker.turns import turns

FLUSH_ABOVE_BYTES = 64 * 1024
HARNESS_FAULT = "Harness."
"""Before the error type of a failure that happened before any learner code ran."""

_exit_process = os._exit
_decode = msgspec.json.Decoder(ToWorker).decode


class SocketLine:
    """Collects the frames of one turn, and sends them in one piece when it is over."""

    def __init__(self, connection: socket.socket) -> None:
        self.log = logs.LogBuffer(self._send_log)
        self._send = connection.sendall
        self._recv = connection.recv
        self._out = b""
        self._inbox = Inbox()

    def put(self, frame: Any) -> None:
        """Keeps a frame, after the log text that was written before it."""
        self._put_log(whole=True)
        self._out += framed(frame)

    def flush(self, turn_over: bool = False) -> None:
        """Sends what was put; `turn_over` tells the judge that nothing follows."""
        if turn_over:
            self._put_log(whole=True)
            self._out += TURN_OVER
        if self._out:
            out, self._out = self._out, b""
            self._send(out)

    def flush_log(self) -> None:
        """Sends everything, log text too, though the turn goes on."""
        self._put_log(whole=True)
        self.flush()

    def receive(self) -> Any:
        """The judge's next frame; without a judge there is no more to do."""
        while (data := self._inbox.take()) is None:
            chunk = self._recv(CHUNK)
            if not chunk:
                _exit_process(0)
            self._inbox.feed(chunk)
        return _decode(data)

    def _put_log(self, *, whole: bool) -> None:
        logged = self.log.take(whole=whole)
        if logged is not None:
            self._out += framed(logged)

    def _send_log(self) -> None:
        self._put_log(whole=False)
        if len(self._out) > FLUSH_ABOVE_BYTES:
            self.flush()


class _Severed:
    """The line of a process that a worker has forked: nobody listens."""

    def put(self, frame: Any) -> None:
        raise OSError("A process forked by a handler can make no calls in this sandbox, and no virtual time passes.")

    def flush(self, turn_over: bool = False) -> None:
        """There is nobody to send to."""

    def receive(self) -> Any:
        raise OSError("A process forked by a handler hears nothing in this sandbox.")


class Environment:
    """The execution environment which this process is."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._line = SocketLine(connection)
        self._request_id = ""

    def live(self) -> NoReturn:
        """Initializes, then serves invocations until the judge ends the process."""
        configure = self._line.receive()
        assert isinstance(configure, Configure)
        clock.start(configure.unix_us, configure.behind_us)
        turns.line = self._line
        turns.set_clock = clock.set
        try:
            self._become_lambda(configure)
        except Exception as error:  # whatever it is, it is ours and not the learner's
            self._give_up(error)
        handler = self._initialize(configure.handler)
        while True:
            self._serve(handler, turns.next_invocation())

    def _become_lambda(self, configure: Configure) -> None:
        os.environ.clear()
        os.environ.update(configure.variables)
        os.environ.setdefault("TZ", ":UTC")
        preload.forget_session_unless(configure.variables)
        time.tzset()
        os.chdir(configure.code_dir)
        tempfile.tempdir = configure.temporary_dir
        if configure.sandbox:
            _enter_sandbox(configure)
        _restrict_imports(configure.code_dir)
        seed_everything(configure.seed)
        self._line.log.replacements = runtime.lambda_paths(configure.code_dir)
        lifetime.idle_close_s = configure.idle_close_s
        logs.redirect_output(self._line.log, interactive=configure.interactive)
        logs.install_root_handler(lambda: self._request_id)
        os._exit = self._exit
        signal.signal(signal.SIGXCPU, lambda number, frame: self._exit(128 + number))
        os.register_at_fork(after_in_child=self._sever)

    def _initialize(self, name: str) -> runtime.Handler:
        try:
            handler = runtime.find_handler(name)
        except Exception as error:  # a handler may raise anything
            self._report("init", error)
            self._line.flush(turn_over=True)
            self._exit(1)
        except BaseException as error:
            self._end_with(error)
        self._line.put(Initialized())
        return handler

    def _serve(self, handler: runtime.Handler, invoke: Invoke) -> None:
        self._line.log.start_invocation()
        os.environ.update(invoke.variables)
        self._request_id = invoke.context.get("aws_request_id", "")
        try:
            payload = runtime.call_handler(handler, invoke, lambda: clock.unix_us)
        except Exception as error:  # a handler may raise anything
            self._report("invoke", error)
        except BaseException as error:
            self._end_with(error)
        else:
            self._line.put(Returned(payload=payload))

    def _give_up(self, error: Exception) -> NoReturn:
        """This process cannot become an environment: the judge is told why, and no learner code runs."""
        name = f"{HARNESS_FAULT}{type(error).__name__}"
        self._line.put(Failed(phase="init", error_type=name, error_message=str(error), fatal=True))
        self._line.flush(turn_over=True)
        _exit_process(70)

    def _report(self, phase: str, error: Exception) -> None:
        error_type, message, stack = runtime.describe(error)
        as_in_lambda = self._line.log.as_in_lambda
        message, stack = as_in_lambda(message), [as_in_lambda(line) for line in stack]
        if phase == "init":
            logs.warn_of_init_error()
        logs.write_error(error_type, message, stack)
        failed = Failed(phase=phase, error_type=error_type, error_message=message, stack=stack, fatal=phase == "init")
        try:
            self._line.put(failed)
        except FrameTooLong:
            self._line.put(msgspec.structs.replace(failed, error_message=message[:100_000], stack=[]))

    def _end_with(self, error: BaseException) -> NoReturn:
        """Ends the process as the interpreter would: sys.exit quietly, anything else with its traceback."""
        status = 1
        if isinstance(error, SystemExit):
            if error.code is None or isinstance(error.code, int):
                status = error.code or 0
            else:
                sys.stderr.write(f"{error.code}\n")
        else:
            traceback.print_exception(error)
        self._exit(status)

    def _exit(self, status: int) -> NoReturn:
        """What was said and written is sent, then the process is gone."""
        with contextlib.suppress(OSError):
            self._line.flush_log()
        _exit_process(status & 0xFF)

    def _sever(self) -> None:
        os._exit = _exit_process
        turns.line = _Severed()
        self._connection.close()


def _enter_sandbox(configure: Configure) -> None:
    """Locks this process up. Where the sandbox cannot be imported there is none to apply."""
    try:
        from harness.worker import sandbox
    except ImportError:
        return
    if "namespaces" in configure.sandbox:
        sandbox.enter_namespaces()
        tempfile.tempdir = "/tmp"  # a private one
    readable = list(dict.fromkeys([configure.code_dir, *configure.readable]))
    sandbox.apply(configure.sandbox, readable=readable, writable=[configure.temporary_dir], limits=sandbox.Limits())
    sandbox.self_test()


def _restrict_imports(code_dir: str) -> None:
    """The handler's folder comes first, and the harness is not to be found."""
    root = os.path.dirname(os.path.dirname(runtime.OURS))
    sys.path[:] = [code_dir, *(path for path in sys.path if path and os.path.abspath(path) not in (root, code_dir))]
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _finds_harness(finder)]
    imports.hide_what_lambda_lacks()
    sys.dont_write_bytecode = True
    sys.argv[:] = [""]
    for name in _harness_modules():
        del sys.modules[name]
    sys.modules["__main__"] = types.ModuleType("__main__")


_noted: list[str] = []
_modules_at_note = 0


def note_modules() -> None:
    """Before the fork: a worker that looked at every module would copy a page of memory for each."""
    global _modules_at_note
    _noted[:] = _harness_modules()
    _modules_at_note = len(sys.modules)


def _harness_modules() -> list[str]:
    newer = itertools.islice(reversed(sys.modules), len(sys.modules) - _modules_at_note)
    return _noted + [name for name in newer if name.partition(".")[0] == "harness"]


def _finds_harness(finder: Any) -> bool:
    """Whether this is the import hook of an editable installation."""
    return str(getattr(finder, "__module__", "")).startswith("__editable__")


def run(connection: socket.socket) -> NoReturn:
    """Is a worker on this socket until the process ends."""
    try:
        gc.freeze()
        Environment(connection).live()
    except ConnectionError:
        pass  # the judge is gone
    except BaseException:  # nobody is above to catch it
        traceback.print_exc(file=sys.__stderr__)
    finally:
        _exit_process(70)  # a fault of the harness


def main(descriptor: int) -> NoReturn:
    """Is a worker in a fresh interpreter, on the socket it has inherited."""
    connection = socket.socket(fileno=descriptor)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))
    os.setsid()
    orphans.die_with_parent()
    run(connection)
