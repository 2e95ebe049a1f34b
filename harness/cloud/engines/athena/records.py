"""What the trace keeps of queries."""

from harness.simulation.trace import Record


class QuerySubmitted(Record, frozen=True, kw_only=True, tag=True):
    """Athena took a statement.

    Attributes:
        query: id of the execution.
        by: the function that started it, or whoever else did.
    """

    query: str
    by: str
    statement: str


class QueryEnded(Record, frozen=True, kw_only=True, tag=True):
    """A query is over.

    Attributes:
        state: SUCCEEDED, FAILED or CANCELLED.
        reason: why it failed.
    """

    query: str
    state: str
    scanned_bytes: int = 0
    rows: int = 0
    reason: str = ""
