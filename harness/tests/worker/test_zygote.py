"""The zygote starts workers quickly, for several judges, by fork and by spawn, and never outlives them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from harness.tests.worker.processes import all_end
from harness.tests.worker.tiny_judge import TinyJudge
from harness.worker import orphans, process
from harness.worker.process import ZygoteLost, start_zygote
from harness.worker.sandbox import LAYERS, available
from harness.worker.zygote import describe_status

APP = "import os\ndef handler(event, context): return os.getpid()\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def test_workers_come_by_fork_and_by_spawn_and_behave_alike(app):
    (app / "app.py").write_text(
        "import random, sys, threading, time, uuid\n"
        "def handler(event, context):\n"
        "    lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=2)\n"
        "    unwanted = sorted({'moto', 'pytest'} & {*sys.modules})\n"
        "    return [time.time(), unwanted, str(uuid.uuid4()), random.random(), hash('a')]\n"
    )

    results = []
    for method in ("fork", "spawn"):
        zygote = start_zygote(method)
        judge = TinyJudge(zygote.spawn(), app)
        judge.initialize()
        results.append(judge.result())
        zygote.close()

    assert results[0] == results[1]
    assert results[0][:2] == [1_767_603_602.0, []]


def test_starting_returns_before_the_zygote_is_ready(app):
    started = time.monotonic()
    zygote = start_zygote()
    returned_after_s = time.monotonic() - started

    zygote.spawn().kill()
    ready_after_s = time.monotonic() - started
    zygote.close()

    assert returned_after_s < ready_after_s / 5


def test_two_judges_forked_from_one_parent_share_the_zygote(zygote, app):
    children = []
    for _ in range(2):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            pids = []
            for _ in range(5):
                judge = TinyJudge(zygote.spawn(), app)
                judge.initialize()
                pids.append(judge.result())
                judge.worker.kill()
            os.write(writer, json.dumps(pids).encode())
            os._exit(0)
        os.close(writer)
        children.append((pid, reader))

    pids = [json.loads(os.read(reader, 4096)) for _, reader in children]
    statuses = [os.waitpid(pid, 0)[1] for pid, _ in children]

    assert statuses == [0, 0]
    assert len({*pids[0], *pids[1]}) == 10


def test_closing_ends_the_zygote_and_every_worker_it_still_has(app):
    zygote = start_zygote()
    workers = [zygote.spawn() for _ in range(3)]

    zygote.close()
    zygote.close()

    assert not any(psutil.pid_exists(worker.pid) for worker in workers)
    assert zygote._process.returncode == 0
    with pytest.raises(ZygoteLost, match="has been closed"):
        zygote.spawn()


def test_a_zygote_that_was_killed_takes_its_workers_with_it_and_is_reported(app):
    zygote = start_zygote()
    worker = zygote.spawn()

    zygote._process.kill()
    zygote._process.wait()

    assert all_end([worker.pid])
    with pytest.raises(ZygoteLost, match="The zygote"):
        zygote.spawn()
    worker.kill()
    zygote.close()


JUDGE = """
import os, sys, time
from pathlib import Path
from harness.tests.worker.processes import all_end
from harness.tests.worker.tiny_judge import TinyJudge
from harness.worker.process import Budget, start_zygote

zygote = start_zygote({method!r}, Budget(cpu_s=60))
Path("app.py").write_text("import time\\ndef handler(event, context):\\n    {statement}\\n")
idle, busy = (TinyJudge(zygote.spawn(), Path.cwd()) for _ in range(2))
for judge in (idle, busy):
    judge.initialize()
