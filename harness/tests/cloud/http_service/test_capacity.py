"""The capacity model as arithmetic."""

import pytest

from harness.cloud.engines.http_service.capacity import Capacity

DATABASE = Capacity(comfortable=4, crowding=0.5, limit=8, rows_to_double=2000)


@pytest.mark.parametrize(("in_flight", "latency_ms"), [(1, 100), (4, 100), (5, 150), (6, 300), (7, 550), (8, 900)])
def test_each_request_past_the_comfortable_number_slows_the_service_more(in_flight: int, latency_ms: float) -> None:
    assert DATABASE.latency_ms(100, in_flight) == latency_ms


@pytest.mark.parametrize(("rows", "latency_ms"), [(0, 100), (200, 110), (2000, 200)])
def test_stored_rows_slow_the_service(rows: int, latency_ms: float) -> None:
    assert DATABASE.latency_ms(100, 1, rows) == pytest.approx(latency_ms)


def test_the_ninth_request_is_one_too_many_for_a_limit_of_eight() -> None:
    assert not DATABASE.refuses(8)
    assert DATABASE.refuses(9)


def test_a_capacity_without_arguments_bears_everything() -> None:
    assert Capacity().latency_ms(100, 10_000, rows=10_000) == 100
    assert not Capacity().refuses(10_000)
