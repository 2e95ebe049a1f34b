"""Faults that do something at the instant they begin, and then are over or lie in wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cloud.engines.sqs.message import Message, md5_of_attributes, md5_of_body, size_bytes
from harness.faults.backlog import OldMessages, RetentionRunsOut
from harness.faults.recycling import ColdStartStorm
from harness.simulation.randomness import Randomness, uuid_from

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.queue import Queue
    from harness.faults.base import Fault
    from harness.faults.board import ActiveFault, FaultBoard
    from harness.functions.service import LambdaService
    from harness.simulation.loop import VirtualLoop
    from harness.world.deliveries import QueueWatch

_SENDER = "AROAKATASSIMULATEDAWS"


class FaultBeginnings:
    """Lets each such fault begin when its time has come."""

    def __init__(
        self,
        loop: VirtualLoop,
        faults: FaultBoard,
        randomness: Randomness,
        queues: dict[str, QueueWatch],
        functions: LambdaService,
    ) -> None:
        self._loop = loop
        self._faults = faults
        self._ids = randomness.stream("old messages")
        self._queues = queues
        self._functions = functions

    def await_beginning(self, active: ActiveFault) -> None:
        """Acts now, or at the fault's `from_ms`; for any other fault nothing is to be done."""
        if not isinstance(active.fault, OldMessages | RetentionRunsOut | ColdStartStorm):
            return
        if active.fault.from_ms <= self._loop.clock.now_ms:
            self._begin(active)
        else:
            self._loop.call_at(active.fault.from_ms / 1000, self._begin, active)

    def _begin(self, active: ActiveFault) -> None:
        fault: Fault = active.fault
        if active.lifted:
            return
        if isinstance(fault, ColdStartStorm):
            for logical_id in self._functions.functions:
                if fault.matches(logical_id):
                    self._functions.recycle(logical_id)
        elif isinstance(fault, OldMessages):
            if self._faults.strike(active, f"{fault.count} messages in {fault.queue}"):
                self._fill(self._queues[fault.queue].queue, fault)
        elif isinstance(fault, RetentionRunsOut):
            self._expire(self._queues[fault.queue].queue, fault)

    def _fill(self, queue: Queue, fault: OldMessages) -> None:
        """Puts the messages there as a redrive policy would have done it, the oldest first."""
        now_us = self._loop.clock.now_us
        for number in range(1, fault.count + 1):
            body = fault.body.replace("{number}", str(number))
            age_s = fault.age_s + (fault.count - number) * fault.every_s
            message = Message(
                message_id=uuid_from(self._ids),
                body=body,
                message_attributes={},
                md5_of_body=md5_of_body(body),
                md5_of_message_attributes=md5_of_attributes({}),
                size_bytes=size_bytes(body, {}),
                sender_id=_SENDER,
                sent_us=now_us - age_s * 1_000_000,
                group_id="old" if queue.fifo else None,
                deduplication_id=f"old-{number}" if queue.fifo else None,
            )
            queue.take_over(message)

    def _expire(self, queue: Queue, fault: RetentionRunsOut) -> None:
        for message in queue.messages():
            waits = message.state != "in flight"
            if waits and self._faults.on_message(RetentionRunsOut, fault.queue, message.body, message.message_id):
                queue.expire(message.message_id)
