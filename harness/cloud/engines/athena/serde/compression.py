"""Unpacks an object, up to a limit: a few bytes of gzip can stand for gigabytes.

Athena goes by the name: what ends in .gz is gzip, whatever the object's metadata says.

Source: https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
"""

import zlib

from harness.cloud.engines.athena.query_errors import QueryError, exhausted

_GZIP = 31  # zlib's window bits for gzip with its header
_UNKNOWN = (".bz2", ".snappy", ".zst", ".lz4", ".lzo", ".deflate")


def unpacked(content: bytes, where: str, limit_bytes: int) -> bytes:
    """The bytes an object stands for.

    Args:
        where: the object, "s3://bucket/key".
        limit_bytes: how much it may become.

    Raises:
        QueryError: it cannot be unpacked, or becomes too much.
    """
    if where.endswith(_UNKNOWN):
        raise QueryError("HIVE_UNSUPPORTED_FORMAT", f"The compression of {where} is not simulated; gzip (.gz) is")
    found = _gunzipped(content, where, limit_bytes) if where.endswith(".gz") else content
    if len(found) > limit_bytes:
        raise exhausted()
    return found


def _gunzipped(content: bytes, where: str, limit_bytes: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    while content:
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(content, limit_bytes - total + 1)
        except zlib.error:
            raise QueryError(
                "HIVE_CANNOT_OPEN_SPLIT",
                f"Error opening Hive split {where} (offset=0, length={len(content)}): incorrect header check",
            ) from None
        parts.append(part)
        total += len(part)
        if total > limit_bytes:
            raise exhausted()
        if not member.eof:
            raise QueryError("HIVE_CURSOR_ERROR", f"Unexpected end of input stream when reading {where}")
        content = member.unused_data.lstrip(b"\0")
    return b"".join(parts)
