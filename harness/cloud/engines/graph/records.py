"""What the graph engine writes to the trace beyond what every HTTP service does."""

from harness.simulation.trace import Record


class GraphPartRefused(Record, frozen=True, kw_only=True, tag=True):
    """A query asked for a part of openCypher that is not simulated, and was answered 400.

    Attributes:
        what: the part, in words.
        function: logical id of the function that asked; "test" for the test itself.
    """

    service: str
    call: int
    what: str
    function: str
