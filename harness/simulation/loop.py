"""An asyncio event loop whose clock jumps to the next timer when nothing is ready.

Nothing here waits for the real world: there are no file descriptors and no threads. Timers
that are due at the same instant run in the order in which they were set, so a run is a
function of the program alone.

A *background* timer (removing an idle environment, say) never keeps a simulation alive:
`settled` comes true as soon as only background timers are left.

Nothing fails unseen: an exception in a callback, or in a task that nobody awaits (`keep`),
ends the run.
"""

import asyncio
import heapq
import itertools
from asyncio import base_events, events
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar

from harness.simulation.clock import Clock

TURN_LIMIT = 10_000_000
"""Turns of the loop in one simulation: far above any honest run, and it ends a recursive loop."""

T = TypeVar("T")


class NothingLeftToHappen(RuntimeError):
    """Everybody waits and no timer is set: the awaited event can never come."""


class EndlessSimulation(RuntimeError):
    """More happened than in any honest run: something feeds itself for ever."""


class _OrderedTimer(events.TimerHandle):
    """A timer that breaks ties by the order of setting."""

    __slots__ = ("background", "sequence")
    _when: float

    def __init__(self, when: float, callback: Callable[..., Any], args: Any, loop: Any, context: Any) -> None:
        super().__init__(when, callback, args, loop, context)
        self.sequence = 0
        self.background = False

    def __lt__(self, other: Any) -> bool:
        return (self._when, self.sequence) < (other._when, other.sequence)

    def __le__(self, other: Any) -> bool:
        return (self._when, self.sequence) <= (other._when, other.sequence)

    def __gt__(self, other: Any) -> bool:
        return (self._when, self.sequence) > (other._when, other.sequence)

    def __ge__(self, other: Any) -> bool:
        return (self._when, self.sequence) >= (other._when, other.sequence)


class _Jump:
    """Stands where asyncio expects a selector: 'waiting' moves the clock instead."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        self._loop.take_turn(nothing_is_ready=timeout is None or timeout > 0)
        return []

    def close(self) -> None:
        """Nothing is held."""


class VirtualLoop(base_events.BaseEventLoop):
    """The scheduler of a simulation: one seeded world runs on one such loop."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__()
        self.clock = clock or Clock()
        self._selector = _Jump(self)
        self._clock_resolution = 5e-7  # half a microsecond: an instant is a whole one
        self._sequence = itertools.count()
        self._settle_waiters: list[asyncio.Future[None]] = []
        self._kept: set[asyncio.Task[Any]] = set()
        self._failure: BaseException | None = None
        self.turns = 0

    def time(self) -> float:
        """Virtual seconds since the start of the run."""
        return self.clock.now_us / 1_000_000

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> _OrderedTimer:
        """Calls back at a virtual instant; ties run in the order in which they were set."""
        when = round(when * 1_000_000) / 1_000_000  # an instant is a whole microsecond
        timer = _OrderedTimer(when, callback, args, self, context)
        timer.sequence = next(self._sequence)
        self._push(timer)
        return timer

    def call_later_in_background(self, delay_s: float, callback: Callable[..., Any], *args: Any) -> _OrderedTimer:
        """As `call_later`, but never keeps `settled` waiting."""
        timer = self.call_at(self.time() + delay_s, callback, *args)
        timer.background = True
        return timer

    def keep(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Runs something beside, to its end, though nobody may wait for it; if it fails, the run fails."""
        task = self.create_task(work)
        self._kept.add(task)
        task.add_done_callback(self._let_go)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """A callback that fails ends the run; whatever else asyncio has to complain about is logged."""
        if "handle" in context:
            self._fail(context["exception"])
        else:
            super().call_exception_handler(context)

    async def settled(self) -> None:
        """Returns when nothing is left to happen but background timers."""
        waiter: asyncio.Future[None] = self.create_future()
        self._settle_waiters.append(waiter)
        await waiter

    def restart(self) -> None:
        """Forgets every timer and sets the clock back: a new world begins on the same loop."""
        for timer in self._scheduled:  # type: ignore[attr-defined]
            timer._scheduled = False
        self._scheduled.clear()  # type: ignore[attr-defined]
        self._timer_cancelled_count = 0
        self._settle_waiters.clear()
        self._sequence = itertools.count()
        self._failure = None
        self.turns = 0
        self.clock = Clock()

    def take_turn(self, *, nothing_is_ready: bool) -> None:
        """Stands between two rounds of callbacks; where nothing is ready, moves on.

        Raises:
            EndlessSimulation: this has happened too often.
            NothingLeftToHappen: there is nothing to move on to.
        """
        self.turns += 1
        if self.turns > TURN_LIMIT:
            raise EndlessSimulation(f"After {TURN_LIMIT} turns there is no end: something triggers itself for ever.")
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if nothing_is_ready:
            self._move_on()

    def _move_on(self) -> None:
        """To whoever waits for quiet, else to the next timer."""
        scheduled: list[_OrderedTimer] = self._scheduled  # type: ignore[attr-defined]
        if self._settle_waiters and all(timer.background or timer.cancelled() for timer in scheduled):
            waiter = self._settle_waiters.pop(0)
            if not waiter.done():
                waiter.set_result(None)
            return
        if not scheduled:
            raise NothingLeftToHappen(
                f"At {self.clock.now_ms} ms everybody waits for something, and nothing is going to happen."
            )
        self.clock.advance_to(max(self.clock.now_us, round(scheduled[0].when() * 1_000_000)))

    def _push(self, timer: _OrderedTimer) -> None:
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._kept.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error

    def _process_events(self, event_list: Any) -> None:
        """There are no file descriptors, so there are no events of theirs."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in the kernel, so nobody needs waking."""
