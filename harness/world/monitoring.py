"""The world's side of CloudWatch: what reads the trace into metrics, and what wakes the alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.simulation.trace import Record, Trace

if TYPE_CHECKING:
    from harness.cloud.engines.cloudwatch.alarms import Alarms
    from harness.cloud.engines.cloudwatch.metrics import MetricStore
    from harness.cloud.engines.sqs.message import Message, Received
    from harness.cloud.engines.sqs.queue import Queue

Readers = Mapping[type[Record], Callable[[Record], None]]


@dataclass(frozen=True)
class Monitoring:
    """Metrics and alarms of a deployment."""

    store: MetricStore
    alarms: Alarms


class TraceReader:
    """Gives each record of the trace, once and in order, to whoever reads its type."""

    def __init__(self, trace: Trace, readers: Sequence[Readers]) -> None:
        self._trace = trace
        self._read = 0
        self._readers: dict[type[Record], list[Callable[[Record], None]]] = {}
        for each in readers:
            for kind, read in each.items():
                self._readers.setdefault(kind, []).append(read)

    def catch_up(self) -> None:
        """Everything in the trace has been read."""
        records = self._trace.records
        while self._read < len(records):
            record = records[self._read]
            self._read += 1
            for read in self._readers.get(type(record), ()):
                read(record)


class QueueActivity:
    """Tells that something happened to a queue."""

    def __init__(self, notice: Callable[[], None]) -> None:
        self._notice = notice

    def message_arrived(self, queue: Queue, message: Message) -> None:
        """A message came."""
        self._notice()

    def message_received(self, queue: Queue, received: Received) -> None:
        """A message was received."""
        self._notice()

    def message_deleted(self, queue: Queue, message: Message) -> None:
        """A message was deleted."""
        self._notice()
