"""Token buckets on virtual time, and which of them a request takes from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from harness.cloud.template import ApiSpec, ThrottlingSpec, UsagePlanSpec
from harness.event_sources.api_responses import GatewayRefusal
from harness.event_sources.api_throttling import ACCOUNT, RouteThrottling, TokenBucket, UsagePlan
from harness.simulation.clock import Clock
from harness.tests.event_sources.apis import http_api, rest_api, route


def limit(rate_per_s: float, burst: int) -> ThrottlingSpec:
    return ThrottlingSpec(rate_per_s=rate_per_s, burst=burst)


def taken(bucket: TokenBucket, tries: int) -> int:
    return sum(bucket.take() for _ in range(tries))


def test_a_bucket_begins_full_and_fills_at_its_rate() -> None:
    clock = Clock()
    bucket = TokenBucket(limit(10, 5), clock)

    assert taken(bucket, 9) == 5
    clock.advance_to(99_999)
    assert taken(bucket, 9) == 0
    clock.advance_to(100_000)
    assert taken(bucket, 9) == 1
    clock.advance_to(60_000_000)
    assert taken(bucket, 9) == 5


def test_a_rate_of_nothing_admits_nobody_again() -> None:
    clock = Clock()
    bucket = TokenBucket(limit(0, 1), clock)

    assert taken(bucket, 2) == 1
    clock.advance_to(10**12)
    assert taken(bucket, 2) == 0


def admitted(api: ApiSpec, *requests: str, account: ThrottlingSpec = ACCOUNT) -> list[bool]:
    clock = Clock()
    throttling = RouteThrottling(api, clock, TokenBucket(account, clock))
    return [_admit(throttling, request) for request in requests]


def _admit(throttling: RouteThrottling, request: str) -> bool:
    try:
        throttling.admit(route(request), request.partition(" ")[0])
    except GatewayRefusal:
        return False
    return True


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"throttling": limit(1, 1)}, [True, False, True]),
        ({"route_throttling": {"GET /a": limit(1, 1)}}, [True, False, True]),
        ({"throttling": limit(1, 1), "route_throttling": {"GET /a": limit(1, 2)}}, [True, True, True]),
        ({}, [True, True, True]),
    ],
)
def test_each_route_has_a_bucket_of_its_own(settings: Any, expected: list[bool]) -> None:
    assert admitted(http_api("GET /a", "GET /b", **settings), "GET /a", "GET /a", "GET /b") == expected


@pytest.mark.parametrize("key", ["GET /a", "* /a", "GET /*"])
def test_a_setting_of_a_rest_api_may_be_for_any_method_or_any_path(key: str) -> None:
    api = rest_api("GET /a", "PUT /a", route_throttling={key: limit(1, 1)})

    assert admitted(api, "GET /a", "GET /a") == [True, False]


def test_all_routes_share_the_limit_of_the_account() -> None:
    assert admitted(http_api(), "GET /a", "GET /b", "GET /c", account=limit(1, 2)) == [True, True, False]


@pytest.mark.parametrize(
    ("period", "same", "next_"),
    [
        ("DAY", datetime(2026, 1, 5, 23, 59, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)),
        ("WEEK", datetime(2026, 1, 10, 23, 59, tzinfo=UTC), datetime(2026, 1, 11, tzinfo=UTC)),
        ("MONTH", datetime(2026, 1, 31, 23, 59, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_quota_begins_anew_with_its_period(period: str, same: datetime, next_: datetime) -> None:
    today = datetime(2026, 1, 5, 9, tzinfo=UTC)
    plan = UsagePlan(UsagePlanSpec(quota=3, used=2, period=period), Clock(), lambda: today)

    plan.admit()
    today = same
    with pytest.raises(GatewayRefusal, match=f"more than 3 requests in a {period}"):
        plan.admit()
    today = next_
    plan.admit()
