"""What a template says of a bucket."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationSpec:
    """Whom a bucket tells of what.

    Attributes:
        kind: "Lambda", "Queue" or "Topic".
        target_arn: of a function, with its alias if it has one.
        events: as in "s3:ObjectCreated:*".
        prefix: of the key, decoded; "" for any.
        suffix: as `prefix`.
    """

    id: str
    kind: str
    target_arn: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""
    line: int = 0

    def wants(self, event: str, key: str) -> bool:
        """Whether this event ("ObjectCreated:Put") of this object is one of them."""
        return (
            any(_covers(each, f"s3:{event}") for each in self.events)
            and key.startswith(self.prefix)
            and key.endswith(self.suffix)
        )

    def overlaps(self, other: "NotificationSpec") -> bool:
        """Whether one object could be the business of both: S3 refuses that, whoever the targets are.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
        """
        return (
            any(_covers(one, two) or _covers(two, one) for one in self.events for two in other.events)
            and (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
        )


def _covers(wanted: str, event: str) -> bool:
    return wanted == event or (wanted.endswith(":*") and event.startswith(wanted[:-1]))


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpirySpec:
    """A lifecycle rule, as far as it removes something.

    Attributes:
        days: age at which an object expires; 0: never.
        noncurrent_days: days after which a version that another replaced is removed; 0: never.
        keep_noncurrent: how many of those are kept nevertheless, the newest.
        upload_days: days after which a multipart upload that nobody completed is aborted; 0: never.
        orphan_markers: whether a delete marker that hides nothing any more is removed.
        larger_than: bytes; objects up to this size are left alone.
        smaller_than: bytes; objects of this size and more are left alone; None: of any size.
    """

    id: str
    enabled: bool = True
    prefix: str = ""
    days: int = 0
    noncurrent_days: int = 0
    keep_noncurrent: int = 0
    upload_days: int = 0
    orphan_markers: bool = False
    larger_than: int = -1
    smaller_than: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketSpec:
    """An S3 bucket.

    Attributes:
        cors: rules in the words of PutBucketCors.
        event_bridge: whether it tells the default event bus of everything.
    """

    logical_id: str
    name: str
    arn: str
    versioned: bool = False
    notifications: tuple[NotificationSpec, ...] = ()
    event_bridge: bool = False
    expiries: tuple[ExpirySpec, ...] = ()
    cors: tuple[dict[str, Any], ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    line: int = 0
