"""Makes the timeline of a run: each record is drawn by whoever knows its type."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from harness.cloud.records import CallSent
from harness.functions.records import InvocationStarted
from harness.judge.failures import told
from harness.judge.timeline import calls, functions, messages, others
from harness.judge.timeline.bounds import bounded
from harness.judge.timeline.drawing import (
    TEXT_CHARACTERS,
    Drawing,
    OpenEvent,
    Teller,
    Told,
    event_done,
    lane_done,
    named_in,
)
from harness.judge.timeline.model import Timeline
from harness.simulation.trace import Record
from harness.world import World

_TELLERS: dict[type[Record], Teller] = {
    **functions.TELLERS,
    **calls.TELLERS,
    **messages.TELLERS,
    **others.TELLERS,
}


@dataclass(frozen=True)
class Run:
    """What a timeline is made of.

    Attributes:
        about: ids whose story is told; what touches them is marked.
        bodies: body of each message by its id.
        invocations: by request id, in the order of their starts.
        as_submitted: text of a function with its files named as in the submission.
    """

    records: Iterable[Record]
    about: tuple[str, ...] = ()
    bodies: dict[str, str] = field(default_factory=dict)
    invocations: dict[str, list[Told]] = field(default_factory=dict)
    as_submitted: Callable[[str, str], str] = lambda function, text: text


def run_of(world: World, about: Iterable[str] = ()) -> Run:
    """All that a world can tell of its run."""
    invocations: dict[str, list[Told]] = {}
    for one in world.invocations():
        facts = Told(one.event_text, one.answer, told(one, world))
        invocations.setdefault(one.request_id, []).append(facts)
    bodies = {arrival.message_id: arrival.body for arrival in world.arrivals()}
    return Run(
        records=world.trace,
        about=tuple(text for text in about if text),
        bodies=bodies,
        invocations=invocations,
        as_submitted=world.as_submitted,
    )


def timeline_of(run: Run, *, scenario: str = "", seed: int = 0, runs: int = 1) -> Timeline:
    """The timeline of a run, of bounded size; the same run gives the same timeline.

    Args:
        scenario: the test's name.
        runs: how many runs the scenario made; this is the last of them.
    """
    records = list(run.records)
    drawing = Drawing({key: list(facts) for key, facts in run.invocations.items()}, run.as_submitted)
    for record in records:
        _TELLERS.get(type(record), others.draw_plainly)(record, drawing)
    ends_us = records[-1].at_us if records else 0
    drawing.finish(ends_us)
    touched = _touched(run, records)
    lanes = drawing.lanes_in_order()
    index = {id(lane): number for number, lane in enumerate(lanes)}
    events = tuple(
        event_done(event, index[id(event.lane)], _is_told(event, touched, run.about)) for event in drawing.events
    )
    whole = Timeline(
        scenario=scenario,
        seed=seed,
        run=runs,
        runs=runs,
        ends_us=ends_us,
        lanes=tuple(lane_done(lane) for lane in lanes),
        events=events,
        happened=dict(Counter(event.kind for event in events)),
        cut_after=TEXT_CHARACTERS,
    )
    return bounded(whole)


def _touched(run: Run, records: list[Record]) -> set[str]:
    """Ids of the messages that name what the story is about, and of the invocations that worked on them."""
    if not run.about:
        return set()
    found = {message for message, body in run.bodies.items() if named_in(run.about, body)}
    for record in records:
        match record:
            case InvocationStarted() if found & set(record.messages) or _is_asked(run, record):
                found.add(record.request_id)
            case CallSent() if named_in(run.about, record.about, record.operation):
                found.add(record.request_id)
    return found - {""}


def _is_asked(run: Run, record: InvocationStarted) -> bool:
    facts = run.invocations.get(record.request_id, [])
    return any(named_in(run.about, one.event) for one in facts)


def _is_told(event: OpenEvent, touched: set[str], about: tuple[str, ...]) -> bool:
    if not about:
        return False
    names = named_in(about, event.text, event.request) and event.kind != "invocation"
    return names or bool(touched & {event.message, event.request_id})
