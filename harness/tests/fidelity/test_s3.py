"""Amazon S3: objects, versions, signatures and notifications, as boto3 and functions see them."""

import json
import re
from typing import Any

import pytest

from harness.faults.buckets import NotificationDuplicated, NotificationHeld
from harness.faults.service import LostReply, ServiceError, ThrottledCall
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.s3_app import APP, ROUND, TEMPLATE
from harness.world.bucket_view import BucketView


class S3App:
    """The deployed app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.world = app.world

    def do(self, what: str, **parameters: Any) -> Any:
        """What the function Do answers, once all that follows from it is over."""
        answer = self.app.run(self.world.invoke("Do", {"what": what, "with": parameters}))
        self.settle()
        return answer

    def settle(self) -> None:
        """Lets everything happen that is due."""
        self.app.run(self.world.settle())

    def wait(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.app.run(self.world.run_for(s=seconds))

    def fetch(self, method: str, url: str, body: bytes = b"") -> Any:
        """What a client without credentials gets."""
        return self.app.run(self.world.fetch(method, url, body=body))

    @property
    def uploads(self) -> BucketView:
        """The bucket with versions."""
        return self.world.bucket("Uploads")

    def events(self, function: str, key: str) -> list[dict[str, Any]]:
        """The events about this object that a function was invoked with."""
        return [one.event for one in self.world.invocations(function) if key in json.dumps(one.event)]


@pytest.fixture(scope="module")
def s3(deploy: Deploy) -> S3App:
    """One app for all tests; each has keys of its own."""
    return S3App(deploy(TEMPLATE, {"src/app.py": APP}))


def test_a_function_gets_the_record_that_aws_documents(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"""
    version = s3.do("put", key="record/a b+c.txt")["version"]

    (event,) = s3.events("Seen", "record/")
    (record,) = event["Records"]
    thing = record["s3"]["object"]
    assert re.fullmatch(r"2026-01-05T\d\d:\d\d:\d\d\.\d{3}Z", record.pop("eventTime"))
    assert sorted(record.pop("responseElements")) == ["x-amz-id-2", "x-amz-request-id"]
    assert re.fullmatch("[0-9A-F]{18}", thing.pop("sequencer"))
    assert re.fullmatch("[0-9a-f-]{36}", record["s3"].pop("configurationId"))
    assert record == {
        "eventVersion": "2.6",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-1",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AROAKATA0000000000000:Do"},
        "requestParameters": {"sourceIPAddress": "203.0.113.17"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {
                "name": "uploads-123456789012",
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": "arn:aws:s3:::uploads-123456789012",
            },
            "object": {
                "key": "record/a+b%2Bc.txt",
                "size": 1,
                "eTag": "9dd4e461268c8034f5c8564e155c67a6",
                "versionId": version,
            },
        },
    }


def test_powertools_reads_the_record(s3: S3App) -> None:
    """https://docs.powertools.aws.dev/lambda/python/latest/utilities/parser/"""
    models = pytest.importorskip("aws_lambda_powertools.utilities.parser.models")
    from aws_lambda_powertools.utilities.data_classes import S3Event

    version = s3.do("put", key="tools/a b.txt")["version"]

    (event,) = s3.events("Seen", "tools/")
    (model,) = models.S3Model.model_validate(event).Records
    assert (model.eventName, model.s3.object.key, model.s3.object.versionId) == (
        "ObjectCreated:Put", "tools/a+b.txt", version,
    )  # fmt: skip
    assert S3Event(event).object_key == "tools/a b.txt"


