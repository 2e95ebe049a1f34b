"""Attacks that leave the sandbox: processes, sockets, signals, mounts, odd corners of the kernel."""

import ctypes
import fcntl
import mmap
import os
import platform
import signal
import socket
import struct
from itertools import product

import pytest

from harness.tests.worker.sandboxed import Sandbox, any_sandbox, ending_of, error_of, errors_of, raw  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import LAYERS
from harness.worker.sandbox.syscalls import NUMBERS

NO_USERNS = ("rlimits", "capabilities", "landlock", "seccomp")
PROFILES = pytest.mark.parametrize("layers", [LAYERS, NO_USERNS], ids=["full", "no-userns"])
LITTLE_USED = [
    "io_uring_setup",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "memfd_secret",
    "personality",
    "mq_open",
    "semget",
    "msgget",
    "shmget",
    "init_module",
    "kexec_load",
    "quotactl",
    "syslog",
    "clock_settime",
    "sethostname",
    "process_madvise",
    "fanotify_init",
]
X86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="Only x86-64 has a second set of system calls.")


@PROFILES
def test_no_program_can_be_started_below_python(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def start() -> list[str]:
        arguments = (ctypes.c_char_p * 2)(b"/bin/true", None)
        return [
            error_of(lambda: raw("execv", b"/bin/true", arguments)),
            error_of(lambda: raw("syscall", NUMBERS["execveat"], -100, b"/bin/true", arguments, None, 0)),
            error_of(lambda: raw("vfork")),
        ]

    assert sandbox.run(start, layers=layers).value == ["EPERM", "EPERM", "EPERM"]


@X86_64
@PROFILES
def test_an_x32_system_call_ends_the_process(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    outcome = sandbox.run(lambda: raw("syscall", 0x40000000 + 57), layers=layers)

    assert outcome.ending == ("signal SIGKILL" if "namespaces" in layers else "signal SIGSYS")


@X86_64
@PROFILES
def test_a_32_bit_system_call_ends_the_process(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    fork_by_int_80 = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"  # mov eax, 2; int 0x80; ret

    def call() -> int:
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(fork_by_int_80)
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())

    outcome = sandbox.run(call, layers=layers)

    assert outcome.ending in {
        "signal SIGKILL",
        "signal SIGSYS",
        "signal SIGSEGV",
    }  # SEGV: a kernel without 32-bit calls


@PROFILES
def test_no_socket_of_any_family_can_be_opened(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    families = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK)
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW)

    outcome = sandbox.run(
        lambda: sorted(set(errors_of(lambda pair: raw("socket", *pair, 0), list(product(families, kinds))))),
        layers=layers,
    )

    assert outcome.value == ["EPERM"]


@PROFILES
def test_the_workers_own_socket_cannot_be_turned_elsewhere(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    address = struct.pack("H", socket.AF_UNIX) + b"/run/engine.sock\0"

    def turn() -> list[str]:
        own, _ = socket.socketpair()
        return [
            error_of(lambda: raw("connect", own.fileno(), address, len(address))),
            error_of(lambda: raw("bind", own.fileno(), address, len(address))),
            error_of(lambda: raw("listen", own.fileno(), 1)),
            error_of(lambda: raw("sendto", own.fileno(), b"x", 1, 0, address, len(address))),
        ]

    assert sandbox.run(turn, layers=layers).value == ["EPERM"] * 4


def test_a_named_socket_of_a_container_engine_gets_no_datagram(sandbox: Sandbox) -> None:
    path = os.path.join(sandbox.submission, "engine.sock")
    engine = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    engine.bind(path)
    os.chmod(path, 0o777)
    engine.setblocking(False)

    outcome = sandbox.run(lambda: socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b"x", path), layers=NO_USERNS)

    assert outcome.code == "EPERM"
    assert error_of(lambda: engine.recv(1)) == "EAGAIN"


def test_a_socket_opened_before_the_sandbox_reaches_neither_named_nor_abstract_ones(sandbox: Sandbox) -> None:
    engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path = os.path.join(sandbox.submission, "engine.sock")
    engine.bind(path)
    os.chmod(path, 0o777)
    engine.listen()
    abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    abstract.bind("\0kata-sandbox-test")
    abstract.listen()
    early = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(2)]
    names = [path.encode() + b"\0", b"\0kata-sandbox-test"]
    pairs = list(zip(early, [struct.pack("H", socket.AF_UNIX) + name for name in names], strict=True))

    outcome = sandbox.run(
        lambda: errors_of(lambda pair: raw("connect", pair[0].fileno(), pair[1], len(pair[1])), pairs),
        layers=NO_USERNS,
    )

    assert outcome.value == ["EPERM", "EPERM"]


