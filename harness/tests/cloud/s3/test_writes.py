"""What writes and removes objects, and what S3 refuses of it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.faults.service import LostReply, ThrottledCall
from harness.simulation.wire import NoReply, Request
from harness.tests.cloud.s3.conftest import BUCKET, SimulatedS3, bucket

NAMES = ["a b.jpg", "a+b.jpg", "a%20b.jpg", "東京 タワー.jpg", "a&b=c#d?.jpg", "x/../y", "//z", "dir/"]


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    """The error code."""
    return str(caught.value.response["Error"]["Code"])


def test_a_write_is_read_by_whoever_comes_after_it(s3: SimulatedS3) -> None:
    for name in NAMES:
        s3.client.put_object(Bucket=BUCKET, Key=name, Body=name.encode())

    assert [s3.client.get_object(Bucket=BUCKET, Key=name)["Body"].read().decode() for name in NAMES] == NAMES
    listed = [one["Key"] for one in s3.client.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert listed == sorted(NAMES, key=str.encode)
    assert [one["Key"] for one in s3.client.list_object_versions(Bucket=BUCKET)["Versions"]] == listed


def test_dates_are_those_of_virtual_time(s3: SimulatedS3) -> None:
    s3.simulation.advance(3600)
    s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"")

    head = s3.client.head_object(Bucket=BUCKET, Key="a")
    assert f"{head['LastModified']:%d %H:%M:%S}" == "05 10:00:00"
    assert head["ResponseMetadata"]["HTTPHeaders"]["date"] == "Mon, 05 Jan 2026 10:00:00 GMT"
    assert f"{s3.client.list_buckets()['Buckets'][0]['CreationDate']:%Y-%m-%d}" == "2026-01-05"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("put_object", {"Body": b"2"}),
        ("copy_object", {"CopySource": {"Bucket": BUCKET, "Key": "source"}}),
    ],
)
def test_a_conditional_write_replaces_nothing_it_does_not_know(s3: SimulatedS3, operation: str, more: Any) -> None:
    etag = s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"1")["ETag"]
    s3.client.put_object(Bucket=BUCKET, Key="source", Body=b"3")
    write = getattr(s3.client, operation)

    with pytest.raises(ClientError) as present:
        write(Bucket=BUCKET, Key="a", IfNoneMatch="*", **more)
    with pytest.raises(ClientError) as different:
        write(Bucket=BUCKET, Key="a", IfMatch='"0123"', **more)
    with pytest.raises(ClientError) as absent:
        write(Bucket=BUCKET, Key="b", IfMatch='"0123"', **more)

    assert [code_of(each) for each in (present, different, absent)] == [
        "PreconditionFailed", "PreconditionFailed", "NoSuchKey",
    ]  # fmt: skip
    write(Bucket=BUCKET, Key="a", IfMatch=etag, **more)
    write(Bucket=BUCKET, Key="b", IfNoneMatch="*", **more)


@pytest.mark.parametrize(
    ("condition", "fails"),
    [
        ({"CopySourceIfMatch": '"0123"'}, True),
        ({"CopySourceIfNoneMatch": '"0123"'}, False),
        ({"CopySourceIfModifiedSince": "2026-01-06"}, True),
        ({"CopySourceIfUnmodifiedSince": "2026-01-06"}, False),
        ({"CopySourceIfUnmodifiedSince": "2026-01-04"}, True),
    ],
)
def test_a_copy_may_depend_on_its_source(s3: SimulatedS3, condition: dict[str, str], fails: bool) -> None:
    s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"1")

    source = {"Bucket": BUCKET, "Key": "a"}

    def copy() -> str:
        try:
            s3.client.copy_object(Bucket=BUCKET, Key="b", CopySource=source, **condition)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""

    assert copy() == ("PreconditionFailed" if fails else "")


def test_a_multipart_upload_is_one_object_and_completing_it_twice_changes_nothing(versioned: SimulatedS3) -> None:
    s3 = versioned.client
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="big", ContentType="image/tiff")["UploadId"]
    named = {"Bucket": BUCKET, "Key": "big", "UploadId": upload}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**named, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate([b"x" * (5 << 20), b"y"], 1)
    ]
    first = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    second = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})

    assert first["ETag"].endswith('-2"')
    assert (first["ETag"], first["VersionId"]) == (second["ETag"], second["VersionId"])
    assert s3.head_object(Bucket=BUCKET, Key="big")["ContentType"] == "image/tiff"
    assert versioned.told() == [("ObjectCreated:CompleteMultipartUpload", "big")]


def test_an_upload_id_that_is_none_is_refused(s3: SimulatedS3) -> None:
    with pytest.raises(ClientError) as caught:
        s3.client.upload_part(Bucket=BUCKET, Key="big", UploadId="none", PartNumber=1, Body=b"x")

    assert code_of(caught) == "NoSuchUpload"


def test_upload_ids_come_out_of_the_seed() -> None:
    ids = [SimulatedS3(bucket()).client.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"] for _ in range(2)]

    assert ids[0] == ids[1]


def test_a_delete_marker_hides_and_is_no_object(versioned: SimulatedS3) -> None:
    s3 = versioned.client
    first = s3.put_object(Bucket=BUCKET, Key="a", Body=b"1")["VersionId"]
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"2")
    marker = s3.delete_object(Bucket=BUCKET, Key="a")

    with pytest.raises(ClientError) as gone:
        s3.get_object(Bucket=BUCKET, Key="a")
    with pytest.raises(ClientError) as no_object:
        s3.get_object(Bucket=BUCKET, Key="a", VersionId=marker["VersionId"])
    assert marker["DeleteMarker"] is True
    assert code_of(gone) == "NoSuchKey"
    assert gone.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert code_of(no_object) == "MethodNotAllowed"
    assert s3.get_object(Bucket=BUCKET, Key="a", VersionId=first)["Body"].read() == b"1"

    assert s3.delete_object(Bucket=BUCKET, Key="a", VersionId=marker["VersionId"])["DeleteMarker"] is True
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"2"


def test_versions_are_listed_newest_first_page_by_page(versioned: SimulatedS3) -> None:
    s3 = versioned.client
    ids = [s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")["VersionId"] for key in ("a", "b%20", "b%20", "c/1", "c/2")]
    marker = s3.delete_object(Bucket=BUCKET, Key="b%20")["VersionId"]

    pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2}))

    listed = [(one["Key"], one["VersionId"], one["IsLatest"]) for page in pages for one in page.get("Versions", [])]
    assert listed == [
        ("a", ids[0], True), ("b%20", ids[2], False), ("b%20", ids[1], False), ("c/1", ids[3], True),
        ("c/2", ids[4], True),
    ]  # fmt: skip
    markers = [one for page in pages for one in page.get("DeleteMarkers", [])]
    assert [(one["VersionId"], one["IsLatest"]) for one in markers] == [(marker, True)]
    grouped = s3.list_object_versions(Bucket=BUCKET, Delimiter="/")
    assert [one["Prefix"] for one in grouped["CommonPrefixes"]] == ["c/"]


def test_many_objects_are_deleted_each_on_its_own(s3: SimulatedS3) -> None:
    for key in ("a", "b", " c "):
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"1")
    objects = [{"Key": "a"}, {"Key": "b", "ETag": '"0123"'}, {"Key": " c "}, {"Key": "never"}]

    reply = s3.client.delete_objects(Bucket=BUCKET, Delete={"Objects": objects, "Quiet": False})

    assert [one["Key"] for one in reply["Deleted"]] == ["a", " c ", "never"]
    assert [(one["Key"], one["Code"]) for one in reply["Errors"]] == [("b", "PreconditionFailed")]
    assert [one for one in s3.told() if one[0] == "ObjectRemoved:Delete"] == [
        ("ObjectRemoved:Delete", "a"), ("ObjectRemoved:Delete", " c "),
    ]  # fmt: skip
    quiet = s3.client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "b"}], "Quiet": True})
    assert "Deleted" not in quiet


def test_a_list_has_a_thousand_at_most_and_a_page_goes_on_where_the_last_ended(s3: SimulatedS3) -> None:
    for number in range(5):
        s3.client.put_object(Bucket=BUCKET, Key=f"k{number}", Body=b"")
    assert s3.client.list_objects_v2(Bucket=BUCKET, MaxKeys=5000)["MaxKeys"] == 1000

    first = s3.client.list_objects_v2(Bucket=BUCKET, MaxKeys=2)
    s3.client.delete_object(Bucket=BUCKET, Key="k1")
    s3.client.put_object(Bucket=BUCKET, Key="k11", Body=b"")
    rest = s3.client.list_objects_v2(Bucket=BUCKET, ContinuationToken=first["NextContinuationToken"])

    assert [one["Key"] for one in rest["Contents"]] == ["k11", "k2", "k3", "k4"]


@pytest.mark.parametrize(
    ("method", "url", "body", "expected"),
    [
        ("GET", "https://photos.s3.eu-west-1.amazonaws.com/?list-type=2&max-keys=many", b"", "InvalidArgument"),
        ("PUT", f"https://photos.s3.eu-west-1.amazonaws.com/{'k' * 1025}", b"", "KeyTooLongError"),
        ("POST", "https://photos.s3.eu-west-1.amazonaws.com/?delete", b"<!DOCTYPE x><Delete/>", "MalformedXML"),
        ("POST", "https://photos.s3.eu-west-1.amazonaws.com/?delete", b"<Delete>", "MalformedXML"),
        ("POST", "https://nowhere.s3.eu-west-1.amazonaws.com/?delete", b"", "NoSuchBucket"),
        ("GET", "https://nowhere.s3.eu-west-1.amazonaws.com/?versions", b"", "NoSuchBucket"),
        ("PUT", "https://photos.s3.eu-west-1.amazonaws.com/?replication", b"<x/>", "NotImplemented"),
        ("POST", "https://photos.s3.eu-west-1.amazonaws.com/a?select", b"<x/>", "NotImplemented"),
        ("PUT", "https://photos.s3.eu-west-1.amazonaws.com/?notification", b"<x/>", "MalformedXML"),
        (
            "PUT", "https://photos.s3.eu-west-1.amazonaws.com/?versioning",
            b"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", "NotImplemented",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_answered_as_s3_does(
    s3: SimulatedS3, method: str, url: str, body: bytes, expected: str
) -> None:
    headers = {"authorization": "AWS4-HMAC-SHA256 ...", "content-length": str(len(body))}

    reply = s3.ask(method, url, headers, body)

    assert f"<Code>{expected}</Code>" in reply.body.decode()


def test_who_signs_nothing_gets_nothing(s3: SimulatedS3) -> None:
    s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"")

    reply = s3.ask("GET", "https://photos.s3.eu-west-1.amazonaws.com/a")

    assert (reply.status, "<Code>AccessDenied</Code>" in reply.body.decode()) == (403, True)


def test_a_throttle_is_slow_down_and_nothing_was_done(s3: SimulatedS3) -> None:
    s3.simulation.faults.inject(ThrottledCall(service="s3", operation="PutObject", times=1))

    with pytest.raises(ClientError) as caught:
        s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"")

    assert code_of(caught) == "SlowDown"
    assert "Contents" not in s3.client.list_objects_v2(Bucket=BUCKET)


def test_a_lost_reply_leaves_the_object_and_its_notification(s3: SimulatedS3) -> None:
    s3.simulation.faults.inject(LostReply(operation="PutObject"))

    answer = s3.simulation.send(
        Request("PUT", "https://photos.s3.eu-west-1.amazonaws.com/a", {"authorization": "AWS4-HMAC-SHA256"}, b"1")
    )

    assert isinstance(answer, NoReply)
    assert s3.told() == [("ObjectCreated:Put", "a")]
    assert json.loads(s3.service.notifier.sent[0].text)["Records"][0]["s3"]["object"]["size"] == 1
