"""Plain HTTP of a handler (urllib, http.client, urllib3, requests) leaves through the judge too.

Connections get a stand-in for a socket. It collects the request that the library writes,
asks the judge, and lets the library read the answer, so that the library's own code (redirects,
pooling, retries, exceptions) runs unchanged. A loss while connecting is raised where the
library connects, any other where it reads. Every other use of the network is refused.
"""

import http.client
import io
import socket
import ssl
from typing import Any, NoReturn

import urllib3.connection
import urllib3.connectionpool
import urllib3.exceptions

from harness.simulation.wire import GAP_HEADER, Loss
from harness.worker.connections import lifetime
from harness.worker.determinism import clock
from harness.worker.plain_answers import Trickle, as_http
from harness.worker.protocol import Answered
from harness.worker.transport import ask, seconds

NO_NETWORK = (
    "this sandbox has no network except HTTP requests made with boto3, urllib, http.client, urllib3 or requests"
)
_CONNECTING = (Loss.REFUSED, Loss.CONNECT_TIMEOUT)


def install() -> None:
    """From now on HTTP connections of this process lead to the judge, and others nowhere."""
    http.client.HTTPConnection.connect = _connect_plain  # type: ignore[method-assign]
    http.client.HTTPSConnection.connect = _connect_encrypted  # type: ignore[method-assign]
    urllib3.connection.HTTPConnection.connect = _connect_plain  # type: ignore[method-assign]
    urllib3.connection.HTTPSConnection.connect = _connect_encrypted  # type: ignore[method-assign]
    urllib3.connection.HTTPConnection.is_connected = property(  # type: ignore[method-assign,assignment]
        lambda self: self.sock is not None and not self.sock.is_closed
    )
    urllib3.connectionpool.HTTPConnectionPool._make_request = _make_request  # type: ignore[method-assign]
    ssl._create_default_https_context = _cheap_context
    socket.socket.connect = _refuse_connection  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = _refuse_connection  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = _refuse_lookup
    socket.gethostbyname = _refuse_lookup


