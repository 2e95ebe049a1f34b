"""Amazon SQS as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

The query protocol of old clients is answered with an error that says so. Signatures are not
checked. A long poll is a wait in virtual time.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
"""

import inspect
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from harness.cloud.engines.sqs import requests
from harness.cloud.engines.sqs.errors import Code, SqsError, missing_parameter, no_such_queue
from harness.cloud.engines.sqs.message_actions import From, MessageActions
from harness.cloud.engines.sqs.move_tasks import MoveTaskActions
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.queue_actions import QueueActions
from harness.cloud.engines.sqs.queues import Queues
from harness.cloud.engines.sqs.surroundings import Surroundings
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Call, Reply
from harness.simulation.wire import Request as HttpRequest

TARGET_PREFIX = "AmazonSQS."
CONTENT_TYPE = "application/x-amz-json-1.0"

Action = Callable[[Any, From], dict[str, Any] | Awaitable[dict[str, Any]]]


class SqsService:
    """All queues of one account in one Region."""

    name = "sqs"

    def __init__(
        self, *, loop: VirtualLoop, trace: Trace, randomness: Randomness, account_id: str, region: str
    ) -> None:
        self._request_ids = randomness.stream("sqs/request ids")
        self._queues = Queues(Surroundings(loop, trace, randomness, account_id, region, lambda _: None))
        self._actions = _actions(
            MessageActions(self._queues), QueueActions(self._queues, account_id), MoveTaskActions(self._queues, loop)
        )

    def create_queue(self, name: str, attributes: dict[str, str]) -> Queue:
        """Creates a queue, as CreateQueue does.

        Args:
            attributes: under their AWS names, values as strings.

        Raises:
            SqsError: as CreateQueue.
        """
        return self._queues.create(name, attributes)

    def queue(self, name: str) -> Queue:
        """The queue of this name. Raises SqsError (QueueDoesNotExist) if there is none."""
        return self._queues.named(name)

    def queue_by_url(self, url: str) -> Queue:
        """The queue of this URL. Raises SqsError (QueueDoesNotExist) if there is none."""
        return self._queues.at_url(url)

    def queue_by_arn(self, arn: str) -> Queue:
        """The queue of this ARN. Raises SqsError (QueueDoesNotExist) if there is none."""
        queue = self._queues.find_arn(arn)
        if queue is None:
            raise no_such_queue()
        return queue

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        try:
            action, request = self._read(call.request)
            body = action(request, From(call.caller.function, call.request.headers.get("x-amzn-trace-id")))
            if inspect.isawaitable(body):
                body = await body
        except SqsError as error:
            return self._error_reply(error)
        return Reply(200, self._headers(), msgspec.json.encode(body))

    def _read(self, http: HttpRequest) -> tuple[Action, requests.Request]:
        target = http.headers.get("x-amz-target", "")
        if not target.startswith(TARGET_PREFIX):
            raise SqsError(
                Code.UNSUPPORTED_OPERATION,
                f"This is not a request of the SQS JSON protocol (X-Amz-Target: '{target}'). "
                "The query protocol of older SDKs is not simulated: use boto3 1.28.82 or later.",
            )
        operation = target.removeprefix(TARGET_PREFIX)
        if operation not in self._actions:
            raise SqsError(
                Code.UNSUPPORTED_OPERATION,
                f"SQS has no action {operation} here. It has: {', '.join(sorted(self._actions))}.",
            )
        action, decoder = self._actions[operation]
        try:
            request = decoder.decode(http.body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SqsError(Code.MALFORMED, f"The body of {operation} cannot be read: {error}") from None
        if getattr(request, "queue_url", None) == "":
            raise missing_parameter("QueueUrl")
        return action, request

    def _headers(self) -> dict[str, str]:
        request_id = uuid.UUID(int=self._request_ids.getrandbits(128), version=4)
        return {"content-type": CONTENT_TYPE, "x-amzn-requestid": str(request_id)}

    def _error_reply(self, error: SqsError) -> Reply:
        headers = self._headers() | {"x-amzn-query-error": f"{error.code.query_code};Sender"}
        body = {"__type": f"com.amazonaws.sqs#{error.code.shape}", "message": error.message}
        return Reply(400, headers, msgspec.json.encode(body))


def _actions(
    messages: MessageActions, queues: QueueActions, tasks: MoveTaskActions
) -> dict[str, tuple[Action, msgspec.json.Decoder[Any]]]:
    """Every action of the API: what carries it out, and what its request looks like."""
    table: list[tuple[Action, type[requests.Request], str]] = [
        (messages.send, requests.SendMessage, ""),
        (messages.send_batch, requests.SendMessageBatch, ""),
        (messages.receive, requests.ReceiveMessage, ""),
        (messages.delete, requests.DeleteMessage, ""),
        (messages.delete_batch, requests.DeleteMessageBatch, ""),
        (messages.change_visibility, requests.ChangeMessageVisibility, ""),
        (messages.change_visibility_batch, requests.ChangeMessageVisibilityBatch, ""),
        (messages.purge, requests.QueueRequest, "PurgeQueue"),
        (queues.create, requests.CreateQueue, ""),
        (queues.delete, requests.QueueRequest, "DeleteQueue"),
        (queues.url, requests.GetQueueUrl, ""),
        (queues.attributes, requests.GetQueueAttributes, ""),
        (queues.set_attributes, requests.SetQueueAttributes, ""),
        (queues.list, requests.ListQueues, ""),
        (queues.list_sources, requests.ListDeadLetterSourceQueues, ""),
        (queues.tag, requests.TagQueue, ""),
        (queues.untag, requests.UntagQueue, ""),
        (queues.tags, requests.QueueRequest, "ListQueueTags"),
        (queues.add_permission, requests.AddPermission, ""),
        (queues.remove_permission, requests.RemovePermission, ""),
        (tasks.start, requests.StartMessageMoveTask, ""),
        (tasks.list, requests.ListMessageMoveTasks, ""),
        (tasks.cancel, requests.CancelMessageMoveTask, ""),
    ]
    return {name or shape.__name__: (action, msgspec.json.Decoder(shape)) for action, shape, name in table}
