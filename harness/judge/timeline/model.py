"""The timeline as data: versioned, with a JSON Schema, readable without this project.

Keys that have their default are left out of the JSON. A key may be added within a version;
none is removed or given another meaning.
"""

from typing import Any, Final, Literal

import msgspec

SCHEMA: Final = "serverless-katas/timeline/1"

LaneKind = Literal["fault", "client", "queue", "topic", "stream", "bus", "schedule", "function", "store", "service"]
"""In the order in which lanes stand on the page."""

EventKind = Literal["request", "message", "invocation", "environment", "log", "call", "fault", "strike", "other"]

Outcome = Literal["ok", "failed", "lost", "open", ""]
"""failed: it went wrong and whoever asked was told; lost: nobody was told; open: the run ended before it."""


class Lane(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the picture: one thing of the cloud, or whoever stands outside it.

    Attributes:
        rows: what its rows are, from the top: environments of a function, ways of a message.
        level: what it holds over time, as pairs of virtual microseconds and a number that holds from then on.
        level_of: what the level counts: "messages", "requests in flight".
    """

    name: str
    kind: LaneKind
    rows: tuple[str, ...] = ()
    level: tuple[tuple[int, int], ...] = ()
    level_of: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened, at an instant or for a while.

    Attributes:
        id: its number in the run, counted from 1; numbers are missing where events are left out.
        at_us: virtual microseconds since the start of the run.
        until_us: when it ended; None for an instant.
        lane: index of its lane.
        row: index of its row in the lane, where the lane names its rows.
        of: id of the event that it belongs to: the invocation of a call or a log line, the call that a fault struck.
        text: a sentence that stands alone.
        request, answer: what was sent and what came back, shortened.
        told: whether it belongs to the story of the failure.
    """

    id: int
    at_us: int
    until_us: int | None = None
    lane: int
    row: int = 0
    kind: EventKind
    outcome: Outcome = ""
    of: int | None = None
    text: str
    request: str = ""
    answer: str = ""
    told: bool = False


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in one run of a scenario.

    Attributes:
        scenario: the test's name.
        run: which run of the scenario this is; `runs` there were. A crash sweep makes many.
        ends_us: virtual microseconds at which the run ended.
        happened: how many events of each kind there were.
        cut_after: characters after which requests and answers are cut.
        left_out: what is missing here of what happened, a sentence each; empty: nothing.
    """

    schema: Literal["serverless-katas/timeline/1"] = SCHEMA
    scenario: str
    seed: int
    run: int = 1
    runs: int = 1
    ends_us: int
    lanes: tuple[Lane, ...]
    events: tuple[Event, ...]
    happened: dict[EventKind, int]
    cut_after: int
    left_out: tuple[str, ...] = ()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a timeline."""
    return {"title": SCHEMA, **msgspec.json.schema(Timeline)}
