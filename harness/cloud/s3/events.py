"""What S3 tells of a change: the record for functions, queues and topics, and the event for EventBridge.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

EVENT_VERSION = "2.6"
OWNER = "A3NL1KOZZKExample"
EMPTY_ETAG = "d41d8cd98f00b204e9800998ecf8427e"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something happened to an object.

    Attributes:
        event: "ObjectCreated:Put", "ObjectRemoved:DeleteMarkerCreated", ...
        reason: operation that did it, in EventBridge's words.
        version_id: "" where the bucket is not versioned.
        etag: without quotes; "" of what was removed.
        time: ISO 8601 with milliseconds.
        requester: who did it, as in "AWS:AROAEXAMPLE:function".
    """

    bucket: str
    key: str
    event: str
    reason: str
    version_id: str
    size: int
    etag: str
    sequencer: str
    time: str
    region: str
    account_id: str
    requester: str
    source_ip: str
    request_id: str
    host_id: str

    @property
    def creates(self) -> bool:
        """Whether there is a new object now."""
        return self.event.startswith("ObjectCreated:")


def record(change: Change, configuration_id: str) -> dict[str, Any]:
    """The whole event, with its one record, that a function gets, or a queue or topic as text."""
    thing: dict[str, Any] = {"key": encoded(change.key)}
    if change.creates:
        thing |= {"size": change.size, "eTag": change.etag}
    if change.version_id:
        thing["versionId"] = change.version_id
    thing["sequencer"] = change.sequencer
    one = {
        "eventVersion": EVENT_VERSION,
        "eventSource": "aws:s3",
        "awsRegion": change.region,
        "eventTime": change.time,
        "eventName": change.event,
        "userIdentity": {"principalId": change.requester},
        "requestParameters": {"sourceIPAddress": change.source_ip},
        "responseElements": {"x-amz-request-id": change.request_id, "x-amz-id-2": change.host_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": change.bucket,
                "ownerIdentity": {"principalId": OWNER},
                "arn": f"arn:aws:s3:::{change.bucket}",
            },
            "object": thing,
        },
    }
    return {"Records": [one]}


def encoded(key: str) -> str:
    """A key as it stands in a record: a form's encoding, in which a blank is `+` and `/` stays."""
    return quote_plus(key, safe="/")


def detail_type(change: Change) -> str:
    """What EventBridge calls it."""
    return "Object Created" if change.creates else "Object Deleted"


def detail(change: Change) -> dict[str, Any]:
    """The detail of the event for EventBridge: the key as it is, the names with hyphens."""
    thing: dict[str, Any] = {"key": change.key}
    if change.creates:
        thing |= {"size": change.size, "etag": change.etag}
    elif change.event.endswith(":DeleteMarkerCreated"):
        thing["etag"] = EMPTY_ETAG
    if change.version_id:
        thing["version-id"] = change.version_id
    thing["sequencer"] = change.sequencer
    content = {
        "version": "0",
        "bucket": {"name": change.bucket},
        "object": thing,
        "request-id": change.request_id,
        "requester": change.account_id if change.requester.startswith("AWS:") else "s3.amazonaws.com",
        "source-ip-address": change.source_ip,
        "reason": change.reason,
    }
    if not change.creates:
        permanently = change.event.endswith(":Delete")
        content["deletion-type"] = "Permanently Deleted" if permanently else "Delete Marker Created"
    if change.requester.startswith("s3.amazonaws.com"):
        del content["source-ip-address"]
    return content


def test_event_text(bucket: str, time: str, request_id: str, host_id: str) -> str:
    """What a queue or topic gets when notifications to it are configured."""
    event = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": time,
        "Bucket": bucket,
        "RequestId": request_id,
        "HostId": host_id,
    }
    return json.dumps(event)
