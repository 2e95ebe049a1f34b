"""What writes and removes objects: moto does it, and here it is known what has changed by it.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
"""

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import quote

from harness.cloud.account import REGION, Account
from harness.cloud.s3 import forms, xml
from harness.cloud.s3.errors import malformed_xml, no_such_bucket
from harness.cloud.s3.journal import Doing, Journal
from harness.cloud.s3.lifecycle import due_at
from harness.cloud.s3.operations import Operation
from harness.cloud.s3.state import Buckets, Stored
from harness.cloud.template.model_bucket import ExpirySpec
from harness.simulation.clock import Clock
from harness.simulation.wire import Reply, Request

DELETE_LIMIT = 1000
_SAFE = "/~"
SIGNED = {"authorization": f"AWS4-HMAC-SHA256 Credential=S3/20260105/{REGION}/s3/aws4_request"}
"""What every request to moto has: it gives an object to nobody who signs nothing."""

_CREATING = {
    "PutObject": ("ObjectCreated:Put", "PutObject"),
    "CopyObject": ("ObjectCreated:Copy", "CopyObject"),
    "CompleteMultipartUpload": ("ObjectCreated:CompleteMultipartUpload", "CompleteMultipartUpload"),
}

Action = Callable[[Operation, Request, Doing], Reply]


def object_url(bucket: str, key: str) -> str:
    """Where an object is."""
    return f"https://{bucket}.s3.{REGION}.amazonaws.com/{quote(key, safe=_SAFE)}"


