"""Alarms of a template: their states over virtual time, and what they do when a state changes.

An alarm looks at a period once it is over. Nothing ticks: states are worked out when somebody
asks, and a timer is set only for an instant at which an alarm has something to do. Before
virtual time begins, an alarm has been evaluated without data.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.cloud.engines.cloudwatch.evaluation import EXTRA_PERIODS, INSUFFICIENT_DATA, evaluated
from harness.cloud.engines.cloudwatch.metric_math import Expression
from harness.cloud.engines.cloudwatch.metrics import Metric, MetricStore, Window, metric
from harness.cloud.template.model_alarms import AlarmSpec, MetricQuery
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Record, Trace

FORESIGHT_PERIODS = 1440
"""How many periods ahead an alarm looks for what it will have to do if nothing happens: a day of minutes."""


class AlarmStateChanged(Record, frozen=True, kw_only=True, tag=True):
    """An alarm entered a state for which it has actions.

    Attributes:
        alarm: logical id.
    """

    alarm: str
    before: str
    after: str


@dataclass(frozen=True)
class StateChange:
    """An alarm changed its state.

    Attributes:
        at_us: virtual time: the end of the period that did it.
        values: of the periods it looked at, the newest at the end.
    """

    at_us: int
    before: str
    after: str
    reason: str
    values: tuple[float | None, ...] = ()


Act = Callable[["Alarm", StateChange], None]


class Alarm:
    """One alarm.

    Attributes:
        state: after the last period that was looked at.
        history: every change, the oldest first.
    """

    def __init__(self, spec: AlarmSpec, store: MetricStore) -> None:
        self.spec = spec
        self.history: list[StateChange] = []
        self._store = store
        self._period_us = spec.period_s * 1_000_000
        self._width = spec.evaluation_periods + EXTRA_PERIODS
        self.state = evaluated(spec, [None] * self._width, INSUFFICIENT_DATA)
        self._looked_us = store.period_start(0, spec.period_s)
        self.timer: asyncio.TimerHandle | None = None
        self.due_us = 0

    @property
    def has_actions(self) -> bool:
        """Whether any change of state does something."""
        return self.spec.actions_enabled and any(self.spec.actions.values())

    def next_end(self, now_us: int) -> int:
        """The end of the present period."""
        return self._store.period_start(now_us, self.spec.period_s) + self._period_us

    def catch_up(self, now_us: int) -> list[StateChange]:
        """Looks at every period that has ended since it looked last, and gives the changes."""
        last_us = self._store.period_start(now_us, self.spec.period_s)
        if last_us <= self._looked_us:
            return []
        values = self._values(self._looked_us - self._width * self._period_us, last_us)
        first = len(self.history)
        while self._looked_us < last_us:
            self._looked_us += self._period_us
            self._look(values, self._looked_us)
            if not any(self._looked_us - self._width * self._period_us <= start for start in values):
                self._looked_us = last_us  # nothing is left that could change anything
        return self.history[first:]

    def foreseen_us(self, now_us: int) -> int | None:
        """When it will enter a state that has actions, if nothing happens from now on; None: never."""
        state, end_us = self.state, self._looked_us
        values = self._values(end_us - self._width * self._period_us, end_us)
        former: float | None = None
        for ahead in range(1, self._horizon(now_us) + 1):
            end_us += self._period_us
            forecast = self._forecast(end_us - self._period_us)
            if forecast is not None:
                values[end_us - self._period_us] = forecast
            entered = evaluated(self.spec, self._window(values, end_us), state)
            if entered != state and self.spec.actions.get(entered):
                return end_us
            if entered == state and ahead > self._width and forecast == former:
                return None
            state, former = entered, forecast
        return None

    def _look(self, values: dict[int, float], end_us: int) -> None:
        seen = self._window(values, end_us)
        entered = evaluated(self.spec, seen, self.state)
        if entered != self.state:
            change = StateChange(end_us, self.state, entered, self._reason(entered, seen), tuple(seen))
            self.history.append(change)
            self.state = entered

    def _window(self, values: dict[int, float], end_us: int) -> list[float | None]:
        return [values.get(end_us - back * self._period_us) for back in range(self._width, 0, -1)]

    def _horizon(self, now_us: int) -> int:
        """How many periods to look ahead: further than the window only where data points go on coming."""
        return FORESIGHT_PERIODS if self._forecast(self.next_end(now_us)) is not None else self._width + 1

    def _reason(self, state: str, values: list[float | None]) -> str:
        found = [value for value in values if value is not None][-self.spec.evaluation_periods :]
        if state == INSUFFICIENT_DATA or not found:
            return f"No datapoints were received for {self.spec.evaluation_periods} period(s)."
        shown = ", ".join(f"{value:g}" for value in found)
        return (
            f"Threshold Crossed: {len(found)} datapoint(s) [{shown}] against the threshold "
            f"({self.spec.comparison} {self.spec.threshold:g}), {self.spec.datapoints_to_alarm} needed."
        )

    # ---- values ------------------------------------------------------------------------------

    def _values(self, start_us: int, end_us: int) -> dict[int, float]:
        """What is compared, by the start of each period."""
        query = self.spec.query
        if not query.expression:
            return self._of_metric(query, start_us, end_us)
        expression = Expression(query.expression)
        operands = {
            each.id: self._of_metric(each, start_us, end_us) for each in self.spec.queries if each.id in expression.ids
        }
        results = {}
        for start in sorted({start for values in operands.values() for start in values}):
            result = expression.value({id_: values[start] for id_, values in operands.items() if start in values})
            if result is not None:
                results[start] = result
        return results

    def _of_metric(self, query: MetricQuery, start_us: int, end_us: int) -> dict[int, float]:
        window = Window(start_us, end_us, self.spec.period_s)
        return self._store.values(_key(query), query.statistic, window, query.unit)

    def _forecast(self, start_us: int) -> float | None:
        """The value of a period to come, where it is known already."""
        query = self.spec.query
        return None if query.expression else self._store.forecast(_key(query), start_us)


def _key(query: MetricQuery) -> Metric:
    return metric(query.namespace, query.name, query.dimensions)


class Alarms:
    """All alarms of a template."""

    def __init__(
        self, loop: VirtualLoop, trace: Trace, store: MetricStore, specs: Iterable[AlarmSpec], act: Act
    ) -> None:
        self._loop = loop
        self._trace = trace
        self._store = store
        self._act = act
        self.alarms = {spec.logical_id: Alarm(spec, store) for spec in specs}
        self._acting = [alarm for alarm in self.alarms.values() if alarm.has_actions]

    def notice(self) -> None:
        """Something happened that metrics count: alarms look at this period when it is over."""
        for alarm in self._acting:
            self._look_at(alarm, alarm.next_end(self._loop.clock.now_us))

    def catch_up(self) -> None:
        """Every alarm has its state of now."""
        self._store.refresh()
        for alarm in self.alarms.values():
            self._carry_out(alarm, alarm.catch_up(self._loop.clock.now_us))

    def _look_at(self, alarm: Alarm, due_us: int) -> None:
        if alarm.timer is not None:
            if alarm.due_us <= due_us:
                return
            alarm.timer.cancel()
        alarm.due_us = due_us
        alarm.timer = self._loop.call_at(due_us / 1_000_000, self._look, alarm)

    def _look(self, alarm: Alarm) -> None:
        alarm.timer = None
        now_us = self._loop.clock.now_us
        self._store.refresh()
        self._carry_out(alarm, alarm.catch_up(now_us))
        foreseen_us = alarm.foreseen_us(now_us)
        if foreseen_us is not None:
            self._look_at(alarm, foreseen_us)

    def _carry_out(self, alarm: Alarm, changes: list[StateChange]) -> None:
        for change in changes:
            if alarm.spec.actions_enabled and alarm.spec.actions.get(change.after):
                self._trace.append(
                    AlarmStateChanged(alarm=alarm.spec.logical_id, before=change.before, after=change.after)
                )
                self._act(alarm, change)
