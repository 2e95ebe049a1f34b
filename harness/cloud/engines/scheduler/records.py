"""What the trace keeps of a schedule of EventBridge Scheduler."""

from harness.simulation.trace import Record


class ScheduleFired(Record, frozen=True, kw_only=True, tag=True):
    """A schedule's target took what it sends.

    Attributes:
        retries: attempts after the first.
    """

    schedule: str
    target: str
    retries: int


class ScheduleFailed(Record, frozen=True, kw_only=True, tag=True):
    """A schedule's target did not take it, and it was given up.

    Attributes:
        error: the ERROR_CODE of a dead-letter message.
        exhausted: which limit of the retry policy ended it; "": the error allows no retry.
        dead_letter_queue: label of the queue that got it; "": it is lost.
    """

    schedule: str
    target: str
    error: str
    message: str
    retries: int
    exhausted: str
    dead_letter_queue: str
