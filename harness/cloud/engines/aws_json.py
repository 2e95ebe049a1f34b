"""The AWS JSON protocol: one request, one action, one reply.

An engine brings the table of its actions; reading a request, refusing one that cannot be read
and writing the answer is the same for all of them.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import random
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from harness.simulation.randomness import uuid_from
from harness.simulation.wire import Call, Reply

CONTENT_TYPE = "application/x-amz-json-1.1"
UNKNOWN_OPERATION = "UnknownOperationException"
SERIALIZATION = "SerializationException"

Action = Callable[[Any, Call], dict[str, Any]]
"""Takes the decoded request and the call; gives the members of the answer."""


def of_request(action: Callable[[Any], dict[str, Any]]) -> Action:
    """An action that needs to know nothing of the call."""
    return lambda request, call: action(request)


class AwsJsonError(Exception):
    """A service refuses a call; nothing was done.

    Attributes:
        code: the name of the error's shape.
        more: other members of the answer.
    """

    def __init__(self, code: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more


class AwsJsonProtocol:
    """The actions of one service behind their HTTP requests."""

    def __init__(
        self,
        service: str,
        target_prefix: str,
        table: Iterable[tuple[str, Action, type[msgspec.Struct]]],
        error: type[AwsJsonError],
        request_ids: random.Random,
        *,
        message_member: str = "message",
        empty: bytes = b"{}",
        absent: Callable[[str], str] | None = None,
    ) -> None:
        """Args:
        service: its name in messages.
        target_prefix: what stands before the operation in X-Amz-Target.
        table: each operation with what carries it out and what its request looks like.
        error: what the service's own refusals are, and what an unreadable request becomes.
        message_member: of an error's answer: services write it with a small or a capital letter.
        empty: the body of an answer without members.
        absent: words for an operation that is not in the table; "": the usual ones.
        """
        self._service = service
        self._target_prefix = target_prefix
        self._actions = {name: (action, msgspec.json.Decoder(shape)) for name, action, shape in table}
        self._error = error
        self._request_ids = request_ids
        self._message_member = message_member
        self._empty = empty
        self._absent = absent or (lambda operation: "")

    def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        headers = {"content-type": CONTENT_TYPE, "x-amzn-requestid": uuid_from(self._request_ids)}
        try:
            body = self._carry_out(call)
        except self._error as error:
            said = {"__type": error.code, self._message_member: error.message, **error.more}
            return Reply(400, headers | {"x-amzn-errortype": error.code}, msgspec.json.encode(said))
        return Reply(200, headers, msgspec.json.encode(body) if body else self._empty)

    def _carry_out(self, call: Call) -> dict[str, Any]:
        operation = call.request.headers.get("x-amz-target", "").removeprefix(self._target_prefix)
        if operation not in self._actions:
            raise self._error(UNKNOWN_OPERATION, self._absent(operation) or self._no_action(operation))
        action, decoder = self._actions[operation]
        try:
            request = decoder.decode(call.request.body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._error(SERIALIZATION, f"The body of {operation} cannot be read: {error}") from None
        return action(request, call)

    def _no_action(self, operation: str) -> str:
        return f"{self._service} has no action '{operation}' here. It has: {', '.join(sorted(self._actions))}."
