"""The judge's end: whatever a worker does, an exchange ends and the process is gone when it must be."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from harness.tests.worker.processes import all_end
from harness.tests.worker.tiny_judge import TinyJudge
from harness.worker.process import Budget, ProtocolViolated, WorkerDied, WorkerSpun, start_zygote
from harness.worker.protocol import Logged, Waited

SOCKET = (
    "import os, time\n"
    "mine = next(fd for fd in range(3, 64) if os.path.exists(f'/proc/self/fd/{fd}')\n"
    "            and os.readlink(f'/proc/self/fd/{fd}').startswith('socket:'))\n"
    "def frame(body): return len(body).to_bytes(4, 'big') + body\n"
)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid)


def test_a_killed_worker_is_gone_at_once_and_leaves_no_zombie(deploy):
    judge = deploy("def handler(event, context): ...\n")

    judge.worker.kill()

    assert is_gone(judge.worker.pid)


def test_killing_twice_is_allowed_and_exchanging_afterwards_is_not(deploy):
    judge = deploy("def handler(event, context): ...\n")
    judge.worker.kill()
    judge.worker.kill()

    with pytest.raises(WorkerDied, match="signal: killed"):
        judge.invoke()


def test_a_dismissed_worker_is_not_waited_for_and_ends_all_the_same(deploy):
    judge = deploy("import subprocess\ndef handler(event, context): return subprocess.Popen(['sleep', '60']).pid\n")
    child = judge.result()

    judge.worker.dismiss()

    assert all_end([judge.worker.pid, child])
    with pytest.raises(WorkerDied, match="signal: killed"):
        judge.invoke()


def test_a_worker_is_killed_while_it_waits(deploy):
    judge = deploy("import time\ndef handler(event, context): time.sleep(1)\n")
    frames = judge.worker.exchange(judge.invocation())

    judge.worker.kill()

    assert frames == [Waited(wait=1, thread="0", duration_us=1_000_000)]
    assert is_gone(judge.worker.pid)


def test_a_worker_takes_the_processes_it_has_started_with_it(deploy):
    judge = deploy("import subprocess\ndef handler(event, context): return subprocess.Popen(['sleep', '60']).pid\n")
    child = judge.result()

    judge.worker.kill()

    assert all_end([child])


def test_a_handler_that_computes_without_end_is_killed_and_its_log_is_kept(deploy):
    judge = deploy("def handler(event, context):\n    print('looking for n')\n    while True: pass\n")

    with pytest.raises(WorkerSpun, match=r"0\.[56] s of CPU time in one go") as spun:
        judge.invoke()

    assert spun.value.cpu_s > 0.5
    assert spun.value.frames == [Logged(text="looking for n\n")]
    assert is_gone(judge.worker.pid)


def test_a_thread_that_computes_without_end_is_killed_too(deploy):
    judge = deploy(
        "import threading\n"
        "def spin():\n"
        "    while True: pass\n"
        "def handler(event, context):\n"
        "    thread = threading.Thread(target=spin); thread.start(); thread.join()\n"
    )

    with pytest.raises(WorkerSpun):
        judge.invoke()


def test_an_init_phase_that_computes_without_end_is_killed(deploy):
    judge = deploy("while True: pass\n", initialize=False)

    with pytest.raises(WorkerSpun):
        judge.initialize()


def test_computing_within_the_budget_is_no_offence_and_the_budget_starts_anew_with_each_exchange(deploy):
    judge = deploy(
        "import time\n"
        "def handler(event, context):\n"
        "    for _ in range(4):\n"
        "        sum(range(8_000_000))\n"
        "        time.sleep(1)\n"
        "    return 'done'\n"
    )

    assert judge.result() == "done"


def test_a_worker_that_is_debugged_may_take_its_time(deploy):
    judge = deploy(
        "import time\ndef handler(event, context): return sum(range(60_000_000))\n",
        interactive=True,
    )

    assert judge.result() == 1_799_999_970_000_000


def test_a_worker_stuck_in_something_that_is_not_ours_counts_as_quiet(deploy):
    judge = deploy("import os\nreader, writer = os.pipe()\ndef handler(event, context): os.read(reader, 1)\n")

    started = time.monotonic()
    end = judge.invoke()

    assert end is None
    assert 0.4 < time.monotonic() - started < 3


def test_wall_time_is_bounded_for_a_worker_that_keeps_waking_without_computing(tmp_path):
    zygote = start_zygote("fork", Budget(cpu_s=30, wall_s=0.7))
    (tmp_path / "app.py").write_text(
        "import select\ndef handler(event, context):\n    while True: select.select([], [], [], 0.01)\n"
    )
    judge = TinyJudge(zygote.spawn(), tmp_path)
    judge.initialize()

    with pytest.raises(WorkerSpun):
        judge.invoke()
    zygote.close()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("frame(b'{]')", "JSON is malformed"),
        ("b'\\xff' * 4", "A frame of 4294967295 bytes is announced"),
        ("frame(b'[]')", "Expected `object`, got `array`"),
        ("""frame(b'{"frame":"Woken","unix_us":1,"wait":1}')""", "Invalid value 'Woken'"),
        ("""frame(b'{"frame":"Logged","text":1}')""", "Expected `str`, got `int`"),
        ("""frame(b'{"frame":"Logged","text":"x","verdict":"pass"}')""", "Object contains unknown field `verdict`"),
    ],
)
def test_anything_that_is_no_frame_ends_the_worker(deploy, sent, message):
    judge = deploy(SOCKET + f"def handler(event, context): os.write(mine, {sent})\n")

    with pytest.raises(ProtocolViolated, match=message):
        judge.invoke()

    assert is_gone(judge.worker.pid)


def test_a_worker_that_sends_frames_without_end_is_ended(deploy):
    judge = deploy(
        SOCKET + """logged = frame(b'{"frame":"Logged","text":"x"}')\n"""
        "def handler(event, context):\n    while True: os.write(mine, logged * 500)\n"
    )

    with pytest.raises(ProtocolViolated, match="20001 frames, 580029 bytes, and no end of the worker's turn"):
        judge.invoke()


def test_a_worker_that_closes_its_socket_and_lives_on_is_ended(deploy):
    judge = deploy(SOCKET + "def handler(event, context):\n    os.close(mine)\n    time.sleep(1)\n")

    with pytest.raises(WorkerDied):
        judge.invoke()

    assert is_gone(judge.worker.pid)


def test_frames_sent_before_a_death_are_kept(deploy):
    judge = deploy(
        "import os, signal, threading, time\n"
        "def handler(event, context):\n"
        "    print('a')\n"
        "    threading.Thread(target=os._exit, args=(9,)).start()\n"
        "    time.sleep(1)\n"
    )

    with pytest.raises(WorkerDied, match="exit status 9") as death:
        judge.invoke()

    assert death.value.frames == [Logged(text="a\n")]


def test_this_process_imports_nothing_heavy_to_start_a_zygote():
    heavy = {"boto3", "botocore", "freezegun", "moto", "psutil"}
    command = f"import sys, harness.worker.process; print(sorted({heavy} & set(sys.modules)))"

    printed = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout

    assert printed == "[]\n"


def test_pid_is_that_of_the_process(deploy):
    judge = deploy("import os\ndef handler(event, context): return os.getpid()\n")

    assert judge.result() == judge.worker.pid
    assert os.getpgid(judge.worker.pid) == judge.worker.pid
