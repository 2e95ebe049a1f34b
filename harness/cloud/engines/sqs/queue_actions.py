"""The actions on queues: create, delete, find, list, attributes, tags, permissions.

Permissions are kept and have no effect: every caller of a simulation is the owner.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

import base64
import binascii
from typing import Any

from harness.cloud.engines.sqs import requests
from harness.cloud.engines.sqs.attributes import READABLE, changed_settings
from harness.cloud.engines.sqs.errors import Code, SqsError, invalid_parameter, missing_parameter, no_such_queue
from harness.cloud.engines.sqs.message_actions import From
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.queues import Queues
from harness.cloud.engines.sqs.quotas import LISTED_QUEUES, QUEUE_TAGS
from harness.cloud.engines.sqs.validation import check_range

Body = dict[str, Any]


class QueueActions:
    """Carries out the actions on queues, and gives the body of the reply."""

    def __init__(self, queues: Queues, account_id: str) -> None:
        self._queues = queues
        self._account_id = account_id

    def create(self, request: requests.CreateQueue, sender: From) -> Body:
        """CreateQueue."""
        if not request.queue_name:
            raise missing_parameter("QueueName")
        queue = self._queues.create(request.queue_name, request.attributes)
        queue.tags.update(request.tags)
        return {"QueueUrl": queue.url}

    def delete(self, request: requests.QueueRequest, sender: From) -> Body:
        """DeleteQueue; a queue that does not exist is no error."""
        try:
            self._queues.delete(self._queues.at_url(request.queue_url))
        except SqsError as error:
            if error.code is not Code.QUEUE_DOES_NOT_EXIST:
                raise
        return {}

    def url(self, request: requests.GetQueueUrl, sender: From) -> Body:
        """GetQueueUrl."""
        if request.queue_owner_account_id not in (None, self._account_id):
            raise no_such_queue()
        return {"QueueUrl": self._queues.named(request.queue_name).url}

    def attributes(self, request: requests.GetQueueAttributes, sender: From) -> Body:
        """GetQueueAttributes."""
        queue = self._queues.at_url(request.queue_url)
        for name in request.attribute_names:
            if name != "All" and name not in READABLE:
                raise SqsError(Code.INVALID_ATTRIBUTE_NAME, f"Unknown Attribute {name}.")
        every = "All" in request.attribute_names
        shown = {
            name: value for name, value in _all_attributes(queue).items() if every or name in request.attribute_names
        }
        return {"Attributes": shown} if shown else {}

    def set_attributes(self, request: requests.SetQueueAttributes, sender: From) -> Body:
        """SetQueueAttributes."""
        queue = self._queues.at_url(request.queue_url)
        if not request.attributes:
            raise missing_parameter("Attributes")
        if "RedrivePolicy" in request.attributes:
            self._queues.check_redrive(queue, changed_settings(queue.settings, request.attributes, fifo=queue.fifo))
        queue.set_attributes(request.attributes)
        return {}

    def list(self, request: requests.ListQueues, sender: From) -> Body:
        """ListQueues."""
        urls = [queue.url for queue in self._queues if queue.name.startswith(request.queue_name_prefix)]
        page, next_token = _page(urls, request.max_results, request.next_token)
        return ({"QueueUrls": page} if page else {}) | next_token

    def list_sources(self, request: requests.ListDeadLetterSourceQueues, sender: From) -> Body:
        """ListDeadLetterSourceQueues."""
        sources = self._queues.sources_of(self._queues.at_url(request.queue_url))
        page, next_token = _page([queue.url for queue in sources], request.max_results, request.next_token)
        return {"queueUrls": page} | next_token

    def tag(self, request: requests.TagQueue, sender: From) -> Body:
        """TagQueue."""
        queue = self._queues.at_url(request.queue_url)
        tags = queue.tags | request.tags
        if len(tags) > QUEUE_TAGS:
            raise SqsError(Code.INVALID_PARAMETER_VALUE, f"Too many tags added for queue {queue.name}.")
        queue.tags = tags
        return {}

    def untag(self, request: requests.UntagQueue, sender: From) -> Body:
        """UntagQueue."""
        queue = self._queues.at_url(request.queue_url)
        queue.tags = {key: value for key, value in queue.tags.items() if key not in request.tag_keys}
        return {}

    def tags(self, request: requests.QueueRequest, sender: From) -> Body:
        """ListQueueTags."""
        tags = self._queues.at_url(request.queue_url).tags
        return {"Tags": tags} if tags else {}

    def add_permission(self, request: requests.AddPermission, sender: From) -> Body:
        """AddPermission: accepted, without effect."""
        self._queues.at_url(request.queue_url)
        return {}

    def remove_permission(self, request: requests.RemovePermission, sender: From) -> Body:
        """RemovePermission: accepted, without effect."""
        self._queues.at_url(request.queue_url)
        return {}


def _all_attributes(queue: Queue) -> dict[str, str]:
    counts = queue.counts()
    return queue.attributes | {
        "QueueArn": queue.arn,
        "CreatedTimestamp": str(queue.created_unix_s),
        "LastModifiedTimestamp": str(queue.modified_unix_s),
        "ApproximateNumberOfMessages": str(counts.visible),
        "ApproximateNumberOfMessagesNotVisible": str(counts.in_flight),
        "ApproximateNumberOfMessagesDelayed": str(counts.delayed),
    }


def _page(urls: list[str], max_results: int | None, token: str | None) -> tuple[list[str], dict[str, str]]:
    """One page of a list, and the NextToken if there is another (it names the last URL shown)."""
    limit = LISTED_QUEUES if max_results is None else max_results
    check_range("MaxResults", limit, 1, LISTED_QUEUES)
    if token is not None:
        last = _last_shown(token)
        urls = [url for url in urls if url > last]
    page = urls[:limit]
    if max_results is None or len(urls) <= limit:
        return page, {}
    return page, {"NextToken": base64.urlsafe_b64encode(page[-1].encode()).decode()}


def _last_shown(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError):
        raise invalid_parameter("NextToken", token, "It was not returned by this action.") from None
