"""Faults between an event bus and the targets of its rules."""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point


class EventBusFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its deliveries.

    Attributes:
        rule: logical id of the rule ("FunctionEvent" for an event of a function). "" matches any.
        target: logical id of the function or queue it goes to. "" matches any.
        containing: only events whose detail contains this text. "" matches any.
    """

    point: ClassVar[Point] = Point.DELIVERY

    rule: str = ""
    target: str = ""
    containing: str = ""

    def matches(self, rule: str, target: str, detail: str) -> bool:
        """Whether this delivery is one the fault is about."""
        return self.rule in ("", rule) and self.target in ("", target) and self.containing in detail


class EventDuplicated(EventBusFault, frozen=True, kw_only=True, tag="event_duplicated"):
    """A target gets an event more than once, with the same id.

    In production EventBridge promises at least once: where its own note of a delivery is
    lost, it delivers again.
    AWS says so: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html

    Attributes:
        after_ms: how long after the first delivery the next comes; with several values, one each.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    after_ms: tuple[int, ...] = (50,)


class EventHeldBack(EventBusFault, frozen=True, kw_only=True, tag="event_held_back"):
    """Events reach a target late, each by a time of its own, and so out of order.

    In production a bus keeps no order, and under load an event may take seconds.

    Attributes:
        at_most_ms: each event comes later by a drawn time up to this.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    at_most_ms: int = 5000


class EventTargetDown(EventBusFault, frozen=True, kw_only=True, tag="event_target_down"):
    """A target answers EventBridge with an error that may pass.

    In production a target's API is throttled or has an outage. EventBridge tries again for
    as long as the target's retry policy says, then gives the event to the dead-letter queue
    of the target, or drops it.

    Attributes:
        error: "THROTTLING", "TIMEOUT", "INTERNAL_ERROR" or "ERROR_FROM_TARGET".
    """

    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    error: str = "INTERNAL_ERROR"


class EventEntryFails(Fault, frozen=True, kw_only=True, tag="event_entry_fails"):
    """One entry of a PutEvents call is not taken, while the call itself answers 200.

    In production this is how throttling and trouble inside EventBridge show: FailedEntryCount
    is not 0, and whoever looks at the status alone has lost an event.

    Attributes:
        bus: name of the bus. "" matches any.
        containing: only entries whose detail contains this text. "" matches any.
        error: "InternalFailure" or "ThrottlingException".
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.DEFINITE

    bus: str = ""
    containing: str = ""
    error: str = "InternalFailure"

    def matches(self, bus: str, detail: str) -> bool:
        """Whether this entry is one the fault is about."""
        return self.bus in ("", bus) and self.containing in detail
