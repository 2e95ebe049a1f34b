"""Trace record of what a function was not allowed to do."""

from harness.simulation.trace import Record


class AccessDenied(Record, frozen=True, kw_only=True, tag=True):
    """A function's role did not allow a call; nothing was done.

    Attributes:
        call: id of the call.
        function: logical id.
        action: as in "dynamodb:PutItem".
        resource: ARN; "*" for an action without resources.
        message: AWS's own words.
        remedy: what to change in the template.
    """

    call: int
    function: str
    request_id: str
    action: str
    resource: str
    message: str
    remedy: str
