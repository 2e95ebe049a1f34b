"""A bucket as acceptance tests see and use it: from outside, past every function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness.cloud.errors import SubmissionError
from harness.cloud.s3 import events
from harness.cloud.s3.objects import object_url
from harness.simulation.clock import EPOCH
from harness.simulation.wire import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.cloud.s3.notifier import Notification, Notifier
    from harness.cloud.s3.service import S3Service
    from harness.cloud.s3.state import Stored
    from harness.cloud.template.model_bucket import BucketSpec

IMPORTER = "importer"
"""Who writes what a test puts."""


class BucketMissing(SubmissionError):
    """The kata's contract fixes a bucket that the template does not have."""


class ObjectMissing(AssertionError):
    """The bucket has no such object."""


@dataclass(frozen=True)
class StoredObject:
    """One version of an object.

    Attributes:
        version_id: "" where the bucket is not versioned.
        etag: without quotes.
        written_ms: virtual time of the write.
        is_marker: a delete marker: no object, but the mark that there is none any more.
        metadata: system and user, names in lower case ("content-type", "x-amz-meta-width").
    """

    key: str
    version_id: str
    is_latest: bool
    is_marker: bool
    size: int
    etag: str
    written_ms: int
    metadata: Mapping[str, str]


class BucketNotification:
    """What a bucket told one target of one change."""

    def __init__(self, notification: Notification, notifier: Notifier) -> None:
        self._notification = notification
        self._notifier = notifier
        change = notification.change
        self.key = change.key
        self.version_id = change.version_id
        self.event = change.event
        self.sequencer = change.sequencer
        self.target = notification.target
        self.sent_ms = notification.sent_us // 1000

    @property
    def delivered_ms(self) -> tuple[int, ...]:
        """When the target got it; () while it is on its way or held, several if it came again."""
        return tuple(at_us // 1000 for at_us in self._notification.delivered_us)

    @property
    def is_held(self) -> bool:
        """Whether a fault holds it."""
        return self._notification.held_by is not None

    @property
    def record(self) -> dict[str, Any]:
        """The event with its one record, as a function, queue or topic gets it."""
        spec = self._notification.spec
        return events.record(self._notification.change, spec.id if spec else "")

    def release(self) -> None:
        """If it is held, the target gets it now."""
        self._notifier.release(self._notification)

    def deliver_again(self) -> None:
        """The target gets it once more, now: an echo."""
        self._notifier.deliver_again(self._notification)


class BucketView:
    """A bucket of the submission. All but `exists` need it to exist."""

    def __init__(self, logical_id: str, spec: BucketSpec | None, s3: S3Service) -> None:
        self.logical_id = logical_id
        self._found = spec
        self._s3 = s3

    @property
    def exists(self) -> bool:
        """Whether the template has it."""
        return self._found is not None

    @property
    def name(self) -> str:
        """Its physical name."""
        return self._spec.name

    def put(
        self, key: str, body: bytes | str, *, content_type: str = "", metadata: Mapping[str, str] | None = None
    ) -> StoredObject:
        """Writes an object as an importer would, at this instant."""
        headers = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
        if content_type:
            headers["content-type"] = content_type
        content = body.encode() if isinstance(body, str) else body
        headers["content-length"] = str(len(content))
        self._done(self._s3.put(self.name, key, content, headers, IMPORTER), key)
        found = self._s3.state.current(self.name, key)
        assert found is not None
        return self._shown(found)

    def get(self, key: str, *, version_id: str = "") -> bytes:
        """The content of an object.

        Raises:
            ObjectMissing: there is none.
        """
        return self._done(self._ask("GET", key, version_id), key).body

    def delete(self, key: str, *, version_id: str = "") -> None:
        """Removes an object, or one version of it."""
        self._done(self._ask("DELETE", key, version_id), key)

    def object(self, key: str) -> StoredObject | None:
        """The object as a reader sees it; None: there is none."""
        found = self._s3.state.current(self.name, key)
        return self._shown(found) if found else None

    def keys(self, prefix: str = "") -> list[str]:
        """The names of all objects, in S3's order."""
        return [one.key for one in self.objects(prefix)]

    def objects(self, prefix: str = "") -> list[StoredObject]:
        """All objects as a reader sees them, in S3's order."""
        state = self._s3.state
        found = [state.current(self.name, key) for key in state.keys(self.name) if key.startswith(prefix)]
        return [self._shown(one) for one in found if one]

    def versions(self, key: str) -> list[StoredObject]:
        """All versions of an object, delete markers among them, the newest first."""
        return [self._shown(one) for one in self._s3.state.versions(self.name, key)]

    def notifications(
        self, *, key: str | None = None, version_id: str | None = None, target: str | None = None
    ) -> list[BucketNotification]:
        """What it told, in the order of the changes.

        Args:
            target: logical id of a function, queue or topic, or "EventBridge".
        """
        notifier = self._s3.notifier
        return [
            BucketNotification(one, notifier)
            for one in notifier.sent
            if one.bucket == self.logical_id
            and key in (None, one.change.key)
            and version_id in (None, one.change.version_id)
            and target in (None, one.target)
        ]

    def release(self, *, key: str | None = None, version_id: str | None = None, target: str | None = None) -> None:
        """Every notification that is held and is one of these comes now, all at this instant."""
        for one in self.notifications(key=key, version_id=version_id, target=target):
            one.release()

    def _ask(self, method: str, key: str, version_id: str) -> Reply:
        query = f"?{urlencode({'versionId': version_id})}" if version_id else ""
        return self._s3.do(Request(method, object_url(self.name, key) + query), IMPORTER)

    def _done(self, reply: Reply, key: str) -> Reply:
        if reply.status == 404:
            raise ObjectMissing(f"{self.logical_id} has no object {key!r}; it has {self.keys() or 'none'}.")
        if reply.status >= 400:
            raise AssertionError(f"S3 answers {reply.status}: {reply.body.decode(errors='replace')}")
        return reply

    def _shown(self, one: Stored) -> StoredObject:
        versioned = self._s3.state.is_versioned(self.name)
        return StoredObject(
            key=one.key,
            version_id=one.version_id if versioned else "",
            is_latest=one.is_latest,
            is_marker=one.is_marker,
            size=one.size,
            etag=one.etag,
            written_ms=(one.last_modified - EPOCH) // timedelta(milliseconds=1),
            metadata=self._s3.state.metadata(self.name, one.key, one.version_id),
        )

    @property
    def _spec(self) -> BucketSpec:
        if self._found is None:
            raise BucketMissing(
                f"The template has no bucket {self.logical_id}.",
                expected=f"a resource {self.logical_id} of type AWS::S3::Bucket: the contract fixes its logical id",
                file="template.yaml",
            )
        return self._found
