"""The objects in S3 that Athena sees: names beginning with `_` or `.` are invisible to it.

Source: https://docs.aws.amazon.com/athena/latest/ug/creating-tables.html
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.s3.objects import object_url
from harness.cloud.s3.service import S3Service
from harness.simulation.wire import Request

REQUESTER = "athena"


@dataclass(frozen=True)
class Place:
    """A location: a bucket and the beginning of keys, with the slash at its end."""

    bucket: str
    prefix: str


@dataclass(frozen=True)
class StoredFile:
    """An object.

    Attributes:
        size: bytes, as they are stored.
    """

    bucket: str
    key: str
    size: int

    @property
    def url(self) -> str:
        """As messages name it."""
        return f"s3://{self.bucket}/{self.key}"


class Files(Protocol):
    """Where objects come from."""

    def visible(self, place: Place) -> list[StoredFile]:
        """The objects under a location, in S3's order. Raises QueryError if there is no such bucket."""
        ...

    def read(self, file: StoredFile) -> bytes:
        """Its bytes. Raises QueryError if it is gone."""
        ...


class Results(Protocol):
    """Where the results of queries are written, by URL."""

    def write(self, url: str, content: bytes) -> bool:
        """Writes an object; whether S3 took it."""
        ...

    def has_bucket(self, url: str) -> bool:
        """Whether the bucket is there."""
        ...

    def has_object(self, url: str) -> bool:
        """Whether the object is there."""
        ...


def place(location: str) -> Place:
    """Reads a location, "s3://bucket/prefix/". Raises QueryError if it is none."""
    if not location:
        raise QueryError("HIVE_METASTORE_ERROR", "Table storage descriptor is missing its location")
    parts = urlsplit(location)
    if parts.scheme not in ("s3", "s3a", "s3n") or not parts.netloc:
        raise QueryError("HIVE_METASTORE_ERROR", f"Invalid location '{location}': it is to begin with s3://bucket/")
    prefix = location.partition("://")[2].partition("/")[2]
    return Place(parts.netloc, f"{prefix.rstrip('/')}/" if prefix.strip("/") else "")


class S3Files:
    """The objects in the account's buckets."""

    def __init__(self, s3: S3Service) -> None:
        self._s3 = s3

    def visible(self, place: Place) -> list[StoredFile]:
        """As `Files`."""
        state = self._s3.state
        if not state.exists(place.bucket):
            raise QueryError(
                "HIVE_FILESYSTEM_ERROR",
                f"The specified bucket does not exist: {place.bucket} (Service: Amazon S3; Status Code: 404; "
                "Error Code: NoSuchBucket)",
            )
        found = []
        for key in state.keys(place.bucket):
            below = key.removeprefix(place.prefix) if key.startswith(place.prefix) else ""
            stored = state.current(place.bucket, key) if below and _is_visible(below) else None
            if stored and stored.size:
                found.append(StoredFile(place.bucket, key, stored.size))
        return found

    def read(self, file: StoredFile) -> bytes:
        """As `Files`."""
        reply = self._s3.do(Request("GET", object_url(file.bucket, file.key)), REQUESTER)
        if reply.status != 200:
            code = reply.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode(errors="replace")
            raise QueryError(
                "HIVE_CANNOT_OPEN_SPLIT",
                f"Error opening Hive split {file.url} (offset=0, length={file.size}): "
                f"(Service: Amazon S3; Status Code: {reply.status}; Error Code: {code})",
            )
        return reply.body

    def write(self, url: str, content: bytes) -> bool:
        """As `Results`."""
        bucket, _, key = url.removeprefix("s3://").partition("/")
        return self._s3.put(bucket, key, content, {"content-type": "application/octet-stream"}, REQUESTER).status == 200

    def has_bucket(self, url: str) -> bool:
        """As `Results`."""
        return self._s3.state.exists(url.removeprefix("s3://").partition("/")[0])

    def has_object(self, url: str) -> bool:
        """As `Results`."""
        bucket, _, key = url.removeprefix("s3://").partition("/")
        return self._s3.state.exists(bucket) and self._s3.state.current(bucket, key) is not None


def _is_visible(below: str) -> bool:
    return not any(part.startswith(("_", ".")) for part in below.split("/"))
