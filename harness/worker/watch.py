"""The watchdog's eye: what a worker uses while an exchange takes long. It reads the real clock."""

import time
from collections.abc import Hashable

from harness.worker import quiescence


class Watch:
    """What a worker uses while an exchange takes long, from the first look on."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._from_cpu_s = quiescence.cpu_s(pid)
        self._from_s = self._still_since_s = time.monotonic()
        self._mark: Hashable | None = None

    def cpu_s(self) -> float:
        """CPU seconds used since the first look."""
        return quiescence.cpu_s(self.pid) - self._from_cpu_s

    def wall_s(self) -> float:
        """Real seconds since the first look."""
        return time.monotonic() - self._from_s

    def stands_still_s(self) -> float:
        """For how long no thread has run."""
        mark, now_s = quiescence.standstill(self.pid), time.monotonic()
        if mark is None or mark != self._mark:
            self._mark, self._still_since_s = mark, now_s
        return now_s - self._still_since_s
