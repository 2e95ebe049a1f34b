"""Everything that waits in a handler costs virtual time and no real time."""

import pytest

from harness.worker.protocol import WaitCancelled, Waited

IMPORTS = (
    "import asyncio, concurrent.futures, functools, logging, queue, threading, time\n"
    "from concurrent.futures import ThreadPoolExecutor\n"
    "start = None\n"
    "def ms(): return round((time.monotonic() - start) * 1000)\n"
)


def run(deploy, body: str):
    lines = ["global start", "start = time.monotonic()", *body.splitlines()]
    return deploy(IMPORTS + "def handler(event, context):\n" + "".join(f"    {line}\n" for line in lines))


def test_sleep_takes_virtual_time(deploy):
    judge = run(deploy, "time.sleep(3600.5)\nreturn ms()")

    assert judge.result() == 3_600_500
    assert [wait.duration_us for wait in judge.of(Waited)] == [3_600_500_000]
    assert judge.elapsed_ms == 3_600_500


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ("-1", "ValueError: sleep length must be non-negative"),
        ("'1'", "TypeError: 'str' object cannot be interpreted as an integer"),
        ("float('nan')", "ValueError: sleep length must be non-negative"),
    ],
)
def test_sleep_refuses_what_the_real_one_refuses(deploy, argument, error):
    judge = run(deploy, f"try: time.sleep({argument})\nexcept Exception as e: return f'{{type(e).__name__}}: {{e}}'")

    assert judge.result() == error


@pytest.mark.parametrize(
    ("wait", "result"),
    [
        ("threading.Event().wait(1.5)", False),
        ("lock.acquire(timeout=1.5)", False),
        ("threading.Semaphore(0).acquire(timeout=1.5)", False),
        ("condition.wait(1.5)", False),
        ("condition.wait_for(lambda: False, 1.5)", False),
        ("thread.join(1.5)", None),
    ],
)
def test_a_wait_that_runs_out_takes_its_whole_timeout(deploy, wait, result):
    judge = run(
        deploy,
        "lock = threading.Lock(); lock.acquire()\n"
        "thread = threading.Thread(target=time.sleep, args=(60,), daemon=True); thread.start()\n"
        "condition = threading.Condition()\n"
        f"with condition: result = {wait}\n"
        "return [result, ms(), thread.is_alive()]",
    )

    assert judge.result() == [result, 1500, True]


@pytest.mark.parametrize(
    ("wait", "error"),
    [
        ("queue.Queue().get(timeout=1.5)", "Empty"),
        ("queue.SimpleQueue().get(timeout=1.5)", "Empty"),
        ("concurrent.futures.Future().result(timeout=1.5)", "TimeoutError"),
        ("threading.Barrier(2).wait(1.5)", "BrokenBarrierError"),
        ("asyncio.run(asyncio.wait_for(asyncio.Event().wait(), 1.5))", "TimeoutError"),
    ],
)
def test_a_wait_that_raises_when_its_time_is_up_raises_then(deploy, wait, error):
    judge = run(deploy, f"try: {wait}\nexcept Exception as e: return [type(e).__name__, ms()]")

    assert judge.result() == [error, 1500]


def test_an_event_that_comes_in_time_ends_the_wait_and_cancels_its_timer(deploy):
    judge = run(
        deploy,
        "event = threading.Event()\nthreading.Timer(0.25, event.set).start()\nreturn [event.wait(10), ms()]",
    )

    assert judge.result() == [True, 250]
    assert len(judge.of(WaitCancelled)) == 1


def test_threads_sleep_side_by_side(deploy):
    judge = run(
        deploy,
        "with ThreadPoolExecutor(3) as pool: list(pool.map(time.sleep, [1, 1, 1]))\nreturn ms()",
    )

    assert judge.result() == 1000


def test_threads_are_named_by_parent_and_birth_order(deploy):
    judge = run(
        deploy,
        "def parent():\n"
        "    time.sleep(1)\n"
        "    child = threading.Thread(target=time.sleep, args=(3,)); child.start(); child.join()\n"
        "threads = [threading.Thread(target=parent) for _ in range(2)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "time.sleep(5)",
    )

    judge.result()

    assert [(wait.thread, wait.duration_us // 1_000_000) for wait in judge.of(Waited)] == [
        ("0.1", 1),
        ("0.2", 1),
        ("0.1.1", 3),
        ("0.2.1", 3),
        ("0", 5),
    ]


def test_a_joined_thread_has_ended_and_an_unjoined_one_is_alive(deploy):
    judge = run(
        deploy,
        "thread = threading.Thread(target=time.sleep, args=(2,))\n"
        "before = thread.is_alive()\n"
        "thread.start()\n"
        "during = thread.is_alive()\n"
        "thread.join()\n"
        "return [before, during, thread.is_alive(), threading.active_count(), ms()]",
    )

    assert judge.result() == [False, True, False, 1, 2000]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("threading.Thread().join()", "cannot join thread before it is started"),
        ("threading.current_thread().join()", "cannot join current thread"),
        ("threading.Lock().release()", "release unlocked lock"),
        ("threading.RLock().release()", "cannot release un-acquired lock"),
    ],
)
def test_misuse_raises_as_it_does_in_python(deploy, statement, error):
    judge = run(deploy, f"try: {statement}\nexcept RuntimeError as e: return str(e)")

    assert judge.result() == error


