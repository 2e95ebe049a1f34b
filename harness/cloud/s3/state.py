"""What moto keeps of buckets and objects, read and in a few places put right.

Only what no answer of moto's can tell: which version is the newest, whether a key existed
before it was deleted. The objects read here are moto's own; `Account.s3_buckets` hands them out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harness.cloud.account import Account


@dataclass(frozen=True)
class Stored:
    """One version of an object, or a delete marker.

    Attributes:
        version_id: "null" where the bucket was not versioned.
        etag: without quotes; "" of a delete marker.
    """

    key: str
    version_id: str
    is_latest: bool
    is_marker: bool
    last_modified: datetime
    size: int = 0
    etag: str = ""


class Buckets:
    """All buckets of the account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def exists(self, bucket: str) -> bool:
        """Whether there is such a bucket."""
        return bucket in self._account.s3_buckets()

    def is_versioned(self, bucket: str) -> bool:
        """Whether a write makes a new version."""
        return bool(self._account.s3_buckets()[bucket].is_versioned)

    def keys(self, bucket: str) -> list[str]:
        """The names of all objects, deleted ones with versions left among them, in S3's order."""
        return sorted(dict.keys(self._of(bucket)), key=lambda key: key.encode())

    def versions(self, bucket: str, key: str) -> list[Stored]:
        """The versions of an object, the newest first."""
        kept = self._of(bucket).getlist(key) or []
        return [_stored(key, each, is_latest=each is kept[-1]) for each in reversed(kept)]

    def all_versions(self, bucket: str) -> Iterator[Stored]:
        """The versions of all objects, by key, the newest first."""
        for key in self.keys(bucket):
            yield from self.versions(bucket, key)

    def latest(self, bucket: str, key: str) -> Stored | None:
        """The newest version of an object, which may be a delete marker; None: there is none at all."""
        return next(iter(self.versions(bucket, key)), None)

    def current(self, bucket: str, key: str) -> Stored | None:
        """The object as a reader without a version id sees it; None: there is none."""
        latest = self.latest(bucket, key)
        return None if latest is None or latest.is_marker else latest

    def version(self, bucket: str, key: str, version_id: str) -> Stored | None:
        """This version of an object."""
        return next((each for each in self.versions(bucket, key) if each.version_id == version_id), None)

    def metadata(self, bucket: str, key: str, version_id: str) -> dict[str, str]:
        """The metadata of a version, system and user, names in lower case."""
        for each in self._of(bucket).getlist(key) or []:
            if str(each.version_id) == version_id and hasattr(each, "metadata"):
                named = {name.lower(): str(value) for name, value in each.metadata.items()}
                return {name: value for name, value in named.items() if _is_metadata(name)}
        return {}

    def has_upload(self, bucket: str, upload_id: str) -> bool:
        """Whether this multipart upload is open."""
        return upload_id in self._account.s3_buckets()[bucket].multiparts

    def key_of_upload(self, bucket: str, upload_id: str) -> str:
        """The key of the object that a multipart upload will become."""
        return str(self._account.s3_buckets()[bucket].multiparts[upload_id].key_name)

    def name_upload(self, bucket: str, drawn: str, name: str) -> None:
        """Gives a multipart upload another id: moto draws it from the system's chance."""
        uploads = self._account.s3_buckets()[bucket].multiparts
        upload = uploads.pop(drawn)
        upload.id = name
        uploads[name] = upload

    def date_bucket(self, bucket: str, created: datetime) -> None:
        """Sets the creation date, which moto takes from the real clock."""
        self._account.s3_buckets()[bucket].creation_date = created

    def _of(self, bucket: str) -> Any:
        return self._account.s3_buckets()[bucket].keys


def _stored(key: str, kept: Any, *, is_latest: bool) -> Stored:
    modified = kept.last_modified.replace(tzinfo=UTC)
    if not hasattr(kept, "etag"):
        return Stored(key, str(kept.version_id), is_latest, True, modified)
    return Stored(key, str(kept.version_id), is_latest, False, modified, kept.size, kept.etag.strip('"'))


def _is_metadata(name: str) -> bool:
    return not name.startswith("x-amz-") or name.startswith("x-amz-meta-")
