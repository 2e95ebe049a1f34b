"""Frames on a stream: a 4-byte big-endian length, then that many bytes of JSON.

Judge and worker take turns. A *zero* length ends the worker's turn: each of its threads
waits, and nothing more comes until the judge has sent its next frame. The judge needs no
such mark, because it sends exactly one frame in each of its turns.
"""

import struct
from collections.abc import Callable

import msgspec

from harness.worker.protocol import FRAME_LIMIT

CHUNK = 1 << 16
TURN_OVER = b"\0\0\0\0"
pack_length: Callable[[int], bytes] = struct.Struct(">I").pack
encode: Callable[[msgspec.Struct], bytes] = msgspec.json.Encoder().encode


class FrameTooLong(Exception):
    """A length that no frame may have."""


def framed(frame: msgspec.Struct) -> bytes:
    """The frame as it goes over the socket.

    Raises:
        FrameTooLong: it has more than FRAME_LIMIT bytes.
    """
    body = encode(frame)
    if len(body) > FRAME_LIMIT:
        raise FrameTooLong(f"A {type(frame).__name__} frame of {len(body)} bytes; at most {FRAME_LIMIT} are sent.")
    return pack_length(len(body)) + body


class Inbox:
    """Cuts what arrives on a stream into frames."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Adds bytes that have arrived."""
        self._data += chunk

    def take(self) -> bytes | None:
        """The next frame's JSON, b"" for the end of a turn, None if it has not arrived yet.

        Raises:
            FrameTooLong: the length announced is above FRAME_LIMIT.
        """
        data = self._data
        if len(data) < 4:
            return None
        length = int.from_bytes(data[:4], "big")
        if length > FRAME_LIMIT:
            raise FrameTooLong(f"A frame of {length} bytes is announced; at most {FRAME_LIMIT} are read.")
        if len(data) < 4 + length:
            return None
        body = bytes(data[4 : 4 + length])
        del data[: 4 + length]
        return body
