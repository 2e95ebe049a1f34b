"""How much a shard takes and gives in a second.

The window slides: the limits hold over any second, without a burst, which is a little
stricter than AWS, where a shard may pass them for a moment.

Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from collections import deque

from harness.cloud.engines.kinesis import quotas

_SECOND_US = 1_000_000


class _LastSecond:
    """Counts and bytes of the second that ends now."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, int]] = deque()
        self.total_bytes = 0

    def count(self, now_us: int) -> int:
        """How many entries there are, after the old ones are forgotten."""
        while self._entries and self._entries[0][0] <= now_us - _SECOND_US:
            self.total_bytes -= self._entries.popleft()[1]
        return len(self._entries)

    def add(self, now_us: int, size_bytes: int) -> None:
        """Counts one more."""
        self._entries.append((now_us, size_bytes))
        self.total_bytes += size_bytes


class WriteMeter:
    """Admits records to a shard."""

    def __init__(self) -> None:
        self._last = _LastSecond()

    def admits(self, now_us: int, size_bytes: int, scale: float) -> bool:
        """Whether one more record fits; if so it is counted.

        Args:
            scale: share of AWS's limits that this stream has: 1, or less where a scenario says so.
        """
        if self._last.count(now_us) + 1 > quotas.WRITE_RECORDS_PER_S * scale:
            return False
        if self._last.total_bytes + size_bytes > quotas.WRITE_BYTES_PER_S * scale:
            return False
        self._last.add(now_us, size_bytes)
        return True


class ReadMeter:
    """Admits calls that read a shard: five in a second, and 2 MiB of data."""

    def __init__(self) -> None:
        self._calls = _LastSecond()
        self._taken = _LastSecond()
        self._blocked_until_us = 0

    def admits(self, now_us: int) -> bool:
        """Whether one more call may read now; if so it is counted."""
        self._taken.count(now_us)
        busy = self._calls.count(now_us) >= quotas.READS_PER_S or self._taken.total_bytes >= quotas.READ_BYTES_PER_S
        if busy or now_us < self._blocked_until_us:
            return False
        self._calls.add(now_us, 0)
        return True

    def took(self, now_us: int, size_bytes: int) -> None:
        """Counts what a call has read; more than 2 MiB block the shard for as long as they should have taken.

        Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
        """
        if size_bytes > quotas.READ_BYTES_PER_S:
            self._blocked_until_us = now_us + size_bytes * _SECOND_US // quotas.READ_BYTES_PER_S
        else:
            self._taken.add(now_us, size_bytes)
