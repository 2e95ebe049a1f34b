"""Where the messages of a queue are: ready, in flight, delayed; and what changes by itself, when.

Nothing here scans the queue. What waits for an instant lies in a heap; an entry that no
longer counts stays there until it comes up, or until such entries are the majority.
"""

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import count

from harness.cloud.engines.sqs.message import Message


class State(StrEnum):
    """Where a copy is."""

    READY = "ready"
    IN_FLIGHT = "in flight"
    DELAYED = "delayed"
    HELD = "held"  # by a fault: there, but no receive finds it
    COMING = "coming"  # a redelivery still to come: nobody sees it
    GONE = "gone"


_TIMED = frozenset({State.IN_FLIGHT, State.DELAYED, State.HELD, State.COMING})


class Copy:
    """A message in its place. A message has one copy, and one more per duplicate delivery.

    Attributes:
        number: unique in its queue, never used again.
        due_us: when a copy that is not ready becomes so.
        receipt: the number of its newest receive; 0 before the first.
        receives: receives of this copy in this queue: what maxReceiveCount limits.
        received_us: when its newest receive was.
        not_before_us: a fault keeps it back until then.
        again_us: a FIFO message whose delete gets lost comes back then, at the earliest.
    """

    __slots__ = (
        "again_us",
        "due_us",
        "message",
        "not_before_us",
        "number",
        "receipt",
        "received_us",
        "receives",
        "state",
    )

    def __init__(self, number: int, message: Message) -> None:
        self.number = number
        self.message = message
        self.state = State.GONE
        self.due_us = 0
        self.receipt = 0
        self.receives = 0
        self.received_us = 0
        self.not_before_us = 0
        self.again_us: int | None = None


class DueHeap:
    """Copies by the instant at which something happens to them."""

    def __init__(self, is_current: Callable[[int, Copy], bool]) -> None:
        """Args: is_current: whether an entry (instant, copy) still counts."""
        self._is_current = is_current
        self._heap: list[tuple[int, int, Copy]] = []
        self._sequence = count()
        self._outdated = 0

    def push(self, due_us: int, copy: Copy) -> None:
        """Adds an entry; entries of one instant come up in the order of adding."""
        heapq.heappush(self._heap, (due_us, next(self._sequence), copy))

    def outdate(self) -> None:
        """Says that one entry no longer counts."""
        self._outdated += 1
        if self._outdated > 64 and self._outdated * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if self._is_current(entry[0], entry[2])]
            heapq.heapify(self._heap)
            self._outdated = 0

    def next_us(self) -> int | None:
        """The next instant at which something happens."""
        while self._heap and not self._is_current(self._heap[0][0], self._heap[0][2]):
            heapq.heappop(self._heap)
            self._outdated -= 1
        return self._heap[0][0] if self._heap else None

    def pop_until(self, now_us: int) -> Iterator[Copy]:
        """Takes out what is due; a taken entry is not to be outdated."""
        while self._heap and self._heap[0][0] <= now_us:
            due_us, _, copy = heapq.heappop(self._heap)
            if self._is_current(due_us, copy):
                yield copy
            else:
                self._outdated -= 1


class ReadyOrder:
    """In which order ready copies are handed out: here, that in which they became ready."""

    def __init__(self) -> None:
        self._ready: OrderedDict[int, Copy] = OrderedDict()

    def moved(self, copy: Copy, was: State) -> None:
        """Learns that a copy came (`was` GONE), went (its state is GONE) or changed its state."""
        if copy.state is State.READY:
            self._ready[copy.number] = copy
        elif was is State.READY:
            del self._ready[copy.number]

    def candidates(self, limit: int) -> Iterator[Copy]:
        """Ready copies in order; the consumer moves each out of READY before it asks for the next."""
        while self._ready:
            yield next(iter(self._ready.values()))


class Store:
    """All copies of one queue."""

    def __init__(self, order: ReadyOrder) -> None:
        self._order = order
        self._numbers = count(1)
        self._copies: dict[int, Copy] = {}
        self._by_id: dict[str, list[Copy]] = {}
        self._due = DueHeap(lambda due_us, copy: copy.state in _TIMED and copy.due_us == due_us)
        self._age = DueHeap(lambda _, copy: copy.state is not State.GONE)
        self._population = dict.fromkeys(State, 0)

    def __iter__(self) -> Iterator[Copy]:
        return iter(list(self._copies.values()))

    def add(self, message: Message, state: State, due_us: int) -> Copy:
        """Puts a new copy of a message into its place."""
        copy = Copy(next(self._numbers), message)
        self._copies[copy.number] = copy
        self._by_id.setdefault(message.message_id, []).append(copy)
        self._age.push(message.sent_us, copy)
        self.place(copy, state, due_us)
        return copy

    def place(self, copy: Copy, state: State, due_us: int) -> None:
        """Moves a copy to another state, until `due_us` if that state ends by itself."""
        was = copy.state
        if was in _TIMED:
            self._due.outdate()
        self._move(copy, state, due_us)

    def remove(self, copy: Copy) -> None:
        """Takes a copy out for ever."""
        self.place(copy, State.GONE, 0)
        self._age.outdate()
        self._forget(copy)

    def copy(self, number: int) -> Copy | None:
        """The copy of this number, unless it is gone."""
        return self._copies.get(number)

    def copies_of(self, message_id: str) -> list[Copy]:
        """The copies of a message that are still in the queue, oldest first."""
        return self._by_id.get(message_id, [])

    def population(self, state: State) -> int:
        """How many copies are in a state."""
        return self._population[state]

    def candidates(self, limit: int) -> Iterator[Copy]:
        """Ready copies, in the queue's order; see `ReadyOrder.candidates`."""
        return self._order.candidates(limit)

    def next_due_us(self) -> int | None:
        """When the next copy becomes ready by itself."""
        return self._due.next_us()

    def make_due_ready(self, now_us: int) -> Iterator[tuple[Copy, State]]:
        """Makes ready whatever is due; tells which copies, and in which state they were."""
        for copy in self._due.pop_until(now_us):
            was = copy.state
            self._move(copy, State.READY, 0)
            yield copy, was

    def remove_sent_until(self, sent_us: int) -> Iterator[Copy]:
        """Takes out what was sent at that instant or earlier, and tells which copies."""
        for copy in self._age.pop_until(sent_us):
            self.place(copy, State.GONE, 0)
            self._forget(copy)
            yield copy

    def _move(self, copy: Copy, state: State, due_us: int) -> None:
        was = copy.state
        copy.state = state
        copy.due_us = due_us
        if state in _TIMED:
            self._due.push(due_us, copy)
        self._population[was] -= 1
        self._population[state] += 1
        self._order.moved(copy, was)

    def _forget(self, copy: Copy) -> None:
        del self._copies[copy.number]
        copies = self._by_id[copy.message.message_id]
        copies.remove(copy)
        if not copies:
            del self._by_id[copy.message.message_id]
