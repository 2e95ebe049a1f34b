"""Whether processes have ended."""

import time

import psutil


def all_end(pids: list[int], within_s: float = 10) -> bool:
    """Whether these processes end in time; one that only waits to be reaped by init has ended."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and any(_lives(pid) for pid in pids):
        time.sleep(0.02)
    return not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
