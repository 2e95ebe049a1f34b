"""Each layer alone: what it denies."""

import asyncio
import ctypes
import os
import resource
import select
import signal
import socket
import threading
from pathlib import Path

import pytest

from harness.tests.worker.sandboxed import Sandbox, any_sandbox, ending_of, error_of, errors_of, look, raw, touch  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import LAYERS, Limits, SandboxLeaks, SandboxUnavailable, apply, confinement, self_test
from harness.worker.sandbox.privileges import UNPRIVILEGED_ID, has_capabilities

NO_USERNS = ("rlimits", "capabilities", "landlock", "seccomp")
DENIED = {"EPERM", "EACCES"}


# ---- namespaces ---------------------------------------------------------------------------------


def test_the_worker_is_alone_in_its_pid_namespace(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: [os.getpid(), os.getppid(), error_of(lambda: os.kill(-1, 0))], layers=("namespaces",))

    assert outcome.value == [1, 0, "ESRCH"]


def test_the_worker_learns_the_pid_by_which_the_judge_sees_it(sandbox: Sandbox) -> None:
    sandbox.requires("namespaces")
    judge, worker = os.pipe()

    def show() -> None:
        inside = confinement._here.inside
        assert inside is not None
        os.write(worker, f"{inside.outer_pid}\n".encode())
        signal.pause()

    child, _ = sandbox.start(show, layers=("namespaces",))
    outer_pid = int(os.read(judge, 32))
    with open(f"/proc/{outer_pid}/status") as status:
        numbers = [line.split()[1:] for line in status if line.startswith(("PPid", "NSpid"))]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert numbers == [[str(child)], [str(outer_pid), "1"]]


def test_the_process_outside_ends_with_the_exit_status_of_the_worker(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: os._exit(7), layers=("namespaces",))

    assert outcome.ending == "exit status 7"


def test_the_process_outside_ends_by_the_signal_that_ended_the_worker(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: ctypes.string_at(0), layers=("namespaces",))

    assert outcome.ending == "signal SIGSEGV"


def test_killing_the_process_outside_kills_all_that_the_worker_started(sandbox: Sandbox) -> None:
    sandbox.requires("namespaces")
    alive, token = os.pipe()

    def start_stragglers() -> None:
        for _ in range(5):
            if raw("fork") == 0:
                os.setsid()
                os.write(token, b"+")
                signal.pause()
        signal.pause()

    child, answers = sandbox.start(start_stragglers, layers=("namespaces",))
    os.close(token)
    started = sum(len(os.read(alive, 1)) for _ in range(5))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ready, _, _ = select.select([alive], [], [], 10)

    assert (started, ending_of(status)) == (5, "signal SIGKILL")
    assert ready
    assert os.read(alive, 1) == b""  # nobody holds the other end any more
    os.close(alive)
    os.close(answers)


def test_the_names_of_files_outside_cannot_be_seen(sandbox: Sandbox) -> None:
    places = ("/etc/passwd", "/proc/self", "/home")

    outcome = sandbox.run(lambda: errors_of(os.stat, places), layers=("namespaces",))

    assert outcome.value == ["ENOENT", "ENOENT", "ENOENT"]


def test_nothing_but_tmp_can_be_written(sandbox: Sandbox) -> None:
    def write() -> list[str]:
        places = (
            sandbox.submission + "/x",
            "/x",
            os.path.dirname(os.__file__) + "/x",
            "/tmp/x",
            sandbox.scratch + "/y",
        )
        return errors_of(touch, places)

    outcome = sandbox.run(write, layers=("namespaces",))

    assert outcome.value[3:] == ["succeeded", "succeeded"]
    assert set(outcome.value[:3]) <= {"EROFS", "EACCES", "ENOENT"}


