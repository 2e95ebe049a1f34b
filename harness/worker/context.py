"""The context object: what a handler can ask about its invocation, as AWS's Python runtime builds it.

Left out: W3C trace fields in the client context, Cognito identities and tenant ids, which no
caller here can give.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from harness.worker.protocol import Invoke


class ClientContextUnreadable(Exception):
    """The client context is not JSON."""


class _Attributes:
    """An object with the attributes AWS documents; those that were not given are None."""

    NAMES: tuple[str, ...] = ()

    def __init__(self, given: Any) -> None:
        for name in self.NAMES:
            setattr(self, name, given.get(name))

    def __repr__(self) -> str:
        pairs = ",".join(f"{name}={getattr(self, name)}" for name in self.NAMES)
        return f"{type(self).__name__}([{pairs}])"


class CognitoIdentity(_Attributes):
    """Who a mobile app's user is: nobody."""

    NAMES = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(_Attributes):
    """The mobile app of a client context."""

    NAMES = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(_Attributes):
    """What the caller of Invoke gave besides the event."""

    NAMES = ("custom", "env", "client")
    client: Any

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        if self.client is not None:
            self.client = Client(self.client)


class LambdaContext:
    """The second argument of a handler.

    Raises:
        ClientContextUnreadable: the client context is not JSON.
    """

    def __init__(self, invoke: Invoke, now_unix_us: Callable[[], int]) -> None:
        given = invoke.context
        self.aws_request_id = given.get("aws_request_id", "")
        self.function_name = given.get("function_name")
        self.function_version = given.get("function_version")
        self.invoked_function_arn = given.get("invoked_function_arn")
        self.memory_limit_in_mb = given.get("memory_limit_in_mb")
        self.log_group_name = given.get("log_group_name")
        self.log_stream_name = given.get("log_stream_name")
        self.identity = CognitoIdentity({})
        self.client_context = _client_context(given.get("client_context", ""))
        self.tenant_id = None
        self._deadline_unix_us = invoke.deadline_unix_us
        self._now_unix_us = now_unix_us

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout, at least 0."""
        return max(0, (self._deadline_unix_us - self._now_unix_us()) // 1000)

    def log(self, msg: object) -> None:
        """Writes to the log, without a line break."""
        sys.stdout.write(str(msg))


def _client_context(text: str) -> ClientContext | None:
    if not text:
        return None
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ClientContextUnreadable(f"Unable to parse Client Context JSON: {error}") from error
    return None if given is None else ClientContext(given)