def test_an_rlock_is_reentrant_for_its_owner_only(deploy):
    judge = run(
        deploy,
        "lock = threading.RLock()\n"
        "order = []\n"
        "def other():\n"
        "    with lock: order.append(f'other at {ms()}')\n"
        "with lock:\n"
        "    with lock:\n"
        "        thread = threading.Thread(target=other); thread.start()\n"
        "        time.sleep(1); order.append('owner')\n"
        "    time.sleep(1)\n"
        "thread.join()\n"
        "return order",
    )

    assert judge.result() == ["owner", "other at 2000"]


def test_a_lock_goes_to_whoever_waits_longest(deploy):
    judge = run(
        deploy,
        "lock = threading.Lock(); order = []\n"
        "def take(name):\n"
        "    with lock: order.append(name); time.sleep(0.1)\n"
        "threads = [threading.Thread(target=take, args=(n,)) for n in 'abcd']\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "return [order, ms()]",
    )

    assert judge.result() == [["a", "b", "c", "d"], 400]


def test_a_simple_queue_hands_items_to_getters_in_the_order_of_their_waiting(deploy):
    judge = run(
        deploy,
        "box = queue.SimpleQueue(); got = {}\n"
        "def take(name): got[name] = box.get()\n"
        "threads = [threading.Thread(target=take, args=(n,)) for n in 'abc']\n"
        "for thread in threads: thread.start()\n"
        "for item in (1, 2, 3): box.put(item)\n"
        "box.put(4)\n"
        "for thread in threads: thread.join()\n"
        "return [got, box.qsize(), box.get_nowait(), box.empty()]",
    )

    assert judge.result() == [{"a": 1, "b": 2, "c": 3}, 1, 4, True]


def test_a_computed_property_that_waits_does_not_stop_the_other_threads(deploy):
    judge = run(
        deploy,
        "class Table:\n"
        "    @functools.cached_property\n"
        "    def rows(self):\n"
        "        time.sleep(1)\n"
        "        return 7\n"
        "tables = [Table(), Table()]\n"
        "with ThreadPoolExecutor(2) as pool: return list(pool.map(lambda table: table.rows, tables))",
    )

    assert judge.result() == [7, 7]


def test_a_module_that_waits_while_two_threads_import_it_is_imported_once(deploy, tmp_path):
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(1)\nvalue = time.time()\n")
    judge = run(
        deploy,
        "def load():\n"
        "    import slow\n"
        "    return slow.value\n"
        "with ThreadPoolExecutor(2) as pool: values = [f.result() for f in [pool.submit(load), pool.submit(load)]]\n"
        "return [values[0] == values[1], ms()]",
    )

    assert judge.result() == [True, 1000]


def test_asyncio_tasks_sleep_side_by_side_and_wake_exactly_on_time(deploy):
    judge = run(
        deploy,
        "async def nap(s):\n"
        "    await asyncio.sleep(s)\n"
        "    return ms()\n"
        "async def main(): return await asyncio.gather(nap(0.3), nap(0.1), nap(0.1), nap(0.25))\n"
        "return asyncio.run(main())",
    )

    assert judge.result() == [300, 100, 100, 250]


def test_asyncio_is_woken_by_a_thread_of_its_executor(deploy):
    judge = run(
        deploy,
        "async def main():\n"
        "    loop = asyncio.get_running_loop()\n"
        "    naps = [loop.run_in_executor(None, time.sleep, s) for s in (0.4, 0.2)]\n"
        "    await asyncio.wait_for(asyncio.gather(*naps, asyncio.to_thread(time.sleep, 0.1)), 5)\n"
        "    return ms()\n"
        "return asyncio.run(main())",
    )

    assert judge.result() == 400


def test_a_thread_that_raises_is_reported_in_the_log_and_harms_nobody(deploy):
    judge = run(
        deploy,
        "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()\nreturn 'fine'",
    )

    assert judge.result() == "fine"
    assert "ZeroDivisionError: division by zero" in judge.log


def test_threads_left_running_are_frozen_between_two_invocations(deploy):
    judge = deploy(
        IMPORTS + "ticks = []\n"
        "def tick():\n"
        "    for n in range(3):\n"
        "        ticks.append(n)\n"
        "        time.sleep(0)\n"
        "def handler(event, context):\n"
        "    if not ticks:\n"
        "        threading.Thread(target=tick).start()\n"
        "        return len(ticks)\n"
        "    time.sleep(1)\n"
        "    return len(ticks)\n"
    )

    assert judge.result() == 1
    assert judge.result() == 3


def test_a_deadlock_leaves_the_worker_quiet_with_nothing_to_wait_for(deploy):
    judge = run(deploy, "lock = threading.Lock(); lock.acquire(); lock.acquire()")

    assert judge.invoke() is None


def test_a_process_forked_by_a_handler_cannot_speak_for_its_parent(deploy):
    judge = run(
        deploy,
        "import os\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    try: time.sleep(1)\n"
        "    except OSError: os._exit(42)\n"
        "    os._exit(0)\n"
        "return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
    )

    assert judge.result() == 42
