"""What S3 checks before it does anything, where moto does not: names, conditions, uploads, markers.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, unquote

from harness.cloud.s3.errors import (
    S3Error,
    invalid_argument,
    malformed_xml,
    no_such_key,
    no_such_upload,
    not_simulated,
    precondition_failed,
)
from harness.cloud.s3.operations import Operation
from harness.cloud.s3.state import Buckets, Stored

KEY_BYTES = 1024
_OF_UPLOADS = ("UploadPart", "UploadPartCopy", "ListParts", "AbortMultipartUpload")
_FREE_BODIES = ("PutObject", "UploadPart", "PostObject")
_NOT_HERE = ("SelectObjectContent", "RestoreObject", "GetObjectTorrent", "PutBucketReplication", "PutBucketWebsite")


def check(operation: Operation, headers: Mapping[str, str], body: bytes, buckets: Buckets) -> None:
    """Refuses what S3 refuses.

    Args:
        headers: names in lower case.

    Raises:
        S3Error: with S3's own answer.
    """
    if operation.name in _NOT_HERE:
        raise not_simulated(operation.name)
    if len(operation.key.encode(errors="replace")) > KEY_BYTES:
        raise S3Error(400, "KeyTooLongError", "Your key is too long", details={"MaxSizeAllowed": str(KEY_BYTES)})
    if operation.name not in _FREE_BODIES and b"<!" in body:
        raise malformed_xml()
    if not operation.query.get("max-keys", "0").isdecimal():
        raise invalid_argument("Provided max-keys not an integer or within integer range", ArgumentName="max-keys")
    if not buckets.exists(operation.bucket):
        return
    if operation.name in ("GetObject", "HeadObject"):
        _check_marker(operation, buckets)
    if operation.name == "CopyObject":
        _check_copy(operation, headers, buckets)
    if operation.name == "CompleteMultipartUpload":
        _check_replaced(operation, headers, buckets)
    if operation.name in _OF_UPLOADS and not buckets.has_upload(operation.bucket, operation.query.get("uploadId", "")):
        raise no_such_upload()
    if operation.name == "PutBucketVersioning" and b"<Status>Enabled</Status>" not in body:
        raise not_simulated("suspending the versioning of a bucket") if b"Suspended" in body else malformed_xml()


def _check_marker(operation: Operation, buckets: Buckets) -> None:
    """A delete marker is no object, and says so."""
    asked = operation.query.get("versionId")
    if asked is None:
        found = buckets.latest(operation.bucket, operation.key)
    else:
        found = buckets.version(operation.bucket, operation.key, asked)
    if found is None or not found.is_marker:
        return
    headers = {"x-amz-delete-marker": "true", "x-amz-version-id": found.version_id}
    if asked is None:
        raise no_such_key(operation.key, headers)
    message = "The specified method is not allowed against this resource."
    headers |= {"allow": "DELETE", "last-modified": found.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    raise S3Error(405, "MethodNotAllowed", message, headers=headers, details={"ResourceType": "DeleteMarker"})


def _check_copy(operation: Operation, headers: Mapping[str, str], buckets: Buckets) -> None:
    _check_replaced(operation, headers, buckets)
    source, _, query = headers["x-amz-copy-source"].partition("?")
    bucket, slash, key = unquote(source).removeprefix("/").partition("/")
    if not slash or not key:
        raise invalid_argument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
    if not buckets.exists(bucket):
        return
    version_id = parse_qs(query).get("versionId", [""])[0]
    found = buckets.version(bucket, key, version_id) if version_id else buckets.current(bucket, key)
    if found is None:
        return
    if found.is_marker:
        raise S3Error(400, "InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id.")  # fmt: skip # noqa: E501
    _check_source(headers, found)


def _check_source(headers: Mapping[str, str], source: Stored) -> None:
    match = headers.get("x-amz-copy-source-if-match")
    if match is not None and not _same(match, source):
        raise precondition_failed("x-amz-copy-source-If-Match")
    none_match = headers.get("x-amz-copy-source-if-none-match")
    if none_match is not None and _same(none_match, source):
        raise precondition_failed("x-amz-copy-source-If-None-Match")
    since = _date(headers.get("x-amz-copy-source-if-modified-since"))
    if since and none_match is None and source.last_modified.replace(microsecond=0) <= since:
        raise precondition_failed("x-amz-copy-source-If-Modified-Since")
    until = _date(headers.get("x-amz-copy-source-if-unmodified-since"))
    if until and match is None and source.last_modified.replace(microsecond=0) > until:
        raise precondition_failed("x-amz-copy-source-If-Unmodified-Since")


def _check_replaced(operation: Operation, headers: Mapping[str, str], buckets: Buckets) -> None:
    """The conditions on what a write would replace; moto knows them for PutObject and DeleteObject only."""
    if operation.query.get("uploadId") and not buckets.has_upload(operation.bucket, operation.query["uploadId"]):
        return  # completed before: the same answer again
    present = buckets.current(operation.bucket, operation.key)
    if headers.get("if-none-match") == "*" and present is not None:
        raise precondition_failed("If-None-Match")
    match = headers.get("if-match")
    if match is not None and present is None:
        raise no_such_key(operation.key)
    if match is not None and present is not None and not _same(match, present):
        raise precondition_failed("If-Match")


def _same(etag: str, stored: Stored) -> bool:
    return etag.strip('"') in ("*", stored.etag)


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None else date
