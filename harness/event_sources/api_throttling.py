"""Token buckets on virtual time: how many requests an API lets through, and how many a key.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from harness.cloud.template import ApiSpec, RouteSpec, ThrottlingSpec, UsagePlanSpec
from harness.event_sources.api_responses import GatewayRefusal
from harness.simulation.clock import Clock

ACCOUNT = ThrottlingSpec(rate_per_s=10_000, burst=5_000)
"""Of all APIs of an account in a region together.
Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""


class TokenBucket:
    """Holds at most `burst` tokens, gets `rate_per_s` new ones a second, begins full; a request takes one."""

    def __init__(self, limit: ThrottlingSpec, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._tokens = float(limit.burst)
        self._filled_us = clock.now_us

    def take(self) -> bool:
        """Whether there was a token."""
        passed_us = self._clock.now_us - self._filled_us
        self._filled_us = self._clock.now_us
        self._tokens = min(self._limit.burst, self._tokens + passed_us * self._limit.rate_per_s / 1_000_000)
        if self._tokens < 1 - 1e-6:
            return False
        self._tokens -= 1
        return True


class RouteThrottling:
    """The limits of an API: one bucket for each route, and the account's for all."""

    def __init__(self, api: ApiSpec, clock: Clock, account: TokenBucket) -> None:
        self._api = api
        self._clock = clock
        self._account = account
        self._buckets: dict[tuple[str, str], TokenBucket] = {}

    def admit(self, route: RouteSpec, method: str) -> None:
        """Takes a token for a request.

        Raises:
            GatewayRefusal: there is none.
        """
        key = (method if self._api.kind == "rest" else route.method, route.path)
        limit = self._limit(route, method)
        if limit and not self._buckets.setdefault(key, TokenBucket(limit, self._clock)).take():
            raise GatewayRefusal(
                "THROTTLED", f"more than {limit.rate_per_s:g} requests a second (burst {limit.burst}) to {route.key}"
            )
        if not self._account.take():
            raise GatewayRefusal("THROTTLED", "more requests than the account's limit")

    def _limit(self, route: RouteSpec, method: str) -> ThrottlingSpec | None:
        """Its own, else the stage's. A REST API's settings may be for any method of a path, or any path of a method."""
        settings = self._api.route_throttling
        for key in (route.key, f"{method} {route.path}", f"* {route.path}", f"{method} /*"):
            if key in settings:
                return settings[key]
        return self._api.throttling


class UsagePlan:
    """What the one key of a REST API is allowed."""

    def __init__(self, spec: UsagePlanSpec, clock: Clock, today: Callable[[], datetime]) -> None:
        self._spec = spec
        self._bucket = TokenBucket(spec.throttling, clock) if spec.throttling else None
        self._today = today
        self._period = self._period_now()
        self._used = spec.used

    def admit(self) -> None:
        """Counts a request with the key.

        Raises:
            GatewayRefusal: its rate or its quota is used up.
        """
        if self._period != self._period_now():
            self._period, self._used = self._period_now(), 0
        if self._spec.quota is not None and self._used >= self._spec.quota:
            raise GatewayRefusal("QUOTA_EXCEEDED", f"more than {self._spec.quota} requests in a {self._spec.period}")
        if self._bucket and not self._bucket.take():
            raise GatewayRefusal("THROTTLED", "more requests than the usage plan of the API key allows")
        self._used += 1

    def _period_now(self) -> str:
        """The day, the week from Sunday on, or the month, in UTC."""
        today = self._today()
        if self._spec.period == "WEEK":
            today -= timedelta(days=today.isoweekday() % 7)
        return f"{today:%Y-%m}" if self._spec.period == "MONTH" else f"{today:%Y-%m-%d}"
