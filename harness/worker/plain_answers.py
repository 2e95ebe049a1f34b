"""An answer as a server would write it: whole, cut short, in chunks, or byte by byte.

Headers come as the service gave them. Where it says nothing of the length of the body, the
length is added; where it says more than there is, the connection breaks before the end.
"""

import io
from http import HTTPStatus
from typing import Any

from harness.simulation.wire import GAP_HEADER
from harness.worker.protocol import Answered
from harness.worker.turns import turns


def as_http(answer: Answered, method: str) -> bytes:
    """The bytes of an answer, head and body."""
    reason = HTTPStatus(answer.status).phrase if answer.status in HTTPStatus._value2member_map_ else ""
    headers = {name.lower(): value for name, value in answer.headers.items() if name != GAP_HEADER}
    body = b"" if method == "HEAD" else answer.body
    if "chunked" in headers.get("transfer-encoding", "").lower():
        headers.pop("content-length", None)
        body = b"" if method == "HEAD" else _in_chunks(body)
    elif method == "HEAD":
        headers.setdefault("content-length", "0")
    elif int(headers.get("content-length", "0") or 0) <= len(body):
        headers["content-length"] = str(len(body))
    lines = (f"{name}: {line}\r\n" for name, value in headers.items() for line in value.split("\n"))
    return f"HTTP/1.1 {answer.status} {reason}\r\n{''.join(lines)}\r\n".encode("latin-1", "replace") + body


def _in_chunks(body: bytes) -> bytes:
    return (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"


class Trickle(io.RawIOBase):
    """The head comes at once, and the body byte by byte, with virtual time between two.

    Args:
        gap_ms: between two bytes.
        timeout_s: how long the client waits for each; None: for ever.
    """

    def __init__(self, answer: bytes, gap_ms: int, timeout_s: float | None) -> None:
        head, mark, body = answer.partition(b"\r\n\r\n")
        self._head, self._body = io.BytesIO(head + mark), io.BytesIO(body)
        self._gap_us = gap_ms * 1000
        self._timeout_us = None if timeout_s is None else round(timeout_s * 1_000_000)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What comes next: of the body a single byte, after its time."""
        if piece := self._head.read(len(buffer)):
            buffer[: len(piece)] = piece
            return len(piece)
        if self._timeout_us is not None and self._timeout_us < self._gap_us:
            turns.sleep(self._timeout_us)
            raise TimeoutError("timed out")
        piece = self._body.read(1)
        if piece:
            turns.sleep(self._gap_us)
            buffer[:1] = piece
        return len(piece)
