"""Receivers that wait for messages: first come, first served, in virtual time.

A queue has at most one timer, for the next instant at which a message becomes visible, and
only while somebody waits. A receiver that waits for ever sets none, so that it never keeps a
simulation alive by itself. Messages that arrive at one instant are handed out together: the
line is served when a round of the event loop has brought nothing new.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from harness.cloud.engines.sqs.message import Received
from harness.simulation.loop import VirtualLoop


@dataclass(frozen=True, slots=True)
class Ask:
    """What a receiver asks for.

    Attributes:
        visibility_timeout_s: for this receive; None: the queue's.
    """

    max_messages: int
    receiver: str
    visibility_timeout_s: int | None = None


@dataclass(slots=True)
class _Waiting:
    ask: Ask
    answer: asyncio.Future[list[Received]]
    timer: asyncio.TimerHandle | None = None


class Line:
    """The receivers that wait at one queue."""

    def __init__(
        self,
        loop: VirtualLoop,
        hand_out: Callable[[Ask], list[Received]],
        next_due_us: Callable[[], int | None],
    ) -> None:
        """Args:
        hand_out: receives for somebody, at once; an empty list if there is nothing.
        next_due_us: when the next message becomes visible by itself.
        """
        self._loop = loop
        self._hand_out = hand_out
        self._next_due_us = next_due_us
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._tickets = count()
        self._news = 0
        self._service: asyncio.TimerHandle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_us: int | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, ask: Ask, wait_s: float | None) -> list[Received]:
        """What comes for this receiver, or an empty list when `wait_s` is over; None waits for ever."""
        ticket = next(self._tickets)
        place = _Waiting(ask, self._loop.create_future())
        self._waiting[ticket] = place
        if wait_s is not None:
            place.timer = self._loop.call_later(wait_s, self._give_up, ticket)
        self._set_alarm()
        try:
            return await place.answer
        finally:
            if place.timer:
                place.timer.cancel()
            if self._waiting.pop(ticket, None):
                self._set_alarm()

    def stir(self, *, something_is_ready: bool) -> None:
        """Learns that the queue changed."""
        if self._waiting:
            self._news += 1
            if something_is_ready and self._service is None:
                self._serve_soon()
            self._set_alarm()

    def serve(self) -> None:
        """Hands out what there is, to those who came first."""
        while self._waiting:
            ticket, place = next(iter(self._waiting.items()))
            if not place.answer.done():
                received = self._hand_out(place.ask)
                if not received:
                    break
                place.answer.set_result(received)
            del self._waiting[ticket]
        self._set_alarm()

    def dismiss(self, error: Exception) -> None:
        """Ends every wait with an error: the queue is deleted."""
        for place in self._waiting.values():
            if not place.answer.done():
                place.answer.set_exception(error)
        self._waiting.clear()
        self._set_alarm()

    def _give_up(self, ticket: int) -> None:
        self.serve()
        place = self._waiting.pop(ticket, None)
        if place and not place.answer.done():
            place.answer.set_result([])
        self._set_alarm()

    def _serve_soon(self) -> None:
        self._service = self._loop.call_at(self._loop.time(), self._serve_unless_news, self._news)

    def _serve_unless_news(self, news: int) -> None:
        self._service = None
        if self._news != news:
            self._serve_soon()
        else:
            self.serve()

    def _set_alarm(self) -> None:
        due_us = self._next_due_us() if self._waiting else None
        if due_us == self._alarm_us:
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_us = due_us
        self._alarm = None if due_us is None else self._loop.call_at(due_us / 1_000_000, self._ring)

    def _ring(self) -> None:
        self._alarm = self._alarm_us = None
        if self._service is None:
            self._serve_soon()
