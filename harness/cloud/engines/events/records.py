"""What the trace keeps of a bus: what came in, what a target took, what was given up."""

from harness.simulation.trace import Record


class EventPut(Record, frozen=True, kw_only=True, tag=True):
    """A bus took an event in.

    Attributes:
        rules: names of the rules that match it.
        source, detail_type: of the event.
        replay: name of the replay that brought it back; "": it is new.
    """

    bus: str
    event_id: str
    source: str
    detail_type: str
    rules: tuple[str, ...]
    replay: str = ""


class EventDelivered(Record, frozen=True, kw_only=True, tag=True):
    """A target took an event.

    Attributes:
        retries: attempts after the first.
        source: "rule" or "duplicate" (a fault brings it again).
    """

    bus: str
    rule: str
    target: str
    event_id: str
    retries: int
    source: str = "rule"


class EventDropped(Record, frozen=True, kw_only=True, tag=True):
    """EventBridge gave an event up for one target.

    Attributes:
        error: the ERROR_CODE of a dead-letter message.
        exhausted: which limit of the retry policy ended it; "": the error allows no retry.
        dead_letter_queue: label of the queue that got it; "": it is lost.
    """

    bus: str
    rule: str
    target: str
    event_id: str
    error: str
    message: str
    retries: int
    exhausted: str
    dead_letter_queue: str
