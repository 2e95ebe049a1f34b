"""Faults between a topic and its subscribers, and at the topic's door."""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point


class TopicFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its messages.

    Attributes:
        topic: logical id. "" matches any.
        containing: only messages whose text contains this. "" matches any.
    """

    topic: str = ""
    containing: str = ""

    def takes(self, topic: str, text: str) -> bool:
        """Whether this message at this topic is one the fault is about."""
        return self.topic in ("", topic) and self.containing in text


class TopicDeliveryFault(TopicFault, frozen=True, kw_only=True):
    """A fault that chooses its deliveries.

    Attributes:
        subscriber: logical id of the queue or function subscribed, or a URL. "" matches any.
    """

    point: ClassVar[Point] = Point.DELIVERY

    subscriber: str = ""

    def matches(self, topic: str, subscriber: str, text: str) -> bool:
        """Whether this delivery is one the fault is about."""
        return self.subscriber in ("", subscriber) and self.takes(topic, text)


class TopicDuplicate(TopicDeliveryFault, frozen=True, kw_only=True, tag="topic_duplicate"):
    """A subscriber gets a message more than once, with the same message id.

    In production a standard topic promises at least once: where the answer of a subscriber
    is lost on the way, SNS delivers again. A FIFO queue takes no copy within five minutes.

    Attributes:
        after_ms: how long after the first delivery the next comes; with several values, one each.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    after_ms: tuple[int, ...] = (20,)


class TopicDelay(TopicDeliveryFault, frozen=True, kw_only=True, tag="topic_delay"):
    """Messages reach a subscriber late, each by a time of its own, and so out of order.

    In production a standard topic keeps no order, and a delivery that failed at first comes
    after those that did not. A FIFO topic is late as well, and keeps its order.

    Attributes:
        at_least_ms: no message comes earlier than this.
        at_most_ms: each is held back for a drawn time up to this.
        mirrored: instead, what came first comes last: each message comes as long after the
            fault's `until_ms` as it was published before it.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    at_least_ms: int = 0
    at_most_ms: int = 5000
    mirrored: bool = False


class SubscriberDown(TopicDeliveryFault, frozen=True, kw_only=True, tag="subscriber_down"):
    """The service of a subscriber answers SNS with an error of its own.

    In production SQS or Lambda has an outage, or an endpoint on the internet is being
    replaced. SNS tries queues and functions again for 23 days, other endpoints as their
    delivery policy says; then the message goes to the subscription's dead-letter queue, or
    is lost.
    """

    certainty: ClassVar[Certainty] = Certainty.DEFINITE


class PublishRefused(TopicFault, frozen=True, kw_only=True, tag="publish_refused"):
    """The topic refuses some messages because too many came; the others are taken.

    In production a burst above the account's quota does this. Publish raises; PublishBatch
    answers 200 all the same and names the refused entries: who does not read the list loses
    them. Each message is an opportunity of its own: `times` counts messages, not calls.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
