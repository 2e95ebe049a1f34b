"""A timeline in the making: its lanes, and its events with what ties them together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from harness.cloud.errors import shown
from harness.judge.overview import logical_id
from harness.judge.timeline.model import Event, EventKind, Lane, LaneKind, Outcome
from harness.simulation.trace import Record

TEXT_CHARACTERS = 400
LOG_CHARACTERS = 2000

_KINDS: tuple[LaneKind, ...] = (
    *("fault", "client", "queue", "topic", "stream", "bus", "schedule", "function", "store", "service"),
)


@dataclass
class OpenLane:
    """A lane that events still come to.

    Attributes:
        holds: what it holds at this moment.
    """

    kind: LaneKind
    name: str
    rows: list[str] = field(default_factory=list)
    holds: int = 0
    level: list[tuple[int, int]] = field(default_factory=list)
    level_of: str = ""

    def row(self, name: str) -> int:
        """The row of this name, opened if there is none."""
        if name not in self.rows:
            self.rows.append(name)
        return self.rows.index(name)

    def hold(self, at_us: int, change: int, what: str) -> None:
        """It holds so many more from now on."""
        self.holds = max(0, self.holds + change)
        self.level_of = what
        if self.level and self.level[-1][0] == at_us:
            self.level.pop()
        self.level.append((at_us, self.holds))


@dataclass
class OpenEvent:
    """An event that may still get its end.

    Attributes:
        message: id of the message that it is about.
        request: the text sent; `request_id` is the invocation that it belongs to.
    """

    id: int
    at_us: int
    lane: OpenLane
    kind: EventKind
    text: str
    row: int = 0
    until_us: int | None = None
    outcome: Outcome = ""
    of: int | None = None
    request: str = ""
    answer: str = ""
    message: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Told:
    """What is known of an invocation beside the trace: its event, its answer, how it ended in words."""

    event: str
    answer: str
    ending: str


@dataclass
class Drawing:
    """Lanes and events so far, and what is open.

    Attributes:
        invocations: what is known of them by request id, in the order of their starts.
        as_submitted: text of a function with its files named as in the submission.
        open: what still gets an end, by a key of whoever opened it.
        calls: every outside call by its id: faults and late work name it after its end, too.
    """

    invocations: dict[str, list[Told]]
    as_submitted: Callable[[str, str], str]
    lanes: dict[tuple[LaneKind, str], OpenLane] = field(default_factory=dict)
    events: list[OpenEvent] = field(default_factory=list)
    open: dict[tuple[Any, ...], OpenEvent] = field(default_factory=dict)
    calls: dict[int, OpenEvent] = field(default_factory=dict)

    def lane(self, kind: LaneKind, name: str) -> OpenLane:
        """The lane of this thing, named by its logical id."""
        key = (kind, logical_id(name))
        if key not in self.lanes:
            self.lanes[key] = OpenLane(kind, logical_id(name))
        return self.lanes[key]

    def add(self, record: Record, lane: OpenLane, kind: EventKind, text: str, **more: Any) -> OpenEvent:
        """An event at the instant of the record."""
        event = OpenEvent(len(self.events) + 1, record.at_us, lane, kind, text, **more)
        self.events.append(event)
        return event

    def begin(self, key: tuple[Any, ...], event: OpenEvent) -> None:
        """The event goes on until `end` is called with the same key."""
        event.outcome = "open"
        self.open[key] = event

    def end(self, key: tuple[Any, ...], record: Record, outcome: Outcome) -> OpenEvent | None:
        """The event that was begun under this key, with its end; None if there is none."""
        event = self.open.pop(key, None)
        if event:
            event.until_us, event.outcome = record.at_us, outcome
        return event

    def finish(self, ends_us: int) -> None:
        """The run is over: what is open lasts until now."""
        for event in self.open.values():
            event.until_us = ends_us

    def lanes_in_order(self) -> list[OpenLane]:
        """By kind, and within a kind in the order in which something happened there."""
        return sorted(self.lanes.values(), key=lambda lane: _KINDS.index(lane.kind))


def lane_done(lane: OpenLane) -> Lane:
    """The lane as it goes into the timeline."""
    return Lane(
        name=shown(lane.name),
        kind=lane.kind,
        rows=tuple(shown(row) for row in lane.rows),
        level=tuple(lane.level),
        level_of=lane.level_of,
    )


def event_done(event: OpenEvent, lane: int, told: bool) -> Event:
    """The event as it goes into the timeline."""
    most = LOG_CHARACTERS if event.kind == "log" else TEXT_CHARACTERS
    return Event(
        id=event.id,
        at_us=event.at_us,
        until_us=event.until_us,
        lane=lane,
        row=event.row,
        kind=event.kind,
        outcome=event.outcome,
        of=event.of,
        text=shortened(event.text, TEXT_CHARACTERS),
        request=shortened(event.request, most),
        answer=shortened(event.answer, most),
        told=told,
    )


def shortened(text: str, most: int) -> str:
    """The text, safe to show, cut at its end; line breaks stay."""
    cut = text if len(text) <= most else text[: most - 3] + "..."
    return "\n".join(shown(line) for line in cut.split("\n"))


def named_in(names: Iterable[str], *texts: str) -> bool:
    """Whether one of the names stands in one of the texts."""
    return any(name in text for name in names for text in texts)


Teller = Callable[[Any, Drawing], None]
"""Draws one record."""
