"""All schedules of a submission, as acceptance tests use them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.event_sources.schedule import Schedules


class SchedulesView:
    """Rules with a schedule and schedules of EventBridge Scheduler, together."""

    def __init__(self, schedules: Schedules) -> None:
        self._schedules = schedules

    @property
    def paused(self) -> bool:
        """Whether none of them fires."""
        return self._schedules.paused

    def pause(self) -> None:
        """No schedule fires until `resume`; what falls due meanwhile is left out. All else goes on."""
        self._schedules.pause()

    def resume(self) -> None:
        """Schedules fire again, from their next instant on."""
        self._schedules.resume()

    async def run_sparsely(self, s: float) -> None:
        """Lets time pass; ticks that change nothing are left out, but for one in six hours."""
        with self._schedules.sparsely():
            await asyncio.sleep(s)

    async def jump(self, s: float) -> None:
        """Lets time pass; each schedule fires at most once."""
        with self._schedules.once():
            await asyncio.sleep(s)
