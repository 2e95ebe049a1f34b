"""The same seed gives the same frames to the byte, whatever the machine does meanwhile."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.tests.worker.tiny_judge import TinyJudge
from harness.worker.framing import encode
from harness.worker.process import start_zygote

BUSY_HANDLER = """
import asyncio, concurrent.futures, datetime, logging, queue, random, secrets, threading, time, uuid
import boto3

ddb = boto3.client("dynamodb")
sqs = boto3.client("sqs")
started = str(uuid.uuid4())


def put(n):
    key = f"{n}-{uuid.uuid4()}-{secrets.token_hex(4)}"
    ddb.put_item(TableName="t", Item={"pk": {"S": key}, "at": {"N": str(time.time_ns())}})
    time.sleep(random.random() / 100)
    print(threading.current_thread().name, n, key)
    return key


async def fetch(n):
    await asyncio.sleep(n / 100)
    loop = asyncio.get_running_loop()
    body = f"{n} {uuid.uuid1()}"
    await loop.run_in_executor(None, lambda: sqs.send_message(QueueUrl="https://sqs/q", MessageBody=body))
    return datetime.datetime.now().isoformat()


async def gather():
    return await asyncio.gather(*(fetch(n) for n in range(5)))


def handler(event, context):
    lock, box, order = threading.Lock(), queue.Queue(), []

    def worker():
        while (item := box.get()) is not None:
            with lock:
                order.append([item, threading.current_thread().name])
                ddb.get_item(TableName="t", Key={"pk": {"S": str(item)}})

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads: thread.start()
    for item in range(7): box.put(item)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(put, range(12)))
        first = next(concurrent.futures.as_completed([pool.submit(put, n) for n in (20, 21, 22)])).result()
    for _ in threads: box.put(None)
    for thread in threads: thread.join()
    stamps = asyncio.run(gather())
    logging.warning("done %s", random.Random().random())
    words = list({"alpha", "beta", "gamma", "delta"})
    chance = [random.sample(range(1000), 5), secrets.randbelow(10**9)]
    return [started, keys, first, order, stamps, words, chance, time.monotonic()]
