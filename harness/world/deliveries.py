"""Delivery faults at the queues, and the book of every message that ever arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.delivery import DuplicateDelivery, PoisonMessage, Reordering
from harness.world.views import Arrival

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.message import Message, Received
    from harness.cloud.engines.sqs.queue import Queue
    from harness.faults.board import ActiveFault, FaultBoard
    from harness.simulation.clock import Clock
    from harness.simulation.randomness import Randomness


class QueueWatch:
    """Watches one queue of the template."""

    def __init__(
        self, *, logical_id: str, queue: Queue, clock: Clock, faults: FaultBoard, randomness: Randomness
    ) -> None:
        self.logical_id = logical_id
        self.queue = queue
        self.arrivals: list[Arrival] = []
        self._clock = clock
        self._faults = faults
        self._chance = randomness.stream(f"delivery/{logical_id}")
        self._received: set[str] = set()
        queue.observers.append(self)

    def message_arrived(self, queue: Queue, message: Message) -> None:
        """Notes the arrival, and holds the message back if a fault says so."""
        arrival = Arrival(
            message.message_id, message.body, self._clock.now_ms, message.message_attributes, message.group_id
        )
        self.arrivals.append(arrival)
        fault = self._faults.on_message(Reordering, self.logical_id, message.body, message.message_id)
        if fault and not queue.fifo:
            queue.hold_back(message.message_id, for_ms=self._held_ms(fault))

    def _held_ms(self, fault: Reordering) -> int:
        if fault.mirrored and fault.until_ms is not None:
            return 2 * (fault.until_ms - self._clock.now_ms)
        return self._chance.randint(0, fault.at_most_ms)

    def message_received(self, queue: Queue, received: Received) -> None:
        """Brings a copy later if a fault says so; only the first receive of a message counts."""
        if received.message_id in self._received:
            return
        self._received.add(received.message_id)
        fault = self._faults.on_message(DuplicateDelivery, self.logical_id, received.body, received.message_id)
        for after_ms in fault.after_ms if fault else ():
            queue.deliver_again(received.message_id, after_ms=after_ms)

    def message_deleted(self, queue: Queue, message: Message) -> None:
        """Nothing strikes here."""

    def poison(self, active: ActiveFault) -> None:
        """Sends the message that nobody can read, unless the fault was lifted before it began."""
        fault = active.fault
        assert isinstance(fault, PoisonMessage)
        if self._faults.strike(active, f"a message that nobody can read in {self.logical_id}"):
            fifo = self.queue.fifo
            self.queue.send(
                fault.body,
                group_id="poison" if fifo else None,
                deduplication_id=f"poison-{self._chance.getrandbits(64):x}" if fifo else None,
            )
