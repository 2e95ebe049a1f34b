"""OrderEvents as the tests use it, whether it is a topic or a bus: another shop's till, and a fourth listener."""

import json
from dataclasses import dataclass
from typing import Any

from books import Order
from harness.promises import expect
from harness.world import World

CHANNEL = "OrderEvents"
SOURCE = "coffee.orders"


@dataclass(frozen=True)
class Heard:
    """An event as a subscriber gets it.

    Attributes:
        event_type: the message attribute, or the detail type.
        event_version: the message attribute; on a bus that of the event, as a text.
        event: the JSON.
    """

    event_type: str
    event_version: str
    event: dict[str, Any]

    @property
    def order(self) -> Any:
        """The order it carries."""
        return self.event.get("order")

    @property
    def order_id(self) -> str:
        """Of the order; "" if it carries none."""
        return str(self.order.get("order_id", "")) if isinstance(self.order, dict) else ""


def draw_event(world: World, order: Any, *, occurred_at: str, event_type: str = "OrderCreated") -> dict[str, Any]:
    """An event of version 1 with an id of its own."""
    return {
        "event_id": f"e-{world.random('events').getrandbits(48):012x}",
        "event_type": event_type,
        "event_version": 1,
        "occurred_at": occurred_at,
        "order": order,
    }


def exists(world: World) -> bool:
    """Whether the template has a channel."""
    return world.topic(CHANNEL).exists or world.bus(CHANNEL).exists


def publish(world: World, event: dict[str, Any]) -> None:
    """Publishes past the submission, in the contract's shape."""
    _require(world)
    event_type = event["event_type"]
    if world.topic(CHANNEL).exists:
        attributes = {"event_type": event_type, "event_version": str(event["event_version"])}
        world.topic(CHANNEL).publish(event, attributes=attributes)
    else:
        world.bus(CHANNEL).put(source=SOURCE, detail_type=event_type, detail=event)


def published(world: World) -> list[Heard]:
    """Everything that was ever published, whoever did it."""
    if world.topic(CHANNEL).exists:
        return [_of_message(one.message, one.attributes) for one in world.topic(CHANNEL).published]
    return [_of_bus(one.event) for one in world.bus(CHANNEL).events]


class Listener:
    """A subscriber that the tests own; Orders knows nothing of it."""

    def __init__(self, world: World) -> None:
        _require(world)
        self._queue = world.topic(CHANNEL).attach_queue("Newcomer") if world.topic(CHANNEL).exists else None
        self._events = [] if self._queue else world.bus(CHANNEL).subscribe({"source": [{"prefix": ""}]})

    @property
    def heard(self) -> list[Heard]:
        """What it got, in the order in which it came."""
        if self._queue is None:
            return [_of_bus(event) for event in self._events]
        return [
            _of_message(one.body, {name: value.string_value for name, value in one.message_attributes.items()})
            for one in self._queue.arrivals
        ]

    def orders(self) -> dict[str, Order]:
        """The orders it heard of, the last event of each."""
        return {one.order_id: one.order for one in self.heard if one.order_id}


def _require(world: World) -> None:
    expect(
        exists(world),
        f"The template has no {CHANNEL}, so nothing can be announced.",
        expected=f"a resource {CHANNEL} of type AWS::SNS::Topic or AWS::Events::EventBus [R1]",
        got="none",
    )


def _of_message(text: str, attributes: dict[str, Any]) -> Heard:
    return Heard(str(attributes.get("event_type", "")), str(attributes.get("event_version", "")), _object(text))


def _of_bus(envelope: dict[str, Any]) -> Heard:
    """On a bus the version is in the event alone; a foreign source is no event of the contract."""
    detail = envelope["detail"]
    is_ours = envelope["source"] == SOURCE
    return Heard(envelope["detail-type"] if is_ours else "", str(detail.get("event_version", "")), detail)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