class JudgeSocket:
    """What a connection takes for its socket. One request at a time passes through it."""

    def __init__(self, connection: Any, scheme: str) -> None:
        self._connection = connection
        self._scheme = scheme
        self._request = _Request()
        self._answer: Answered | None = None
        self._method = ""
        self._is_new = True
        self._used_us = clock.monotonic_us()
        self._timeout_s: float | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed it, because nothing was sent for too long."""
        return lifetime.is_over(self._used_us)

    def sendall(self, data: Any) -> None:
        """Takes a piece of the request, and asks the judge when the request is complete."""
        self._request.add(data)
        if self._request.is_complete():
            request, self._request = self._request, _Request()
            self._answer = None
            if self.is_closed:
                return
            self._ask(request.method, request.target, request.headers, request.body())

    def _ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        connection = self._connection
        url = target if "://" in target else self._origin(headers) + target
        connect_timeout_s = seconds(_resolved(connection.timeout))
        read_timeout_s = getattr(connection, "_read_timeout_s", connect_timeout_s)
        self._method = method
        self._timeout_s = read_timeout_s
        self._answer = ask(method, url, headers, body, connect_timeout_s, read_timeout_s, self._is_new)
        self._is_new, self._used_us = False, clock.monotonic_us()
        if self._answer.loss in _CONNECTING:
            raise _while_connecting(Loss(self._answer.loss), connection)

    def _origin(self, headers: dict[str, str]) -> str:
        host = getattr(self._connection, "_tunnel_host", None) or self._connection.host
        port = (getattr(self._connection, "_tunnel_host", None) and self._connection._tunnel_port) or (
            self._connection.port
        )
        usual_port = 443 if self._scheme == "https" else 80
        host = f"[{host}]" if ":" in host else host
        return f"{self._scheme}://{host}" if port in (None, usual_port) else f"{self._scheme}://{host}:{port}"

    def makefile(self, mode: str = "rb", *_: Any, **__: Any) -> io.BufferedIOBase:
        """The answer, as a file; a loss is raised here, where the library waits for bytes."""
        answer = self._answer
        if answer is None and self.is_closed:
            return io.BytesIO()
        if answer is None:
            raise ConnectionResetError(104, "Connection reset by peer")
        if answer.loss:
            return io.BufferedReader(_Broken(Loss(answer.loss)))
        if gap_ms := int(answer.headers.get(GAP_HEADER, "0")):
            return io.BufferedReader(Trickle(as_http(answer, self._method), gap_ms, self._timeout_s))
        return io.BytesIO(as_http(answer, self._method))

    def settimeout(self, timeout: float | None) -> None:
        """The judge has the timeouts already."""

    def setsockopt(self, *_: Any) -> None:
        """There is no socket to tune."""

    def shutdown(self, how: int) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""


class _Broken(io.RawIOBase):
    """A connection from which nothing can be read."""

    def __init__(self, loss: Loss) -> None:
        self._loss = loss

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._loss == Loss.READ_TIMEOUT:
            raise TimeoutError("timed out")
        raise ConnectionResetError(104, "Connection reset by peer")


def _connect_plain(self: Any) -> None:
    self.sock = JudgeSocket(self, "http")


def _connect_encrypted(self: Any) -> None:
    self.sock = JudgeSocket(self, "https")
    self.is_verified = True


_real_make_request = urllib3.connectionpool.HTTPConnectionPool._make_request


def _make_request(self: Any, conn: Any, *args: Any, **options: Any) -> Any:
    """urllib3 tells a connection its read timeout only after the request was sent; we need it before."""
    timeout = self._get_timeout(options.get("timeout", urllib3.util.Timeout.DEFAULT_TIMEOUT))
    conn._read_timeout_s = seconds(timeout.read_timeout)
    return _real_make_request(self, conn, *args, **options)


class _Request:
    """A request as a library writes it, piece by piece."""

    def __init__(self) -> None:
        self.method = self.target = ""
        self.headers: dict[str, str] = {}
        self._data = bytearray()
        self._in_body = False

    def add(self, data: Any) -> None:
        self._data += data
        if not self._in_body and b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            self.method, self.target, _version = first.split(" ", 2)
            fields = (line.partition(":") for line in lines)
            for name, _, value in fields:
                self._add_header(name.strip().lower(), value.strip())
            self._in_body = True

    def _add_header(self, name: str, value: str) -> None:
        """Of a name given several times, the values are joined.

        Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.2
        """
        joint = "; " if name == "cookie" else ", "
        self.headers[name] = f"{self.headers[name]}{joint}{value}" if name in self.headers else value

    def _is_chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    def is_complete(self) -> bool:
        if not self._in_body:
            return False
        if self._is_chunked():
            return self._data.endswith(b"0\r\n\r\n") and _unchunked(self._data) is not None
        return len(self._data) >= int(self.headers.get("content-length", "0"))

    def body(self) -> bytes:
        if not self._is_chunked():
            return bytes(self._data)
        del self.headers["transfer-encoding"]
        return _unchunked(self._data) or b""


def _unchunked(data: bytes | bytearray) -> bytes | None:
    """The body without its chunk marks, or None if the last chunk is missing."""
    stream, body = io.BytesIO(data), b""
    while line := stream.readline():
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return body
        body += stream.read(size)
        stream.readline()
    return None


def _while_connecting(loss: Loss, connection: Any) -> Exception:
    """The exception which this library raises from its `connect`."""
    if isinstance(connection, urllib3.connection.HTTPConnection):
        if loss == Loss.CONNECT_TIMEOUT:
            return urllib3.exceptions.ConnectTimeoutError(
                connection, f"Connection to {connection.host} timed out. (connect timeout={connection.timeout})"
            )
        return urllib3.exceptions.NewConnectionError(
            connection, "Failed to establish a new connection: [Errno 111] Connection refused"
        )
    if loss == Loss.CONNECT_TIMEOUT:
        return TimeoutError("timed out")
    return ConnectionRefusedError(111, "Connection refused")


def _resolved(timeout: Any) -> Any:
    return socket.getdefaulttimeout() if timeout is socket._GLOBAL_DEFAULT_TIMEOUT else timeout  # type: ignore[attr-defined]


def _cheap_context(*_: Any, **__: Any) -> ssl.SSLContext:
    """No certificates are loaded: nothing is encrypted on the way to the judge."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _refuse_connection(self: socket.socket, address: Any) -> NoReturn:
    raise OSError(f"Cannot connect to {address}: {NO_NETWORK}.")


def _refuse_lookup(host: Any, *_: Any, **__: Any) -> NoReturn:
    raise socket.gaierror(socket.EAI_NONAME, f"Cannot look up {host}: {NO_NETWORK}")
