"""The actions on topics: their attributes, permissions and tags.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
"""

import json
from typing import Any

from harness.cloud.engines.sns import quotas, requests
from harness.cloud.engines.sns.attributes import checked_topic_attribute
from harness.cloud.engines.sns.errors import SnsError, invalid_parameter, no_value
from harness.cloud.engines.sns.query import Entries
from harness.cloud.engines.sns.retry_policy import RetryPolicy, overrides_subscriptions, read_retry_policy
from harness.cloud.engines.sns.topic import Topic
from harness.cloud.engines.sns.topics import Topics
from harness.cloud.engines.sns.validation import limit_of
from harness.simulation.wire import Call

Result = dict[str, Any]

_OWNERS_ACTIONS = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)


class TopicActions:
    """Carries out the actions on topics."""

    def __init__(self, topics: Topics, account_id: str) -> None:
        self._topics = topics
        self._account_id = account_id

    def create(self, request: requests.CreateTopic, call: Call) -> Result:
        """CreateTopic."""
        if not request.name:
            raise no_value("Name")
        if request.data_protection_policy:
            raise invalid_parameter("DataProtectionPolicy is not simulated")
        topic = self._topics.create(request.name, as_map(request.attributes), _tags(request.tags))
        return {"TopicArn": topic.arn}

    def delete(self, request: requests.TopicRequest, call: Call) -> None:
        """DeleteTopic; succeeds for a topic that is not there."""
        if not request.topic_arn:
            raise no_value("TopicArn")
        self._topics.delete(request.topic_arn)

    def list(self, request: requests.ListPage, call: Call) -> Result:
        """ListTopics."""
        return page("Topics", [{"TopicArn": topic.arn} for topic in self._topics], request.next_token)

    def attributes(self, request: requests.TopicRequest, call: Call) -> Result:
        """GetTopicAttributes."""
        topic = self._topics.at(request.topic_arn)
        counts = {name: str(count) for name, count in topic.counts().items()}
        shown = {
            "Policy": json.dumps(self._default_policy(topic)),
            "Owner": self._account_id,
            "TopicArn": topic.arn,
            "DisplayName": "",
            "EffectiveDeliveryPolicy": json.dumps(_effective(topic)),
            **counts,
        }
        if topic.fifo:
            shown |= {"FifoTopic": "true", "ContentBasedDeduplication": "false"}
        return {"Attributes": Entries(shown | topic.attributes)}

    def set_attribute(self, request: requests.SetTopicAttributes, call: Call) -> None:
        """SetTopicAttributes."""
        topic = self._topics.at(request.topic_arn)
        name, value = request.attribute_name, request.attribute_value
        topic.attributes[name] = checked_topic_attribute(name, value, fifo=topic.fifo)
        if name in ("DeliveryPolicy", "Policy") and not value:
            del topic.attributes[name]
        if limit_of(topic.attributes) > quotas.MESSAGE_BYTES:
            try:
                check_large_messages(topic)
            except SnsError:
                del topic.attributes[name]
                raise

    def add_permission(self, request: requests.AddPermission, call: Call) -> None:
        """AddPermission."""
        topic = self._topics.at(request.topic_arn)
        policy = self._policy(topic)
        if any(statement.get("Sid") == request.label for statement in policy["Statement"]):
            raise invalid_parameter("Statement already exists")
        accounts, actions = as_list(request.account_ids), as_list(request.actions)
        if not set(actions) <= set(_OWNERS_ACTIONS):
            raise invalid_parameter("Policy statement action out of service scope!")
        policy["Statement"].append(
            {
                "Sid": request.label,
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]},
                "Action": [f"SNS:{action}" for action in actions],
                "Resource": topic.arn,
            }
        )
        topic.attributes["Policy"] = json.dumps(policy)

    def remove_permission(self, request: requests.RemovePermission, call: Call) -> None:
        """RemovePermission."""
        topic = self._topics.at(request.topic_arn)
        policy = self._policy(topic)
        policy["Statement"] = [each for each in policy["Statement"] if each.get("Sid") != request.label]
        topic.attributes["Policy"] = json.dumps(policy)

    def tag(self, request: requests.TagResource, call: Call) -> Result:
        """TagResource."""
        topic = self._tagged(request.resource_arn)
        tags = topic.tags | _tags(request.tags)
        if len(tags) > quotas.TAGS:
            raise SnsError("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded")
        topic.tags = tags
        return {}

    def untag(self, request: requests.UntagResource, call: Call) -> Result:
        """UntagResource."""
        topic = self._tagged(request.resource_arn)
        for key in as_list(request.tag_keys):
            topic.tags.pop(key, None)
        return {}

    def tags(self, request: requests.ResourceRequest, call: Call) -> Result:
        """ListTagsForResource."""
        topic = self._tagged(request.resource_arn)
        return {"Tags": [{"Key": key, "Value": value} for key, value in topic.tags.items()]}

    def _tagged(self, arn: str) -> Topic:
        topic = self._topics.find(arn)
        if topic is None:
            raise SnsError("ResourceNotFound", "Resource does not exist", 404)
        return topic

    def _policy(self, topic: Topic) -> Result:
        policy: Result = json.loads(topic.attributes.get("Policy") or json.dumps(self._default_policy(topic)))
        if not isinstance(policy["Statement"], list):
            policy["Statement"] = [policy["Statement"]]
        return policy

    def _default_policy(self, topic: Topic) -> Result:
        """Only the owner may do anything."""
        return {
            "Version": "2008-10-17",
            "Id": "__default_policy_ID",
            "Statement": [
                {
                    "Sid": "__default_statement_ID",
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": [f"SNS:{action}" for action in _OWNERS_ACTIONS],
                    "Resource": topic.arn,
                    "Condition": {"StringEquals": {"AWS:SourceOwner": self._account_id}},
                }
            ],
        }


