"""Faults between a bucket and whom it tells: a notification comes twice, late, or out of order.

Calls to S3 itself fail with the faults of every service (`throttled_call` answers 503 SlowDown,
`service_error`, `reply_lost`).
"""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point


class NotificationFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its notifications.

    Attributes:
        bucket: logical id of the bucket. "" matches any.
        target: logical id of the function, queue or topic it goes to, or "EventBridge". "" matches any.
        event: beginning of the event's name ("ObjectCreated:", "ObjectRemoved:Delete"). "" matches any.
        key: only this object, named as it is and not URL-encoded. "" matches any.
        key_containing: only objects whose name contains this text. "" matches any.
        version_id: only this version. "" matches any.
    """

    point: ClassVar[Point] = Point.DELIVERY
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    bucket: str = ""
    target: str = ""
    event: str = ""
    key: str = ""
    key_containing: str = ""
    version_id: str = ""

    def matches(self, *, bucket: str, target: str, event: str, key: str, version_id: str) -> bool:
        """Whether this notification is one the fault is about."""
        return (
            self.bucket in ("", bucket)
            and self.target in ("", target)
            and event.startswith(self.event)
            and self.key in ("", key)
            and self.key_containing in key
            and self.version_id in ("", version_id)
        )


class NotificationDuplicated(NotificationFault, frozen=True, kw_only=True, tag="notification_duplicated"):
    """A target gets a notification more than once, with the same sequencer.

    In production S3 promises at least once: where it does not know whether a target took a
    notification, it sends it again.

    Attributes:
        after_ms: how long after the first delivery the next comes; with several values, one each.
    """

    after_ms: tuple[int, ...] = (200,)


class NotificationsReordered(NotificationFault, frozen=True, kw_only=True, tag="notifications_reordered"):
    """Notifications come late, each by a time of its own, and so out of order.

    In production S3 keeps no order among notifications, not even for one key: what was
    written first may be told last, and a minute later.

    Attributes:
        at_most_ms: each comes later by a drawn time up to this.
    """

    at_most_ms: int = 20_000


class NotificationHeld(NotificationFault, frozen=True, kw_only=True, tag="notification_held"):
    """Notifications wait, and then all come at one instant: at the fault's end, or each after its time.

    In production a notification is typically there within seconds, sometimes after a minute,
    and after an incident of S3 hours later.

    Attributes:
        for_ms: how long each is held; None: until `until_ms`, or until the fault is lifted.
    """

    for_ms: int | None = None
