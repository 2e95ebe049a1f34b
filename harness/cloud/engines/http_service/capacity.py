"""How a service behaves under load: slower with every request in flight, then a refusal.

Stands for a database behind a web application. Up to a point more requests cost nothing;
past it each one slows all that come after it; past another the service turns requests away;
past a third it falls over, and everything in flight is lost with it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capacity:
    """What a service can bear. Without arguments it bears everything.

    Attributes:
        comfortable: requests in flight that do not slow one another down; None: any number.
        crowding: what each further one costs: latency grows by `crowding` times the square
            of their number.
        limit: requests in flight above which one more is refused; None: never.
        rows_to_double: stored rows that make every request take twice as long; None: rows
            cost nothing.
        retry_after_s: what a refusal tells the caller to wait.
        collapse_at: requests in flight at which the service falls over; None: it never does.
        recovery_s: how long it is down then.
    """

    comfortable: int | None = None
    crowding: float = 0.5
    limit: int | None = None
    rows_to_double: int | None = None
    retry_after_s: int = 5
    collapse_at: int | None = None
    recovery_s: float = 30.0

    def refuses(self, in_flight: int) -> bool:
        """Whether a request is turned away that makes it this many in flight, itself included."""
        return self.limit is not None and in_flight > self.limit

    def collapses(self, in_flight: int) -> bool:
        """Whether the service falls over under a request that makes it this many in flight."""
        return self.collapse_at is not None and in_flight >= self.collapse_at

    def latency_ms(self, base_ms: float, in_flight: int, rows: int = 0) -> float:
        """How long a request takes.

        Args:
            base_ms: what it takes on an idle, empty service.
            in_flight: requests in flight when it arrives, itself included.
            rows: rows stored when it arrives.
        """
        excess = 0 if self.comfortable is None else max(0, in_flight - self.comfortable)
        growth = 0.0 if self.rows_to_double is None else rows / self.rows_to_double
        return base_ms * (1 + self.crowding * excess**2) * (1 + growth)
