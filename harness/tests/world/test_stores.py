"""Everything that a submission keeps, in one question."""

import gzip

import pytest

from harness.tests.fakes import instant
from harness.tests.world.conftest import TEMPLATE, Build, SmallWorld

STORES = """\
  Photos: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
  News: {Type: AWS::SNS::Topic}
  Events: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Tweets:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
"""


@pytest.fixture
def small(build: Build) -> SmallWorld:
    """A world with a store of every kind; the queue Failed has no consumer."""
    return build(TEMPLATE + STORES, work=instant(None), submit=instant(None))


def found(small: SmallWorld) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in small.world.holding("MARKER")]


def test_a_text_is_found_wherever_it_is_kept_and_packed(small: SmallWorld) -> None:
    world = small.world
    before = found(small)
    world.table("Tweets").put({"id": "1", "deep": [{"text": "a MARKER"}]})
    world.table("Tweets").put({"id": "2", "packed": gzip.compress(b"a MARKER", mtime=0)})
    world.table("Tweets").put({"id": "3", "text": "marker"})
    world.bucket("Photos").put("a", gzip.compress(b"MARKER", mtime=0))
    world.bucket("Photos").put("a", "overwritten")
    world.bucket("Photos").put("b", "x", metadata={"title": "MARKER"})
    world.queue("Failed").send("MARKER")
    kept = found(small)

    assert world.table("Tweets").get(id="2") == {"id": "2", "packed": gzip.compress(b"a MARKER", mtime=0)}
    assert before == []
    assert kept == [("table", "Tweets")] * 2 + [("bucket", "Photos")] * 2 + [("queue", "Failed")]


def test_what_is_deleted_or_consumed_is_kept_no_longer(small: SmallWorld) -> None:
    world = small.world
    world.table("Tweets").put({"id": "MARKER"})
    world.table("Tweets").delete(id="MARKER")
    world.queue("Orders").send("MARKER")
    waiting = [one.body for one in world.queue("Orders").messages]
    small.run(world.settle())

    assert (waiting, world.queue("Orders").messages, found(small)) == (["MARKER"], [], [])


def test_everything_of_a_kind_is_listed(small: SmallWorld) -> None:
    world = small.world

    assert [one.logical_id for one in world.queues()] == ["Orders", "Failed"]
    assert [one.logical_id for one in world.topics()] == ["News"]
    assert [one.logical_id for one in world.buckets()] == ["Photos"]
    assert [one.logical_id for one in world.streams()] == ["Events", "Tweets"]
    assert [one.logical_id for one in world.tables()] == ["Tweets"]
