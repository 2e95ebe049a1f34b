"""Keeps a timeline small: what tells least is left out first, and it is said what that was.

Strikes, failures and the story stay with what they belong to. Of the rest whole threads stay,
evenly over the run: a request with its invocation, its calls and its logs, or none of them.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from harness.judge.timeline.model import Event, EventKind, Lane, Timeline

MOST_EVENTS: Final = 2000
MOST_BYTES: Final = 2_000_000
MOST_LEVEL_POINTS: Final = 400
_TEXT_LIMITS = (200, 80, 0)

_NAMES: dict[EventKind, tuple[str, str]] = {
    "request": ("client request", "client requests"),
    "message": ("message event", "message events"),
    "invocation": ("invocation", "invocations"),
    "environment": ("start or end of an environment", "starts and ends of environments"),
    "log": ("log entry", "log entries"),
    "call": ("call", "calls"),
    "fault": ("switch of a fault", "switches of faults"),
    "strike": ("strike of a fault", "strikes of faults"),
    "other": ("other event", "other events"),
}


def bounded(timeline: Timeline, *, events: int = MOST_EVENTS, size_bytes: int = MOST_BYTES) -> Timeline:
    """The timeline with at most so many events and bytes of JSON; what is left out is said in it."""
    lanes = tuple(msgspec.structs.replace(lane, level=_thinned(lane)) for lane in timeline.lanes)
    kept = _most_telling(timeline.events, events)
    cut_after = timeline.cut_after
    for limit in _TEXT_LIMITS:
        if _size_bytes(lanes, kept) <= size_bytes:
            break
        kept, cut_after = tuple(_cut(event, limit) for event in kept), min(limit, cut_after)
    while _size_bytes(lanes, kept) > size_bytes and kept:
        kept = _most_telling(kept, len(kept) // 2)
    return msgspec.structs.replace(
        timeline,
        lanes=lanes,
        events=kept,
        cut_after=cut_after,
        left_out=tuple(_left_out(timeline.happened, kept, cut_after)),
    )


def _size_bytes(lanes: Sequence[Lane], events: Sequence[Event]) -> int:
    return len(msgspec.json.encode((lanes, events)))


def _most_telling(events: tuple[Event, ...], most: int) -> tuple[Event, ...]:
    if len(events) <= most:
        return events
    by_id = {event.id: event for event in events}
    chosen = {event.id for event in _evenly([event for event in events if _is_telling(event)], most)}
    for event in [by_id[number] for number in sorted(chosen)]:
        if event.of in by_id and len(chosen) < most:
            chosen.add(event.of)
    chosen |= _whole_threads([event for event in events if event.id not in chosen], by_id, most - len(chosen))
    return tuple(event for event in events if event.id in chosen)


def _is_telling(event: Event) -> bool:
    return event.told or event.kind in ("strike", "fault") or event.outcome in ("failed", "lost")


def _evenly(events: list[Event], most: int) -> list[Event]:
    if len(events) <= most:
        return events
    return [events[number * len(events) // most] for number in range(most)]


def _whole_threads(events: list[Event], by_id: dict[int, Event], most: int) -> set[int]:
    """Ids of every n-th thread, for the smallest n with which at most so many events come of it."""
    threads: dict[int, list[int]] = {}
    for event in events:
        threads.setdefault(_root(event, by_id), []).append(event.id)
    all_of_them = list(threads.values())
    for step in range(1, len(all_of_them) + 1):
        chosen = all_of_them[::step]
        if sum(len(thread) for thread in chosen) <= most:
            return {number for thread in chosen for number in thread}
    return set()


def _root(event: Event, by_id: dict[int, Event]) -> int:
    while event.of in by_id:
        event = by_id[event.of]
    return event.id


def _cut(event: Event, limit: int) -> Event:
    return msgspec.structs.replace(event, request=_head(event.request, limit), answer=_head(event.answer, limit))


def _head(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 3] + "..." if limit else ""


def _left_out(happened: dict[EventKind, int], kept: tuple[Event, ...], cut_after: int) -> list[str]:
    notes = []
    missing = {kind: count - sum(event.kind == kind for event in kept) for kind, count in happened.items()}
    if total := sum(missing.values()):
        by_number = sorted(missing.items(), key=lambda one: (-one[1], one[0]))
        kinds = ", ".join(f"{number:,} {_NAMES[kind][number > 1]}" for kind, number in by_number if number)
        notes.append(f"{total:,} of {sum(happened.values()):,} events are left out: {kinds}.")
    if cut_after in _TEXT_LIMITS:
        notes.append(f"Requests and answers are cut after {cut_after} characters." if cut_after else _NO_TEXTS)
    return notes


_NO_TEXTS = "Requests and answers are left out: they are too long together."


def _thinned(lane: Lane) -> tuple[tuple[int, int], ...]:
    """Of each stretch of a long level its highest and its last point: no peak is lost."""
    points = lane.level
    if len(points) <= MOST_LEVEL_POINTS:
        return points
    stretches = MOST_LEVEL_POINTS // 2
    kept: list[tuple[int, int]] = []
    for number in range(stretches):
        stretch = points[number * len(points) // stretches : (number + 1) * len(points) // stretches]
        highest = max(stretch, key=lambda point: point[1])
        kept += [highest] if highest is stretch[-1] else [highest, stretch[-1]]
    return tuple(kept)
