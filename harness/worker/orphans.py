"""A process that outlives its parent ends by itself."""

import os
import signal


def die_with_parent() -> None:
    """The kernel ends this process when its parent ends; elsewhere a timer looks, while it computes.

    A process that waits for the judge needs neither: its socket comes to an end.
    """
    if not _ask_kernel_for_parent_death_signal():
        watch_parent()


def _ask_kernel_for_parent_death_signal() -> bool:
    import ctypes

    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    return bool(prctl(1, signal.SIGKILL, 0, 0, 0) == 0)  # 1 is PR_SET_PDEATHSIG


def watch_parent(interval_s: float = 1.0) -> None:
    """Ends this process if it has used CPU for `interval_s` since its parent ended."""
    parent = os.getppid()

    def look(number: int, frame: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, interval_s, interval_s)