class ObjectActions:
    """The operations that change objects.

    Attributes:
        begun: when each open multipart upload was begun, by bucket and id.
    """

    def __init__(
        self, account: Account, buckets: Buckets, journal: Journal, clock: Clock, chance: random.Random, secret: str
    ) -> None:
        self._account = account
        self._buckets = buckets
        self._journal = journal
        self._clock = clock
        self._chance = chance
        self._secret = secret
        self.begun: dict[tuple[str, str], datetime] = {}

    def by_name(self) -> dict[str, Action]:
        """Each operation, and what carries it out."""
        return {
            **dict.fromkeys(_CREATING, self.create),
            "CreateMultipartUpload": self.begin_upload,
            "AbortMultipartUpload": self.abort_upload,
            "DeleteObject": self.delete,
            "DeleteObjects": self.delete_many,
            "PostObject": self.post,
        }

    def create(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """A new object, or a new version of one. Completing an upload again changes nothing."""
        upload_id = operation.query.get("uploadId", "")
        known = not upload_id or self._has_upload(operation.bucket, upload_id)
        reply = self._account.answer(request)
        if reply.status == 200 and known:
            self.begun.pop((operation.bucket, upload_id), None)
            self._created(operation, *_CREATING[operation.name], doing)
        return reply

    def post(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """An upload by a form."""
        if not self._buckets.exists(operation.bucket):
            raise no_such_bucket(operation.bucket)
        form = forms.parse(request.headers.get("content-type", ""), request.body)
        forms.check(form, operation.bucket, self._clock.utcnow(), self._secret)
        url = object_url(operation.bucket, form.key)
        reply = self._account.answer(Request("PUT", url, {**SIGNED, **form.headers}, form.content))
        if reply.status != 200:
            return reply
        self._created(Operation("PutObject", operation.bucket, form.key), "ObjectCreated:Post", "POST Object", doing)
        return forms.answer(form, operation.bucket, url, reply)

    def begin_upload(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Gives the upload an id out of the seed, not out of the system's chance."""
        reply = self._account.answer(request)
        if reply.status != 200:
            return reply
        drawn = reply.body.partition(b"<UploadId>")[2].partition(b"</UploadId>")[0]
        upload_id = f"{self._chance.getrandbits(256):064x}"
        self._buckets.name_upload(operation.bucket, drawn.decode(), upload_id)
        self.begun[operation.bucket, upload_id] = self._clock.utcnow()
        return Reply(200, reply.headers, reply.body.replace(drawn, upload_id.encode()))

    def abort_upload(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """The parts are gone."""
        reply = self._account.answer(request)
        self.begun.pop((operation.bucket, operation.query.get("uploadId", "")), None)
        return reply

    def delete(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Removes an object or a version, or hides it behind a delete marker."""
        version_id = operation.query.get("versionId", "")
        found = self._found(operation.bucket, operation.key, version_id)
        reply = self._account.answer(request)
        if reply.status != 204 or found is None:
            return reply
        self._removed(operation.bucket, found, version_id, doing, "ObjectRemoved", "DeleteObject")
        if version_id and found.is_marker:
            return Reply(204, reply.headers | {"x-amz-delete-marker": "true"}, b"")
        return reply

    def expire(self, bucket: str, key: str, version_id: str, doing: Doing) -> None:
        """Removes what a lifecycle rule says is old enough."""
        found = self._found(bucket, key, version_id)
        query = f"?versionId={version_id}" if version_id else ""
        reply = self._account.answer(Request("DELETE", object_url(bucket, key) + query, SIGNED))
        if reply.status == 204 and found is not None:
            self._removed(bucket, found, version_id, doing, "LifecycleExpiration", "Lifecycle Expiration")

    def abort_old_uploads(self, bucket: str, rules: Iterable[ExpirySpec], now: datetime) -> None:
        """Aborts the multipart uploads that nobody completed in the days of a rule."""
        days = [rule.upload_days for rule in rules if rule.enabled and rule.upload_days]
        for (name, upload_id), begun in list(self.begun.items()):
            if name == bucket and days and due_at(begun, min(days)) <= now:
                key = self._buckets.key_of_upload(bucket, upload_id)
                self._account.answer(Request("DELETE", f"{object_url(bucket, key)}?uploadId={upload_id}", SIGNED))
                del self.begun[name, upload_id]

    def delete_many(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Each object on its own: one that fails is reported and stops no other."""
        if not self._buckets.exists(operation.bucket):
            raise no_such_bucket(operation.bucket)
        root = xml.parse(request.body, "Delete")
        entries = root.findall("Object")
        if not 0 < len(entries) <= DELETE_LIMIT:
            raise malformed_xml()
        quiet = xml.text(root, "Quiet") == "true"
        results: list[tuple[str, xml.Node]] = []
        for entry in entries:
            key, version_id = xml.exact(entry, "Key"), xml.text(entry, "VersionId")
            headers = SIGNED | ({"if-match": etag} if (etag := xml.text(entry, "ETag")) else {})
            tag, content = self._delete_one(operation.bucket, key, version_id, headers, doing)
            if tag == "Error" or not quiet:
                results.append((tag, content))
        return Reply(200, {"content-type": "application/xml"}, xml.document("DeleteResult", results))

    def _delete_one(
        self, bucket: str, key: str, version_id: str, headers: dict[str, str], doing: Doing
    ) -> tuple[str, xml.Node]:
        query = {"versionId": version_id} if version_id else {}
        url = object_url(bucket, key) + (f"?versionId={quote(version_id)}" if version_id else "")
        named: list[tuple[str, xml.Node]] = [("Key", key)]
        named += [("VersionId", version_id)] if version_id else []
        reply = self.delete(Operation("DeleteObject", bucket, key, query), Request("DELETE", url, headers), doing)
        if reply.status != 204:
            code = reply.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()
            message = reply.body.partition(b"<Message>")[2].partition(b"</Message>")[0].decode()
            return "Error", [*named, ("Code", code or "InternalError"), ("Message", message)]
        if reply.headers.get("x-amz-delete-marker") == "true":
            marker = version_id or reply.headers.get("x-amz-version-id", "")
            named += [("DeleteMarker", "true"), ("DeleteMarkerVersionId", marker)]
        return "Deleted", named

    def _created(self, operation: Operation, event: str, reason: str, doing: Doing) -> None:
        stored = self._buckets.current(operation.bucket, operation.key)
        if stored is not None:
            self._journal.changed(operation.bucket, event, reason, stored, doing)

    def _removed(self, bucket: str, found: Stored, version_id: str, doing: Doing, kind: str, reason: str) -> None:
        latest = self._buckets.latest(bucket, found.key)
        if not version_id and latest is not None and latest.is_marker and self._buckets.is_versioned(bucket):
            self._journal.changed(bucket, f"{kind}:DeleteMarkerCreated", reason, latest, doing)
        else:
            self._journal.changed(bucket, f"{kind}:Delete", reason, found, doing)

    def _found(self, bucket: str, key: str, version_id: str) -> Stored | None:
        if not self._buckets.exists(bucket):
            return None
        if version_id:
            return self._buckets.version(bucket, key, version_id)
        return self._buckets.latest(bucket, key)

    def _has_upload(self, bucket: str, upload_id: str) -> bool:
        return self._buckets.exists(bucket) and self._buckets.has_upload(bucket, upload_id)
