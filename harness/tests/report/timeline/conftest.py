"""A browser for the tests of this folder, and a page with hostile words in every place."""

from collections.abc import Iterator

import pytest

from harness.judge.timeline import Event, Lane, Timeline
from harness.judge.verdict import Outcome, StoryLine
from harness.report.timeline.content import Content, ShownScenario
from harness.tests.report.timeline.browser import CHROMIUM, Browser

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&lt;\u2028"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


def timeline(text: str = "It rains.") -> Timeline:
    """A client, a queue and a function; a strike, and a wait of a minute."""
    lanes = (
        Lane(name="client", kind="client"),
        Lane(name=f"Queue {text}", kind="queue", rows=("arrives",), level=((1, 1), (9, 0)), level_of="messages"),
        Lane(name="Work", kind="function", rows=(f"Work#1 {text}", "Work#2")),
    )
    events = (
        Event(id=1, at_us=0, until_us=90_000, lane=0, kind="request", outcome="ok", text="asks", request=text),
        Event(id=2, at_us=50_000, lane=1, kind="message", text="arrives", told=True),
        Event(
            id=4,
            at_us=60_000,
            until_us=61_000_000,
            lane=2,
            kind="invocation",
            outcome="failed",
            text="works",
            answer=text,
        ),
        Event(id=5, at_us=61_000_000, lane=2, row=1, kind="log", of=4, text=f"prints {text}", answer=text),
        Event(id=7, at_us=61_000_000, lane=2, kind="strike", of=4, text=f"strikes {text}", told=True),
        Event(id=9, at_us=62_000_000, lane=0, kind="other", text="ends"),
    )
    return Timeline(
        scenario="test_it",
        seed=1,
        ends_us=62_000_000,
        lanes=lanes,
        events=events,
        happened={},
        cut_after=400,
        left_out=(text,),
    )


def content(text: str = "It rains.") -> Content:
    """Two scenarios, of which one has no timeline."""
    words = {"sentence": text, "message": text, "expected": text, "got": text, "diagnosis": text, "again": text}
    story = (
        StoryLine(at_ms=61_000, text=f"FAULT         {text}", strike=True),
        StoryLine(at_ms=50, text=f"Queue  {text}"),
    )
    first = ShownScenario(
        name="test_it",
        title=text,
        promise="P1",
        outcome=Outcome.FAILED,
        story=story,
        faults=(text,),
        timeline=0,
        **words,
    )
    second = ShownScenario(name="test_that", title="that", promise="P2", sentence="That.", outcome=Outcome.ERROR)
    return Content(
        heading=f"07 {text}", summary=text, notes=(text,), scenarios=(first, second), timelines=(timeline(text),)
    )
