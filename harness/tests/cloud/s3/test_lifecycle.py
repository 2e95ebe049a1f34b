"""What grows old goes away, at a midnight, and nothing ticks for it while a simulation settles."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from harness.cloud.s3.lifecycle import due_at
from harness.cloud.template.model_bucket import ExpirySpec
from harness.tests.cloud.s3.conftest import ALL, BUCKET, SimulatedS3, bucket

HOUR_S = 3600
DAY_S = 24 * HOUR_S
TO_MIDNIGHT_S = 15 * HOUR_S
"""A simulation begins at nine in the morning."""


def keys(s3: SimulatedS3) -> list[str]:
    """The keys that a reader sees."""
    return [one["Key"] for one in s3.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def with_rule(*, versioned: bool = False, **rule: object) -> SimulatedS3:
    """A bucket with one lifecycle rule."""
    return SimulatedS3(bucket(*ALL, versioned=versioned, expiries=(ExpirySpec(id="r", **rule),)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-01-05T09:00:00", 1, "2026-01-07T00:00:00"),
        ("2026-01-05T00:00:00", 1, "2026-01-06T00:00:00"),
        ("2026-01-05T23:59:59", 3, "2026-01-09T00:00:00"),
    ],
)
def test_days_are_added_and_the_time_is_rounded_up_to_midnight(since: str, days: int, due: str) -> None:
    moment, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (since, due))

    assert due_at(moment, days) == expected


def test_an_object_expires_and_its_bucket_says_so() -> None:
    s3 = with_rule(days=1, prefix="tmp/")
    for key in ("tmp/a", "kept"):
        s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    s3.simulation.settle()
    assert s3.simulation.clock.now_ms < 10_000

    s3.simulation.advance(TO_MIDNIGHT_S + DAY_S - 60)
    assert keys(s3) == ["kept", "tmp/a"]
    s3.simulation.advance(60)
    assert keys(s3) == ["kept"]

    assert s3.told()[-1] == ("LifecycleExpiration:Delete", "tmp/a")
    change = s3.service.notifier.sent[-1].change
    assert (change.requester, change.source_ip) == ("s3.amazonaws.com", "s3.amazonaws.com")


def test_an_object_written_later_expires_later() -> None:
    s3 = with_rule(days=2)
    s3.client.put_object(Bucket=BUCKET, Key="first", Body=b"x")
    s3.simulation.advance(DAY_S)
    s3.client.put_object(Bucket=BUCKET, Key="second", Body=b"x")

    s3.simulation.advance(TO_MIDNIGHT_S + DAY_S)
    assert keys(s3) == ["second"]
    s3.simulation.advance(DAY_S)
    assert keys(s3) == []


def test_a_version_is_hidden_first_and_removed_after_its_days() -> None:
    s3 = with_rule(days=1, noncurrent_days=2, orphan_markers=True, versioned=True)
    version = s3.client.put_object(Bucket=BUCKET, Key="a", Body=b"x")["VersionId"]

    s3.simulation.advance(TO_MIDNIGHT_S + DAY_S + 1)
    assert keys(s3) == []
    assert s3.client.get_object(Bucket=BUCKET, Key="a", VersionId=version)["Body"].read() == b"x"
    s3.simulation.advance(3 * DAY_S)

    assert s3.told()[1:] == [
        ("LifecycleExpiration:DeleteMarkerCreated", "a"),
        ("LifecycleExpiration:Delete", "a"),
        ("LifecycleExpiration:Delete", "a"),
    ]
    assert s3.client.list_object_versions(Bucket=BUCKET).get("DeleteMarkers", []) == []


def test_rules_may_keep_versions_and_look_at_sizes() -> None:
    s3 = with_rule(noncurrent_days=1, keep_noncurrent=1, larger_than=1, versioned=True)
    for body in (b"xx", b"y", b"xx", b"xx"):
        s3.client.put_object(Bucket=BUCKET, Key="a", Body=body)

    s3.simulation.advance(3 * DAY_S)

    sizes = [one["Size"] for one in s3.client.list_object_versions(Bucket=BUCKET)["Versions"]]
    assert sizes == [2, 2, 1]


def test_an_upload_that_nobody_completes_is_aborted() -> None:
    s3 = with_rule(upload_days=1)
    upload = s3.client.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]

    s3.simulation.advance(3 * DAY_S)

    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.client.list_parts(Bucket=BUCKET, Key="big", UploadId=upload)


def test_rules_are_written_and_read_by_the_api(s3: SimulatedS3) -> None:
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}}
    s3.client.put_object(Bucket=BUCKET, Key="tmp/a", Body=b"x")

    s3.client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})

    assert s3.client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"] == [rule]
    s3.simulation.advance(2 * DAY_S)
    assert keys(s3) == []


def test_a_rule_with_tags_is_said_to_be_missing_here(s3: SimulatedS3) -> None:
    rule = {"Status": "Enabled", "Filter": {"Tag": {"Key": "a", "Value": "b"}}, "Expiration": {"Days": 1}}

    with pytest.raises(ClientError, match="NotImplemented"):
        s3.client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})
