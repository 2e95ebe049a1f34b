"""The actions on subscriptions.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
"""

import json
import re
from typing import Any

from harness.cloud.engines.sns import quotas, requests
from harness.cloud.engines.sns.confirmations import Confirmations
from harness.cloud.engines.sns.errors import SnsError, invalid_parameter, no_value
from harness.cloud.engines.sns.query import Entries
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.engines.sns.topic import Topic
from harness.cloud.engines.sns.topic_actions import as_map, check_large_messages, page
from harness.cloud.engines.sns.topics import Topics
from harness.cloud.engines.sns.validation import limit_of
from harness.simulation.wire import Call

Result = dict[str, Any]

NEEDS_CONFIRMATION = ("http", "https", "email", "email-json")
_ENDPOINTS = {
    "sqs": (r"arn:aws:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?", "SQS endpoint ARN"),
    "lambda": (
        r"arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?",
        "Lambda endpoint ARN",
    ),
    "http": (r"http://[^\s]+", "Endpoint must match the specified protocol"),
    "https": (r"https://[^\s]+", "Endpoint must match the specified protocol"),
    "email": (r"[^@\s]+@[^@\s]+", "Email address"),
    "email-json": (r"[^@\s]+@[^@\s]+", "Email address"),
    "sms": (r"\+?[0-9][0-9-]{1,20}", "Invalid SMS endpoint"),
}
_NOT_HERE = ("application", "firehose")
_FIFO_PROTOCOLS = ("sqs",)


class SubscriptionActions:
    """Carries out the actions on subscriptions."""

    def __init__(self, topics: Topics, confirmations: Confirmations, account_id: str) -> None:
        self._topics = topics
        self._confirmations = confirmations
        self._account_id = account_id

    def subscribe(self, request: requests.Subscribe, call: Call) -> Result:
        """Subscribe."""
        topic = self._topics.at(request.topic_arn)
        subscription = self.add(topic, request.protocol, request.endpoint, as_map(request.attributes))
        shown = subscription.confirmed or request.return_subscription_arn
        return {"SubscriptionArn": subscription.arn if shown else "pending confirmation"}

    def add(
        self, topic: Topic, protocol: str, endpoint: str, attributes: dict[str, str], *, identifier: str = ""
    ) -> Subscription:
        """Subscribes an endpoint. Queues and functions are confirmed at once, and phones.

        Args:
            identifier: last part of its ARN; "": drawn.

        Raises:
            SnsError: as Subscribe.
        """
        _check_endpoint(topic, protocol, endpoint)
        subscription, is_new = self._topics.subscribe(topic, protocol, endpoint, attributes, identifier=identifier)
        if is_new and limit_of(topic.attributes) > quotas.MESSAGE_BYTES:
            try:
                check_large_messages(topic)
            except SnsError:
                self._topics.unsubscribe(subscription.arn)
                raise
        if is_new and protocol in NEEDS_CONFIRMATION:
            self._topics.await_confirmation(subscription)
            self._confirmations.ask(topic, subscription)
        return subscription

    def confirm(self, request: requests.ConfirmSubscription, call: Call) -> Result:
        """ConfirmSubscription."""
        return {"SubscriptionArn": self._topics.confirm(self._topics.at(request.topic_arn), request.token).arn}

    def unsubscribe(self, request: requests.SubscriptionRequest, call: Call) -> None:
        """Unsubscribe; succeeds for a subscription that is not there."""
        arn = request.subscription_arn
        if not arn:
            raise no_value("SubscriptionArn")
        count = len(arn.split(":"))
        if count < 6:
            raise invalid_parameter(f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {count}")
        if count == 6:
            raise invalid_parameter("SubscriptionId")
        self._topics.unsubscribe(arn)

    def list(self, request: requests.ListPage, call: Call) -> Result:
        """ListSubscriptions."""
        items = [self._listed(subscription) for subscription in self._topics.subscriptions()]
        return page("Subscriptions", items, request.next_token)

    def list_by_topic(self, request: requests.ListPage, call: Call) -> Result:
        """ListSubscriptionsByTopic."""
        topic = self._topics.at(request.topic_arn)
        items = [self._listed(subscription) for subscription in topic.subscriptions.values()]
        return page("Subscriptions", items, request.next_token)

    def attributes(self, request: requests.SubscriptionRequest, call: Call) -> Result:
        """GetSubscriptionAttributes."""
        subscription = self._topics.subscription(request.subscription_arn)
        shown = {
            "SubscriptionArn": subscription.arn,
            "TopicArn": subscription.topic_arn,
            "Owner": self._account_id,
            "SubscriptionPrincipal": f"arn:aws:iam::{self._account_id}:role/kata",
            "Protocol": subscription.protocol,
            "Endpoint": subscription.endpoint,
            "ConfirmationWasAuthenticated": str(subscription.protocol not in NEEDS_CONFIRMATION).lower(),
            "PendingConfirmation": str(not subscription.confirmed).lower(),
            "RawMessageDelivery": "false",
        }
        own = {name: value for name, value in subscription.attributes.items() if name != "FilterPolicyScope"}
        if subscription.filter is not None:
            own["FilterPolicyScope"] = subscription.scope
        if subscription.protocol in ("http", "https"):
            topic = self._topics.at(subscription.topic_arn)
            policy = topic.retry_policy_of(subscription).as_json()
            own["EffectiveDeliveryPolicy"] = json.dumps({"healthyRetryPolicy": policy})
        return {"Attributes": Entries(shown | own)}

    def set_attribute(self, request: requests.SetSubscriptionAttributes, call: Call) -> None:
        """SetSubscriptionAttributes."""
        subscription = self._topics.subscription(request.subscription_arn)
        self._topics.change(subscription, request.attribute_name, request.attribute_value)

    def _listed(self, subscription: Subscription) -> Result:
        return {
            "SubscriptionArn": subscription.arn if subscription.confirmed else "PendingConfirmation",
            "Owner": self._account_id,
            "Protocol": subscription.protocol,
            "Endpoint": subscription.endpoint,
            "TopicArn": subscription.topic_arn,
        }


def _check_endpoint(topic: Topic, protocol: str, endpoint: str) -> None:
    """Checks protocol and endpoint; whether the endpoint exists shows at the first delivery."""
    if protocol in _NOT_HERE:
        raise invalid_parameter(f"Protocol {protocol} is not simulated")
    if protocol not in _ENDPOINTS:
        raise invalid_parameter(f"Amazon SNS does not support this protocol string: {protocol}")
    if not endpoint:
        raise SnsError("NotFound", "Endpoint not specified in subscription", 404)
    pattern, name = _ENDPOINTS[protocol]
    if not re.fullmatch(pattern, endpoint):
        raise invalid_parameter(f"{name}: {endpoint}" if protocol == "sms" else name)
    if endpoint.endswith(".fifo") and not topic.fifo:
        raise invalid_parameter(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"
        )
    if topic.fifo and protocol not in _FIFO_PROTOCOLS:
        raise invalid_parameter("Invalid parameter: Endpoint Reason: Please use an SQS queue with a FIFO topic")
