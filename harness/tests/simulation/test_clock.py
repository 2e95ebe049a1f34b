"""The clock: one reading, four ways to say it, and never backwards."""

from datetime import UTC, datetime

import pytest

from harness.simulation.clock import EPOCH, Clock, TimeWentBackwards


def test_every_reading_tells_the_same_instant() -> None:
    clock = Clock()

    clock.advance_to(1_234_567)

    assert clock.now_ms == 1234
    assert clock.unix_us() == int(EPOCH.timestamp()) * 1_000_000 + 1_234_567
    assert clock.unix_ms() == clock.unix_us() // 1000
    assert clock.unix_s() == clock.unix_us() / 1_000_000
    assert clock.utcnow() == datetime(2026, 1, 5, 9, 0, 1, 234_567, tzinfo=UTC)


def test_the_clock_refuses_to_go_back() -> None:
    clock = Clock()
    clock.advance_to(10)

    with pytest.raises(TimeWentBackwards, match="stands at 10 us and was asked to go to 9 us"):
        clock.advance_to(9)

    assert clock.now_us == 10


def test_the_clock_may_be_told_the_same_instant_again() -> None:
    clock = Clock()
    clock.advance_to(10)

    clock.advance_to(10)

    assert clock.now_us == 10
