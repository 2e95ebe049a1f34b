"""Trace records of outside calls."""

from harness.simulation.trace import Record


class CallSent(Record, frozen=True, kw_only=True, tag=True):
    """A function (or the test) sent a request into the cloud.

    Attributes:
        call: id of the call; `CallEnded` and `FaultStruck` name it too.
        about: the request's body, shortened, for whoever reads the story.
        sent_bytes: size of the request's body.
    """

    call: int
    function: str
    environment: str
    request_id: str
    index: int
    service: str
    operation: str
    target: str
    about: str
    sent_bytes: int = 0


class CallEnded(Record, frozen=True, kw_only=True, tag=True):
    """The caller's wait ended: with an answer, or without one.

    Attributes:
        status: HTTP status; 0 when no answer arrived.
        loss: why none arrived ("reset", "read_timeout", ...), or "caller gone".
        error: AWS error code of the answer, "" for a success.
        answer: the answer's body, shortened, for whoever reads the story.
        received_bytes: size of the answer's body; 0 when no answer arrived.
    """

    call: int
    status: int
    loss: str = ""
    error: str = ""
    answer: str = ""
    received_bytes: int = 0
