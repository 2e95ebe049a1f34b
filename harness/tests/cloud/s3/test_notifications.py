"""What a bucket tells, to whom, when, and what faults make of it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from harness.cloud.s3.events import detail, detail_type, encoded
from harness.cloud.s3.notifier import FASTEST_MS, SLOWEST_MS
from harness.cloud.s3.records import NotificationDelivered, NotificationSent
from harness.faults.buckets import NotificationDuplicated, NotificationHeld, NotificationsReordered
from harness.tests.cloud.s3.conftest import ALL, BUCKET, FUNCTION_ARN, QUEUE_ARN, SimulatedS3, bucket


def put(s3: SimulatedS3, key: str, body: bytes = b"x") -> Any:
    """Writes an object."""
    return s3.client.put_object(Bucket=BUCKET, Key=key, Body=body)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("a b/c+d.jpg", "a+b/c%2Bd.jpg"),
        ("café (1).jpg", "caf%C3%A9+%281%29.jpg"),
        ("a%20b.jpg", "a%2520b.jpg"),
        ("a&b=c#d.jpg", "a%26b%3Dc%23d.jpg"),
        ("plain-_.~/x", "plain-_.~/x"),
    ],
)
def test_a_key_is_encoded_as_in_a_form_and_slashes_stay(key: str, text: str) -> None:
    assert encoded(key) == text


def test_a_bucket_without_versions_names_no_version(s3: SimulatedS3) -> None:
    put(s3, "a")
    s3.client.copy_object(Bucket=BUCKET, Key="b", CopySource={"Bucket": BUCKET, "Key": "a"})
    s3.client.delete_object(Bucket=BUCKET, Key="a")
    s3.client.delete_object(Bucket=BUCKET, Key="never")

    assert s3.told() == [("ObjectCreated:Put", "a"), ("ObjectCreated:Copy", "b"), ("ObjectRemoved:Delete", "a")]
    records = [json.loads(one.text)["Records"][0]["s3"]["object"] for one in s3.service.notifier.sent]
    assert [sorted(record) for record in records] == [
        ["eTag", "key", "sequencer", "size"], ["eTag", "key", "sequencer", "size"], ["key", "sequencer"],
    ]  # fmt: skip


def test_a_bucket_with_versions_names_the_version_or_the_delete_marker(versioned: SimulatedS3) -> None:
    version = put(versioned, "a")["VersionId"]
    marker = versioned.client.delete_object(Bucket=BUCKET, Key="a")["VersionId"]
    versioned.client.delete_object(Bucket=BUCKET, Key="a", VersionId=version)

    assert [event for event, _ in versioned.told()] == [
        "ObjectCreated:Put", "ObjectRemoved:DeleteMarkerCreated", "ObjectRemoved:Delete",
    ]  # fmt: skip
    assert [one.change.version_id for one in versioned.service.notifier.sent] == [version, marker, version]


def test_sequencers_have_one_length_and_rise() -> None:
    s3 = SimulatedS3(bucket(*ALL))
    for _ in range(3):
        s3.service.put(BUCKET, "a", b"x", {"content-length": "1"}, "test")

    sequencers = [one.change.sequencer for one in s3.service.notifier.sent]

    assert {len(each) for each in sequencers} == {18}
    assert sequencers == sorted(set(sequencers))
    assert [int(each, 16) for each in sequencers] == sorted(int(each, 16) for each in sequencers)


def test_notifications_come_soon_and_in_no_order(s3: SimulatedS3) -> None:
    for number in range(20):
        s3.service.put(BUCKET, f"k{number}", b"", {"content-length": "0"}, "test")
    s3.simulation.settle()

    arrived = [one.change.key for _, one in s3.delivered]
    assert sorted(arrived) == sorted(f"k{number}" for number in range(20))
    assert arrived != [f"k{number}" for number in range(20)]
    assert all(FASTEST_MS <= at_ms <= SLOWEST_MS for at_ms, _ in s3.delivered)


def test_the_trace_says_what_was_sent_and_what_arrived(s3: SimulatedS3) -> None:
    put(s3, "a")
    s3.simulation.settle()

    sent, arrived = s3.simulation.records(NotificationSent)[0], s3.simulation.records(NotificationDelivered)[0]
    assert (sent.bucket, sent.target, sent.event, sent.key) == ("Photos", "resize", "ObjectCreated:Put", "a")
    assert (arrived.sequencer, arrived.time) == (sent.sequencer, 1)


def test_event_bridge_gets_another_shape() -> None:
    s3 = SimulatedS3(bucket(versioned=True, event_bridge=True))
    version = put(s3, "a b+c")["VersionId"]
    s3.client.delete_object(Bucket=BUCKET, Key="a b+c")
    s3.client.delete_object(Bucket=BUCKET, Key="a b+c", VersionId=version)
    s3.simulation.settle()

    created, hidden, removed = (one.change for one in s3.service.notifier.sent)
    assert [detail_type(each) for each in (created, hidden, removed)] == [
        "Object Created", "Object Deleted", "Object Deleted",
    ]  # fmt: skip
    shape = detail(created)
    assert shape["object"] == {
        "key": "a b+c",
        "size": 1,
        "etag": "9dd4e461268c8034f5c8564e155c67a6",
        "version-id": version,
        "sequencer": created.sequencer,
    }
    assert (shape["bucket"], shape["reason"], shape["requester"]) == ({"name": BUCKET}, "PutObject", "123456789012")
    assert detail(hidden)["deletion-type"] == "Delete Marker Created"
    assert detail(removed)["deletion-type"] == "Permanently Deleted"


# ---- configuration by the API ----------------------------------------------------------------


def configure(s3: SimulatedS3, **configuration: Any) -> None:
    """PutBucketNotificationConfiguration."""
    s3.client.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)


def to(arn: str, *events: str, **rules: str) -> dict[str, Any]:
    """An entry of a configuration."""
    kind = "LambdaFunctionArn" if ":lambda:" in arn else "QueueArn"
    filter_rules = [{"Name": name, "Value": value} for name, value in rules.items()]
    filter_ = {"Filter": {"Key": {"FilterRules": filter_rules}}} if rules else {}
    return {kind: arn, "Events": list(events), **filter_}


def test_a_configuration_is_read_back_and_a_queue_gets_a_test_event() -> None:
    s3 = SimulatedS3(bucket())
    entry = to(QUEUE_ARN, "s3:ObjectCreated:Put", prefix="in/", suffix=" 1.jpg")

    configure(s3, QueueConfigurations=[{**entry, "Id": "mine"}], EventBridgeConfiguration={})
    s3.simulation.settle()

    known = s3.client.get_bucket_notification_configuration(Bucket=BUCKET)
    assert known["QueueConfigurations"] == [{**entry, "Id": "mine"}]
    assert known["EventBridgeConfiguration"] == {}
    ((arn, text),) = s3.targets.texts
    test_event = json.loads(text)
    assert (arn, test_event["Event"], test_event["Bucket"]) == (QUEUE_ARN, "s3:TestEvent", BUCKET)
    assert list(test_event) == ["Service", "Event", "Time", "Bucket", "RequestId", "HostId"]

    put(s3, "in/a 1.jpg")
    put(s3, "in/a 2.jpg")
    assert {one.target for one in s3.service.notifier.sent} == {"inbox", "EventBridge"}
    assert [one.change.key for one in s3.service.notifier.sent if one.target == "inbox"] == ["in/a 1.jpg"]


def test_a_configuration_whose_entries_overlap_is_refused() -> None:
    s3 = SimulatedS3(bucket())

    with pytest.raises(ClientError, match="Configurations overlap") as caught:
        configure(
            s3,
            QueueConfigurations=[to(QUEUE_ARN, "s3:ObjectCreated:Put", prefix="in/")],
            LambdaFunctionConfigurations=[to(FUNCTION_ARN, "s3:ObjectCreated:*")],
        )
    assert caught.value.response["Error"]["Code"] == "InvalidArgument"


def test_a_target_that_does_not_let_s3_in_is_refused() -> None:
    s3 = SimulatedS3(bucket())
    s3.targets.forbidden = QUEUE_ARN

    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        configure(s3, QueueConfigurations=[to(QUEUE_ARN, "s3:ObjectCreated:Put")])


@pytest.mark.parametrize(
    ("event", "code"), [("s3:ObjectTagging:Put", "NotImplemented"), ("s3:Made", "InvalidArgument")]
)
def test_an_event_that_is_none_or_not_simulated_is_refused(event: str, code: str) -> None:
    s3 = SimulatedS3(bucket())

    with pytest.raises(ClientError) as caught:
        configure(s3, QueueConfigurations=[to(QUEUE_ARN, event)])

    assert caught.value.response["Error"]["Code"] == code


# ---- faults ----------------------------------------------------------------------------------


def test_a_notification_may_come_twice_with_one_sequencer(s3: SimulatedS3) -> None:
    s3.simulation.faults.inject(NotificationDuplicated(bucket="Photos", key="a", after_ms=(50, 100)))
    put(s3, "a")
    put(s3, "b")
    s3.simulation.settle()

    assert sorted(one.change.key for _, one in s3.delivered) == ["a", "a", "a", "b"]
    times = [at_ms for at_ms, one in s3.delivered if one.change.key == "a"]
    assert [round(at_ms - times[0]) for at_ms in times] == [0, 50, 100]


def test_notifications_may_be_late_by_a_time_of_their_own(s3: SimulatedS3) -> None:
    s3.simulation.faults.inject(NotificationsReordered(at_most_ms=60_000))
    for number in range(10):
        put(s3, f"k{number}")
    s3.simulation.settle()

    assert max(at_ms for at_ms, _ in s3.delivered) > 10_000


def test_a_version_is_held_until_the_fault_ends(versioned: SimulatedS3) -> None:
    first = put(versioned, "a")["VersionId"]
    versioned.simulation.settle()
    versioned.delivered.clear()
    versioned.simulation.faults.inject(NotificationHeld(target="resize", key="a", until_ms=120_000))

    second = put(versioned, "a")["VersionId"]
    put(versioned, "b")
    versioned.simulation.settle()

    assert first != second
    assert [(one.change.key, at_ms) for at_ms, one in versioned.delivered][-1] == ("a", 120_000)


def test_what_a_lifted_fault_held_comes_at_one_instant(s3: SimulatedS3) -> None:
    active = s3.simulation.faults.inject(NotificationHeld(event="ObjectCreated:", key_containing="k"))
    for number in range(3):
        put(s3, f"k{number}")
    put(s3, "other")
    s3.simulation.advance(60)
    assert [one.change.key for _, one in s3.delivered] == ["other"]

    s3.simulation.faults.lift(active)
    s3.service.notifier.release_lifted()
    s3.service.notifier.release_lifted()

    now_ms = s3.simulation.now_ms
    assert [(one.change.key, at_ms) for at_ms, one in s3.delivered[1:]] == [(f"k{n}", now_ms) for n in range(3)]


def test_each_notification_may_be_held_for_a_while(s3: SimulatedS3) -> None:
    s3.simulation.faults.inject(NotificationHeld(for_ms=30_000))
    put(s3, "a")
    s3.simulation.settle()

    ((at_ms, one),) = s3.delivered
    assert at_ms == one.sent_us / 1000 + 30_000
