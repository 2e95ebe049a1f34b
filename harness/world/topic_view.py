"""A topic as acceptance tests see and use it.

The engine of topics is imported when a test uses one: most deployments have none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.sqs.message import AttributeValue
from harness.cloud.errors import SubmissionError
from harness.world.deliveries import QueueWatch
from harness.world.queue_view import QueueView

if TYPE_CHECKING:
    from harness.cloud.engines.sns.message import Published
    from harness.cloud.engines.sns.service import SnsService
    from harness.cloud.engines.sns.subscription import Hold, Subscription
    from harness.cloud.engines.sns.topic import Topic
    from harness.world.deployment import Deployment

TEST = "test"


class TopicMissing(SubmissionError):
    """The kata's contract fixes a topic that the template does not have."""


@dataclass(frozen=True)
class Notification:
    """A message that a topic took in, or that a subscriber got.

    Attributes:
        message: the text; of a subscriber, the one for its protocol.
        attributes: values of the message attributes: a text, a list for String.Array, a number, bytes.
        again: whether a fault delivered it once more.
        reason: why the subscriber did not take it; "" if it did.
        dead_letter_queue: logical id of the queue it went to instead; "": none.
    """

    message_id: str
    message: str
    attributes: dict[str, Any]
    subject: str | None
    at_ms: int
    group_id: str | None = None
    sequence_number: str | None = None
    again: bool = False
    reason: str = ""
    dead_letter_queue: str = ""

    def json(self) -> Any:
        """The message as JSON; ValueError if it is none."""
        return json.loads(self.message)


class SubscriptionView:
    """A subscription of a topic, and what became of the messages."""

    def __init__(self, subscription: Subscription, subscriber: str) -> None:
        self._subscription = subscription
        self.subscriber = subscriber
        self.arn = subscription.arn
        self.protocol = subscription.protocol

    @property
    def confirmed(self) -> bool:
        """Whether the endpoint has said that it wants the messages."""
        return self._subscription.confirmed

    @property
    def received(self) -> list[Notification]:
        """What the subscriber took, in the order in which it came."""
        protocol = self.protocol
        return [
            _notification(one.message, one.at_us, protocol, again=one.again) for one in self._subscription.delivered
        ]

    @property
    def lost(self) -> list[Notification]:
        """What the subscriber did not take: it is in the subscription's dead-letter queue, or nowhere."""
        return [
            _notification(one.message, one.at_us, self.protocol, reason=one.reason, dead_letter_queue=one.to)
            for one in self._subscription.lost
        ]

    def hold(self, *, containing: str = "") -> Hold:
        """Keeps deliveries (with this text) on their way, until `release()` of what this returns."""
        from harness.cloud.engines.sns.subscription import Hold

        hold = Hold(containing)
        self._subscription.holds.append(hold)
        return hold


