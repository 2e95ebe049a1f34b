"""Takes what changed in a bucket to those who want to know: late by chance, perhaps twice, in no order.

AWS says "typically in seconds, sometimes a minute or longer"; here each notification takes a
drawn time from `FASTEST_MS` to `SLOWEST_MS`, and faults do the rest.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
"""

import contextvars
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from harness.cloud.s3 import events
from harness.cloud.s3.events import Change
from harness.cloud.s3.records import NotificationDelivered, NotificationSent
from harness.cloud.template.model_bucket import NotificationSpec
from harness.faults.board import ActiveFault, FaultBoard
from harness.faults.buckets import NotificationDuplicated, NotificationFault, NotificationHeld, NotificationsReordered
from harness.simulation.loop import VirtualLoop
from harness.simulation.trace import Trace

FASTEST_MS = 100
SLOWEST_MS = 1500
EVENT_BRIDGE = "EventBridge"

F = TypeVar("F", bound=NotificationFault)


@dataclass(kw_only=True, eq=False)
class Notification:
    """One change on its way to one target.

    Attributes:
        bucket: logical id; the name of a bucket that no template has.
        target: logical id of the function, queue or topic, or "EventBridge".
        spec: None for EventBridge.
        held_by: the fault that holds it; None: nothing does.
        delivered_us: when the target got it; more than once if it came again.
    """

    bucket: str
    target: str
    change: Change
    spec: NotificationSpec | None
    sent_us: int
    context: contextvars.Context
    held_by: ActiveFault | None = None
    delivered_us: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What a function, queue or topic gets."""
        return json.dumps(events.record(self.change, self.spec.id if self.spec else ""))


Deliver = Callable[[Notification], None]
"""Hands a notification to its target, now."""


class Notifier:
    """All notifications of all buckets.

    Attributes:
        sent: every one there was, in the order of the changes.
    """

    def __init__(
        self, *, loop: VirtualLoop, trace: Trace, faults: FaultBoard, chance: random.Random, deliver: Deliver
    ) -> None:
        self._loop = loop
        self._trace = trace
        self._faults = faults
        self._chance = chance
        self._deliver = deliver
        self.sent: list[Notification] = []

    def send(self, bucket: str, target: str, change: Change, spec: NotificationSpec | None) -> None:
        """Takes a notification on; it arrives by itself.

        Args:
            bucket: logical id.
            target: logical id.
        """
        context = contextvars.copy_context()  # the chain of invocations that this belongs to
        sent_us = self._loop.clock.now_us
        one = Notification(bucket=bucket, target=target, change=change, spec=spec, sent_us=sent_us, context=context)
        self.sent.append(one)
        self._trace.append(_sent(one))
        self._start(one)

    def send_later(self, work: Callable[[], None]) -> None:
        """Does something as late as a notification may be."""
        self._loop.call_later(self._latency_ms() / 1000, work)

    def deliver_again(self, notification: Notification) -> None:
        """The target gets it once more, now: an echo, with the sequencer it had."""
        notification.context.run(self._arrive, notification)

    def release(self, notification: Notification) -> None:
        """A notification that is held arrives now; one that is not stays on its way."""
        if notification.held_by is not None:
            notification.held_by = None
            notification.context.run(self._arrive, notification)

    def release_lifted(self) -> None:
        """What a fault held that was lifted arrives now, all at this instant."""
        for one in self.sent:
            if one.held_by is not None and one.held_by.lifted:
                self.release(one)

    def _start(self, one: Notification) -> None:
        latency_ms = self._latency_ms()
        if held := self._strikes(NotificationHeld, one):
            self._hold(one, *held)
            return
        if late := self._strikes(NotificationsReordered, one):
            latency_ms += self._chance.randint(0, late[0].at_most_ms)
        self._loop.call_later(latency_ms / 1000, self._arrive, one)

    def _hold(self, one: Notification, fault: NotificationHeld, active: ActiveFault) -> None:
        one.held_by = active
        if fault.for_ms is not None:
            self._loop.call_later(fault.for_ms / 1000, self.release, one)
        elif fault.until_ms is not None:
            self._loop.call_at(fault.until_ms / 1000, self.release, one)

    def _arrive(self, one: Notification) -> None:
        first = not one.delivered_us
        one.delivered_us.append(self._loop.clock.now_us)
        self._trace.append(_delivered(one))
        self._deliver(one)
        if first and (again := self._strikes(NotificationDuplicated, one)):
            for after_ms in again[0].after_ms:
                self._loop.call_later(after_ms / 1000, self._arrive, one)

    def _strikes(self, kind: type[F], one: Notification) -> tuple[F, ActiveFault] | None:
        what = f"{one.change.event} {one.change.key} from {one.bucket} to {one.target}"
        for active in self._faults.active:
            fault = active.fault
            if isinstance(fault, kind) and _is_about(fault, one) and self._faults.strike(active, what):
                return fault, active
        return None

    def _latency_ms(self) -> int:
        return self._chance.randint(FASTEST_MS, SLOWEST_MS)


def _is_about(fault: NotificationFault, one: Notification) -> bool:
    change = one.change
    return fault.matches(
        bucket=one.bucket, target=one.target, event=change.event, key=change.key, version_id=change.version_id
    )


def _sent(one: Notification) -> NotificationSent:
    change = one.change
    return NotificationSent(
        bucket=one.bucket,
        target=one.target,
        event=change.event,
        key=change.key,
        version_id=change.version_id,
        sequencer=change.sequencer,
    )


def _delivered(one: Notification) -> NotificationDelivered:
    change = one.change
    return NotificationDelivered(
        bucket=one.bucket,
        target=one.target,
        event=change.event,
        key=change.key,
        version_id=change.version_id,
        sequencer=change.sequencer,
        time=len(one.delivered_us),
    )
