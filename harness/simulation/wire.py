"""One outside call as data: what a handler asks of the world, and what comes back.

A call is an HTTP request, because that is what every AWS API is. An answer that never
arrives is data too (`NoReply`): the caller sees an error and cannot know what happened.
"""

from enum import StrEnum

import msgspec


class Request(msgspec.Struct, frozen=True):
    """An HTTP request as it leaves a client.

    Attributes:
        url: absolute, with its query string.
        headers: names in lower case.
        connect_timeout_s: how long the client waits for a connection; None waits for ever.
        read_timeout_s: how long the client waits between two bytes; None waits for ever.
        opens: whether the client has to open a connection for it.
    """

    method: str
    url: str
    headers: dict[str, str] = {}
    body: bytes = b""
    connect_timeout_s: float | None = None
    read_timeout_s: float | None = None
    opens: bool = False


GAP_HEADER = ":gap-ms"
"""In the headers of a reply, but never on the wire: the body comes byte by byte, with this time between two."""


class Reply(msgspec.Struct, frozen=True):
    """An HTTP answer. Header names are in lower case; of one given several times, a line each."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


class Loss(StrEnum):
    """How a caller learns that no answer will come."""

    REFUSED = "refused"  # definite: nobody listens, nothing was sent
    CONNECT_TIMEOUT = "connect_timeout"  # definite: nothing was sent
    READ_TIMEOUT = "read_timeout"  # indefinite: sent, and the caller stopped waiting
    RESET = "reset"  # indefinite: sent, and the connection broke


class NoReply(msgspec.Struct, frozen=True):
    """No answer arrived. Whether the work was done is another question."""

    loss: Loss


Answer = Reply | NoReply


class Caller(msgspec.Struct, frozen=True):
    """Who makes a call: one invocation of one function, or the test itself.

    Attributes:
        function: logical id of the function; "test" for the acceptance test.
        environment: id of the execution environment, e.g. "FeedLegacy#2".
        request_id: the invocation's `aws_request_id`; "" during the init phase.
    """

    function: str
    environment: str = ""
    request_id: str = ""


TEST = Caller(function="test")


class Call(msgspec.Struct, frozen=True):
    """A request with its meaning, as the gateway passes it on and as faults see it.

    Attributes:
        service: "dynamodb", "sqs", "lambda", ... or the name of an HTTP service ("legacy").
        operation: "PutItem", "SendMessage", ...; for an HTTP service "POST /articles"
            (the path without its query string).
        target: what it is done to: table, queue or function name; "" where there is none.
        index: 1 for the first outside call of this invocation, 2 for the next, ...
    """

    id: int
    caller: Caller
    service: str
    operation: str
    target: str
    index: int
    request: Request
