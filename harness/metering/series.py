"""How something went over virtual time: a point for each change, derived from the trace.

A message counts as in flight until it is deleted or its queue's visibility timeout has passed,
whatever ChangeMessageVisibility said; a delay of its own is not known (the trace has neither).
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from harness.cloud.engines.sqs.records import (
    MessageArrived,
    MessageDeleted,
    MessageExpired,
    MessageMovedToDeadLetterQueue,
    MessageReceived,
    MessageRedriven,
)
from harness.event_sources.stream_consumer import RecordsProcessed
from harness.functions.records import InvocationEnded, InvocationStarted
from harness.metering.source import Metered
from harness.simulation.trace import Record

_GONE = MessageDeleted | MessageExpired | MessageMovedToDeadLetterQueue | MessageRedriven


@dataclass(frozen=True)
class QueueState:
    """A queue from this instant to the next.

    Attributes:
        oldest_age_s: how long ago the oldest message that is left arrived; 0 if there is none.
    """

    at_ms: int
    visible: int
    in_flight: int
    oldest_age_s: int


@dataclass(frozen=True)
class IteratorAge:
    """A function worked through records of a shard; the last of them was so old."""

    at_ms: int
    age_ms: int
    source: str
    shard: str


@dataclass(frozen=True)
class Running:
    """So many invocations run from this instant to the next."""

    at_ms: int
    count: int


Point = TypeVar("Point", QueueState, Running)


class _Queue:
    """A queue while its records are gone through."""

    def __init__(self, visibility_us: int) -> None:
        self._visibility_us = visibility_us
        self._messages: dict[str, tuple[int, int]] = {}
        self._returns: list[tuple[int, str]] = []

    def take(self, record: Record) -> bool:
        """Lets a record happen; returns whether it changed something."""
        if isinstance(record, MessageArrived):
            self._messages.setdefault(record.message_id, (record.at_us, 0))
            return True
        if isinstance(record, MessageReceived) and record.message_id in self._messages:
            until_us = record.at_us + self._visibility_us
            self._messages[record.message_id] = (self._messages[record.message_id][0], until_us)
            heapq.heappush(self._returns, (until_us, record.message_id))
            return True
        return isinstance(record, _GONE) and self._messages.pop(record.message_id, None) is not None

    def returns(self, until_us: int) -> Iterator[int]:
        """The instants up to this one at which messages become visible again."""
        while self._returns and self._returns[0][0] <= until_us:
            at_us, message_id = heapq.heappop(self._returns)
            if self._messages.get(message_id, (0, 0))[1] == at_us:
                yield at_us

    def state(self, at_us: int) -> QueueState:
        in_flight = sum(until_us > at_us for _, until_us in self._messages.values())
        oldest_us = min((arrived_us for arrived_us, _ in self._messages.values()), default=at_us)
        return QueueState(at_us // 1000, len(self._messages) - in_flight, in_flight, (at_us - oldest_us) // 1_000_000)


def queue_series(metered: Metered, logical_id: str) -> list[QueueState]:
    """The states of a queue, from its first message on."""
    spec = metered.template.queues[logical_id]
    queue = _Queue(spec.visibility_timeout_s * 1_000_000)
    states: list[QueueState] = []
    for record in metered.trace:
        if getattr(record, "queue", None) != spec.name:
            continue
        states += [queue.state(at_us) for at_us in queue.returns(record.at_us - 1)]
        if queue.take(record):
            states.append(queue.state(record.at_us))
    states += [queue.state(at_us) for at_us in queue.returns(metered.clock.now_us)]
    return _last_of_each_instant([state for state in states if metered.holds(state.at_ms * 1000)])


def iterator_ages(metered: Metered, function: str) -> list[IteratorAge]:
    """How far behind a function's stream sources were, each time it had worked through records."""
    return [
        IteratorAge(record.at_ms, record.iterator_age_ms, record.source, record.shard)
        for record in metered.records(RecordsProcessed)
        if record.function == function
    ]


def running_series(metered: Metered, function: str) -> list[Running]:
    """How many invocations of a function ran."""
    count = 0
    points: list[Running] = []
    for record in metered.trace:
        if isinstance(record, InvocationStarted | InvocationEnded) and record.function == function:
            count += 1 if isinstance(record, InvocationStarted) else -1
            if metered.holds(record.at_us):
                points.append(Running(record.at_ms, count))
    return _last_of_each_instant(points)


def _last_of_each_instant(points: list[Point]) -> list[Point]:
    return list({point.at_ms: point for point in points}.values())
