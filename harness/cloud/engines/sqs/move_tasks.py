"""Message move tasks: messages go from a dead-letter queue back to where they came from.

A task moves the visible messages of its queue in virtual time, at the rate asked for (500 a
second otherwise), and ends when none is left. A moved message is a new one: new id, new send
time, receive count zero.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

import base64
from dataclasses import dataclass
from typing import Any

import msgspec

from harness.cloud.engines.sqs import requests
from harness.cloud.engines.sqs.errors import Code, SqsError, missing_parameter
from harness.cloud.engines.sqs.message import Message
from harness.cloud.engines.sqs.message_actions import From
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.queues import Queues
from harness.cloud.engines.sqs.quotas import MOVES_PER_S
from harness.cloud.engines.sqs.validation import check_range
from harness.simulation.loop import VirtualLoop

LISTED_TASKS = 10
"""Tasks ListMessageMoveTasks shows at most (API_ListMessageMoveTasks)."""

Body = dict[str, Any]


class _CannotMoveError(Exception):
    """A task fails; the text is its FailureReason."""


@dataclass
class MoveTask:
    """A task, running or ended."""

    handle: str
    source: Queue
    destination: Queue | None
    rate_per_s: int | None
    to_move: int
    started_unix_ms: int
    status: str = "RUNNING"
    moved: int = 0
    failure_reason: str | None = None

    def shown(self) -> Body:
        """The task as ListMessageMoveTasks shows it; only a running one has its handle."""
        shown: Body = {
            "Status": self.status,
            "SourceArn": self.source.arn,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "StartedTimestamp": self.started_unix_ms,
        }
        for name, value in (
            ("TaskHandle", self.handle if self.status == "RUNNING" else None),
            ("DestinationArn", self.destination.arn if self.destination else None),
            ("MaxNumberOfMessagesPerSecond", self.rate_per_s),
            ("FailureReason", self.failure_reason),
        ):
            if value is not None:
                shown[name] = value
        return shown


class MoveTaskActions:
    """Carries out the actions on move tasks, and the tasks themselves."""

    def __init__(self, queues: Queues, loop: VirtualLoop) -> None:
        self._queues = queues
        self._loop = loop
        self._tasks: list[MoveTask] = []

    def start(self, request: requests.StartMessageMoveTask, sender: From) -> Body:
        """StartMessageMoveTask."""
        source = self._source(request.source_arn)
        if not self._queues.sources_of(source):
            raise SqsError(Code.INVALID_PARAMETER_VALUE, "Source queue must be configured as a Dead Letter Queue.")
        destination = self._destination(request.destination_arn, source)
        rate_per_s = request.max_number_of_messages_per_second
        if rate_per_s is not None:
            check_range("MaxNumberOfMessagesPerSecond", rate_per_s, 1, MOVES_PER_S)
        if any(task.source is source and task.status == "RUNNING" for task in self._tasks):
            raise SqsError(
                Code.INVALID_PARAMETER_VALUE,
                "There is already a task running. Only one active task is allowed for a source queue arn at a given "
                "time.",
            )
        task = MoveTask(
            handle=_handle(len(self._tasks) + 1, source.arn),
            source=source,
            destination=destination,
            rate_per_s=rate_per_s,
            to_move=source.counts().visible,
            started_unix_ms=self._loop.clock.unix_ms(),
        )
        self._tasks.append(task)
        self._loop.call_later(0, self._step, task)
        return {"TaskHandle": task.handle}

    def list(self, request: requests.ListMessageMoveTasks, sender: From) -> Body:
        """ListMessageMoveTasks: the newest first."""
        source = self._source(request.source_arn)
        check_range("MaxResults", request.max_results, 1, LISTED_TASKS)
        tasks = [task for task in reversed(self._tasks) if task.source is source]
        return {"Results": [task.shown() for task in tasks[: request.max_results]]}

    def cancel(self, request: requests.CancelMessageMoveTask, sender: From) -> Body:
        """CancelMessageMoveTask: what was moved stays moved."""
        for task in self._tasks:
            if task.handle == request.task_handle and task.status == "RUNNING":
                task.status = "CANCELLED"
                return {"ApproximateNumberOfMessagesMoved": task.moved}
        raise SqsError(Code.RESOURCE_NOT_FOUND, "No task with this TaskHandle is running.")

    def _step(self, task: MoveTask) -> None:
        """Moves what one second may move."""
        if task.status != "RUNNING":
            return
        for _ in range(task.rate_per_s or MOVES_PER_S):
            try:
                moved = task.source.move_one(lambda message: self._goal(task, message))
            except _CannotMoveError as failure:
                task.status, task.failure_reason = "FAILED", str(failure)
                return
            if not moved:
                task.status = "COMPLETED"
                return
            task.moved += 1
        if task.source.counts().visible:
            self._loop.call_later(1, self._step, task)
        else:
            task.status = "COMPLETED"

    def _goal(self, task: MoveTask, message: Message) -> Queue:
        if task.destination:
            return task.destination
        if message.dead_letter_source_arn is None:
            raise _CannotMoveError("CouldNotDetermineMessageSource")
        goal = self._queues.find_arn(message.dead_letter_source_arn)
        if goal is None:
            raise _CannotMoveError(Code.QUEUE_DOES_NOT_EXIST.query_code)
        return goal

    def _source(self, arn: str) -> Queue:
        if not arn:
            raise missing_parameter("SourceArn")
        return self._named(arn, "SourceArn")

    def _destination(self, arn: str | None, source: Queue) -> Queue | None:
        if arn is None:
            return None
        destination = self._named(arn, "DestinationArn")
        if destination.fifo != source.fifo or destination is source:
            raise SqsError(
                Code.INVALID_PARAMETER_VALUE, "The destination must be another queue of the same type as the source."
            )
        return destination

    def _named(self, arn: str, parameter: str) -> Queue:
        queue = self._queues.find_arn(arn)
        if queue is None:
            raise SqsError(
                Code.RESOURCE_NOT_FOUND, f"The resource that you specified for the {parameter} parameter doesn't exist."
            )
        return queue


def _handle(number: int, source_arn: str) -> str:
    task = {"taskId": f"{number:08d}-0000-4000-8000-000000000000", "sourceArn": source_arn}
    return base64.b64encode(msgspec.json.encode(task)).decode()
