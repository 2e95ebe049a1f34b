"""What calls of S3 need: actions on objects and on buckets, which are different resources.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

import re
from urllib.parse import unquote

from harness.cloud.permissions.conditions import Facts
from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked
from harness.cloud.s3 import operations, xml
from harness.cloud.s3.errors import S3Error

_OBJECT = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "SelectObjectContent": "GetObject",
    "PutObject": "PutObject",
    "PostObject": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "ListParts": "ListMultipartUploadParts",
    "DeleteObject": "DeleteObject",
    "RestoreObject": "RestoreObject",
}
_BUCKET = {
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "BucketAccelerateConfiguration": "AccelerateConfiguration",
    "BucketAnalyticsConfiguration": "AnalyticsConfiguration",
    "BucketCors": "BucketCORS",
    "BucketEncryption": "EncryptionConfiguration",
    "BucketIntelligentTieringConfiguration": "IntelligentTieringConfiguration",
    "BucketInventoryConfiguration": "InventoryConfiguration",
    "BucketLifecycle": "LifecycleConfiguration",
    "BucketLifecycleConfiguration": "LifecycleConfiguration",
    "BucketMetricsConfiguration": "MetricsConfiguration",
    "BucketNotificationConfiguration": "BucketNotification",
    "BucketReplication": "ReplicationConfiguration",
    "ObjectLockConfiguration": "BucketObjectLockConfiguration",
    "PublicAccessBlock": "BucketPublicAccessBlock",
}
"""Actions by operation; of Get, Put and Delete operations on a part of a bucket, by what follows the verb."""

_OWN_DELETE = ("BucketPolicy", "BucketWebsite", "DeleteBucket")
"""Parts that have a Delete action of their own; of the others Put is needed for a deletion."""

_OF_VERSIONS = ("GetObject", "DeleteObject", "GetObjectAcl", "GetObjectTagging", "PutObjectTagging", "PutObjectAcl")
_HEADERS = {"x-amz-acl": "PutObjectAcl", "x-amz-tagging": "PutObjectTagging"}
_FACT_HEADERS = ("x-amz-acl", "x-amz-storage-class", "x-amz-server-side-encryption")
_FACT_QUERIES = {"prefix": "s3:prefix", "delimiter": "s3:delimiter", "max-keys": "s3:max-keys"}


def s3(asked: Asked) -> list[Need]:
    """Needs of a call of S3. DeleteObjects needs something for each key (see `deletions`)."""
    request = asked.call.request
    operation = operations.understand(request.method, request.url, request.headers)
    facts = _facts(operation, request.headers, asked.account_id)
    if operation.name == "ListBuckets":
        return [Need("s3:ListAllMyBuckets", "*", facts)]
    if operation.name == "DeleteObjects" or not operation.bucket:
        return []
    bucket = f"arn:aws:s3:::{operation.bucket}"
    if not operation.key and operation.name not in _OBJECT:
        return [Need(f"s3:{_of_bucket(operation.name)}", bucket, facts)]
    key = operation.key or _key_of_form(request.body)
    return [*_of_object(operation, f"{bucket}/{key}", request.headers, facts), *_source(request.headers, facts)]


def deletions(asked: Asked) -> list[tuple[str, Need]]:
    """The keys of a DeleteObjects, each with what its deletion needs."""
    request = asked.call.request
    operation = operations.understand(request.method, request.url, request.headers)
    facts = _facts(operation, request.headers, asked.account_id)
    try:
        objects = xml.parse(request.body, "Delete").findall("Object")
    except S3Error:
        return []
    found = []
    for each in objects:
        key = xml.exact(each, "Key")
        action = "s3:DeleteObjectVersion" if xml.text(each, "VersionId") else "s3:DeleteObject"
        found.append((key, Need(action, f"arn:aws:s3:::{operation.bucket}/{key}", facts)))
    return found


def listing(bucket: str) -> Need:
    """What one must be allowed to learn that an object is missing."""
    return Need("s3:ListBucket", f"arn:aws:s3:::{bucket}")


def _of_object(operation: operations.Operation, arn: str, headers: dict[str, str], facts: "_Facts") -> list[Need]:
    action = _OBJECT.get(operation.name, operation.name)
    if "versionId" in operation.query and action in _OF_VERSIONS:
        action = action.replace("Object", "ObjectVersion", 1)
    needs = [Need(f"s3:{action}", arn, facts)]
    if operation.name == "GetObjectAttributes":
        needs.append(Need("s3:GetObject", arn, facts))
    if action == "PutObject":
        needs += [Need(f"s3:{more}", arn, facts) for header, more in _HEADERS.items() if header in headers]
    return needs


def _source(headers: dict[str, str], facts: "_Facts") -> list[Need]:
    """A copy reads, too."""
    source, _, version = unquote(headers.get("x-amz-copy-source", "")).lstrip("/").partition("?versionId=")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    return [Need(action, f"arn:aws:s3:::{source}", facts)] if source else []


def _of_bucket(name: str) -> str:
    if name in _BUCKET or name in _OWN_DELETE or name == "CreateBucket":
        return _BUCKET.get(name, name)
    for verb in ("Get", "Put", "Delete"):
        part = name.removeprefix(verb)
        if part != name:
            kept = verb if verb != "Delete" or part in _OWN_DELETE else "Put"
            return kept + _BUCKET.get(part, part)
    return name


def _key_of_form(body: bytes) -> str:
    found = re.search(rb'name="key"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n', body[:65_536], re.DOTALL)
    return found[1].decode(errors="replace") if found else ""


class _Facts:
    """Condition keys of one request."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __call__(self) -> Facts:
        return self._facts


def _facts(operation: operations.Operation, headers: dict[str, str], account_id: str) -> _Facts:
    facts = {"s3:resourceaccount": (account_id,)}
    facts |= {f"s3:{name}": (headers[name],) for name in _FACT_HEADERS if name in headers}
    facts |= {key: (operation.query[name],) for name, key in _FACT_QUERIES.items() if name in operation.query}
    if "versionId" in operation.query:
        facts["s3:versionid"] = (operation.query["versionId"],)
    return _Facts(facts)
