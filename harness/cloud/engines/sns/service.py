"""Amazon SNS as a client sees it: the query protocol, one HTTP request, one reply.

Signatures are not checked. Left out: mobile push, Firehose, the archive of FIFO topics, data
protection policies, and the account's settings for text messages.

Source: https://docs.aws.amazon.com/sns/latest/api/welcome.html
"""

import uuid
from collections.abc import Callable
from typing import Any

import msgspec

from harness.cloud.engines.sns import query, requests
from harness.cloud.engines.sns.confirmations import Confirmations, Poster
from harness.cloud.engines.sns.errors import SnsError, invalid_parameter
from harness.cloud.engines.sns.publish_actions import PublishActions
from harness.cloud.engines.sns.subscription_actions import SubscriptionActions
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sns.topic_actions import TopicActions
from harness.cloud.engines.sns.topics import Topics
from harness.simulation.wire import Call, Reply

CONTENT_TYPE = "text/xml"

Action = Callable[[Any, Call], dict[str, Any] | None]


class SnsService:
    """All topics of one account in one Region.

    Attributes:
        topics: finds them.
        publishing: publishes past the wire, as a test or another service does.
        subscribing: subscribes past the wire.
    """

    name = "sns"

    def __init__(self, around: Surroundings, poster: Poster) -> None:
        self.around = around
        self.topics = Topics(around)
        self.publishing = PublishActions(self.topics, around)
        self.subscribing = SubscriptionActions(self.topics, Confirmations(around, poster), around.account_id)
        self._request_ids = around.randomness.stream("sns/request ids")
        self._actions = _actions(self.publishing, self.subscribing, TopicActions(self.topics, around.account_id))

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        request_id = str(uuid.UUID(int=self._request_ids.getrandbits(128), version=4))
        headers = {"content-type": CONTENT_TYPE, "x-amzn-requestid": request_id}
        try:
            parameters = query.parameters(call.request)
            name = str(parameters.get("Action", ""))
            action, request = self._read(name, parameters)
            body = query.answer(name, action(request, call), request_id)
        except SnsError as error:
            return Reply(error.status, headers, query.error_answer(error, request_id))
        return Reply(200, headers, body)

    def _read(self, name: str, parameters: dict[str, Any]) -> tuple[Action, requests.Request]:
        if name not in self._actions:
            raise SnsError(
                "InvalidAction", f"SNS has no action {name} here. It has: {', '.join(sorted(self._actions))}."
            )
        action, shape = self._actions[name]
        try:
            return action, msgspec.convert(parameters, shape, strict=False)
        except msgspec.ValidationError as error:
            raise invalid_parameter(f"the request of {name} cannot be read: {error}") from None


def _actions(
    publishing: PublishActions, subscribing: SubscriptionActions, topics: TopicActions
) -> dict[str, tuple[Action, type[requests.Request]]]:
    """Every action of the API: what carries it out, and what its request looks like."""
    return {
        "Publish": (publishing.publish, requests.Publish),
        "PublishBatch": (publishing.publish_batch, requests.PublishBatch),
        "CreateTopic": (topics.create, requests.CreateTopic),
        "DeleteTopic": (topics.delete, requests.TopicRequest),
        "ListTopics": (topics.list, requests.ListPage),
        "GetTopicAttributes": (topics.attributes, requests.TopicRequest),
        "SetTopicAttributes": (topics.set_attribute, requests.SetTopicAttributes),
        "AddPermission": (topics.add_permission, requests.AddPermission),
        "RemovePermission": (topics.remove_permission, requests.RemovePermission),
        "TagResource": (topics.tag, requests.TagResource),
        "UntagResource": (topics.untag, requests.UntagResource),
        "ListTagsForResource": (topics.tags, requests.ResourceRequest),
        "Subscribe": (subscribing.subscribe, requests.Subscribe),
        "ConfirmSubscription": (subscribing.confirm, requests.ConfirmSubscription),
        "Unsubscribe": (subscribing.unsubscribe, requests.SubscriptionRequest),
        "ListSubscriptions": (subscribing.list, requests.ListPage),
        "ListSubscriptionsByTopic": (subscribing.list_by_topic, requests.ListPage),
        "GetSubscriptionAttributes": (subscribing.attributes, requests.SubscriptionRequest),
        "SetSubscriptionAttributes": (subscribing.set_attribute, requests.SetSubscriptionAttributes),
    }
