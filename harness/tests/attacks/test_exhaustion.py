"""Attacks that use up the machine: processes, threads, memory, disk, descriptors, CPU."""

import ctypes
import mmap
import os
import sys
import threading
from collections.abc import Callable
from functools import partial

import pytest

from harness.tests.worker.sandboxed import Sandbox, any_sandbox, error_of, errors_of, raw  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import LAYERS, Limits
from harness.worker.sandbox.syscalls import NUMBERS

NO_USERNS = ("rlimits", "capabilities", "landlock", "seccomp")
PROFILES = pytest.mark.parametrize("layers", [LAYERS, NO_USERNS], ids=["full", "no-userns"])
MB = 1024**2


@PROFILES
def test_a_fork_bomb_does_not_start(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    sigchld, vm, vfork = 17, 0x100, 0x4000

    def fork() -> list[str]:
        clones = errors_of(lambda flags: raw("syscall", NUMBERS["clone"], flags, 0, 0, 0, 0), [sigchld, vm | vfork])
        return [
            error_of(lambda: raw("fork")),
            *clones,
            error_of(lambda: raw("syscall", NUMBERS["clone3"], bytes(88), 88)),
        ]

    assert sandbox.run(fork, layers=layers).value == ["EPERM", "EPERM", "EPERM", "ENOSYS"]


@PROFILES
def test_memory_is_bounded(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def hoard() -> int:
        kept = []
        while True:
            kept.append(bytearray(16 * MB))

    assert sandbox.run(hoard, layers=layers, limits=Limits(address_space_bytes=400 * MB)).error == "MemoryError"


@PROFILES
def test_shared_and_sparse_memory_count_too(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def hoard() -> list[str]:
        return [
            error_of(lambda: mmap.mmap(-1, 2048 * MB, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)),
            error_of(lambda: os.memfd_create("dodge")),
            error_of(lambda: raw("shmget", 0, MB, 0o1600)),
            error_of(lambda: os.open("/dev/shm/x", os.O_CREAT | os.O_WRONLY)),
        ]

    outcome = sandbox.run(hoard, layers=layers)

    assert outcome.value[:3] == ["ENOMEM", "EPERM", "EPERM"]
    assert outcome.value[3] in {"EACCES", "ENOENT"}


def test_tmp_is_full_at_its_limit_however_many_files_hold_it(sandbox: Sandbox) -> None:
    def fill() -> None:
        for number in range(100):
            with open(f"/tmp/{number}", "wb") as file:
                file.write(bytes(MB))

    assert sandbox.run(fill, limits=Limits(file_bytes=8 * MB)).code == "ENOSPC"


def test_the_number_of_files_in_tmp_is_bounded(sandbox: Sandbox) -> None:
    def litter() -> int:
        for number in range(1000):
            os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
        return 0

    assert sandbox.run(litter, limits=Limits(files=100)).code == "ENOSPC"


def test_a_very_deep_folder_ends_with_the_process(sandbox: Sandbox) -> None:
    def dig() -> int:
        os.chdir("/tmp")
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
        return 3000

    assert sandbox.run(dig).value == 3000
    assert os.listdir(sandbox.scratch) == []


@PROFILES
def test_one_file_is_bounded(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def write() -> None:
        with open(sandbox.scratch + "/big", "wb") as file:
            file.truncate(600 * MB)

    assert sandbox.run(write, layers=layers).code == "EFBIG"


@PROFILES
def test_descriptors_are_bounded(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    assert sandbox.run(lambda: [os.pipe() for _ in range(100)], layers=layers).code == "EMFILE"


@PROFILES
def test_threads_are_bounded(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def flood() -> int:
        gate, started = threading.Event(), 0
        try:
            for _ in range(5000):
                threading.Thread(target=gate.wait, daemon=True).start()
                started += 1
        except RuntimeError:
            pass
        gate.set()
        return started

    started = sandbox.run(flood, layers=layers).value

    assert 40 <= started <= 200


def test_small_stacks_do_not_buy_more_threads(sandbox: Sandbox) -> None:
    if os.geteuid() == 0 and sandbox.run(os.geteuid).value == 0:
        pytest.skip("The worker stays root here, and the limit on processes does not bind root.")

    def flood() -> int:
        gate, started = threading.Event(), 0
        threading.stack_size(64 * 1024)
        try:
            for _ in range(5000):
                threading.Thread(target=gate.wait, daemon=True).start()
                started += 1
        except RuntimeError:
            pass
        gate.set()
        return started

    started = sandbox.run(flood, limits=Limits(processes=30)).value

    assert started in (28, 29)  # the main thread counts, and for an ordinary user the process that waits outside


def test_a_spinning_handler_is_ended_by_the_kernel_even_if_nobody_watches(sandbox: Sandbox) -> None:
    def spin() -> None:
        while True:
            pass

    assert sandbox.run(spin, limits=Limits(cpu_s=1)).ending == "signal SIGKILL"


def test_a_stack_overflow_ends_the_worker_only(sandbox: Sandbox) -> None:
    def dive() -> None:
        os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
        sys.setrecursionlimit(10**9)
        functions: list[Callable[[], int]] = []
        functions.append(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: functions[0]()))
        functions[0]()

    assert sandbox.run(dive).ending == "signal SIGSEGV"


@PROFILES
def test_limits_cannot_be_raised_again(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    import resource

    def raise_limits() -> list[str]:
        kinds = (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
        return [type(_failure(partial(resource.setrlimit, kind, (2**40, 2**40)))).__name__ for kind in kinds]

    assert sandbox.run(raise_limits, layers=layers).value == ["ValueError"] * 4


@PROFILES
def test_the_judges_limits_cannot_be_lowered(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    import resource

    judge = os.getpid()

    outcome = sandbox.run(lambda: resource.prlimit(judge, resource.RLIMIT_CPU, (1, 1)), layers=layers)

    assert outcome.error == "PermissionError"


@PROFILES
def test_a_crash_leaves_no_core_dump(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def crash() -> None:
        os.chdir(sandbox.scratch)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
        raw("strlen", 0)

    child, _ = sandbox.start(crash, layers=layers)
    _, status = os.waitpid(child, 0)

    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert [name for name in os.listdir(sandbox.scratch) if name.startswith("core")] == []


def _failure(action: Callable[[], object]) -> Exception | None:
    try:
        action()
    except (OSError, ValueError) as error:
        return error
    return None
