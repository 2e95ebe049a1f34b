"""A limit of requests a second: a bucket that fills evenly, and a 429 where it is empty."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """How many requests a service takes.

    Attributes:
        per_s: in the long run.
        burst: at once, after a pause.
        retry_after_s: what a refusal tells the caller to wait.
    """

    per_s: float
    burst: int = 1
    retry_after_s: int = 1


class TokenBucket:
    """The bucket of one limit, full at the beginning."""

    def __init__(self, per_s: float, burst: int, now_us: int) -> None:
        self._per_us = per_s / 1_000_000
        self._burst = burst
        self._tokens = float(burst)
        self._at_us = now_us

    def takes(self, now_us: int) -> bool:
        """Whether one more request is within the limit; if so, it counts."""
        self._tokens = min(self._burst, self._tokens + (now_us - self._at_us) * self._per_us)
        self._at_us = now_us
        if self._tokens < 1 - 1e-9:
            return False
        self._tokens -= 1
        return True