def test_tmp_is_one_folder_under_both_its_names_and_leaves_nothing_behind(sandbox: Sandbox) -> None:
    def write() -> list[str]:
        with open("/tmp/report.txt", "w") as file:
            file.write("kept while warm")
        return [name for name in os.listdir(sandbox.scratch) if name == "report.txt"]

    outcome = sandbox.run(write, layers=("namespaces",))

    assert outcome.value == ["report.txt"]
    assert os.listdir(sandbox.scratch) == []


def test_no_network_is_reachable_not_even_loopback(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def connect() -> int:
            attempt = socket.socket()
            address = b"\x02\x00" + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
            return raw("connect", attempt.fileno(), address, 16)

        outcome = sandbox.run(connect, layers=("namespaces",))

    assert outcome.code == "ENETUNREACH"


def test_where_the_judge_is_root_the_worker_is_not(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: [os.getuid(), os.geteuid()])

    stays = os.geteuid() or UNPRIVILEGED_ID
    expected = sandbox.user or stays
    assert outcome.value[:2] == [expected, expected]


def test_namespaces_cannot_be_applied_before_they_are_entered() -> None:
    with pytest.raises(SandboxUnavailable, match="enter_namespaces was not called"):
        confinement._settle((), (), (), Limits())


# ---- rlimits ------------------------------------------------------------------------------------


def test_memory_past_the_limit_raises_memory_error(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: len(bytearray(2 * 1024**3)), layers=("rlimits",))

    assert outcome.error == "MemoryError"


def test_cpu_time_past_the_limit_ends_the_process(sandbox: Sandbox) -> None:
    def spin() -> None:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
        while True:
            pass

    outcome = sandbox.run(spin, layers=("rlimits",), limits=Limits(cpu_s=1))

    assert outcome.ending == "signal SIGKILL"


def test_open_files_are_limited(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(200)], layers=("rlimits",))

    assert outcome.code == "EMFILE"


def test_the_size_of_a_file_is_limited(sandbox: Sandbox) -> None:
    def write() -> None:
        with open(sandbox.scratch + "/big", "wb") as file:
            file.truncate(2 * 1024**2)

    outcome = sandbox.run(write, layers=("rlimits",), limits=Limits(file_bytes=1024**2))

    assert outcome.code == "EFBIG"


def test_a_limit_that_was_stricter_before_stays(sandbox: Sandbox) -> None:
    def read() -> tuple[int, int]:
        apply(("rlimits",), readable=(), writable=(), limits=Limits(open_files=100))
        return resource.getrlimit(resource.RLIMIT_NOFILE)

    outcome = sandbox.run(read, layers=("rlimits",), limits=Limits(open_files=50))

    assert outcome.value == [50, 50]


def test_no_core_dump_is_left(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: resource.getrlimit(resource.RLIMIT_CORE), layers=("rlimits",))

    assert outcome.value == [0, 0]


# ---- capabilities -------------------------------------------------------------------------------


def test_no_capability_is_left(sandbox: Sandbox) -> None:
    outcome = sandbox.run(has_capabilities, layers=("capabilities",))

    assert outcome.value is False


def test_a_worker_in_namespaces_that_gave_up_its_capabilities_cannot_mount(sandbox: Sandbox) -> None:
    def mount() -> str:
        return error_of(lambda: raw("mount", b"none", b"/tmp", b"tmpfs", 0, None))

    assert sandbox.run(mount, layers=("namespaces", "capabilities")).value == "EPERM"


# ---- landlock -----------------------------------------------------------------------------------


def test_landlock_alone_denies_files_outside(sandbox: Sandbox) -> None:
    outcome = sandbox.run(
        lambda: [error_of(lambda: look("/etc/passwd")), error_of(lambda: os.listdir("/home")),
                 error_of(lambda: look(sandbox.submission + "/app.py"))],
        layers=("landlock",),
    )  # fmt: skip

    assert outcome.value == ["EACCES", "EACCES", "succeeded"]


def test_landlock_alone_lets_nothing_be_written_but_tmp(sandbox: Sandbox) -> None:
    outcome = sandbox.run(
        lambda: errors_of(touch, [sandbox.submission + "/x", sandbox.scratch + "/x"]),
        layers=("landlock",),
    )

    assert outcome.value == ["EACCES", "succeeded"]