class TopicView:
    """A topic of the submission. All but `exists` and `published` need it to exist."""

    def __init__(self, logical_id: str, deployment: Deployment) -> None:
        self.logical_id = logical_id
        self._deployment = deployment
        self._spec = deployment.template.topics.get(logical_id)

    @property
    def exists(self) -> bool:
        """Whether the template has it."""
        return self._spec is not None

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._topic.arn

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO topic."""
        return self._topic.fifo

    @property
    def published(self) -> list[Notification]:
        """Every message it took in, in order, whoever published it; [] if there is no such topic."""
        if self._spec is None:
            return []
        return [_notification(message, message.published_us, "") for message in self._topic.published]

    @property
    def subscriptions(self) -> list[SubscriptionView]:
        """Its subscriptions, oldest first."""
        label = self._sns.around.label
        return [SubscriptionView(one, label(one.endpoint)) for one in self._topic.subscriptions.values()]

    def subscription(self, subscriber: str) -> SubscriptionView:
        """The subscription of a queue or function (its logical id) or of a URL.

        Raises:
            TopicMissing: the topic has none of this subscriber.
        """
        for view in self.subscriptions:
            if view.subscriber == subscriber:
                return view
        raise TopicMissing(
            f"{subscriber} is not subscribed to {self.logical_id}.",
            expected=f"a subscription of {subscriber}",
            got=", ".join(view.subscriber for view in self.subscriptions) or "no subscriptions",
            file="template.yaml",
        )

    def publish(
        self,
        message: Any,
        *,
        attributes: dict[str, Any] | None = None,
        subject: str | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
    ) -> Notification:
        """Publishes a message past the submission.

        Args:
            message: a text, or anything that JSON knows.
            attributes: texts, numbers, bytes, or lists (String.Array).
            group_id: on a FIFO topic "operator" if there is none.
            deduplication_id: on a FIFO topic a fresh one if there is none.
        """
        from harness.cloud.engines.sns.message import Draft

        draft = Draft(
            text=message if isinstance(message, str) else json.dumps(message),
            subject=subject,
            attributes={name: _attribute(value) for name, value in (attributes or {}).items()},
            group_id=group_id or ("operator" if self.is_fifo else None),
            deduplication_id=deduplication_id or (self._fresh_id() if self.is_fifo else None),
        )
        published = self._sns.publishing.take(self._topic, draft, TEST)
        return _notification(published, published.published_us, "")

    def republish(self, notification: Notification) -> Notification:
        """Publishes a message once more, text, subject and attributes unchanged, under a new id."""
        return self.publish(
            notification.message,
            attributes=notification.attributes,
            subject=notification.subject,
            group_id=notification.group_id,
        )

    def attach_queue(
        self,
        name: str = "newcomer",
        *,
        filter_policy: dict[str, Any] | None = None,
        filter_scope: str = "MessageAttributes",
        raw: bool = True,
    ) -> QueueView:
        """Subscribes a queue that the test owns, of the topic's own kind; nobody consumes it.

        Args:
            name: what faults and the trace call it.
            raw: whether the messages come without SNS's envelope.
        """
        from harness.cloud.engines.sns.queue_endpoint import ACTION, PRINCIPAL

        deployment, fifo = self._deployment, self.is_fifo
        queue_name = f"test-{name}.fifo" if fifo else f"test-{name}"
        queue = deployment.sqs.create_queue(queue_name, {"FifoQueue": "true"} if fifo else {})
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": PRINCIPAL},
            "Action": ACTION,
            "Resource": queue.arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": self.arn}},
        }
        queue.set_attributes({"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
        self._sns.around.labels[queue.arn] = name
        attributes = {"RawMessageDelivery": str(raw).lower()}
        if filter_policy is not None:
            attributes |= {"FilterPolicy": json.dumps(filter_policy), "FilterPolicyScope": filter_scope}
        self._sns.subscribing.add(self._topic, "sqs", queue.arn, attributes)
        watch = QueueWatch(
            logical_id=name,
            queue=queue,
            clock=deployment.loop.clock,
            faults=deployment.faults,
            randomness=deployment.randomness,
        )
        return QueueView(name, watch, deployment.randomness.stream("test/queue sends"))

    @property
    def _topic(self) -> Topic:
        if self._spec is None:
            raise TopicMissing(
                f"The template has no topic {self.logical_id}.",
                expected=f"a resource {self.logical_id} of type AWS::SNS::Topic: the contract fixes its logical id",
                file="template.yaml",
            )
        return self._sns.topics.at(self._spec.arn)

    @property
    def _sns(self) -> SnsService:
        return self._deployment.sns

    def _fresh_id(self) -> str:
        return f"operator-{self._deployment.randomness.stream('test/publishes').getrandbits(64):016x}"


def _notification(message: Published, at_us: int, protocol: str, **more: Any) -> Notification:
    return Notification(
        message_id=message.message_id,
        message=message.text_for(protocol),
        attributes={name: _value(value) for name, value in message.attributes.items()},
        subject=message.subject,
        at_ms=at_us // 1000,
        group_id=message.group_id,
        sequence_number=message.sequence_number,
        **more,
    )


def _attribute(value: Any) -> AttributeValue:
    if isinstance(value, bytes):
        return AttributeValue("Binary", None, value)
    if isinstance(value, list):
        return AttributeValue("String.Array", json.dumps(value))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return AttributeValue("Number" if is_number else "String", str(value))


def _value(attribute: AttributeValue) -> Any:
    text = attribute.string_value
    if text is None:
        return attribute.binary_value
    if attribute.data_type == "String.Array":
        return json.loads(text)
    if attribute.data_type.startswith("Number"):
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    return text
