"""Schedules: EventBridge rules with a schedule, and EventBridge Scheduler, as a source of events.

A schedule's phase within the minute is drawn once; from then on it fires at the exact instants
of its expression plus that phase, each time up to five seconds late (model choice: AWS promises
the minute). What it sends, and to whom, is the engine's business.

A minute's schedule costs half a million invocations a year. So in a long wait (`sparse`) a tick
is left out where the one before changed nothing and nothing else has happened since, but for
one in six hours; and in a jump (`once`) each schedule fires at most once. Both are the test's choice.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import asyncio
import contextlib
import math
import random
from collections.abc import Callable, Iterator

from harness.cloud.schedules.timetable import Fire, When
from harness.event_sources.idleness import nothing_happened
from harness.simulation.clock import EPOCH
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace

LATENESS_MS = 5000
FIRST_PHASE_S = 60
SPARSE_S = 6 * 3600
"""In a sparse wait an idle schedule still fires this often."""

_EPOCH_S = int(EPOCH.timestamp())


class Schedules:
    """All schedules of a world: one event source, as far as settling is concerned."""

    def __init__(self, loop: VirtualLoop, trace: Trace, randomness: Randomness) -> None:
        self.loop = loop
        self.trace = trace
        self._randomness = randomness
        self._tickers: dict[str, _Ticker] = {}
        self.paused = False
        self.sparse = False
        self.jump: set[str] | None = None

    @property
    def ticks(self) -> bool:
        """Whether one of them fires for ever by itself."""
        return not self.paused and any(ticker.is_endless for ticker in self._tickers.values())

    def start(self) -> None:
        """Each began as it was set."""

    def set(self, key: str, when: When, fire: Fire, done: Callable[[], None] | None = None) -> None:
        """From now on this schedule fires; one of the same key is replaced."""
        self.remove(key)
        self._tickers[key] = _Ticker(key, when, fire, done, self, self._randomness.stream(f"schedule/{key}"))
        if not self.paused:
            self._tickers[key].begin()

    def remove(self, key: str) -> None:
        """This schedule fires no more; an unknown key is none."""
        ticker = self._tickers.pop(key, None)
        if ticker is not None:
            ticker.stop()

    def forget(self, ticker: "_Ticker") -> None:
        """A schedule has fired for the last time."""
        if self._tickers.get(ticker.key) is ticker:
            del self._tickers[ticker.key]

    def pause(self) -> None:
        """No schedule fires until `resume`; what falls due meanwhile is left out."""
        self.paused = True
        for ticker in self._tickers.values():
            ticker.stop()

    def resume(self) -> None:
        """Schedules fire again, from the next instant on."""
        if self.paused:
            self.paused = False
            for ticker in list(self._tickers.values()):
                ticker.begin()

    @contextlib.contextmanager
    def sparsely(self) -> Iterator[None]:
        """Inside, idle ticks are left out."""
        self.sparse = True
        try:
            yield
        finally:
            self.sparse = False

    @contextlib.contextmanager
    def once(self) -> Iterator[None]:
        """Inside, each schedule fires at most once."""
        self.jump = set()
        try:
            yield
        finally:
            self.jump = None


class _Ticker:
    """One schedule."""

    def __init__(
        self,
        key: str,
        when: When,
        fire: Fire,
        done: Callable[[], None] | None,
        schedules: Schedules,
        chance: random.Random,
    ) -> None:
        self.key = key
        self._when = when
        self._fire = fire
        self._done = done
        self._schedules = schedules
        self._chance = chance
        self._phase_s = chance.randrange(FIRST_PHASE_S)
        started_s = self._now_s if when.starts_s is None else max(self._now_s, math.ceil(when.starts_s))
        self._created_s = started_s
        self._timer: asyncio.TimerHandle | None = None
        self._fired_s: float | None = None
        self._seen = 0

    @property
    def is_endless(self) -> bool:
        """Whether it waits for an instant, and there is no last one."""
        return self._timer is not None and not self._when.ends

    @property
    def _now_s(self) -> int:
        return self._schedules.loop.clock.unix_us() // 1_000_000

    def begin(self) -> None:
        """Waits for the first instant, or, after a pause, for the next."""
        due_s = self._when.expression.first(self._created_s)
        if due_s is not None and due_s + self._phase_s < self._now_s:
            due_s = self._when.expression.next_after(self._now_s - self._phase_s, self._created_s)
        self._wait_for(due_s)

    def stop(self) -> None:
        """Waits for nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait_for(self, due_s: int | None) -> None:
        self.stop()
        if due_s is None or (self._when.ends_s is not None and due_s > self._when.ends_s):
            self._schedules.forget(self)
            return
        late_s = self._phase_s + self._chance.randrange(LATENESS_MS) / 1000
        if self._when.flexible_window_minutes:
            late_s += self._chance.randrange(self._when.flexible_window_minutes * 60)
        loop = self._schedules.loop
        at_s = max(loop.time(), due_s - _EPOCH_S + late_s)
        self._timer = loop.call_at(at_s, self._tick, due_s)

    def _tick(self, due_s: int) -> None:
        if not self._is_left_out():
            self._fired_s = self._schedules.loop.time()
            self._seen = len(self._schedules.trace)
            self._fire(due_s)
        next_s = self._when.expression.next_after(due_s, self._created_s)
        self._wait_for(next_s)
        if self._timer is None and self._done is not None:
            self._done()

    def _is_left_out(self) -> bool:
        schedules = self._schedules
        if schedules.jump is not None:
            fired_before = self.key in schedules.jump
            schedules.jump.add(self.key)
            return fired_before
        if not schedules.sparse or self._fired_s is None or schedules.loop.time() - self._fired_s >= SPARSE_S:
            return False
        return nothing_happened(schedules.trace, since=self._seen)
