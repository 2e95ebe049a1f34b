"""Time to live: items are removed some time after they have expired, at no cost.

Until then reads still find them. AWS says "typically within two days"; here each item's delay
is drawn from the seed, up to 48 hours. One timer is set for the next removal, and it keeps
nothing waiting.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
"""

import asyncio
import heapq
import random
from collections.abc import Callable

from harness.cloud.table_items import TableItems, TableShape, text_of
from harness.cloud.table_sizes import Item
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Record, Trace

AT_MOST_LATE_S = 48 * 3600
TOO_OLD_S = 5 * 365 * 24 * 3600
"""A time further back than five years is taken for a mistake, and removes nothing."""


class ItemExpired(Record, frozen=True, kw_only=True, tag=True):
    """Time to live removed an item.

    Attributes:
        key: as JSON text.
        late_s: how long after its time.
    """

    table: str
    key: str
    late_s: int


class TimeToLive:
    """Watches the items that can expire.

    Attributes:
        at_most_late_s: how long after its time an item written from now on is removed at the latest;
            None: nothing is removed, unless by `remove_expired`.
    """

    def __init__(
        self,
        *,
        loop: VirtualLoop,
        trace: Trace,
        items: TableItems,
        chance: random.Random,
        collect: Callable[[], None],
    ) -> None:
        """Args:
        collect: lets the streams see what has changed.
        """
        self._loop = loop
        self._trace = trace
        self._items = items
        self._chance = chance
        self._collect = collect
        self.at_most_late_s: int | None = AT_MOST_LATE_S
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._heap: list[tuple[int, int, str, Item]] = []
        self._expected: dict[tuple[str, str], tuple[int, int]] = {}

    def notice(self, shape: TableShape, key: Item, item: Item | None) -> None:
        """An item has been written, or deleted (None)."""
        attribute = self._items.expiry_attribute(shape.name)
        if not attribute:
            return
        place = (shape.name, text_of(key))
        expires_s = self._time_of(item, attribute)
        known = self._expected.get(place)
        if known is not None and known[0] == expires_s:
            return
        self._expected.pop(place, None)
        if expires_s is None:
            return
        self._number += 1
        self._expected[place] = (expires_s, self._number)
        start_us = max(self._loop.clock.now_us, self._virtual_us(expires_s))
        late_s = AT_MOST_LATE_S if self.at_most_late_s is None else self.at_most_late_s
        due_us = start_us + (self._chance.randrange(late_s) if late_s else 0) * 1_000_000
        heapq.heappush(self._heap, (due_us, self._number, shape.name, key))
        if self._heap[0][1] == self._number:
            self._set_timer(due_us)

    def remove_expired(self) -> int:
        """Everything whose time has passed is removed now; returns how many items."""
        waiting, self._heap = sorted(self._heap), []
        removed = 0
        for entry in waiting:
            if self._is_expired(entry):
                removed += self._remove(entry)
            else:
                heapq.heappush(self._heap, entry)
        self._collect()
        return removed

    def _time_of(self, item: Item | None, attribute: str) -> int | None:
        """The second at which an item expires; None: it never does."""
        value = (item or {}).get(attribute, {}).get("N")
        try:
            expires_s = int(float(value)) if value is not None else None
        except (ValueError, OverflowError):
            return None
        oldest_s = self._loop.clock.unix_s() - TOO_OLD_S
        return None if expires_s is None or expires_s < oldest_s or expires_s > 10**11 else expires_s

    def _virtual_us(self, unix_s: int) -> int:
        return unix_s * 1_000_000 - (self._loop.clock.unix_us() - self._loop.clock.now_us)

    def _set_timer(self, due_us: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay_s = max(0, due_us - self._loop.clock.now_us) / 1_000_000
        self._timer = self._loop.call_later_in_background(delay_s, self._ring)

    def _ring(self) -> None:
        if self.at_most_late_s is None:
            return
        now_us = self._loop.clock.now_us
        removed = 0
        while self._heap and self._heap[0][0] <= now_us:
            removed += self._remove(heapq.heappop(self._heap))
        if self._heap:
            self._set_timer(self._heap[0][0])
        if removed:
            self._collect()

    def _is_expired(self, entry: tuple[int, int, str, Item]) -> bool:
        _, number, table, key = entry
        expected = self._expected.get((table, text_of(key)))
        return expected is None or expected[1] != number or expected[0] <= self._loop.clock.unix_s()

    def _remove(self, entry: tuple[int, int, str, Item]) -> int:
        """Removes the item, unless it has been changed or deleted since; returns how many that are."""
        _, number, table, key = entry
        place = (table, text_of(key))
        expected = self._expected.get(place)
        shape = self._items.shape(table)
        if expected is None or expected[1] != number or shape is None:
            return 0
        del self._expected[place]
        if self._items.get(shape, key) is None:
            return 0
        self._items.expire(shape, key)
        late_s = int(self._loop.clock.unix_s()) - expected[0]
        self._trace.append(ItemExpired(table=table, key=place[1], late_s=late_s))
        return 1
