"""The one clock of a simulation.

Virtual time is counted in whole microseconds since the start of the run, so that no
rounding can make two runs differ. Everything outside this package speaks milliseconds.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 1, 5, 9, 0, 0, tzinfo=UTC)
"""The wall clock reading at which every simulation starts: a Monday morning."""

_EPOCH_UNIX_US = int(EPOCH.timestamp()) * 1_000_000


class Clock:
    """Tells virtual time. Only the event loop moves it, and only forwards.

    Attributes:
        held_us: where the wall clocks of functions stand still while time goes on; None: they do not.
    """

    def __init__(self) -> None:
        self.now_us = 0
        self.held_us: int | None = None

    @property
    def now_ms(self) -> int:
        """Milliseconds since the start of the run, rounded down."""
        return self.now_us // 1000

    @property
    def behind_us(self) -> int:
        """How far the wall clocks of functions are behind."""
        return 0 if self.held_us is None else self.now_us - self.held_us

    def unix_us(self) -> int:
        """Microseconds since 1970, as the simulated world counts them."""
        return _EPOCH_UNIX_US + self.now_us

    def unix_ms(self) -> int:
        """Milliseconds since 1970, as the simulated world counts them."""
        return self.unix_us() // 1000

    def unix_s(self) -> float:
        """Seconds since 1970, as the simulated world counts them."""
        return self.unix_us() / 1_000_000

    def utcnow(self) -> datetime:
        """The simulated date and time, aware, in UTC."""
        return EPOCH + timedelta(microseconds=self.now_us)

    def advance_to(self, due_us: int) -> None:
        """Moves the clock forward.

        Args:
            due_us: the new reading, microseconds since the start of the run.

        Raises:
            TimeWentBackwards: the new reading lies before the present one.
        """
        if due_us < self.now_us:
            raise TimeWentBackwards(f"The clock stands at {self.now_us} us and was asked to go to {due_us} us.")
        self.now_us = due_us


class TimeWentBackwards(AssertionError):
    """The scheduler asked for an instant that has passed: a fault of the harness."""
