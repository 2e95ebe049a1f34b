"""What a service writes to the trace."""

from harness.simulation.trace import Record


class ServiceRequestReceived(Record, frozen=True, kw_only=True, tag=True):
    """A request arrived at a service.

    Attributes:
        call: id of the call.
        function: logical id of the function that made it; "test" for the test itself.
        request_id: the invocation that made it.
        in_flight: requests in flight now, this one included.
    """

    service: str
    call: int
    method: str
    path: str
    function: str
    request_id: str
    in_flight: int


class ServiceRequestEnded(Record, frozen=True, kw_only=True, tag=True):
    """A service is through with a request, whether or not the caller still listens.

    Attributes:
        call: id of the call, as in `ServiceRequestReceived`.
        status: HTTP status of the answer; None if none was given.
        loss: how the caller learns that no answer will come; "" if one was given.
        done: whether what was asked for has been done.
    """

    service: str
    call: int
    status: int | None = None
    loss: str = ""
    done: bool
