"""An event bus as acceptance tests see and use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.events.records import EventDelivered, EventDropped
from harness.cloud.engines.events.requests import Target
from harness.cloud.engines.events.store import Bus, Rule
from harness.cloud.errors import SubmissionError
from harness.cloud.patterns import EventPattern
from harness.event_sources.targets import SUBSCRIBER, Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.cloud.engines.events.service import EventsService
    from harness.simulation.trace import Trace
    from harness.world.deployment import Deployment


class BusMissing(SubmissionError):
    """The kata's contract fixes an event bus that the template does not have."""


@dataclass(frozen=True)
class EventSeen:
    """An event that a bus took in.

    Attributes:
        event: the whole envelope: id, source, detail-type, detail, ...
        replay: name of the replay that brought it; "": it is new.
    """

    at_ms: int
    event: dict[str, Any]
    replay: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """What the sender said."""
        found: dict[str, Any] = self.event["detail"]
        return found


@dataclass(frozen=True)
class Delivery:
    """What became of an event on its way to one target.

    Attributes:
        rule: logical id of the rule.
        target: logical id of the function or queue.
        retries: attempts after the first.
        error: "": the target took it; otherwise why not ("NO_PERMISSIONS", "INTERNAL_ERROR", ...).
        dead_letter_queue: logical id of the queue that got what no target took; "": it is lost.
    """

    at_ms: int
    event_id: str
    rule: str
    target: str
    retries: int
    error: str = ""
    dead_letter_queue: str = ""


class BusView:
    """An event bus of the submission, or the default one. All but `exists` and `events` need it to exist."""

    def __init__(
        self, logical_id: str, name: str | None, events: EventsService, targets: Targets, trace: Trace
    ) -> None:
        self.logical_id = logical_id
        self._name = name
        self._events = events
        self._targets = targets
        self._trace = trace

    @property
    def exists(self) -> bool:
        """Whether the template has it."""
        return self._name in self._events.store.buses

    @property
    def events(self) -> list[EventSeen]:
        """Every event it ever took in; [] if there is no such bus."""
        return [EventSeen(seen.at_ms, seen.event, seen.replay) for seen in self._bus.events] if self.exists else []

    @property
    def deliveries(self) -> list[Delivery]:
        """What became of its events, one for each target and attempt to deliver, in order of their ends."""
        ends = [each for each in self._trace if isinstance(each, EventDelivered | EventDropped)]
        return [_delivery(end) for end in ends if end.bus == self._bus.name]

    def put(self, *, source: str, detail_type: str, detail: Any, resources: tuple[str, ...] = ()) -> str:
        """Puts an event on the bus past the submission, and gives its id."""
        return self._events.put(source, detail_type, detail, resources, bus=self._bus.name)

    def put_again(self, event: Mapping[str, Any]) -> str:
        """Puts an event with the same contents as one that the bus took in; it gets an id of its own."""
        resources = tuple(event["resources"])
        return self.put(
            source=event["source"], detail_type=event["detail-type"], detail=event["detail"], resources=resources
        )

    def subscribe(self, pattern: Mapping[str, Any]) -> list[dict[str, Any]]:
        """From now on events that match go into the list that is given back, as they would to any target."""
        bus = self._bus
        name = f"test-subscriber-{len(self._targets.subscribers) + 1}"
        received: list[dict[str, Any]] = []
        rule = Rule(
            name=name,
            arn=self._events.store.rule_arn(bus.name, name),
            bus=bus.name,
            label=name,
            pattern=EventPattern(pattern),
        )
        rule.targets["test"] = Target(id="test", arn=SUBSCRIBER + name)
        self._targets.subscribers[SUBSCRIBER + name] = received.append
        bus.rules[name] = rule
        return received

    @property
    def _bus(self) -> Bus:
        if self._name is None or not self.exists:
            raise BusMissing(
                f"The template has no event bus {self.logical_id}.",
                expected=f"a resource {self.logical_id} of type AWS::Events::EventBus",
                file="template.yaml",
            )
        return self._events.store.buses[self._name]


def bus_view(deployment: Deployment, logical_id: str) -> BusView:
    """The view of a bus by its logical id, or of the account's default one."""
    spec = deployment.template.event_bridge.buses.get(logical_id)
    name = spec.name if spec else "default" if logical_id == "default" else None
    return BusView(logical_id, name, deployment.events, deployment.event_targets, deployment.trace)


def _delivery(end: EventDelivered | EventDropped) -> Delivery:
    dropped = end if isinstance(end, EventDropped) else None
    return Delivery(
        at_ms=end.at_ms,
        event_id=end.event_id,
        rule=end.rule,
        target=end.target,
        retries=end.retries,
        error=dropped.error if dropped else "",
        dead_letter_queue=dropped.dead_letter_queue if dropped else "",
    )
