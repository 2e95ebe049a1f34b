"""Row locks of a service's database: whoever comes second waits, in the order of arrival.

A request takes all its locks at once or waits for all of them, so no two can block each
other for ever. It never overtakes an earlier one that waits for a row it wants too.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from harness.simulation.loop import VirtualLoop


@dataclass(eq=False)
class _Waiter:
    rows: tuple[str, ...]
    granted: asyncio.Future[bool]


class RowLocks:
    """Which rows are locked, and who waits for them."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._held: set[str] = set()  # asked for membership only: its order must not matter
        self._waiting: list[_Waiter] = []

    async def take(self, rows: Iterable[str], *, wait_ms: float) -> bool:
        """Locks all these rows.

        Args:
            rows: any names; one given twice counts once.
            wait_ms: how long to wait for rows that others hold.

        Returns:
            True: they are locked, until `release`. False: the wait ended before that.
        """
        waiter = _Waiter(tuple(rows), self._loop.create_future())
        self._waiting.append(waiter)
        self._grant()
        if waiter.granted.done():
            return True
        timer = self._loop.call_later(wait_ms / 1000, self._give_up, waiter)
        granted = await waiter.granted
        timer.cancel()
        return granted

    def release(self, rows: Iterable[str]) -> None:
        """Unlocks these rows, and lets in whoever waited for them."""
        self._held.difference_update(rows)
        self._grant()

    def _grant(self) -> None:
        spoken_for = set(self._held)
        still_waiting = []
        for waiter in self._waiting:
            if spoken_for.isdisjoint(waiter.rows):
                self._held.update(waiter.rows)
                waiter.granted.set_result(True)
            else:
                still_waiting.append(waiter)
            spoken_for.update(waiter.rows)
        self._waiting = still_waiting

    def _give_up(self, waiter: _Waiter) -> None:
        if not waiter.granted.done():
            self._waiting.remove(waiter)
            waiter.granted.set_result(False)
            self._grant()