@PROFILES
def test_signals_reach_nobody_else(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    judge = os.getpid()

    def shoot() -> list[str]:
        return [
            error_of(lambda: os.kill(judge, 0)),
            error_of(lambda: os.kill(-1, signal.SIGKILL)),
            error_of(lambda: os.kill(0, signal.SIGKILL)),
            error_of(lambda: os.killpg(os.getpgid(0) or 1, signal.SIGKILL)),
            error_of(lambda: raw("syscall", NUMBERS["tgkill"], judge, judge, 9)),
            error_of(lambda: raw("syscall", NUMBERS["tkill"], judge, 9)),
            error_of(lambda: raw("syscall", NUMBERS["rt_sigqueueinfo"], judge, 9, bytes(128))),
            error_of(lambda: raw("syscall", NUMBERS["pidfd_send_signal"], 0, 9, None, 0)),
        ]

    assert sandbox.run(shoot, layers=layers).value == ["EPERM"] * 8


@PROFILES
def test_a_signal_to_itself_is_allowed(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def ring() -> list[int]:
        rung: list[int] = []
        signal.signal(signal.SIGUSR1, lambda number, frame: rung.append(number))
        signal.raise_signal(signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR1)
        return rung

    assert sandbox.run(ring, layers=layers).value == [signal.SIGUSR1, signal.SIGUSR1]


@PROFILES
def test_a_worker_that_kills_itself_was_killed(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    assert sandbox.run(lambda: os.kill(os.getpid(), signal.SIGKILL), layers=layers).ending == "signal SIGKILL"
    assert sandbox.run(lambda: signal.raise_signal(signal.SIGKILL), layers=layers).ending == "signal SIGKILL"


@PROFILES
def test_nothing_can_be_mounted_and_no_namespace_made_or_joined(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    new_user, new_mount = 0x10000000, 0x20000

    def leave() -> list[str]:
        return [
            error_of(lambda: raw("mount", b"none", b"/", b"tmpfs", 0, None)),
            error_of(lambda: raw("umount2", b"/tmp", 2)),
            error_of(lambda: raw("unshare", new_user)),
            error_of(lambda: raw("unshare", new_mount)),
            error_of(lambda: raw("setns", 0, 0)),
            error_of(lambda: raw("chroot", b"/")),
            error_of(lambda: raw("pivot_root", b"/", b"/")),
            error_of(lambda: raw("syscall", NUMBERS["fsopen"], b"tmpfs", 0)),
            error_of(lambda: raw("syscall", NUMBERS["open_tree"], -100, b"/", 1)),
        ]

    assert sandbox.run(leave, layers=layers).value == ["EPERM"] * 9


@pytest.mark.parametrize("name", LITTLE_USED)
@PROFILES
def test_little_used_parts_of_the_kernel_are_closed(sandbox: Sandbox, layers: tuple[str, ...], name: str) -> None:
    assert sandbox.run(lambda: raw("syscall", NUMBERS[name], 0, 0, 0, 0, 0), layers=layers).code == "EPERM"


@PROFILES
def test_root_does_not_come_back(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def become_root() -> list[object]:
        codes = {error_of(lambda: os.setgroups([0])), error_of(lambda: os.chown(sandbox.submission, 0, 0))}
        return [sorted(codes - {"succeeded", "EPERM", "EROFS"}), os.stat(sandbox.submission).st_uid]

    before = os.stat(sandbox.submission)

    outcome = sandbox.run(become_root, layers=layers)

    assert outcome.value[0] == []
    assert os.stat(sandbox.submission).st_uid == before.st_uid


@PROFILES
def test_the_files_of_the_judge_keep_their_attributes(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    victim = os.path.join(sandbox.submission, "app.py")
    before = os.stat(victim)

    def spoil() -> None:
        for attempt in (
            lambda: raw("chmod", victim.encode(), 0),
            lambda: os.utime(victim, (0, 0)),
            lambda: raw("truncate", victim.encode(), 0),
            lambda: os.setxattr(victim, "user.mark", b"1"),
            lambda: os.unlink(victim),
        ):
            error_of(attempt)

    sandbox.run(spoil, layers=layers)
    after = os.stat(victim)

    assert (after.st_mode, after.st_size, after.st_mtime_ns) == (before.st_mode, before.st_size, before.st_mtime_ns)


def test_nothing_can_be_typed_into_the_instructors_terminal(sandbox: Sandbox) -> None:
    outside, terminal = os.openpty()
    tiocsti = 0x5412

    outcome = sandbox.run(lambda: fcntl.ioctl(terminal, tiocsti, b"x"), layers=("seccomp",))

    assert outcome.code == "EPERM"
    os.close(outside)
    os.close(terminal)


def test_a_worker_that_refuses_to_die_with_its_parent_dies_with_its_namespace(sandbox: Sandbox) -> None:
    sandbox.requires("namespaces")
    ready, say = os.pipe()

    def cling() -> None:
        for number in set(range(1, 65)) - {9, 19, 32, 33}:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        os.write(say, b"+")
        while True:
            signal.pause()

    child, answers = sandbox.start(cling, layers=LAYERS)
    os.close(say)
    os.read(ready, 1)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)

    assert ending_of(status) == "signal SIGKILL"
    assert os.read(ready, 1) == b""  # the last holder of the other end is gone
    os.close(ready)
    os.close(answers)


def test_a_stopped_worker_is_killed_all_the_same(sandbox: Sandbox) -> None:
    sandbox.requires("seccomp")
    ready, say = os.pipe()

    def stop() -> None:
        os.write(say, b"+")
        os.kill(os.getpid(), signal.SIGSTOP)

    child, answers = sandbox.start(stop, layers=NO_USERNS)
    os.close(say)
    os.read(ready, 1)
    os.kill(child, signal.SIGKILL)

    assert ending_of(os.waitpid(child, 0)[1]) == "signal SIGKILL"
    os.close(ready)
    os.close(answers)
