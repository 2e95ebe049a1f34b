"""Learners are told which rule stopped them."""

import errno
import multiprocessing
import os
import pty
import socket
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from harness.tests.worker.sandboxed import Sandbox, any_sandbox  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import describe_denial, install_hints

PROCESSES = "Lambda functions here may not start processes."
SOCKETS = "Lambda functions here may not open sockets"


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(lambda: subprocess.run(["/bin/true"], check=False), id="subprocess"),
        pytest.param(lambda: os.system("true"), id="os.system"),
        pytest.param(lambda: os.popen("true"), id="os.popen"),
        pytest.param(lambda: os.execv("/bin/true", ["true"]), id="os.execv"),
        pytest.param(lambda: os.posix_spawn("/bin/true", ["true"], {}), id="os.posix_spawn"),
        pytest.param(lambda: os.spawnv(os.P_WAIT, "/bin/true", ["true"]), id="os.spawnv"),
        pytest.param(os.fork, id="os.fork"),
        pytest.param(pty.fork, id="pty.fork"),
        pytest.param(lambda: multiprocessing.get_context("fork").Process(target=print).start(), id="multiprocessing"),
    ],
)
def test_starting_a_process_says_that_it_is_not_allowed(sandbox: Sandbox, start: Callable[[], Any]) -> None:
    outcome = sandbox.run(start, layers=("seccomp",))

    assert (outcome.error, outcome.code) == ("PermissionError", "EPERM")
    assert PROCESSES in outcome.message


@pytest.mark.parametrize(
    "reach",
    [
        pytest.param(lambda: socket.create_connection(("127.0.0.1", 80)), id="by address"),
        pytest.param(lambda: socket.create_connection(("example.com", 443)), id="by name"),
    ],
)
def test_opening_a_connection_says_that_it_is_not_allowed(sandbox: Sandbox, reach: Callable[[], Any]) -> None:
    outcome = sandbox.run(reach, layers=("seccomp",))

    assert outcome.error == "PermissionError"
    assert SOCKETS in outcome.message


def test_hints_alone_work_without_any_layer(sandbox: Sandbox) -> None:
    def start() -> None:
        install_hints()
        os.system("true")

    assert PROCESSES in sandbox.run(start, layers=()).message


def test_a_bare_refusal_of_the_kernel_is_explained_by_where_it_happened(sandbox: Sandbox) -> None:
    def open_socket() -> str | None:
        try:
            socket.socket()
        except OSError as error:
            return describe_denial(error)
        return None

    assert SOCKETS in sandbox.run(open_socket, layers=("seccomp",)).value


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EPERM, PROCESSES), "may not start processes"),
        (PermissionError(errno.EACCES, "Permission denied", "/etc/passwd"), "write only below /tmp"),
        (OSError(errno.EROFS, "Read-only file system", "/var/task/x"), "write only below /tmp"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), "/tmp is full"),
        (OSError(errno.EMFILE, "Too many open files"), "limit is 128"),
    ],
)
def test_a_denial_is_described(error: OSError, words: str) -> None:
    assert words in (describe_denial(error) or "")


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "x", "/x"), PermissionError(errno.EPERM, "no")])
def test_an_error_without_a_known_rule_is_not_explained(error: OSError) -> None:
    assert describe_denial(error) is None
