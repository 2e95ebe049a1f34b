"""The request log of a service, which tests and pages read."""

from typing import Any
from urllib.parse import unquote

import msgspec


class LoggedRequest(msgspec.Struct, kw_only=True):
    """A request a service received; status, loss, ended_ms and done are filled in when it ends.

    Attributes:
        at_ms: virtual time at which it arrived.
        call: id of the call, to find it in the trace.
        path: without the query string.
        body: the parsed JSON; None if there was no body; the bytes if they were not JSON.
        function: logical id of the function that sent it; "test" for the test itself.
        request_id: the invocation that sent it.
        in_flight: requests in flight on its arrival, itself included.
        status: HTTP status of the answer; None while there is none, and if none was given.
        loss: how the caller learns that no answer will come; "" if one was given.
        ended_ms: virtual time at which the service was through with it; None until then.
        headers: as sent; names in lower case, several values of one joined.
        done: whether what it asked for has been done. An answer the caller missed, or a
            commit after it left, leaves this true.
    """

    at_ms: int
    call: int
    method: str
    path: str
    query: dict[str, str]
    body: Any
    function: str
    request_id: str
    in_flight: int
    status: int | None = None
    loss: str = ""
    ended_ms: int | None = None
    done: bool = False
    headers: dict[str, str] = {}

    @property
    def resolved(self) -> str:
        """The path as a server sees it that decodes it once and then resolves its dot segments."""
        kept: list[str] = []
        for segment in unquote(self.path).split("/")[1:]:
            if segment == "..":
                kept = kept[:-1]
            elif segment != ".":
                kept.append(segment)
        return "/" + "/".join(kept)
