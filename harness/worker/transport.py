"""AWS calls of a handler leave through the socket to the judge.

botocore's HTTP session is replaced at `send`: the request is prepared, serialised and signed
by botocore itself, and an answer or an error goes back into botocore's own code, so its
retries and its error handling are the real ones. It knows both timeouts of the client.
"""

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import botocore.awsrequest
import botocore.exceptions
import botocore.httpsession
from urllib3.response import HTTPResponse
from urllib3.util import Timeout

from harness.simulation.wire import Loss
from harness.worker.connections import IdleConnections
from harness.worker.protocol import FRAME_LIMIT, Answered
from harness.worker.turns import turns

BODY_LIMIT_BYTES = FRAME_LIMIT * 3 // 4 - 64 * 1024
"""What fits into a frame as base64, beside the rest of the request."""


class BodyTooLarge(ValueError):
    """A request body that the simulated network does not carry."""


def ask(
    method: str,
    url: str,
    headers: Any,
    body: bytes,
    connect_timeout_s: float | None,
    read_timeout_s: float | None,
    opens: bool = False,
) -> Answered:
    """Sends a request to the judge and waits for what comes of it.

    Args:
        opens: whether the client has to open a connection for it.
    """
    if len(body) > BODY_LIMIT_BYTES:
        raise BodyTooLarge(
            f"The body of this {method} to {urlsplit(url).hostname} has {len(body)} bytes.\n"
            f"Expected: at most {BODY_LIMIT_BYTES}, what the simulated network carries in one request.\n"
            "Try: an S3 multipart upload in smaller parts."
        )
    return turns.call(
        method=method,
        url=url,
        headers={_text(name).lower(): _text(value) for name, value in headers.items()},
        body=body,
        connect_timeout_s=connect_timeout_s,
        read_timeout_s=read_timeout_s,
        opens=opens,
    )


def install() -> None:
    """From now on every botocore client of this process speaks to the judge."""
    session = botocore.httpsession.URLLib3Session
    session.send = _send
    session._get_ssl_context = lambda self: None  # nothing is encrypted here, and making one is slow


def _send(self: Any, request: Any) -> botocore.awsrequest.AWSResponse:
    connect_timeout_s, read_timeout_s = _timeouts(self, request)
    body = whole_body(request.body)
    idle = idle_connections(self, urlsplit(request.url).netloc)
    opens = not idle.take()
    answer = ask(request.method, request.url, request.headers, body, connect_timeout_s, read_timeout_s, opens)
    if not answer.loss:
        idle.give_back()
    if answer.loss:
        raise _as_botocore(Loss(answer.loss), request)
    raw = HTTPResponse(
        body=io.BytesIO(answer.body),
        headers=answer.headers,
        status=answer.status,
        version=11,
        preload_content=False,
        decode_content=False,
        request_method=request.method,
        enforce_content_length=False,
    )
    response = botocore.awsrequest.AWSResponse(request.url, answer.status, raw.headers, raw)
    if not request.stream_output:
        response.content  # noqa: B018  botocore reads the body here as well
    return response


def idle_connections(session: Any, host: str) -> IdleConnections:
    """The idle connections that a session of botocore has to a host."""
    by_host: dict[str, IdleConnections] = session.__dict__.setdefault("_idle_connections", {})
    if host not in by_host:
        by_host[host] = IdleConnections(getattr(session, "_max_pool_connections", 10))
    return by_host[host]


def _as_botocore(loss: Loss, request: Any) -> Exception:
    """The exception botocore makes of this loss."""
    kind, error = _LOSSES[loss]
    if loss == Loss.RESET:
        return kind(error=error(), request=request, endpoint_url=request.url)
    return kind(endpoint_url=request.url, error=error())


_LOSSES: dict[Loss, tuple[Callable[..., Exception], Callable[[], Exception]]] = {
    Loss.REFUSED: (
        botocore.exceptions.EndpointConnectionError,
        lambda: ConnectionRefusedError(111, "Connection refused"),
    ),
    Loss.CONNECT_TIMEOUT: (botocore.exceptions.ConnectTimeoutError, lambda: TimeoutError("timed out")),
    Loss.READ_TIMEOUT: (botocore.exceptions.ReadTimeoutError, lambda: TimeoutError("timed out")),
    Loss.RESET: (
        botocore.exceptions.ConnectionClosedError,
        lambda: ConnectionResetError(104, "Connection reset by peer"),
    ),
}


def whole_body(body: Any) -> bytes:
    """The bytes of a request body: text, bytes, a file, an aws-chunked wrapper or an iterable."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if hasattr(body, "read"):
        content = body.read()
        return content.encode("latin-1") if isinstance(content, str) else bytes(content)
    return b"".join(part.encode() if isinstance(part, str) else bytes(part) for part in body)


def seconds(timeout: Any) -> float | None:
    """A timeout as a number, or None if there is none."""
    return float(timeout) if isinstance(timeout, int | float) else None


def _timeouts(session: Any, request: Any) -> tuple[float | None, float | None]:
    override = getattr(session, "_get_request_timeout", lambda request: None)(request)
    timeout = override or session._timeout
    if isinstance(timeout, Timeout):
        return seconds(timeout.connect_timeout), seconds(timeout.read_timeout)
    return seconds(timeout), seconds(timeout)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
