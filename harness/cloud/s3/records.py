"""Trace records of what buckets tell."""

from harness.simulation.trace import Record


class NotificationSent(Record, frozen=True, kw_only=True, tag=True):
    """A bucket had something to tell, and S3 took it on.

    Attributes:
        bucket: logical id; the name of a bucket that no template has.
        target: logical id of the function, queue or topic, or "EventBridge".
        event: as in "ObjectCreated:Put".
        key: not URL-encoded.
        version_id: "" where the bucket is not versioned.
    """

    bucket: str
    target: str
    event: str
    key: str
    version_id: str
    sequencer: str


class NotificationDelivered(Record, frozen=True, kw_only=True, tag=True):
    """A target got a notification.

    Attributes:
        time: 1 for the first time, 2 for the same once more, ...
    """

    bucket: str
    target: str
    event: str
    key: str
    version_id: str
    sequencer: str
    time: int
