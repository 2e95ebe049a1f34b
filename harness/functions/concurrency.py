"""Whether one more invocation may run now: concurrency, scaling rate, request rate.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
and https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
"""

from collections.abc import Mapping

from harness.functions import limits
from harness.functions.fleet import Function
from harness.simulation.clock import Clock

RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
CONCURRENT = "ConcurrentInvocationLimitExceeded"
RESERVED_RATE = "ReservedFunctionInvocationRateLimitExceeded"
RATE = "FunctionInvocationRateLimitExceeded"
"""Reasons of a 429. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""


class Bucket:
    """A token bucket: full at first, refilled continuously, never above its capacity."""

    def __init__(self, capacity: int, *, full_after_s: float) -> None:
        self.capacity = capacity
        self._interval_us = max(1, round(full_after_s * 1_000_000 / max(1, capacity)))
        self._full_us = 0

    def has_one(self, now_us: int) -> bool:
        """Whether a token is there."""
        return max(self._full_us, now_us) + self._interval_us - now_us <= self.capacity * self._interval_us

    def take(self, now_us: int) -> None:
        """Takes a token."""
        self._full_us = max(self._full_us, now_us) + self._interval_us


class Concurrency:
    """Decides who is throttled, and why.

    Attributes:
        account: the account's quota of environments in use at once.
        apart: functions that use nothing of it.
    """

    def __init__(self, clock: Clock, functions: Mapping[str, Function]) -> None:
        self._clock = clock
        self._functions = functions
        self.account = limits.ACCOUNT_CONCURRENCY
        self.apart: tuple[str, ...] = ()
        self._growth: dict[str, Bucket] = {}
        self._rates: dict[str, Bucket] = {}

    @property
    def unreserved(self) -> int:
        """What is left of the account's quota for functions that reserve and provision nothing."""
        taken = sum(_set_aside(function) for function in self._counted)
        return max(0, self.account - taken)

    @property
    def reserved(self) -> int:
        """The reserved concurrency of all functions together."""
        return sum(function.reserved or 0 for function in self._counted)

    @property
    def _counted(self) -> list[Function]:
        return [function for logical_id, function in self._functions.items() if logical_id not in self.apart]

    def why_not(self, function: Function, version: str, *, synchronous: bool) -> str:
        """The limit that forbids one more invocation now; "" if none does, and then it is counted."""
        if function.reserved == 0:
            return RESERVED
        if not function.ready.get(version) and (reason := self._no_room(function)):
            return reason
        rate = self._rate(function) if synchronous else None
        if rate is not None and not rate.has_one(self._clock.now_us):
            return RATE if function.reserved is None else RESERVED_RATE
        if not function.has_idle(version) and not self._may_grow(function):
            return CONCURRENT
        if rate is not None:
            rate.take(self._clock.now_us)
        return ""

    def _no_room(self, function: Function) -> str:
        """For one more environment on demand."""
        if function.reserved is not None:
            room = function.reserved - function.provisioned_count
            return RESERVED if function.busy_on_demand >= room else ""
        if function.spec.logical_id in self.apart:
            return ""
        busy = sum(other.busy_on_demand for other in self._counted if other.reserved is None)
        return CONCURRENT if busy >= self.unreserved else ""

    def _may_grow(self, function: Function) -> bool:
        logical_id = function.spec.logical_id
        if logical_id not in self._growth:
            self._growth[logical_id] = Bucket(limits.SCALING_ENVIRONMENTS, full_after_s=limits.SCALING_INTERVAL_S)
        bucket = self._growth[logical_id]
        if not bucket.has_one(self._clock.now_us):
            return False
        bucket.take(self._clock.now_us)
        return True

    def _rate(self, function: Function) -> Bucket:
        """Requests of the function, or of all functions that reserve nothing."""
        key = "" if function.reserved is None else function.spec.logical_id
        units = self.account if function.reserved is None else function.reserved
        capacity = limits.REQUESTS_PER_CONCURRENCY * units
        if key not in self._rates or self._rates[key].capacity != capacity:
            self._rates[key] = Bucket(capacity, full_after_s=1)
        return self._rates[key]


def _set_aside(function: Function) -> int:
    return function.provisioned_count if function.reserved is None else function.reserved
