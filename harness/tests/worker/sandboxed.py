"""Runs a function in a bare sandboxed process, and tells how it went.

The function is forked, not started, so it may be a closure. What it returns must be JSON.
Every test runs twice where the tests run as root: once as root, as in a container, and once
as an unprivileged user, as on a learner's machine. Some modules are imported here only to be
loaded before the sandbox: an unprivileged user may not reach a Python that lies below /root.
"""

import asyncio  # noqa: F401
import ctypes
import encodings.cp437
import encodings.idna  # noqa: F401
import errno
import json
import multiprocessing.popen_fork  # noqa: F401
import os
import resource  # noqa: F401
import select
import shutil
import signal
import socket  # noqa: F401
import subprocess  # noqa: F401
import tempfile
import threading  # noqa: F401
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from harness.worker.sandbox import LAYERS, Layer, Limits, apply, available, enter_namespaces, prepare, self_test

NOBODY = 65534
DEADLINE_S = 30

prepare()


@dataclass(frozen=True)
class Outcome:
    """How a sandboxed function ended.

    Attributes:
        value: what it returned.
        error: name of the exception's class, or "".
        code: the exception's errno by name, "EPERM".
        message: the exception's text.
        ending: "exit status 0" or "signal SIGKILL".
    """

    value: Any = None
    error: str = ""
    code: str = ""
    message: str = ""
    ending: str = ""


@dataclass(frozen=True)
class Sandbox:
    """Where one test's sandboxed processes run.

    Attributes:
        user: the user who starts them; None for the one who runs the tests.
        submission: a folder that is readable, with a file app.py.
        scratch: the private /tmp.
    """

    user: int | None
    submission: str
    scratch: str

    def requires(self, *layers: str) -> None:
        """Skips the test where one of these layers does not work."""
        for layer in layers:
            row = layers_of(self.user)[layer]
            if not row.works:
                pytest.skip(f"This machine lacks the layer {layer}: {row.why}")

    def run(
        self, attack: Callable[[], Any], *, layers: Sequence[str] = LAYERS, limits: Limits | None = None
    ) -> Outcome:
        """Applies the layers in a child, calls the function there, and waits for the child's end."""
        self.requires(*layers)
        child, answers = self.start(attack, layers=layers, limits=limits)
        report = _read_until_end(child, answers)
        _, status = os.waitpid(child, 0)
        return Outcome(**json.loads(report or "{}"), ending=ending_of(status))

    def start(
        self, attack: Callable[[], Any], *, layers: Sequence[str], limits: Limits | None = None
    ) -> tuple[int, int]:
        """The same without waiting. Returns the child's pid, and where its report can be read."""
        answers, ask = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(answers)
            try:
                _become(self.user)
                if "namespaces" in layers:
                    enter_namespaces()
                apply(
                    layers,
                    readable=[self.submission],
                    writable=[self.scratch],
                    limits=_as_for_a_worker(limits or Limits()),
                )
                self_test()
                _report(ask, attack)
            except BaseException:
                traceback.print_exc()
            os._exit(99)
        os.close(ask)
        return child, answers


@pytest.fixture(name="sandbox", params=["own user", "unprivileged user"])
def any_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox with a submission and a private /tmp, for each kind of user."""
    user = None if request.param == "own user" else NOBODY
    if user is not None and os.geteuid() != 0:
        pytest.skip("The tests run as an unprivileged user: the other case is this one.")
    folder = tempfile.mkdtemp(prefix="kata-sandbox-")
    os.chmod(folder, 0o755)
    places = [os.path.join(folder, name) for name in ("submission", "scratch")]
    for place in places:
        os.mkdir(place, 0o755)
    with open(os.path.join(places[0], "app.py"), "w") as file:
        file.write("ANSWER = 42\n")
    if user is not None:
        shutil.chown(places[1], user, user)
    yield Sandbox(user, *places)
    shutil.rmtree(folder)


@cache
def layers_of(user: int | None) -> dict[str, Layer]:
    """What works for this user."""
    if user is None:
        return available()
    answers, ask = os.pipe()
    child = os.fork()
    if child == 0:
        _become(user)
        available.cache_clear()
        os.write(ask, json.dumps([asdict(row) for row in available().values()]).encode())
        os._exit(0)
    os.close(ask)
    with os.fdopen(answers) as stream:
        rows = [Layer(**row) for row in json.load(stream)]
    os.waitpid(child, 0)
    return {row.name: row for row in rows}


def raw(name: str, *arguments: Any) -> int:
    """Calls a C library function by ctypes: below everything that Python checks.

    Raises:
        OSError: it returned -1.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def error_of(action: Callable[[], Any]) -> str:
    """The errno, by name, with which an action fails; "succeeded" if it does not."""
    try:
        action()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return "succeeded"


def errors_of(action: Callable[[Any], Any], things: Sequence[Any]) -> list[str]:
    """The same for one action on several things."""
    return [error_of(partial(action, thing)) for thing in things]


def look(path: str) -> None:
    """Opens a file for reading."""
    with open(path, "rb"):
        pass


def touch(path: str) -> None:
    """Opens a file for writing, and makes it if it is not there."""
    with open(path, "ab"):
        pass


def ending_of(status: int) -> str:
    """A wait status in words."""
    if os.WIFSIGNALED(status):
        return f"signal {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit status {os.waitstatus_to_exitcode(status)}"


def _become(user: int | None) -> None:
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _report(ask: int, attack: Callable[[], Any]) -> None:
    try:
        found = Outcome(value=attack())
    except Exception as error:
        code = errno.errorcode.get(error.errno or 0, "") if isinstance(error, OSError) else ""
        found = Outcome(error=type(error).__name__, code=code, message=str(error))
    report = asdict(found)
    del report["ending"]
    os.write(ask, json.dumps(report).encode())
    os._exit(0)


def _as_for_a_worker(limits: Limits) -> Limits:
    """A worker is forked from a small process, and this one holds whatever the tests before have imported."""
    if limits.address_space_bytes != Limits().address_space_bytes:
        return limits
    mapped_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return replace(limits, address_space_bytes=limits.address_space_bytes + mapped_bytes)


def _read_until_end(child: int, answers: int) -> bytes:
    report = b""
    while True:
        ready, _, _ = select.select([answers], [], [], DEADLINE_S)
        if not ready:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            pytest.fail(f"The sandboxed process did not end within {DEADLINE_S} s.")
        piece = os.read(answers, 65536)
        if not piece:
            os.close(answers)
            return report
        report += piece
