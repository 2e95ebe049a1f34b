"""Tasks in processes of their own: what they send, how they end, and that none outlives its use."""

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable

import pytest

from harness.judge.side_by_side import Ended, Send, Sent, Task, can_fork, side_by_side

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")


def sends(*payloads: bytes) -> Task:
    def task(send: Send) -> None:
        for payload in payloads:
            send(payload)

    return task


def sleeps(seconds: float) -> Task:
    def task(send: Send) -> None:
        send(str(os.getpid()).encode())
        time.sleep(seconds)

    return task


def run(*tasks: Task, processes: int = 2, limit_s: float = 20) -> list[Sent | Ended]:
    return list(side_by_side(tasks, processes=processes, limit_s=limit_s))


def is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_what_a_task_sends_comes_in_order_before_its_end() -> None:
    assert run(sends(b"one", b"", b"three")) == [Sent(0, b"one"), Sent(0, b""), Sent(0, b"three"), Ended(0)]


def test_every_task_is_run_though_few_run_at_a_time() -> None:
    events = run(*(sends(str(number).encode()) for number in range(7)), processes=2)

    assert Counter(events) == Counter(
        [*(Sent(number, str(number).encode()) for number in range(7)), *(Ended(number) for number in range(7))]
    )


def test_a_task_runs_in_a_process_of_its_own() -> None:
    touched: list[int] = []

    def task(send: Send) -> None:
        touched.append(1)
        send(str(os.getpid()).encode())

    events = run(task)

    assert touched == []
    assert events[0] != Sent(0, str(os.getpid()).encode())


def test_a_large_result_arrives_whole() -> None:
    payload = os.urandom(1000) * 3000

    assert run(sends(payload)) == [Sent(0, payload), Ended(0)]


def kills_itself(send: Send) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def exits(send: Send) -> None:
    os._exit(7)


def raises(send: Send) -> None:
    raise SystemExit(0)


@pytest.mark.parametrize(
    ("task", "died"), [(kills_itself, "signal 9"), (exits, "exit status 7"), (raises, "exit status 1")]
)
def test_a_task_that_dies_says_how_and_stops_no_other(task: Task, died: str, capfd: pytest.CaptureFixture[str]) -> None:
    events = run(task, sends(b"fine"), processes=1)

    assert events == [Ended(0, died), Sent(1, b"fine"), Ended(1)]


def test_a_task_that_takes_too_long_is_killed() -> None:
    events = run(sleeps(60), sends(b"fine"), processes=1, limit_s=0.3)

    pid = int(events[0].payload)  # type: ignore[union-attr]
    assert events[1] == Ended(0, "out of time after 0.3 s", out_of_time=True)
    assert events[2:] == [Sent(1, b"fine"), Ended(1)]
    assert not is_alive(pid)


def test_closing_kills_what_still_runs() -> None:
    running = side_by_side([sleeps(60), sleeps(60)], processes=2, limit_s=60)
    pids = {int(event.payload) for event in (next(running), next(running)) if isinstance(event, Sent)}

    running.close()

    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_an_exception_of_whoever_listens_kills_what_still_runs() -> None:
    pids: list[int] = []

    def listen(hear: Callable[[Sent | Ended], None]) -> None:
        with contextlib.closing(side_by_side([sleeps(60)], processes=1, limit_s=60)) as running:
            for event in running:
                hear(event)

    def hear(event: Sent | Ended) -> None:
        assert isinstance(event, Sent)
        pids.append(int(event.payload))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listen(hear)

    assert not is_alive(pids[0])


def test_no_tasks_are_soon_done() -> None:
    assert run() == []