def test_dev_null_stays_usable(sandbox: Sandbox) -> None:
    outcome = sandbox.run(lambda: errors_of(touch, ["/dev/null"])[0])

    assert outcome.value == "succeeded"


# ---- seccomp ------------------------------------------------------------------------------------


def test_seccomp_alone_denies_processes_and_sockets(sandbox: Sandbox) -> None:
    def attack() -> list[str]:
        return [
            error_of(lambda: raw("fork")),
            error_of(lambda: raw("execv", b"/bin/true", None)),
            error_of(lambda: raw("socket", socket.AF_INET, socket.SOCK_STREAM, 0)),
            error_of(lambda: raw("socket", socket.AF_UNIX, socket.SOCK_STREAM, 0)),
        ]

    assert sandbox.run(attack, layers=("seccomp",)).value == ["EPERM"] * 4


def test_threads_start_under_seccomp(sandbox: Sandbox) -> None:
    def work() -> int:
        done: list[int] = []
        threads = [threading.Thread(target=done.append, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(done)

    assert sandbox.run(work).value == 190


def test_asyncio_runs_under_seccomp(sandbox: Sandbox) -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0)
        return 2 * number

    assert sandbox.run(lambda: asyncio.run(double(21))).value == 42


def test_only_stream_pairs_can_be_made_because_a_datagram_reaches_any_named_socket(sandbox: Sandbox) -> None:
    outcome = sandbox.run(
        lambda: errors_of(lambda kind: socket.socketpair(type=kind), [socket.SOCK_STREAM, socket.SOCK_DGRAM]),
        layers=("seccomp",),
    )

    assert outcome.value == ["succeeded", "EPERM"]


def test_an_inherited_socket_still_carries_frames(sandbox: Sandbox) -> None:
    judge, worker = socket.socketpair()

    def talk() -> int:
        worker.sendall(b"by send ")
        worker.sendmsg([b"by sendmsg"])
        return len(worker.recv(100) + worker.recvmsg(100)[0])

    judge.sendall(b"answer")
    judge.shutdown(socket.SHUT_WR)
    outcome = sandbox.run(talk)

    assert outcome.value == len(b"answer")
    assert judge.recv(100) == b"by send by sendmsg"


def test_copying_a_file_with_its_mode_works_in_both_profiles(sandbox: Sandbox) -> None:
    import shutil

    def copy() -> str:
        shutil.copy2(sandbox.submission + "/app.py", sandbox.scratch + "/copy.py")
        return Path(sandbox.scratch, "copy.py").read_text()

    assert sandbox.run(copy).value == "ANSWER = 42\n"
    assert sandbox.run(copy, layers=NO_USERNS).value == "ANSWER = 42\n"


def test_without_namespaces_a_worker_cannot_change_the_mode_of_the_judges_files(sandbox: Sandbox) -> None:
    os.chmod(sandbox.scratch, 0o755)

    sandbox.run(lambda: raw("chmod", sandbox.scratch.encode(), 0), layers=NO_USERNS)

    assert os.stat(sandbox.scratch).st_mode & 0o777 == 0o755


# ---- all ----------------------------------------------------------------------------------------


def test_the_self_test_notices_capabilities_that_were_kept(sandbox: Sandbox) -> None:
    def pretend_that_they_were_dropped() -> None:
        confinement._here.applied = ("capabilities",)
        self_test()

    outcome = sandbox.run(pretend_that_they_were_dropped, layers=("namespaces",))

    assert outcome.error == SandboxLeaks.__name__


def test_no_layers_change_nothing(sandbox: Sandbox) -> None:
    assert sandbox.run(lambda: error_of(lambda: look("/etc/passwd")), layers=()).value == "succeeded"


def test_all_layers_stack(sandbox: Sandbox) -> None:
    assert sandbox.run(lambda: "still runs", layers=LAYERS).value == "still runs"