def test_event_bridge_gets_its_own_shape_with_the_key_as_it_is(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    models = pytest.importorskip("aws_lambda_powertools.utilities.parser.models")
    version = s3.do("put", key="bridge/a b+c.txt")["version"]

    (event,) = s3.events("Bridged", "bridge/")
    model = models.S3EventNotificationEventBridgeModel.model_validate(event)
    assert (model.source, model.detail_type, model.detail.reason) == ("aws.s3", "Object Created", "PutObject")
    assert event["resources"] == ["arn:aws:s3:::uploads-123456789012"]
    thing = event["detail"]["object"]
    assert (thing["key"], thing["version-id"], thing["size"]) == ("bridge/a b+c.txt", version, 1)
    assert thing["sequencer"] == s3.uploads.notifications(key="bridge/a b+c.txt")[0].sequencer


def test_a_queue_gets_a_test_event_first_and_then_the_removals(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html"""
    s3.do("put", key="queue/a")
    marker = s3.do("delete", key="queue/a")

    first, *rest = [json.loads(arrival.body) for arrival in s3.world.queue("Inbox").arrivals]
    assert (first["Service"], first["Event"], first["Bucket"]) == ("Amazon S3", "s3:TestEvent", "uploads-123456789012")
    (removal,) = [one for one in rest if "queue/a" in json.dumps(one)]
    (record,) = removal["Records"]
    assert pytest.importorskip("aws_lambda_powertools.utilities.parser.models").S3Model.model_validate(removal)
    assert record["eventName"] == "ObjectRemoved:DeleteMarkerCreated"
    assert sorted(record["s3"]["object"]) == ["key", "sequencer", "versionId"]
    assert record["s3"]["object"]["versionId"] == marker


def test_a_topic_passes_the_record_on_with_the_subject_that_s3_gives(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ways-to-add-notification-config-to-bucket.html"""
    s3.settle()
    s3.world.bucket("Plain").put("other/a", "x")
    s3.world.bucket("Plain").put("topic/a b", "x")
    s3.settle()

    test_event, told = [json.loads(arrival.body) for arrival in s3.world.queue("Heard").arrivals]
    assert json.loads(test_event["Message"])["Event"] == "s3:TestEvent"
    assert told["Subject"] == "Amazon S3 Notification"
    (record,) = json.loads(told["Message"])["Records"]
    assert (record["s3"]["object"]["key"], "versionId" in record["s3"]["object"]) == ("topic/a+b", False)


def test_a_large_file_goes_up_and_down_in_parts_at_the_same_time(s3: S3App) -> None:
    """https://boto3.amazonaws.com/v1/documentation/api/latest/guide/s3.html"""
    answer = s3.do("large", key="large/z")

    assert answer["bytes"] == 17_000_000
    parts = s3.world.calls(service="s3", operation="UploadPart")
    assert len(parts) == 3
    assert len({call.at_ms for call in parts}) == 1
    assert answer["seconds"] < 0.2
    assert [one.event for one in s3.uploads.notifications(key="large/z", target="Seen")] == [
        "ObjectCreated:CompleteMultipartUpload"
    ]


def test_a_body_keeps_its_bytes_headers_metadata_and_tags(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html"""
    assert s3.do("compressed") == {
        "text": "hello",
        "type": "application/json",
        "encoding": "gzip",
        "metadata": {"width": "12"},
        "range": [0x1F, 0x8B],
        "tags": [{"Key": "a", "Value": "b"}],
        "missing": "NoSuchKey",
        "missing_head": "404",
        "bucket": "NoSuchBucket",
    }


def test_resources_paginators_and_waiters_work(s3: S3App) -> None:
    """https://boto3.amazonaws.com/v1/documentation/api/latest/guide/paginators.html"""
    assert s3.do("resources") == {
        "pages": [["many/0", "many/1"], ["many/2", "many/3"], ["many/4"]],
        "left": [],
    }


# ---- failures --------------------------------------------------------------------------------


def test_slow_down_is_retried_by_the_sdk(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html"""
    s3.world.inject(ThrottledCall(service="s3", operation="PutObject", times=2))

    assert s3.do("put", key="slow/a")["retries"] == 2
    assert len(s3.uploads.versions("slow/a")) == 1


def test_a_put_whose_reply_was_lost_is_repeated_and_makes_a_second_version(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html"""
    s3.world.inject(LostReply(operation="PutObject", containing="lost/a", times=1))

    answer = s3.do("put", key="lost/a")

    assert s3.uploads.versions("lost/a")[0].version_id == answer["version"]
    assert len(s3.uploads.versions("lost/a")) == len(s3.events("Seen", "lost/a")) == 2


def test_a_conditional_put_whose_reply_was_lost_meets_itself(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""
    s3.world.inject(LostReply(operation="PutObject", containing="once/a", times=1))

    assert s3.do("put_once", key="once/a") == "PreconditionFailed"
    assert s3.world.bucket("Plain").keys("once/") == ["once/a"]
    assert s3.do("put_once", key="once/b") == ""
    assert s3.do("put_once", key="once/b") == "PreconditionFailed"


def test_an_internal_error_of_s3_has_written_nothing(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    s3.world.inject(ServiceError(service="s3", operation="PutObject", times=1))

    assert s3.do("put", key="error/a")["retries"] == 1
    assert len(s3.uploads.versions("error/a")) == 1


def test_an_event_that_lambda_gave_up_becomes_an_object(s3: S3App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    s3.app.run(s3.world.invoke("Fails", {"picture": 1}, asynchronous=True))
    s3.settle()

    (key,) = s3.world.bucket("Given").keys()
    day = r"aws/lambda/async/kata-Fails-\w{12}/2026/01/05/2026-01-05T\d\d\.\d\d\.\d\d"
    assert re.fullmatch(day + "-[0-9a-f-]{36}", key)
    record = json.loads(s3.world.bucket("Given").get(key))
    assert record["requestPayload"] == {"picture": 1}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responsePayload"]["errorType"] == "ValueError"


# ---- signatures ------------------------------------------------------------------------------


def test_a_presigned_url_is_good_until_its_end_in_virtual_time(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"""
    urls = s3.do("sign", key="signed/a b", seconds=60)

    put, got = s3.fetch("PUT", urls["put"], b"bytes"), s3.fetch("GET", urls["get"])
    swapped = s3.fetch("PUT", urls["get"], b"other")
    s3.wait(60)
    late = s3.fetch("GET", urls["get"])

    assert [put.status, got.status, swapped.status, late.status] == [200, 200, 403, 403]
    assert got.body == b"bytes"
    assert "<Code>SignatureDoesNotMatch</Code>" in swapped.text
    assert "<Message>Request has expired</Message>" in late.text
    assert [one.event for one in s3.uploads.notifications(key="signed/a b", target="Seen")] == ["ObjectCreated:Put"]


def test_a_function_may_use_a_presigned_url_without_the_sdk(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html"""
    url = s3.do("sign", key="signed/urllib", seconds=60, ContentType="image/png")["put"]

    assert s3.do("put_signed", url=url, headers={}) == 403  # urllib sends a content type that was not signed
    assert s3.do("put_signed", url=url, headers={"Content-Type": "image/png"}) == 200
    assert s3.uploads.get("signed/urllib") == b"by urllib"


def test_a_private_object_is_for_nobody_without_a_signature(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-management.html"""
    s3.uploads.put("private/a", b"x")

    answer = s3.fetch("GET", "https://uploads-123456789012.s3.eu-west-1.amazonaws.com/private/a")

    assert (answer.status, "<Code>AccessDenied</Code>" in answer.text) == (403, True)


# ---- deliveries ------------------------------------------------------------------------------


def test_held_notifications_come_at_one_instant(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html"""
    held = s3.world.inject(NotificationHeld(bucket="Uploads", target="Seen", key_containing="held/"))
    for name in "abc":
        s3.uploads.put(f"held/{name}", name)
    s3.wait(120)
    assert s3.events("Seen", "held/") == []
    assert [one.is_held for one in s3.uploads.notifications(key="held/a", target="Seen")] == [True]

    s3.world.lift(held)
    now_ms = s3.world.now_ms
    s3.settle()

    assert len(s3.events("Seen", "held/")) == 3
    arrived = [s3.uploads.notifications(key=f"held/{name}", target="Seen")[0].delivered_ms for name in "abc"]
    assert arrived == [(now_ms,)] * 3


def test_one_version_can_be_released_before_another(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"""
    held = s3.world.inject(NotificationHeld(target="Seen", key="order/a"))
    red, blue = s3.uploads.put("order/a", "red"), s3.uploads.put("order/a", "blue")

    s3.uploads.release(version_id=blue.version_id, target="Seen")
    s3.wait(1)
    s3.world.lift(held)
    s3.settle()

    records = [event["Records"][0]["s3"]["object"] for event in s3.events("Seen", "order/a")]
    assert [record["versionId"] for record in records] == [blue.version_id, red.version_id]
    assert records[0]["sequencer"] > records[1]["sequencer"]


def test_a_notification_may_come_again_with_its_sequencer(s3: S3App) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"""
    twice = s3.world.inject(NotificationDuplicated(target="Seen", key="twice/a"))
    s3.uploads.put("twice/a", "x")
    s3.settle()
    s3.world.lift(twice)
    (notification,) = s3.uploads.notifications(key="twice/a", target="Seen")
    s3.wait(3600)
    notification.deliver_again()
    s3.settle()

    sequencers = [event["Records"][0]["s3"]["object"]["sequencer"] for event in s3.events("Seen", "twice/a")]
    assert sequencers == [notification.sequencer] * 3


# ---- other apps: each of them empties the buckets of the one before -----------------------------


def test_two_runs_of_one_seed_are_the_same(deploy: Deploy) -> None:
    """Ids, latencies and the order of deliveries come out of the seed."""
    digests = []
    for _ in range(2):
        app = S3App(deploy(TEMPLATE, {"src/app.py": APP}, seed=7))
        app.do("large", key="z", size=9_000_000)
        app.do("put", key="a")
        digests.append(app.world.trace.digest())

    assert digests[0] == digests[1]


def test_a_function_that_writes_where_it_listens_is_cut_after_sixteen_turns(deploy: Deploy) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    app = deploy(ROUND, {"src/app.py": APP})
    app.run(app.world.invoke("Again", {"what": "begin"}, asynchronous=True))
    app.run(app.world.settle())

    assert len(app.world.invocations("Again")) == 16
    assert len(app.world.bucket("Round").keys()) == 16