print(zygote._process.pid, idle.worker.pid, busy.worker.pid, flush=True)
{then}
"""


def start_judge(folder: Path, method: str, statement: str, then: str) -> tuple["subprocess.Popen[str]", list[int]]:
    root = str(Path(process.__file__).parents[2])
    judge = subprocess.Popen(
        [sys.executable, "-c", JUDGE.format(method=method, statement=statement, then=then)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        start_new_session=True,
    )
    assert judge.stdout is not None
    return judge, [int(pid) for pid in judge.stdout.readline().split()]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_nothing_outlives_a_judge_that_is_killed_while_a_worker_computes(tmp_path, method):
    judge, pids = start_judge(tmp_path, method, "while True: pass", "busy.invoke()")
    time.sleep(0.2)

    judge.kill()
    judge.wait()

    assert all_end(pids)


@pytest.mark.parametrize("delay_s", [0.0, 0.003, 0.02, 0.15])
def test_nothing_outlives_a_judge_that_is_interrupted_at_any_moment(tmp_path, delay_s):
    loop = (
        "while True:\n"
        "    judge = TinyJudge(zygote.spawn(), Path.cwd())\n"
        "    judge.initialize(); judge.invoke(); judge.worker.kill()\n"
    )
    judge, pids = start_judge(tmp_path, "fork", "return 1", loop)
    time.sleep(delay_s)
    family = [child.pid for child in psutil.Process(pids[0]).children(recursive=True)]

    os.killpg(judge.pid, signal.SIGINT)  # as a terminal does
    judge.wait(10)

    assert judge.returncode in (-signal.SIGINT, 1)
    assert all_end([*pids, *family])


def test_a_worker_of_a_dead_judge_ends_although_another_judge_keeps_the_zygote(zygote, app):
    (app / "app.py").write_text("def handler(event, context):\n    while True: pass\n")
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        judge = TinyJudge(zygote.spawn(), app)
        judge.initialize()
        os.write(writer, str(judge.worker.pid).encode())
        judge.worker._budget = process.Budget(cpu_s=60)
        judge.invoke()
    worker = int(os.read(reader, 32))
    time.sleep(0.1)

    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)

    assert all_end([worker])
    zygote.spawn().kill()


def test_the_zygote_is_in_a_session_of_its_own_so_ctrl_c_is_for_the_judge(zygote):
    assert os.getsid(zygote._process.pid) == zygote._process.pid


def test_the_zygote_has_one_thread_and_has_seen_no_moto_and_no_test(zygote):
    zygote.spawn().kill()

    assert psutil.Process(zygote._process.pid).num_threads() == 1


def test_a_worker_inherits_no_descriptor_but_its_socket(deploy):
    judge = deploy("import os\ndef handler(event, context): return sorted(map(int, os.listdir('/proc/self/fd')))\n")

    descriptors = judge.result()

    assert descriptors[:3] == [0, 1, 2]
    assert len(descriptors) == 5  # the socket, and the folder that is being listed


def test_a_process_without_the_kernels_help_notices_that_its_parent_is_gone():
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = os.fork()
        if child == 0:
            orphans.watch_parent(0.05)
            while True:
                pass
        os.write(writer, str(child).encode())
        time.sleep(0.3)
        os._exit(0)
    child = int(os.read(reader, 32))
    os.waitpid(parent, 0)

    assert all_end([child])


@pytest.mark.parametrize(
    ("status", "text"),
    [(0, "exit status 0"), (3 << 8, "exit status 3"), (9, "signal: killed"), (11, "signal: segmentation fault")],
)
def test_an_exit_is_described_in_aws_words(status, text):
    assert describe_status(status) == text


def test_messages_stay_whole_without_sequential_packets(app, monkeypatch):
    real = socket.socketpair

    def without_seqpacket(family=socket.AF_UNIX, kind=socket.SOCK_STREAM, *rest):
        if kind == socket.SOCK_SEQPACKET:
            raise OSError("unsupported")
        return real(family, kind, *rest)

    monkeypatch.setattr(socket, "socketpair", without_seqpacket)
    zygote = start_zygote()
    judge = TinyJudge(zygote.spawn(), app)
    judge.initialize()
    pid = judge.result()
    zygote.close()

    assert not psutil.pid_exists(pid)


@pytest.mark.skipif(not available()["namespaces"].works, reason="this machine has no namespaces")
def test_an_isolated_worker_is_alone_in_its_namespaces_from_the_start(app, tmp_path_factory):
    zygote = start_zygote()
    worker = zygote.spawn(isolated=True)
    judge = TinyJudge(worker, app)
    judge.initialize(sandbox=list(LAYERS), temporary_dir=str(tmp_path_factory.mktemp("tmp")))

    assert judge.result() == 1  # its pid as it sees it
    assert psutil.Process(worker.pid).ppid() == zygote._process.pid
    assert psutil.Process(worker.pid).children() == []
    worker.kill()
    assert all_end([worker.pid])
    zygote.close()


def test_an_isolated_worker_that_exits_is_reported_with_its_status(app, tmp_path_factory):
    (app / "app.py").write_text("import os\ndef handler(event, context): os._exit(7)\n")
    zygote = start_zygote()
    judge = TinyJudge(zygote.spawn(isolated=True), app)
    judge.initialize(
        sandbox=["namespaces"] if available()["namespaces"].works else [],
        temporary_dir=str(tmp_path_factory.mktemp("tmp")),
    )

    with pytest.raises(process.WorkerDied, match="exit status 7"):
        judge.invoke()
    zygote.close()
