"""Which S3 operation an HTTP request is: S3 says it by method, path, query string and one header.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_OBJECT_PARTS = {
    "acl": "ObjectAcl",
    "tagging": "ObjectTagging",
    "retention": "ObjectRetention",
    "legal-hold": "ObjectLegalHold",
    "attributes": "ObjectAttributes",
    "torrent": "ObjectTorrent",
}
_BUCKET_PARTS = {
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "BucketAnalyticsConfiguration",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "intelligent-tiering": "BucketIntelligentTieringConfiguration",
    "inventory": "BucketInventoryConfiguration",
    "lifecycle": "BucketLifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "metrics": "BucketMetricsConfiguration",
    "notification": "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
_WHOLE_OBJECT = {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
_WHOLE_BUCKET = {"PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket", "POST": "PostObject"}


@dataclass(frozen=True)
class Operation:
    """An S3 request understood.

    Attributes:
        key: decoded; "" where the request is about a bucket, or about none.
        query: decoded; of a name given twice, the last.
    """

    name: str
    bucket: str
    key: str
    query: Mapping[str, str] = field(default_factory=dict)


def understand(method: str, url: str, headers: Mapping[str, str]) -> Operation:
    """Reads bucket, key and operation off a request.

    Args:
        url: an absolute one, in virtual-hosted or in path style.
        headers: names in lower case.
    """
    parts = _split(url)
    bucket, key = _place(parts)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    name = _of_object(method, query, headers) if key else _of_bucket(method, query) if bucket else "ListBuckets"
    return Operation(name or f"{method} {parts.path}", bucket, key, query)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _place(parts: SplitResult) -> tuple[str, str]:
    """Bucket and key: the host names the bucket, or else the first part of the path."""
    host, path = parts.netloc, parts.path.removeprefix("/")
    before, found, _ = host.partition(".s3.")
    if not found:
        before, found, _ = host.partition(".s3-")
    if found:
        return before, unquote(path)
    bucket, _, key = path.partition("/")
    return unquote(bucket), unquote(key)


def _of_object(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    copied = "x-amz-copy-source" in headers
    match method, _first(query, ("uploadId", "uploads", "restore", "select", *_OBJECT_PARTS)):
        case "PUT", "uploadId":
            return "UploadPartCopy" if copied else "UploadPart"
        case "GET", "uploadId":
            return "ListParts"
        case "POST", "uploadId":
            return "CompleteMultipartUpload"
        case "DELETE", "uploadId":
            return "AbortMultipartUpload"
        case "POST", "uploads":
            return "CreateMultipartUpload"
        case "POST", "restore":
            return "RestoreObject"
        case "POST", "select":
            return "SelectObjectContent"
        case _, part if part in _OBJECT_PARTS and method in _VERBS:
            return _VERBS[method] + _OBJECT_PARTS[part]
    if method == "PUT" and copied:
        return "CopyObject"
    return _WHOLE_OBJECT.get(method, "")


def _of_bucket(method: str, query: Mapping[str, str]) -> str:
    match method, _first(query, ("delete", "uploads", "versions", "list-type", *_BUCKET_PARTS)):
        case "POST", "delete":
            return "DeleteObjects"
        case "GET", "uploads":
            return "ListMultipartUploads"
        case "GET", "versions":
            return "ListObjectVersions"
        case "GET", "list-type":
            return "ListObjectsV2"
        case "DELETE", "lifecycle":
            return "DeleteBucketLifecycle"
        case _, part if part in _BUCKET_PARTS and method in _VERBS:
            return _VERBS[method] + _BUCKET_PARTS[part]
    return "ListObjects" if method == "GET" else _WHOLE_BUCKET.get(method, "")


def _first(query: Mapping[str, str], names: Sequence[str]) -> str:
    return next((name for name in names if name in query), "")


def about(operation: Operation, body: bytes) -> str:
    """What a request is about, for whoever reads the story: the key and what the query says of it."""
    shown = {name: value for name, value in operation.query.items() if not _signs(name)}
    words = [operation.key, *(f"{name}={value}" if value else name for name, value in shown.items())]
    if operation.name in ("DeleteObjects", "CompleteMultipartUpload"):
        words.append(body.decode(errors="replace"))
    return " ".join(word for word in words if word)


def _signs(name: str) -> bool:
    return name in ("AWSAccessKeyId", "Signature", "Expires") or name.lower().startswith("x-amz-")
