"""Which processes a command has started: all of them inherit its TMPDIR, however far they are from it."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil

POLL_S = 0.02


def mark(folder: Path) -> dict[str, str]:
    """Variables of a command whose processes are to be found again; its temporary files lie there too."""
    return {"TMPDIR": str(folder)}


def alive_with(folder: Path) -> list[psutil.Process]:
    """The processes with this mark that run; one that only waits to be reaped does not."""
    return [process for process in psutil.process_iter() if _is_alive(process, str(folder))]


def wait_until(condition: Callable[[], object], within_s: float) -> bool:
    """Whether the condition comes to hold in time."""
    deadline = time.monotonic() + within_s
    while not (holds := bool(condition())) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    return holds


def _is_alive(process: psutil.Process, folder: str) -> bool:
    try:
        return process.environ().get("TMPDIR") == folder and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
