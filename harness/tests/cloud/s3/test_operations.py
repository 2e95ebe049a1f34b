"""Every request that botocore writes is known by the name of its operation."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud.s3.operations import Operation, about, understand
from harness.simulation.wire import Reply, Request
from harness.tests.fakes import client

B = {"Bucket": "photos"}
K = {**B, "Key": "a/b c+d%.jpg"}
UPLOAD = {**K, "UploadId": "u1"}
SOURCE = {"CopySource": {"Bucket": "photos", "Key": "x"}}


def written(operation: str, **parameters: Any) -> Request:
    """The request that boto3 writes for this call."""
    requests: list[Request] = []

    def ask(request: Request) -> Reply:
        requests.append(request)
        return Reply(418)

    with pytest.raises(ClientError):
        getattr(client("s3", ask), operation)(**parameters)
    return requests[0]


def understood(request: Request) -> Operation:
    """Our reading of it."""
    return understand(request.method, request.url, request.headers)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("GetObject", K),
        ("PutObject", {**K, "Body": b"x"}),
        ("HeadObject", K),
        ("DeleteObject", {**K, "VersionId": "v"}),
        ("CopyObject", {**K, **SOURCE}),
        ("GetObjectTagging", K),
        ("PutObjectTagging", {**K, "Tagging": {"TagSet": []}}),
        ("GetObjectAcl", K),
        ("GetObjectAttributes", {**K, "ObjectAttributes": ["ETag"]}),
        ("CreateMultipartUpload", K),
        ("UploadPart", {**UPLOAD, "PartNumber": 1, "Body": b"x"}),
        ("UploadPartCopy", {**UPLOAD, "PartNumber": 1, **SOURCE}),
        ("CompleteMultipartUpload", {**UPLOAD, "MultipartUpload": {"Parts": []}}),
        ("AbortMultipartUpload", UPLOAD),
        ("ListParts", UPLOAD),
        ("ListMultipartUploads", B),
        ("ListObjects", B),
        ("ListObjectsV2", B),
        ("ListObjectVersions", B),
        ("DeleteObjects", {**B, "Delete": {"Objects": [{"Key": "a"}]}}),
        ("CreateBucket", {**B, "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
        ("HeadBucket", B),
        ("DeleteBucket", B),
        ("GetBucketVersioning", B),
        ("GetBucketNotificationConfiguration", B),
        ("DeleteBucketLifecycle", B),
        ("GetPublicAccessBlock", B),
        ("ListBuckets", {}),
    ],
)
def test_an_operation_is_read_off_what_botocore_writes(name: str, parameters: dict[str, Any]) -> None:
    method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")

    operation = understood(written(method.replace("v2", "_v2").replace("__", "_"), **parameters))

    assert (operation.name, operation.bucket) == (name, parameters.get("Bucket", ""))
    assert operation.key == parameters.get("Key", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-west-1.amazonaws.com/photos/a%2Bb/c",
        "https://photos.s3.amazonaws.com/a%2Bb/c",
        "https://photos.s3.eu-west-1.amazonaws.com/a%2Bb/c",
        "https://s3.amazonaws.com/photos/a%2Bb/c",
    ],
)
def test_the_bucket_stands_in_the_host_or_in_the_path(url: str) -> None:
    assert understand("GET", url, {}) == Operation("GetObject", "photos", "a+b/c", {})


def test_what_a_request_is_about_is_its_key_and_never_its_bytes() -> None:
    request = written("put_object", **K, Body=b"\x00\x01 many bytes")

    assert about(understood(request), request.body) == "a/b c+d%.jpg"
    listing = written("list_objects_v2", **B, Prefix="a/")
    assert about(understood(listing), b"") == "list-type=2 prefix=a/ encoding-type=url"
