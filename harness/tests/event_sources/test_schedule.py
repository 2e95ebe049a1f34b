"""Schedules: a phase drawn once, an exact period, a little lateness, an event."""

import itertools
import json
from typing import Any

import pytest

from harness.cloud.template import EventSourceSpec, ScheduleSettings
from harness.event_sources.schedule import ScheduleEventSource, ScheduleNotSimulated, period_s
from harness.tests.fakes import Simulation


class Accepted:
    """Takes asynchronous events down."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.events: list[tuple[int, str, bytes, str]] = []

    def accept(self, logical_id: str, event: bytes, *, cause: str) -> str:
        self.events.append((self._simulation.clock.now_ms, logical_id, event, cause))
        return "r-1"


def spec(expression: str, **settings: Any) -> EventSourceSpec:
    return EventSourceSpec(
        kind="Schedule",
        function="Sweep",
        name="EveryNow",
        settings=ScheduleSettings(expression=expression, **settings),
        line=17,
    )


def ticks(expression: str, seconds: float, *, seed: int = 1, **settings: Any) -> list[tuple[int, str, bytes, str]]:
    simulation = Simulation(seed)
    accepted: Any = Accepted(simulation)
    one = spec(expression, **settings)
    source = ScheduleEventSource(
        spec=one,
        settings=one.settings,  # type: ignore[arg-type]
        loop=simulation.loop,
        randomness=simulation.randomness,
        asynchronous=accepted,
    )
    source.start()
    simulation.advance(seconds)
    events: list[tuple[int, str, bytes, str]] = accepted.events
    return events


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3600), (" rate(2 days) ", 172_800)],
)
def test_a_rate_is_a_period(expression: str, seconds: int) -> None:
    assert period_s(spec(expression), ScheduleSettings(expression=expression)) == seconds


@pytest.mark.parametrize("expression", ["rate(0 minutes)", "rate(1 second)", "cron(0 8 * * ? *)", "", "rate(1minute)"])
def test_any_other_expression_is_refused_with_its_line(expression: str) -> None:
    with pytest.raises(ScheduleNotSimulated, match="The schedule EveryNow of Sweep is") as caught:
        period_s(spec(expression), ScheduleSettings(expression=expression))

    assert caught.value.line == 17


def test_a_schedule_fires_every_period_each_time_up_to_five_seconds_late() -> None:
    at_ms = [event[0] for event in ticks("rate(1 minute)", 3600)]

    periods_ms = [after - before for before, after in itertools.pairwise(at_ms)]
    assert len(at_ms) in (59, 60)
    assert at_ms[0] < 65_000
    assert all(55_000 <= period_ms <= 65_000 for period_ms in periods_ms)
    assert abs(at_ms[-1] - at_ms[0] - 60_000 * (len(at_ms) - 1)) <= 5000


def test_the_phase_is_that_of_the_seed() -> None:
    first = {seed: ticks("rate(1 hour)", 120, seed=seed)[0][0] for seed in range(1, 9)}

    assert len(set(first.values())) > 5
    assert first[1] == ticks("rate(1 hour)", 120, seed=1)[0][0]


def test_the_event_is_the_one_eventbridge_sends() -> None:
    at_ms, function, event, cause = ticks("rate(1 minute)", 70)[0]

    body = json.loads(event)
    assert (function, cause) == ("Sweep", "schedule EveryNow")
    assert list(body) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
    assert (body["detail-type"], body["source"], body["detail"]) == ("Scheduled Event", "aws.events", {})
    assert body["time"] == f"2026-01-05T09:{at_ms // 60_000:02d}:{at_ms // 1000 % 60:02d}Z"
    assert body["resources"] == ["arn:aws:events:eu-west-1:123456789012:rule/EveryNow"]


def test_an_input_of_the_template_is_sent_as_it_is() -> None:
    assert ticks("rate(1 minute)", 70, input='{"sweep": true}')[0][2] == b'{"sweep": true}'