def check_large_messages(topic: Topic) -> None:
    """Checks that the subscriptions of a topic can take messages above 256 KiB.

    Raises:
        SnsError: InvalidParameter; there are too many, or of another protocol.
    """
    subscriptions = topic.subscriptions.values()
    others = [each.protocol for each in subscriptions if each.protocol not in quotas.LARGE_MESSAGE_PROTOCOLS]
    if others or len(subscriptions) > quotas.LARGE_MESSAGE_SUBSCRIPTIONS:
        raise invalid_parameter(
            "MaximumMessageSize Reason: a topic with a MaximumMessageSize above 256 KiB has 100 or fewer "
            "subscriptions, and each of them is an Amazon SQS, Amazon Data Firehose, or Lambda subscription"
        )


def page(name: str, items: list[Result], token: str) -> Result:
    """One page of a list, and the token of the next.

    Raises:
        SnsError: InvalidParameter; the token is none of ours.
    """
    if token and not (token.isdecimal() and len(token) < 10):
        raise invalid_parameter("NextToken Reason: the token is not valid")
    first = int(token or 0)
    result: Result = {name: items[first : first + quotas.PAGE]}
    if first + quotas.PAGE < len(items):
        result["NextToken"] = str(first + quotas.PAGE)
    return result


def as_map(value: dict[str, str] | str) -> dict[str, str]:
    """A map; an empty one is an empty text on the wire."""
    return {} if isinstance(value, str) else value


def as_list(value: list[str] | str) -> list[str]:
    """A list; an empty one is an empty text on the wire."""
    return [] if isinstance(value, str) else value


def _tags(tags: list[requests.Tag] | str) -> dict[str, str]:
    if isinstance(tags, str):
        return {}
    result = {tag.key: tag.value for tag in tags}
    if len(result) < len(tags):
        raise invalid_parameter("Duplicated keys are not allowed.")
    return result


def _effective(topic: Topic) -> Result:
    """The delivery policy with the defaults filled in."""
    text = topic.attributes.get("DeliveryPolicy", "")
    policy = read_retry_policy(text, of_topic=True) if text else None
    return {
        "http": {
            "defaultHealthyRetryPolicy": (policy or RetryPolicy()).as_json(),
            "disableSubscriptionOverrides": overrides_subscriptions(text),
            "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
        }
    }
