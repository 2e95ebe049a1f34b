"""Schedules: a phase drawn once, exact instants, a little lateness, and how a test makes them rarer."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from harness.cloud.records import CallSent
from harness.cloud.schedules.expressions import read_expression
from harness.cloud.schedules.timetable import When
from harness.event_sources.schedule import Schedules
from harness.functions.records import InvocationEnded, InvocationStarted
from harness.simulation.clock import EPOCH
from harness.tests.fakes import Simulation

START_S = int(EPOCH.timestamp())


class Scheduled:
    """A simulation with one schedule, and the times at which it fired."""

    def __init__(self, expression: str, *, seed: int = 1, window: int = 0, ends_s: float | None = None) -> None:
        self.simulation = Simulation(seed)
        self.schedules = Schedules(self.simulation.loop, self.simulation.trace, self.simulation.randomness)
        self.fired_ms: list[float] = []
        self.due_s: list[int] = []
        self.when = When(
            expression=read_expression(expression, once=True), flexible_window_minutes=window, ends_s=ends_s
        )
        self.schedules.set("tick", self.when, self._fire)

    def _fire(self, due_s: int) -> None:
        self.fired_ms.append(self.simulation.now_ms)
        self.due_s.append(due_s - START_S)


def test_a_rate_fires_every_period_each_time_up_to_five_seconds_late() -> None:
    scheduled = Scheduled("rate(1 minute)")

    scheduled.simulation.advance(3600)

    periods_ms = [after - before for before, after in itertools.pairwise(scheduled.fired_ms)]
    assert len(scheduled.fired_ms) in (59, 60)
    assert scheduled.fired_ms[0] < 65_000
    assert all(55_000 <= period_ms <= 65_000 for period_ms in periods_ms)
    assert abs(scheduled.fired_ms[-1] - scheduled.fired_ms[0] - 60_000 * (len(scheduled.fired_ms) - 1)) <= 5000


def test_the_phase_is_that_of_the_seed() -> None:
    first: dict[int, float] = {}
    for seed in (1, 2, 3, 4, 5, 6, 7, 8):
        scheduled = Scheduled("rate(1 hour)", seed=seed)
        scheduled.simulation.advance(120)
        first[seed] = scheduled.fired_ms[0]

    again = Scheduled("rate(1 hour)")
    again.simulation.advance(120)

    assert len(set(first.values())) > 5
    assert first[1] == again.fired_ms[0]


def test_a_cron_fires_within_the_minute_that_it_names() -> None:
    scheduled = Scheduled("cron(15 10 * * ? *)")

    scheduled.simulation.advance(2 * 86_400)

    assert scheduled.due_s == [75 * 60, 75 * 60 + 86_400]
    assert 0 <= scheduled.fired_ms[0] - 75 * 60_000 <= 65_000


def test_a_flexible_window_spreads_the_instants() -> None:
    scheduled = Scheduled("rate(1 hour)", window=15)

    scheduled.simulation.advance(24 * 3600)

    lateness_ms = [fired - due * 1000 for fired, due in zip(scheduled.fired_ms, scheduled.due_s, strict=True)]
    assert max(lateness_ms) - min(lateness_ms) > 5 * 60_000
    assert max(lateness_ms) <= 16 * 60_000 + 5000


def test_what_fires_once_lets_the_simulation_settle() -> None:
    scheduled = Scheduled("at(2026-01-05T10:00:00)")
    ticks_before = scheduled.schedules.ticks

    scheduled.simulation.settle()

    assert (ticks_before, scheduled.schedules.ticks, scheduled.due_s) == (False, False, [3600])


def test_an_instant_that_has_passed_never_comes() -> None:
    scheduled = Scheduled("at(2026-01-05T08:59:00)")

    scheduled.simulation.settle()

    assert scheduled.fired_ms == []


def test_a_schedule_with_an_end_stops_there() -> None:
    scheduled = Scheduled("rate(1 minute)", ends_s=START_S + 300)

    scheduled.simulation.settle()

    assert scheduled.due_s == [0, 60, 120, 180, 240, 300]


def test_while_schedules_are_paused_nothing_ticks() -> None:
    scheduled = Scheduled("rate(1 minute)")
    scheduled.simulation.advance(150)
    before = len(scheduled.fired_ms)

    scheduled.schedules.pause()
    settles = not scheduled.schedules.ticks
    scheduled.simulation.advance(3600)
    scheduled.simulation.settle()

    assert settles
    assert len(scheduled.fired_ms) == before


def test_after_a_pause_the_next_instant_is_the_first() -> None:
    scheduled = Scheduled("rate(1 minute)")
    scheduled.simulation.advance(150)
    scheduled.schedules.pause()
    scheduled.simulation.advance(600)
    before = len(scheduled.fired_ms)

    scheduled.schedules.resume()
    scheduled.simulation.advance(130)

    assert len(scheduled.fired_ms) in (before + 2, before + 3)
    assert all(fired_ms >= 750_000 for fired_ms in scheduled.fired_ms[before:])
    assert scheduled.schedules.ticks


def test_a_removed_schedule_fires_no_more() -> None:
    scheduled = Scheduled("rate(1 minute)")
    scheduled.simulation.advance(150)
    before = len(scheduled.fired_ms)

    scheduled.schedules.remove("tick")
    scheduled.simulation.advance(600)

    assert len(scheduled.fired_ms) == before
    assert not scheduled.schedules.ticks


def test_an_idle_schedule_fires_every_six_hours_in_a_sparse_wait() -> None:
    scheduled = Scheduled("rate(1 minute)")

    with scheduled.schedules.sparsely():
        scheduled.simulation.advance(86_400)

    assert len(scheduled.fired_ms) == 4


def invoked(scheduled: Scheduled, operation: str, outcome: str = "succeeded") -> Callable[[int], None]:
    """Fires with an invocation that makes one call."""
    trace = scheduled.simulation.trace

    def fire(due_s: int) -> None:
        scheduled.fired_ms.append(scheduled.simulation.now_ms)
        names: dict[str, Any] = {"function": "Sweep", "environment": "Sweep#1", "request_id": f"r-{due_s}"}
        trace.append(InvocationStarted(**names, cause="schedule SweepTick", cold=False))
        called: dict[str, Any] = {"call": 1, "index": 1, "service": "dynamodb", "target": "Table", "about": ""}
        trace.append(CallSent(**names, **called, operation=operation))
        trace.append(InvocationEnded(**names, outcome=outcome))

    return fire


@pytest.mark.parametrize(
    ("operation", "outcome", "least", "most"),
    [("Query", "succeeded", 2, 2), ("UpdateItem", "succeeded", 719, 720), ("Query", "failed", 719, 720)],
)
def test_only_a_tick_that_changed_nothing_makes_the_next_one_idle(
    operation: str, outcome: str, least: int, most: int
) -> None:
    scheduled = Scheduled("rate(1 minute)")
    scheduled.schedules.set("tick", scheduled.when, invoked(scheduled, operation, outcome))

    with scheduled.schedules.sparsely():
        scheduled.simulation.advance(12 * 3600)

    assert least <= len(scheduled.fired_ms) <= most


def test_in_a_jump_a_schedule_fires_at_most_once() -> None:
    scheduled = Scheduled("rate(1 minute)")

    with scheduled.schedules.once():
        scheduled.simulation.advance(30 * 86_400)
    during = len(scheduled.fired_ms)
    scheduled.simulation.advance(150)

    assert during == 1
    assert len(scheduled.fired_ms) in (3, 4)
