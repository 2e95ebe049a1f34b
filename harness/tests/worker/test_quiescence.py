"""The system tells whether a process stands still, in two ways that agree."""

import subprocess
import sys
import time

import pytest

from harness.worker import quiescence
from harness.worker.quiescence import (
    cpu_s_from_proc,
    cpu_s_from_psutil,
    standstill_from_cpu_times,
    standstill_from_proc,
)

SLEEPING = (
    "import threading, time\n"
    "for _ in range(2): threading.Thread(target=time.sleep, args=(60,)).start()\n"
    "print('up', flush=True)\n"
)
TICKING = "import time\nprint('up', flush=True)\nwhile True: sum(range(20000)); time.sleep(0.001)"


@pytest.fixture
def run():
    processes = []

    def start(program: str) -> int:
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        processes.append(process)
        process.stdout.readline()
        time.sleep(0.05)
        return process.pid

    yield start
    for process in processes:
        process.kill()
        process.wait()


def comes_true(condition, within_s: float = 20) -> bool:
    """Whether it comes true in time, however busy the machine is."""
    ends = time.monotonic() + within_s
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return bool(condition())


@pytest.mark.parametrize("standstill", [standstill_from_proc, standstill_from_cpu_times])
def test_the_mark_of_a_process_that_sleeps_comes_to_stay_the_same(run, standstill):
    pid = run(SLEEPING)
    marks = [standstill(pid)]

    def stays() -> bool:
        marks.append(standstill(pid))
        return len(marks) > 5 and len(set(marks[-5:])) == 1 and marks[-1] is not None

    assert comes_true(stays)
    assert len(marks[-1]) == 3


@pytest.mark.parametrize("standstill", [standstill_from_proc, standstill_from_cpu_times])
def test_the_mark_of_a_process_that_works_now_and_then_changes(run, standstill):
    pid = run(TICKING)

    before = standstill(pid)

    assert comes_true(lambda: before is None or before != standstill(pid))


@pytest.mark.parametrize("standstill", [standstill_from_proc, standstill_from_cpu_times])
def test_a_process_that_is_gone_does_not_stand_still(standstill):
    assert standstill(2**22 + 1) is None


@pytest.mark.parametrize("cpu_s", [cpu_s_from_proc, cpu_s_from_psutil])
def test_cpu_time_grows_while_a_process_computes_and_is_zero_when_it_is_gone(run, cpu_s):
    pid = run("print('up', flush=True)\nwhile True: pass")

    before = cpu_s(pid)

    assert comes_true(lambda: cpu_s(pid) - before > 0.05)
    assert cpu_s(2**22 + 1) == 0.0


def test_a_stuck_worker_is_noticed_without_proc_as_well(deploy, monkeypatch):
    monkeypatch.setattr(quiescence, "has_proc", lambda: False)
    judge = deploy("import os\nreader, writer = os.pipe()\ndef handler(event, context): os.read(reader, 1)\n")

    assert judge.invoke() is None


def test_a_process_that_stands_in_for_another_is_looked_through(run):
    pid = run("import os, subprocess, sys\np = subprocess.Popen(['sleep', '60'])\nprint(p.pid, flush=True)\np.wait()")

    inner = quiescence.innermost(pid)

    assert inner != pid
    assert quiescence.innermost(inner) == inner
