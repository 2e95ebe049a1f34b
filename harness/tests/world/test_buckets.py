"""What acceptance tests see of buckets, and do to them."""

import pytest

from harness.tests.fakes import instant
from harness.tests.world.conftest import TEMPLATE, Build
from harness.world.bucket_view import BucketMissing, BucketView, ObjectMissing

BUCKETS = """\
  Photos:
    Type: AWS::S3::Bucket
    Properties: {VersioningConfiguration: {Status: Enabled}}
  Plain: {Type: AWS::S3::Bucket}
  Seen:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.seen
      Events: {Upload: {Type: S3, Properties: {Bucket: !Ref Photos, Events: "s3:ObjectCreated:*"}}}
"""


@pytest.fixture
def small(build: Build):
    """A world with two buckets."""
    return build(TEMPLATE + BUCKETS, seen=instant(None), work=instant(None), submit=instant(None))


def test_an_object_is_put_read_listed_and_removed(small) -> None:
    plain: BucketView = small.world.bucket("Plain")
    put = plain.put("a b/c.txt", "hello", content_type="text/plain", metadata={"width": "12"})
    plain.put("d", b"\x00")

    assert (put.size, put.version_id, put.written_ms) == (5, "", 0)
    assert put.metadata == {"content-type": "text/plain", "x-amz-meta-width": "12"}
    assert (plain.get("a b/c.txt"), plain.get("d")) == (b"hello", b"\x00")
    assert (plain.keys(), plain.keys("a b/")) == (["a b/c.txt", "d"], ["a b/c.txt"])
    plain.delete("d")
    assert plain.object("d") is None
    assert plain.object("a b/c.txt") == put


def test_versions_are_seen_newest_first(small) -> None:
    photos: BucketView = small.world.bucket("Photos")
    red, blue = photos.put("a", "red"), photos.put("a", "blue")
    photos.delete("a")

    marker, *versions = photos.versions("a")
    assert (marker.is_marker, marker.is_latest) == (True, True)
    assert [one.version_id for one in versions] == [blue.version_id, red.version_id]
    assert photos.get("a", version_id=red.version_id) == b"red"
    assert photos.objects() == []


def test_notifications_name_whom_they_went_to(small) -> None:
    photos: BucketView = small.world.bucket("Photos")
    put = photos.put("a b", "red")
    (notification,) = photos.notifications(key="a b", version_id=put.version_id)
    assert (notification.target, notification.delivered_ms) == ("Seen", ())

    small.run(small.world.settle())

    assert len(notification.delivered_ms) == 1
    assert notification.record["Records"][0]["s3"]["object"]["key"] == "a+b"
    assert small.world.invocations("Seen")[0].event == notification.record
    assert small.world.invocations("Seen")[0].cause == "ObjectCreated:Put a b in Photos"


def test_what_is_not_there_says_so(small) -> None:
    missing: BucketView = small.world.bucket("Missing")

    assert not missing.exists
    with pytest.raises(BucketMissing, match="The template has no bucket Missing"):
        missing.put("a", "x")
    with pytest.raises(ObjectMissing, match=r"Plain has no object 'a'; it has none\."):
        small.world.bucket("Plain").get("a")


def test_an_address_where_nobody_listens_gives_no_answer(small) -> None:
    assert small.run(small.world.fetch("GET", "https://nowhere.example.com/")).status == 0
