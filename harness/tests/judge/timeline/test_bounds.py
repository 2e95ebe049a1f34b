"""A long timeline is thinned: what matters stays, and what is missing is said."""

from collections import Counter

import msgspec

from harness.judge.timeline.bounds import MOST_LEVEL_POINTS, bounded
from harness.judge.timeline.model import Event, Lane, Outcome, Timeline


def timeline(*events: Event, level: tuple[tuple[int, int], ...] = ()) -> Timeline:
    lanes = (Lane(name="client", kind="client", level=level),)
    happened = Counter(event.kind for event in events)
    return Timeline(
        scenario="test_it", seed=1, ends_us=10**6, lanes=lanes, events=events, happened=dict(happened), cut_after=400
    )


def thread(number: int, *, outcome: Outcome = "ok", request: str = "", told: bool = False) -> tuple[Event, Event]:
    """An invocation and its call."""
    parent = Event(id=2 * number + 1, at_us=number, lane=0, kind="invocation", outcome="ok", text="invoked")
    call = Event(
        id=parent.id + 1,
        at_us=number,
        lane=0,
        kind="call",
        outcome=outcome,
        of=parent.id,
        text="calls",
        request=request,
        told=told,
    )
    return parent, call


def test_a_short_timeline_stays_whole() -> None:
    short = timeline(*thread(0), *thread(1))

    assert bounded(short) == short


def test_threads_stay_whole_or_go_evenly_over_the_run() -> None:
    kept = bounded(timeline(*(event for number in range(100) for event in thread(number))), events=20)

    assert [event.at_us for event in kept.events] == [number for number in range(0, 100, 10) for _ in range(2)]
    assert kept.left_out == ("180 of 200 events are left out: 90 calls, 90 invocations.",)


def test_failures_strikes_and_the_story_stay_with_what_they_belong_to() -> None:
    dull = [event for number in range(100) for event in thread(number)]
    failed, told = thread(200, outcome="failed"), thread(201, told=True)
    strike = Event(id=900, at_us=201, lane=0, kind="strike", of=told[1].id, text="strikes")
    kept = bounded(timeline(*dull, *failed, *told, strike), events=7)

    assert {event.id for event in kept.events} >= {one.id for one in (*failed, *told, strike)}
    assert len(kept.events) == 7


def test_texts_are_cut_before_events_are_left_out() -> None:
    long = timeline(*(event for number in range(20) for event in thread(number, request="x" * 400)))
    kept = bounded(long, size_bytes=8_000)

    assert len(kept.events) == 40
    assert max(len(event.request) for event in kept.events) == 200
    assert kept.left_out == ("Requests and answers are cut after 200 characters.",)


def test_it_never_takes_more_bytes_than_it_may() -> None:
    long = timeline(*(event for number in range(400) for event in thread(number, request="\u20ac" * 400)))
    kept = bounded(long, size_bytes=20_000)

    assert len(msgspec.json.encode((kept.lanes, kept.events))) <= 20_000
    assert kept.left_out[-1] == "Requests and answers are left out: they are too long together."


def test_to_thin_it_again_still_counts_from_all_that_happened() -> None:
    whole = timeline(*(event for number in range(100) for event in thread(number)))

    assert bounded(bounded(whole, events=100), events=20).left_out == bounded(whole, events=20).left_out


def test_a_long_level_keeps_its_peak_and_its_end() -> None:
    level = tuple((us, 999 if us == 1234 else us % 7) for us in range(5000))
    kept = bounded(timeline(level=level)).lanes[0].level

    assert len(kept) <= MOST_LEVEL_POINTS
    assert max(value for _, value in kept) == 999
    assert kept[-1] == level[-1]
