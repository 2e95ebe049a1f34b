"""All topics of an account and Region, and their subscriptions: created, found and deleted here.

Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
and https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

import re
from collections.abc import Iterator

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.attributes import checked_subscription_attribute, checked_topic_attribute
from harness.cloud.engines.sns.errors import SnsError, invalid_parameter, no_value, not_found
from harness.cloud.engines.sns.filter_limits import FilterPolicyError
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sns.topic import Topic
from harness.simulation.randomness import uuid_from

_TOPIC_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TOPIC_ARN = re.compile(r"arn:aws:sns:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):[A-Za-z0-9_-]{1,256}(\.fifo)?")


class Topics:
    """The topics by ARN; iterates in the order of their names."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._chance = around.randomness.stream("sns/subscriptions")
        self._topics: dict[str, Topic] = {}

    def __iter__(self) -> Iterator[Topic]:
        return iter([self._topics[arn] for arn in sorted(self._topics)])

    # ---- topics -------------------------------------------------------------------------------

    def create(self, name: str, attributes: dict[str, str], tags: dict[str, str] | None = None) -> Topic:
        """Creates a topic, or finds the existing one if it does not contradict.

        Raises:
            SnsError: InvalidParameter.
        """
        fifo = _is_fifo(name, attributes.get("FifoTopic"))
        values = {
            key: checked_topic_attribute(key, value, fifo=fifo)
            for key, value in attributes.items()
            if key != "FifoTopic"
        }
        arn = f"arn:aws:sns:{self._around.region}:{self._around.account_id}:{name}"
        existing = self._topics.get(arn)
        if existing:
            if any(existing.attributes.get(key, "false") != value for key, value in values.items()):
                raise invalid_parameter("Attributes Reason: Topic already exists with different attributes")
            if tags and existing.tags != tags:
                raise invalid_parameter("Tags Reason: Topic already exists with different tags")
            return existing
        topic = Topic(arn, values, self._around.loop.clock, self._around.randomness.stream(f"sns/{name}"))
        topic.tags = dict(tags or {})
        self._topics[arn] = topic
        return topic

    def find(self, arn: str) -> Topic | None:
        """The topic of this ARN, if there is one."""
        return self._topics.get(arn)

    def at(self, arn: str, parameter: str = "TopicArn") -> Topic:
        """The topic of this ARN.

        Raises:
            SnsError: InvalidParameter; it is no topic's ARN, or of another Region. NotFound.
        """
        if not arn:
            raise no_value(parameter)
        parts = _TOPIC_ARN.fullmatch(arn)
        if parts is None:
            count = len(arn.split(":"))
            reason = f" Reason: An ARN must have at least 6 elements, not {count}" if count < 6 else ""
            raise invalid_parameter(f"{parameter}{reason}")
        if parts["region"] != self._around.region:
            raise invalid_parameter(parameter)
        topic = self._topics.get(arn)
        if topic is None:
            raise not_found("Topic")
        return topic

    def delete(self, arn: str) -> None:
        """Deletes a topic with its subscriptions; one that is not there is deleted already."""
        topic = self._topics.pop(arn, None)
        for subscription in topic.subscriptions.values() if topic else ():
            subscription.ended = True

    # ---- subscriptions ------------------------------------------------------------------------

    def subscriptions(self) -> list[Subscription]:
        """All of them, by topic, in the order in which they were made."""
        return [subscription for topic in self for subscription in topic.subscriptions.values()]

    def subscription(self, arn: str) -> Subscription:
        """The subscription of this ARN.

        Raises:
            SnsError: NotFound; InvalidParameter if it is no subscription's ARN.
        """
        if not arn:
            raise no_value("SubscriptionArn")
        if arn.count(":") < 6:
            raise invalid_parameter("SubscriptionArn Reason: An ARN must have at least 6 elements")
        topic = self._topics.get(arn.rpartition(":")[0])
        found = topic.subscriptions.get(arn) if topic else None
        if found is None:
            raise not_found("Subscription")
        return found

    def subscribe(
        self, topic: Topic, protocol: str, endpoint: str, attributes: dict[str, str], *, identifier: str = ""
    ) -> tuple[Subscription, bool]:
        """Subscribes an endpoint; what is subscribed already is found.

        Args:
            identifier: last part of its ARN; "": drawn.

        Returns:
            The subscription, and whether it is new.

        Raises:
            SnsError: InvalidParameter, or there are too many filter policies.
        """
        values = {
            name: checked_subscription_attribute(name, value, fifo=topic.fifo) for name, value in attributes.items()
        }
        for existing in topic.subscriptions.values():
            if (existing.protocol, existing.endpoint) == (protocol, endpoint):
                if any(existing.attributes.get(name) != value for name, value in values.items()):
                    raise invalid_parameter("Attributes Reason: Subscription already exists with different attributes")
                return existing, False
        _check_filter_policies(topic, values)
        identifier = identifier or uuid_from(self._chance)
        subscription = Subscription(f"{topic.arn}:{identifier}", topic.arn, protocol, endpoint)
        try:
            subscription.change(values)
        except FilterPolicyError as error:
            raise invalid_parameter(f"Attributes Reason: {error}") from None
        topic.subscriptions[subscription.arn] = subscription
        return subscription, True

    def change(self, subscription: Subscription, name: str, value: str) -> None:
        """Sets one attribute of a subscription.

        Raises:
            SnsError: InvalidParameter, or there are too many filter policies.
        """
        checked = {name: checked_subscription_attribute(name, value, fifo=subscription.fifo)}
        if subscription.filter is None:
            _check_filter_policies(self._topics[subscription.topic_arn], checked)
        try:
            subscription.change(checked)
        except FilterPolicyError as error:
            raise invalid_parameter(str(error)) from None

    def unsubscribe(self, arn: str) -> None:
        """Ends a subscription; one that is not there has ended already."""
        topic = self._topics.get(arn.rpartition(":")[0])
        subscription = topic.subscriptions.pop(arn, None) if topic else None
        if topic and subscription:
            subscription.ended = True
            topic.deleted += 1

    def await_confirmation(self, subscription: Subscription) -> None:
        """From now on nothing is delivered until somebody confirms with the token."""
        subscription.confirmed = False
        subscription.token = f"{self._chance.getrandbits(512):0128x}"
        subscription.token_until_us = self._around.loop.clock.now_us + quotas.CONFIRMATION_US

    def confirm(self, topic: Topic, token: str) -> Subscription:
        """The subscription with this token is confirmed.

        Raises:
            SnsError: InvalidParameter; there is no such token (any more).
        """
        now_us = self._around.loop.clock.now_us
        for subscription in topic.subscriptions.values():
            if token and subscription.token == token and now_us <= subscription.token_until_us:
                subscription.confirmed = True
                return subscription
        raise invalid_parameter("Token")


def _is_fifo(name: str, stated: str | None) -> bool:
    fifo = (stated or "false").lower() == "true"
    if len(name) > quotas.NAME_CHARACTERS or not _TOPIC_NAME.fullmatch(name.removesuffix(".fifo")):
        raise invalid_parameter("Topic Name")
    if fifo and not name.endswith(".fifo"):
        raise invalid_parameter(
            "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, "
            "numbers, underscores, and hyphens, and must be between 1 and 256 characters long."
        )
    if name.endswith(".fifo") and not fifo:
        raise invalid_parameter("Topic Name")
    return fifo


def _check_filter_policies(topic: Topic, values: dict[str, str]) -> None:
    if values.get("FilterPolicy"):
        policies = sum(each.filter is not None for each in topic.subscriptions.values())
        if policies >= quotas.FILTER_POLICIES:
            raise SnsError("FilterPolicyLimitExceeded", "Filter policy limit exceeded for the topic", 403)
