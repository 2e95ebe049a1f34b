"""The requests of the SNS API as typed records: decoding one checks its types.

Field names become the API's (`topic_arn` is TopicArn). A required parameter that is absent is
empty here, and the action says so with SNS's own error.

Source: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
"""

import msgspec

from harness.cloud.engines.sqs.message import AttributeValue


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A request, or an entry of a batch request."""


class SentAttribute(Request, frozen=True, kw_only=True):
    """A message attribute as a client sends it; a binary value is base64 on the wire."""

    data_type: str = ""
    string_value: str | None = None
    binary_value: bytes | None = None

    def value(self) -> AttributeValue:
        """The attribute as a message keeps it."""
        return AttributeValue(self.data_type, self.string_value, self.binary_value)


class Publishing(Request, frozen=True, kw_only=True):
    """What Publish and an entry of PublishBatch have in common."""

    message: str = ""
    subject: str | None = None
    message_structure: str | None = None
    message_attributes: dict[str, SentAttribute] | str = {}
    message_deduplication_id: str | None = None
    message_group_id: str | None = None

    def attributes(self) -> dict[str, AttributeValue]:
        """The message attributes; an empty map is an empty text on the wire."""
        sent = self.message_attributes
        return {} if isinstance(sent, str) else {name: attribute.value() for name, attribute in sent.items()}


class Publish(Publishing, frozen=True, kw_only=True):
    """Publishes one message."""

    topic_arn: str = ""
    target_arn: str = ""
    phone_number: str = ""


class PublishEntry(Publishing, frozen=True, kw_only=True):
    """One message of a batch."""

    id: str = ""


class TopicRequest(Request, frozen=True, kw_only=True):
    """A request to one topic."""

    topic_arn: str = ""


class PublishBatch(TopicRequest, frozen=True, kw_only=True):
    """Publishes up to ten messages."""

    entries: list[PublishEntry] | str = msgspec.field(default="", name="PublishBatchRequestEntries")


class Tag(Request, frozen=True, kw_only=True):
    """A tag of a topic."""

    key: str = ""
    value: str = ""


class CreateTopic(Request, frozen=True, kw_only=True):
    """Creates a topic, or finds the one that is already so."""

    name: str = ""
    attributes: dict[str, str] | str = {}
    tags: list[Tag] | str = []
    data_protection_policy: str | None = None


class SetTopicAttributes(TopicRequest, frozen=True, kw_only=True):
    """Changes one attribute."""

    attribute_name: str = ""
    attribute_value: str = ""


class ListPage(Request, frozen=True, kw_only=True):
    """Lists topics or subscriptions, a page at a time."""

    topic_arn: str = ""
    next_token: str = ""


class Subscribe(TopicRequest, frozen=True, kw_only=True):
    """Subscribes an endpoint."""

    protocol: str = ""
    endpoint: str = ""
    attributes: dict[str, str] | str = {}
    return_subscription_arn: bool = False


class SubscriptionRequest(Request, frozen=True, kw_only=True):
    """A request to one subscription."""

    subscription_arn: str = ""


class SetSubscriptionAttributes(SubscriptionRequest, frozen=True, kw_only=True):
    """Changes one attribute."""

    attribute_name: str = ""
    attribute_value: str = ""


class ConfirmSubscription(TopicRequest, frozen=True, kw_only=True):
    """Confirms that an endpoint wants what it was subscribed to."""

    token: str = ""
    authenticate_on_unsubscribe: str = ""


class AddPermission(TopicRequest, frozen=True, kw_only=True):
    """Grants actions to accounts."""

    label: str = ""
    account_ids: list[str] | str = msgspec.field(default="", name="AWSAccountId")
    actions: list[str] | str = msgspec.field(default="", name="ActionName")


class RemovePermission(TopicRequest, frozen=True, kw_only=True):
    """Withdraws a grant."""

    label: str = ""


class ResourceRequest(Request, frozen=True, kw_only=True):
    """A request about the tags of a topic."""

    resource_arn: str = ""


class TagResource(ResourceRequest, frozen=True, kw_only=True):
    """Adds or replaces tags."""

    tags: list[Tag] | str = []


class UntagResource(ResourceRequest, frozen=True, kw_only=True):
    """Removes tags."""

    tag_keys: list[str] | str = []
