"""S3 as an event source: hands a bucket's notifications to functions, queues, topics and EventBridge.

A function gets them through Lambda's own queue, so retries, dead-letter queue and destinations
are Lambda's business from there on. When a notification is due, and how often it comes, is
decided in `harness/cloud/s3/notifier.py`.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.sns.errors import SnsError
from harness.cloud.engines.sns.message import Draft
from harness.cloud.engines.sns.service import SnsService
from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.service import SqsService
from harness.cloud.s3 import events
from harness.cloud.s3.notifier import Notification
from harness.cloud.template.model_bucket import NotificationSpec
from harness.functions.asynchronous import Asynchronous
from harness.functions.service import LambdaService, NoSuchFunction

PRINCIPAL = "s3.amazonaws.com"
SUBJECT = "Amazon S3 Notification"
ACTIONS = {"Lambda": "lambda:InvokeFunction", "Queue": "sqs:SendMessage", "Topic": "sns:Publish"}

Permits = Callable[[str, str, str], bool]
"""Whether the policy of a resource allows an action: action, ARN, ARN of the bucket."""


@dataclass(frozen=True)
class S3Targets:
    """Whoever buckets tell.

    Attributes:
        put: puts an event on the default bus: source, detail-type, detail, resources.
        labels: logical ids of queues and topics by ARN.
    """

    functions: LambdaService
    asynchronous: Asynchronous
    sqs: SqsService
    sns: SnsService
    put: Callable[[str, str, dict[str, Any], list[str]], object]
    permits: Permits
    labels: Mapping[str, str]

    def label(self, arn: str) -> str:
        """The logical id behind an ARN, or its last part."""
        try:
            return self.functions.find(arn).logical_id
        except NoSuchFunction:
            return self.labels.get(arn, arn.rpartition(":")[2])

    def refusal(self, spec: NotificationSpec, bucket: str) -> str:
        """Why S3 may not send there; "" if it may."""
        if not self._exists(spec):
            return "The destination does not exist"
        if spec.target_arn.endswith(".fifo"):
            return "FIFO SQS queues and FIFO SNS topics are not supported"
        if not self.permits(ACTIONS[spec.kind], spec.target_arn, f"arn:aws:s3:::{bucket}"):
            return "Permissions on the destination do not allow S3 to publish notifications from this bucket"
        return ""

    def send(self, arn: str, text: str) -> None:
        """Sends a text to a queue or topic; one that is gone, or takes nothing so long, misses it."""
        if arn.startswith("arn:aws:sqs:"):
            with contextlib.suppress(SqsError):
                self.sqs.queue_by_arn(arn).send(text)
        elif (topic := self.sns.topics.find(arn)) is not None:
            with contextlib.suppress(SnsError):
                self.sns.publishing.take(topic, Draft(text=text, subject=SUBJECT), "AWS")

    def deliver(self, notification: Notification) -> None:
        """Hands a notification to its target, now."""
        spec, change = notification.spec, notification.change
        if spec is None:
            resources = [f"arn:aws:s3:::{change.bucket}"]
            self.put("aws.s3", events.detail_type(change), events.detail(change), resources)
        elif spec.kind == "Lambda":
            self._invoke(notification, spec.target_arn)
        else:
            self.send(spec.target_arn, notification.text)

    def _invoke(self, notification: Notification, arn: str) -> None:
        change = notification.change
        self.asynchronous.accept(
            notification.target,
            notification.text.encode(),
            cause=f"{change.event} {change.key} in {notification.bucket}",
            qualifier=arn.partition(":function:")[2].partition(":")[2],
        )

    def _exists(self, spec: NotificationSpec) -> bool:
        with contextlib.suppress(NoSuchFunction, SqsError):
            if spec.kind == "Lambda":
                return bool(self.functions.find(spec.target_arn))
            if spec.kind == "Queue":
                return bool(self.sqs.queue_by_arn(spec.target_arn))
        return spec.kind == "Topic" and self.sns.topics.find(spec.target_arn) is not None
