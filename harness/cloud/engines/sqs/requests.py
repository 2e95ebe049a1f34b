"""The requests of the SQS API as typed records: decoding one checks its types.

Field names become the API's (`queue_url` is QueueUrl). A required parameter that is absent
is empty here, and the action says so with SQS's own error.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

import msgspec

from harness.cloud.engines.sqs.message import AttributeValue


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A request, or an entry of a batch request."""


class QueueRequest(Request, frozen=True, kw_only=True):
    """A request to one queue."""

    queue_url: str = ""


class SentAttribute(Request, frozen=True, kw_only=True):
    """A message attribute as a client sends it; a binary value is base64 on the wire."""

    data_type: str = ""
    string_value: str | None = None
    binary_value: bytes | None = None
    string_list_values: list[str] = []
    binary_list_values: list[bytes] = []

    def value(self) -> AttributeValue:
        """The attribute as a message keeps it."""
        return AttributeValue(self.data_type, self.string_value, self.binary_value)


class Sending(Request, frozen=True, kw_only=True):
    """What SendMessage and an entry of SendMessageBatch have in common."""

    message_body: str = ""
    delay_seconds: int | None = None
    message_attributes: dict[str, SentAttribute] | None = None
    message_system_attributes: dict[str, SentAttribute] | None = None
    message_deduplication_id: str | None = None
    message_group_id: str | None = None


class SendMessage(Sending, frozen=True, kw_only=True):
    """Sends one message."""

    queue_url: str = ""


class SendEntry(Sending, frozen=True, kw_only=True):
    """One message of a batch."""

    id: str = ""


class SendMessageBatch(QueueRequest, frozen=True, kw_only=True):
    """Sends up to ten messages."""

    entries: list[SendEntry] = []


class ReceiveMessage(QueueRequest, frozen=True, kw_only=True):
    """Receives up to ten messages."""

    attribute_names: list[str] = []
    message_system_attribute_names: list[str] = []
    message_attribute_names: list[str] = []
    max_number_of_messages: int = 1
    visibility_timeout: int | None = None
    wait_time_seconds: int | None = None
    receive_request_attempt_id: str | None = None


class DeleteMessage(QueueRequest, frozen=True, kw_only=True):
    """Deletes one message."""

    receipt_handle: str = ""


class DeleteEntry(Request, frozen=True, kw_only=True):
    """One deletion of a batch."""

    id: str = ""
    receipt_handle: str = ""


class DeleteMessageBatch(QueueRequest, frozen=True, kw_only=True):
    """Deletes up to ten messages."""

    entries: list[DeleteEntry] = []


class ChangeMessageVisibility(QueueRequest, frozen=True, kw_only=True):
    """Changes how long one message stays invisible."""

    receipt_handle: str = ""
    visibility_timeout: int | None = None


class VisibilityEntry(Request, frozen=True, kw_only=True):
    """One change of a batch."""

    id: str = ""
    receipt_handle: str = ""
    visibility_timeout: int | None = None


class ChangeMessageVisibilityBatch(QueueRequest, frozen=True, kw_only=True):
    """Changes up to ten messages."""

    entries: list[VisibilityEntry] = []


class CreateQueue(Request, frozen=True, kw_only=True):
    """Creates a queue, or finds the one that is already so."""

    queue_name: str = ""
    attributes: dict[str, str] = {}
    tags: dict[str, str] = msgspec.field(default_factory=dict, name="tags")


class GetQueueUrl(Request, frozen=True, kw_only=True):
    """Finds a queue by name."""

    queue_name: str = ""
    queue_owner_account_id: str | None = msgspec.field(default=None, name="QueueOwnerAWSAccountId")


class GetQueueAttributes(QueueRequest, frozen=True, kw_only=True):
    """Reads attributes."""

    attribute_names: list[str] = []


class SetQueueAttributes(QueueRequest, frozen=True, kw_only=True):
    """Changes attributes."""

    attributes: dict[str, str] = {}


class ListQueues(Request, frozen=True, kw_only=True):
    """Lists queues."""

    queue_name_prefix: str = ""
    next_token: str | None = None
    max_results: int | None = None


class ListDeadLetterSourceQueues(QueueRequest, frozen=True, kw_only=True):
    """Lists the queues whose dead-letter queue this is."""

    next_token: str | None = None
    max_results: int | None = None


class TagQueue(QueueRequest, frozen=True, kw_only=True):
    """Adds or replaces tags."""

    tags: dict[str, str] = {}


class UntagQueue(QueueRequest, frozen=True, kw_only=True):
    """Removes tags."""

    tag_keys: list[str] = []


class AddPermission(QueueRequest, frozen=True, kw_only=True):
    """Grants actions to accounts."""

    label: str = ""
    account_ids: list[str] = msgspec.field(default_factory=list, name="AWSAccountIds")
    actions: list[str] = []


class RemovePermission(QueueRequest, frozen=True, kw_only=True):
    """Withdraws a grant."""

    label: str = ""


class StartMessageMoveTask(Request, frozen=True, kw_only=True):
    """Starts to move messages out of a dead-letter queue."""

    source_arn: str = ""
    destination_arn: str | None = None
    max_number_of_messages_per_second: int | None = None


class ListMessageMoveTasks(Request, frozen=True, kw_only=True):
    """Lists the newest move tasks of a queue."""

    source_arn: str = ""
    max_results: int = 1


class CancelMessageMoveTask(Request, frozen=True, kw_only=True):
    """Ends a move task."""

    task_handle: str = ""
