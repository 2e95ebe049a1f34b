"""A worker in its sandbox works as one outside, and is killed as cleanly."""

import psutil
import pytest

from harness.tests.worker.processes import all_end
from harness.worker import quiescence
from harness.worker.process import WorkerDied, WorkerSpun
from harness.worker.sandbox import LAYERS, available

pytestmark = pytest.mark.skipif(
    not all(available()[layer].works for layer in LAYERS), reason="this machine lacks a sandbox layer"
)

APP = (
    "import asyncio, boto3, concurrent.futures, os, time\n"
    "sqs = boto3.client('sqs')\n"
    "def send(n):\n"
    "    sqs.send_message(QueueUrl='https://sqs/q', MessageBody=str(n))\n"
    "    time.sleep(1)\n"
    "    return n\n"
    "async def nap():\n"
    "    await asyncio.to_thread(time.sleep, 1)\n"
    "    return time.time()\n"
    "def handler(event, context):\n"
    "    with concurrent.futures.ThreadPoolExecutor(4) as pool: sent = list(pool.map(send, range(8)))\n"
    "    with open('/tmp/note', 'w') as file: file.write('kept')\n"
    "    return [sent, asyncio.run(nap()) - time.time(), open('/tmp/note').read()]\n"
)


def test_threads_asyncio_calls_and_tmp_work_inside(deploy, tmp_path_factory):
    judge = deploy(APP, sandbox=list(LAYERS), temporary_dir=str(tmp_path_factory.mktemp("tmp")))

    assert judge.result() == [list(range(8)), 0.0, "kept"]


def test_a_killed_worker_takes_the_process_inside_with_it(deploy, tmp_path_factory):
    judge = deploy(APP, sandbox=list(LAYERS), temporary_dir=str(tmp_path_factory.mktemp("tmp")))
    inside = quiescence.innermost(judge.worker.pid)

    judge.worker.kill()

    assert inside != judge.worker.pid
    assert not psutil.pid_exists(judge.worker.pid)
    assert all_end([inside])


def test_an_exit_inside_is_reported_as_it_happened(deploy, tmp_path_factory):
    temporary_dir = str(tmp_path_factory.mktemp("tmp"))
    judge = deploy(
        "import os\ndef handler(event, context): os._exit(7)\n", sandbox=list(LAYERS), temporary_dir=temporary_dir
    )

    with pytest.raises(WorkerDied, match="exit status 7"):
        judge.invoke()


def test_a_spinning_worker_is_measured_and_killed_inside(deploy, tmp_path_factory):
    temporary_dir = str(tmp_path_factory.mktemp("tmp"))
    source = "def handler(event, context):\n    print('on')\n    while True: pass\n"
    judge = deploy(source, sandbox=list(LAYERS), temporary_dir=temporary_dir)

    with pytest.raises(WorkerSpun) as spun:
        judge.invoke()

    assert [frame.text for frame in spun.value.frames] == ["on\n"]


def test_a_layer_that_is_not_there_fails_before_learner_code_runs(deploy):
    judge = deploy("open('ran', 'w')\n", initialize=False)

    end = judge.initialize(sandbox=["namespaces"], temporary_dir="/nowhere")

    assert end.error_type.startswith("Harness.")
    assert end.fatal
    assert not (judge.code_dir / "ran").exists()
