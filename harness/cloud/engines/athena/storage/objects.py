"""The objects in S3 that Athena sees: names beginning with `_` or `.` are invisible to it.

Source: https://docs.aws.amazon.com/athena/latest/ug/creating-tables.html
"""

import bisect
import itertools
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
        etag: changes with the bytes.
    """

    bucket: str
    key: str
    size: int
    etag: str = ""

    @property
    def url(self) -> str:
        """As messages name it."""
        return f"s3://{self.bucket}/{self.key}"


class Files(Protocol):
    """Where objects come from."""

    def all(self, bucket: str) -> list[StoredFile]:
        """The objects of a bucket, in S3's order. Raises QueryError if there is no such bucket."""
        ...

    def read(self, file: StoredFile) -> bytes:
        """Its bytes. Raises QueryError if it is gone."""
        ...


class Listing:
    """The objects that one statement sees: each bucket is listed once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._listed: dict[str, tuple[list[bytes], list[StoredFile]]] = {}

    def visible(self, place: Place) -> list[StoredFile]:
        """The objects with bytes under a location, in S3's order. Raises QueryError if there is no such bucket."""
        if place.bucket not in self._listed:
            files = self._files.all(place.bucket)
            self._listed[place.bucket] = ([file.key.encode() for file in files], files)
        keys, files = self._listed[place.bucket]
        prefix = place.prefix.encode()
        begins = bisect.bisect_left(keys, prefix)
        found = itertools.takewhile(lambda file: file.key.startswith(place.prefix), files[begins:])
        return [file for file in found if file.size and _is_visible(file.key.removeprefix(place.prefix))]


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

    def all(self, bucket: str) -> list[StoredFile]:
        """As `Files`."""
        state = self._s3.state
        if not state.exists(bucket):
            raise QueryError(
                "HIVE_FILESYSTEM_ERROR",
                f"The specified bucket does not exist: {bucket} (Service: Amazon S3; Status Code: 404; "
                "Error Code: NoSuchBucket)",
            )
        stored = [(key, state.current(bucket, key)) for key in state.keys(bucket)]
        return [StoredFile(bucket, key, each.size, each.etag) for key, each in stored if each]

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
    return bool(below) and not any(part.startswith(("_", ".")) for part in below.split("/"))
