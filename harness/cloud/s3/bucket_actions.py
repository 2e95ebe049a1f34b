"""What is done to buckets themselves: created with their settings, told whom to tell, swept."""

import random
from datetime import timedelta
from functools import partial

from harness.cloud.account import REGION, Account
from harness.cloud.s3 import configuration, events, lifecycle, versions, xml
from harness.cloud.s3.errors import invalid_argument, no_such_bucket
from harness.cloud.s3.journal import S3_ITSELF, Doing, Journal, Targets
from harness.cloud.s3.notifier import Notifier
from harness.cloud.s3.objects import Action, ObjectActions
from harness.cloud.s3.operations import Operation
from harness.cloud.s3.state import Buckets
from harness.cloud.template.model_bucket import BucketSpec, ExpirySpec
from harness.simulation.loop import VirtualLoop
from harness.simulation.wire import Reply, Request

DAYS_S = 86_400


class BucketRefused(Exception):
    """S3 does not create the bucket."""


class BucketActions:
    """The operations on buckets that moto does not do, or not all of them."""

    def __init__(
        self,
        *,
        account: Account,
        buckets: Buckets,
        objects: ObjectActions,
        journal: Journal,
        notifier: Notifier,
        targets: Targets,
        loop: VirtualLoop,
        chance: random.Random,
    ) -> None:
        self._account = account
        self._buckets = buckets
        self._objects = objects
        self._journal = journal
        self._notifier = notifier
        self._targets = targets
        self._loop = loop
        self._chance = chance
        self._rules: dict[str, tuple[ExpirySpec, ...]] = {}
        self._sweeps_us: dict[str, int] = {}

    def by_name(self) -> dict[str, Action]:
        """Each operation, and what carries it out."""
        return {
            "CreateBucket": self.create,
            "DeleteBucket": self.delete,
            "ListObjectVersions": self.list_versions,
            "GetBucketNotificationConfiguration": self.notification,
            "PutBucketNotificationConfiguration": self.set_notification,
            "PutBucketLifecycleConfiguration": self.set_lifecycle,
            "DeleteBucketLifecycle": self.delete_lifecycle,
        }

    def deploy(self, spec: BucketSpec, doing: Doing) -> None:
        """Creates a bucket of the template.

        Raises:
            BucketRefused: S3 does not take it.
        """
        self._set(spec.name, "", xml.document("CreateBucketConfiguration", [("LocationConstraint", REGION)]))
        self._buckets.date_bucket(spec.name, self._loop.clock.utcnow())
        if spec.versioned:
            self._set(spec.name, "versioning", xml.document("VersioningConfiguration", [("Status", "Enabled")]))
        if spec.cors:
            self._set(spec.name, "cors", _cors_document(spec))
        if spec.tags:
            tags: xml.Node = [("Tag", [("Key", key), ("Value", value)]) for key, value in spec.tags.items()]
            self._set(spec.name, "tagging", xml.document("Tagging", [("TagSet", tags)]))
        if spec.expiries:
            self._set(spec.name, "lifecycle", lifecycle.document(spec.expiries))
            self._rules[spec.name] = spec.expiries
        self._tell(spec.name, configuration.Configuration(spec.notifications, spec.event_bridge), doing)

    def create(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """A bucket by the API."""
        reply = self._account.answer(request)
        if reply.status == 200:
            self._buckets.date_bucket(operation.bucket, self._loop.clock.utcnow())
        return reply

    def delete(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """An empty bucket is gone, with its settings."""
        reply = self._account.answer(request)
        if reply.status == 204:
            self._journal.configurations.pop(operation.bucket, None)
            self._rules.pop(operation.bucket, None)
        return reply

    def list_versions(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """A page of ListObjectVersions."""
        self._check_exists(operation)
        return _xml(versions.listing(operation.bucket, operation.query, self._buckets))

    def notification(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Whom the bucket tells."""
        self._check_exists(operation)
        known = self._journal.configurations.get(operation.bucket, configuration.Configuration())
        return _xml(configuration.document(known))

    def set_notification(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Replaces the whole configuration, and sends each queue and topic a test event."""
        self._check_exists(operation)
        wanted = configuration.parse(request.body, self._chance)
        for spec in wanted.notifications:
            if reason := self._targets.refusal(spec, operation.bucket):
                raise invalid_argument(
                    "Unable to validate the following destination configurations",
                    ArgumentName=spec.target_arn,
                    ArgumentValue=reason,
                )
        self._tell(operation.bucket, wanted, doing)
        return Reply(200)

    def set_lifecycle(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Replaces the rules."""
        rules = lifecycle.parse(request.body)
        reply = self._account.answer(request)
        if reply.status == 200:
            self._rules[operation.bucket] = rules
            self.plan_sweep(operation.bucket)
        return reply

    def delete_lifecycle(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        """Nothing expires any more."""
        self._rules.pop(operation.bucket, None)
        return self._account.answer(request)

    def _check_exists(self, operation: Operation) -> None:
        if not self._buckets.exists(operation.bucket):
            raise no_such_bucket(operation.bucket)

    def _set(self, bucket: str, part: str, body: bytes) -> None:
        url = f"https://{bucket}.s3.{REGION}.amazonaws.com/" + (f"?{part}" if part else "")
        headers = {"content-length": str(len(body)), "content-type": "application/xml"}
        reply = self._account.answer(Request("PUT", url, headers, body))
        if reply.status >= 300:
            raise BucketRefused(reply.body.decode(errors="replace"))

    def _tell(self, bucket: str, wanted: configuration.Configuration, doing: Doing) -> None:
        self._journal.configurations[bucket] = wanted
        now = self._loop.clock.utcnow()
        text = events.test_event_text(
            bucket, f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z", doing.request_id, doing.host_id
        )
        targets = dict.fromkeys(spec.target_arn for spec in wanted.notifications if spec.kind != "Lambda")
        for arn in targets:
            self._notifier.send_later(partial(self._targets.send, arn, text))

    # ---- the lifecycle -----------------------------------------------------------------------

    def plan_sweep(self, bucket: str) -> None:
        """Something was written: it may be due one day."""
        days = lifecycle.shortest_days(self._rules.get(bucket, ()))
        if days:
            self._plan(bucket, days)

    def _plan(self, bucket: str, days: int) -> None:
        now = self._loop.clock.utcnow()
        after = lifecycle.due_at(now, days) - now
        due_us = self._loop.clock.now_us + after // timedelta(microseconds=1)
        if bucket not in self._sweeps_us or due_us < self._sweeps_us[bucket]:
            self._sweeps_us[bucket] = due_us
            self._loop.call_later_in_background(after.total_seconds(), self._sweep, bucket, due_us)

    def _sweep(self, bucket: str, due_us: int) -> None:
        """Removes what is due, and looks again at each midnight while there is something left."""
        rules = self._rules.get(bucket, ())
        if self._sweeps_us.get(bucket) != due_us:
            return
        del self._sweeps_us[bucket]
        if not rules or not self._buckets.exists(bucket):
            return
        now = self._loop.clock.utcnow()
        doing = Doing(S3_ITSELF, f"{self._chance.getrandbits(64):016X}", "")
        for removal in list(lifecycle.removals(bucket, rules, self._buckets, now)):
            self._objects.expire(bucket, removal.key, removal.version_id, doing)
        self._objects.abort_old_uploads(bucket, rules, now)
        if self._buckets.keys(bucket) or any(name == bucket for name, _ in self._objects.begun):
            self._plan(bucket, 1)


def _xml(body: bytes) -> Reply:
    return Reply(200, {"content-type": "application/xml"}, body)


def _cors_document(spec: BucketSpec) -> bytes:
    rules: list[tuple[str, xml.Node]] = []
    for rule in spec.cors:
        content: list[tuple[str, xml.Node]] = []
        for name, value in rule.items():
            for each in value if isinstance(value, list) else [value] if value is not None else []:
                content.append((name, str(each)))
        rules.append(("CORSRule", content))
    return xml.document("CORSConfiguration", rules)
