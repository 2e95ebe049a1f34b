"""Attacks that read what is not theirs: tests, solutions, the judge's memory, its open files."""

import ctypes
import os
import socket
import struct

import pytest

from harness.tests.worker.sandboxed import Sandbox, any_sandbox, error_of, errors_of, look, raw, touch  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import LAYERS, Limits, apply, close_inherited, enter_namespaces
from harness.worker.sandbox.grants import this_python
from harness.worker.sandbox.syscalls import NUMBERS

NO_USERNS = ("rlimits", "capabilities", "landlock", "seccomp")
PROFILES = pytest.mark.parametrize("layers", [LAYERS, NO_USERNS], ids=["full", "no-userns"])
DENIED = {"EACCES", "EPERM", "ENOENT", "EROFS"}
PROJECT = os.path.dirname(this_python().harness)


@PROFILES
def test_walking_the_whole_machine_finds_no_test_and_no_solution(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def walk() -> list[str]:
        seen = [os.path.join(folder, name) for folder, _, names in os.walk(PROJECT) for name in names]
        own = [path for path in seen if "/.venv/" not in path]
        return [path for path, code in zip(own, errors_of(look, own), strict=True) if code == "succeeded"]

    found = sandbox.run(walk, layers=layers).value
    visible = tuple(os.path.join(PROJECT, "harness", name) for name in ("__init__.py", "worker/", "simulation/"))

    assert [path for path in found if not path.startswith(visible)] == []


@PROFILES
def test_the_root_folder_shows_nothing_of_other_users(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    places = ("/home", "/root/.ssh", "/root/.cache", "/var/log", "/tmp/..", "/var/crash")

    outcome = sandbox.run(lambda: errors_of(os.listdir, places), layers=layers)

    assert outcome.error == ""
    allowed = {"succeeded"} if "namespaces" in layers else set()  # "/" itself is the worker's own
    assert set(outcome.value) <= DENIED | allowed
    assert sandbox.run(lambda: error_of(lambda: look("/etc/passwd")), layers=layers).value in DENIED


@PROFILES
def test_the_judges_process_files_cannot_be_read(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    files = [f"/proc/{os.getpid()}/{name}" for name in ("environ", "maps", "mem", "cmdline", "fd/0", "root/etc/passwd")]

    outcome = sandbox.run(lambda: errors_of(look, files), layers=layers)

    assert set(outcome.value) <= {"EACCES", "ENOENT"}


@PROFILES
def test_the_judge_cannot_be_traced(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    judge = os.getpid()
    seize, attach = 0x4206, 16

    outcome = sandbox.run(
        lambda: errors_of(lambda how: raw("ptrace", how, judge, None, None), [seize, attach]),
        layers=layers,
    )

    assert outcome.value == ["EPERM", "EPERM"]


@PROFILES
def test_the_judges_memory_cannot_be_copied(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    judge, secret = os.getpid(), ctypes.create_string_buffer(b"seed of the hidden scenario")
    there = struct.pack("PN", ctypes.addressof(secret), len(secret))

    def copy() -> int:
        buffer = ctypes.create_string_buffer(64)
        here = struct.pack("PN", ctypes.addressof(buffer), len(secret))
        return raw("process_vm_readv", judge, here, 1, there, 1, 0)

    assert sandbox.run(copy, layers=layers).code == "EPERM"


@PROFILES
def test_the_judges_open_files_cannot_be_taken(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    judge = os.getpid()

    def take() -> list[str]:
        opened = error_of(lambda: raw("syscall", NUMBERS["pidfd_open"], judge, 0))
        taken = error_of(lambda: raw("syscall", NUMBERS["pidfd_getfd"], 3, 0, 0))
        return [opened, taken, error_of(lambda: raw("syscall", NUMBERS["kcmp"], judge, judge, 0, 0, 0))]

    assert sandbox.run(take, layers=layers).value == ["EPERM", "EPERM", "EPERM"]


def test_inherited_files_are_closed_but_for_the_workers_socket(sandbox: Sandbox) -> None:
    sandbox.requires(*LAYERS)
    secret, judge_end = os.open(__file__, os.O_RDONLY), socket.socketpair()
    keep = judge_end[1].fileno()
    child = os.fork()
    if child == 0:
        enter_namespaces()
        close_inherited([keep])
        apply(LAYERS, readable=[], writable=[], limits=Limits())
        descriptors = [number for number, code in enumerate(errors_of(os.fstat, range(128))) if code == "succeeded"]
        judge_end[1].sendall(repr([number for number in descriptors if number > 2]).encode())
        os._exit(0)
    judge_end[1].close()
    left_open = judge_end[0].recv(1000).decode()
    os.waitpid(child, 0)

    assert left_open == repr([keep])
    os.close(secret)


@PROFILES
def test_a_link_made_at_run_time_leads_nowhere(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    target = os.path.join(PROJECT, "harness", "tests", "worker", "sandboxed.py")

    def follow() -> None:
        os.symlink(target, sandbox.scratch + "/link")
        look(sandbox.scratch + "/link")

    assert os.path.exists(target)
    assert sandbox.run(follow, layers=layers).code in {"EACCES", "ENOENT"}


@PROFILES
def test_a_hard_link_to_a_secret_cannot_be_made(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    outcome = sandbox.run(lambda: os.link("/etc/passwd", sandbox.scratch + "/passwd"), layers=layers)

    assert outcome.code in {"EACCES", "ENOENT", "EXDEV", "EPERM"}


@PROFILES
def test_a_file_handle_does_not_open_a_file_behind_the_path(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    handle = struct.pack("Ii", 128, 0) + bytes(128)

    outcome = sandbox.run(
        lambda: [error_of(lambda: raw("name_to_handle_at", -100, b"/", handle, bytes(8), 0)),
                 error_of(lambda: raw("open_by_handle_at", -100, handle, 0))],
        layers=layers,
    )  # fmt: skip

    assert outcome.value == ["EPERM", "EPERM"]


@PROFILES
def test_the_submission_and_the_runtime_cannot_be_poisoned(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    places = [sandbox.submission, os.path.dirname(os.__file__), os.path.join(PROJECT, "harness/worker")]

    outcome = sandbox.run(
        lambda: errors_of(touch, [place + "/sitecustomize.py" for place in places]),
        layers=layers,
    )

    assert set(outcome.value) <= {"EACCES", "EROFS", "ENOENT"}  # ENOENT: its Python is hidden from this user