"""


def frames_of_one_run(folder: Path, seed: int = 1, invocations: int = 2) -> list[bytes]:
    """All frames of a cold start and some invocations, in a fresh zygote."""
    return frames_of_runs(folder, 1, seed, invocations)[0]


def frames_of_runs(folder: Path, runs: int, seed: int = 1, invocations: int = 2) -> list[list[bytes]]:
    """The frames of several workers, one after the other, of one fresh zygote."""
    (folder / "app.py").write_text(BUSY_HANDLER)
    zygote = start_zygote()
    frames = []
    for _ in range(runs):
        judge = TinyJudge(zygote.spawn(), folder)
        judge.initialize(seed=seed)
        for _ in range(invocations):
            judge.result()
        frames.append([encode(frame) for frame in judge.frames])
        judge.worker.kill()
    zygote.close()
    return frames


def digest(frames: list[bytes]) -> str:
    return hashlib.sha256(b"\n".join(frames)).hexdigest()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return frames_of_one_run(tmp_path_factory.mktemp("reference"))


def test_threads_executors_asyncio_chance_and_clocks_give_the_same_frames_in_every_zygote(tmp_path, expected):
    runs = frames_of_runs(tmp_path, 4) + frames_of_runs(tmp_path, 4)

    assert len(expected) > 120
    assert runs == [expected] * 8


def test_the_hash_seed_of_the_judge_does_not_matter(tmp_path, expected):
    command = "from harness.tests.worker.test_determinism import *; print(digest(frames_of_one_run(Path(sys.argv[1]))))"
    digests = [
        subprocess.run(
            [sys.executable, "-c", command, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "random")
    ]

    assert digests == [digest(expected)] * 2


def test_a_busy_machine_does_not_matter(tmp_path, expected):
    stop = multiprocessing.get_context("fork").Event()
    burners = [
        multiprocessing.get_context("fork").Process(target=burn, args=(stop,)) for _ in range(os.cpu_count() or 2)
    ]
    for burner in burners:
        burner.start()

    runs = frames_of_runs(tmp_path, 3)

    stop.set()
    for burner in burners:
        burner.join()
    assert runs == [expected] * 3


def burn(stop) -> None:
    while not stop.is_set():
        sum(range(10_000))


def test_another_seed_gives_other_frames(tmp_path, expected):
    assert frames_of_one_run(tmp_path, seed=2) != expected


CHANCE = (
    "import os, random, secrets, ssl, tempfile, uuid\n"
    "def draw():\n"
    "    return [os.urandom(4).hex(), random.random(), secrets.token_hex(4), str(uuid.uuid4()), str(uuid.uuid1()),\n"
    "            random.Random().random(), random.SystemRandom().random(), ssl.RAND_bytes(4).hex(),\n"
    "            os.getrandom(4).hex(), os.path.basename(tempfile.mktemp())]\n"
    "at_import = draw()\n"
    "def handler(event, context): return [at_import, draw()]\n"
)


def test_every_source_of_chance_is_a_function_of_the_seed(deploy):
    same, again, other = (deploy(CHANCE, seed=seed).result() for seed in (7, 7, 8))

    assert same == again
    assert all(a != b for a, b in zip(same[0] + same[1], other[0] + other[1], strict=True))
    assert all(a != b for a, b in zip(*same, strict=True))


def test_seeding_random_works_as_in_python(deploy):
    import random

    judge = deploy(
        "import random\n"
        "def handler(event, context):\n"
        "    random.seed(42)\n"
        "    return [random.random(), random.Random(5).random()]\n"
    )

    assert judge.result() == [random.Random(42).random(), random.Random(5).random()]


CLOCKS = (
    "import asyncio, datetime, time, uuid\n"
    "def read():\n"
    "    return [time.time(), time.time_ns(),\n"
    "            datetime.datetime.now().isoformat(), datetime.datetime.utcnow().isoformat(),\n"
    "            datetime.datetime.now(datetime.UTC).isoformat(), datetime.date.today().isoformat(),\n"
    "            time.strftime('%H:%M:%S'), time.localtime().tm_sec, time.gmtime().tm_sec,\n"
    "            time.clock_gettime(time.CLOCK_REALTIME)]\n"
    "def handler(event, context):\n"
    "    start = time.monotonic(), time.perf_counter_ns(), time.process_time()\n"
    "    first = read()\n"
    "    time.sleep(61.000001)\n"
    "    spent = [time.monotonic() - start[0], time.perf_counter_ns() - start[1], time.process_time() - start[2]]\n"
    "    return [first, read(), spent]\n"
)


def test_every_clock_shows_virtual_time_in_utc(deploy):
    first, second, spent = deploy(CLOCKS).result()

    assert first == [
        1_767_603_600.0,
        1_767_603_600_000_000_000,
        *["2026-01-05T09:00:00"] * 2,
        "2026-01-05T09:00:00+00:00",
        "2026-01-05",
        "09:00:00",
        *[0, 0],
        1_767_603_600.0,
    ]
    assert second[:5] == [
        1_767_603_661.000001,
        1_767_603_661_000_001_000,
        *["2026-01-05T09:01:01.000001"] * 2,
        "2026-01-05T09:01:01.000001+00:00",
    ]
    assert spent == [pytest.approx(61.000001, abs=1e-9), 61_000_001_000, 0.0]


def test_a_clock_held_by_a_class_does_not_become_a_method(deploy):
    judge = deploy(
        "import logging, time\n"
        "class Timer:\n"
        "    clock, pause, utc = time.time, time.sleep, time.gmtime\n"
        "def handler(event, context):\n"
        "    timer = Timer(); timer.pause(1)\n"
        "    return [timer.clock(), timer.utc(0).tm_year]\n"
    )

    assert judge.result() == [1_767_603_601.0, 1970]


def test_dates_look_like_pythons_own(deploy):
    judge = deploy(
        "import copy, datetime, pickle\n"
        "def handler(event, context):\n"
        "    now = datetime.datetime.now()\n"
        "    same = pickle.loads(pickle.dumps(now)) == now\n"
        "    return [repr(now), type(now).__name__, repr(datetime.date.today()), same]\n"
    )

    assert judge.result() == ["datetime.datetime(2026, 1, 5, 9, 0)", "datetime", "datetime.date(2026, 1, 5)", True]
