"""All queues of an account and Region: created, found and deleted here.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from harness.cloud.engines.sqs.attributes import Settings, new_settings
from harness.cloud.engines.sqs.errors import Code, SqsError, invalid_parameter, no_such_queue
from harness.cloud.engines.sqs.fifo import FifoQueue
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.quotas import NAME_REUSE_US
from harness.cloud.engines.sqs.redrive_policy import check_target
from harness.cloud.engines.sqs.surroundings import Surroundings
from harness.cloud.engines.sqs.validation import check_queue_name

_QUEUE_URL = re.compile(r"https?://[^/]+/(?P<account>[^/]+)/(?P<name>[^/]+)")


class Queues:
    """The queues by name; iterates in the order of their names."""

    def __init__(self, around: Surroundings) -> None:
        """Args: around: the world of the queues; how to find one by ARN is filled in here."""
        self._around = replace(around, find=self.find_arn)
        self._clock = around.loop.clock
        self._queues: dict[str, Queue] = {}
        self._deleted_us: dict[str, int] = {}

    def __iter__(self) -> Iterator[Queue]:
        return iter([self._queues[name] for name in sorted(self._queues)])

    def create(self, name: str, attributes: dict[str, str]) -> Queue:
        """Creates a queue, or finds the existing one if it does not contradict the attributes.

        Raises:
            SqsError: QueueNameExists, QueueDeletedRecently, or a name or attribute is invalid.
        """
        check_queue_name(name)
        fifo = name.endswith(".fifo")
        _check_fifo_attribute(name, attributes.get("FifoQueue"), fifo)
        settings = new_settings(attributes, fifo=fifo)
        existing = self._queues.get(name)
        if existing:
            _check_same(existing, attributes)
            return existing
        deleted_us = self._deleted_us.get(name)
        if deleted_us is not None and self._clock.now_us < deleted_us + NAME_REUSE_US:
            raise SqsError(
                Code.QUEUE_DELETED_RECENTLY,
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
            )
        queue = (FifoQueue if fifo else Queue)(name, settings, self._around)
        self.check_redrive(queue, settings)
        self._queues[name] = queue
        return queue

    def delete(self, queue: Queue) -> None:
        """Deletes a queue with its messages; its name is free again after 60 s."""
        del self._queues[queue.name]
        self._deleted_us[queue.name] = self._clock.now_us
        queue.close()

    def named(self, name: str) -> Queue:
        """The queue of this name.

        Raises:
            SqsError: QueueDoesNotExist.
        """
        queue = self._queues.get(name)
        if queue is None:
            raise no_such_queue()
        return queue

    def at_url(self, url: str) -> Queue:
        """The queue of this URL; any host is taken, the account and the name count.

        Raises:
            SqsError: QueueDoesNotExist; InvalidAddress if it is not the URL of a queue.
        """
        parts = _QUEUE_URL.fullmatch(url)
        if parts is None:
            raise SqsError(Code.INVALID_ADDRESS, f"The address {url} is not valid for this endpoint.")
        queue = self._queues.get(parts["name"])
        if queue is None or parts["account"] != self._around.account_id:
            raise no_such_queue()
        return queue

    def find_arn(self, arn: str) -> Queue | None:
        """The queue of this ARN, if there is one."""
        queue = self._queues.get(arn.rpartition(":")[2])
        return queue if queue and queue.arn == arn else None

    def sources_of(self, queue: Queue) -> list[Queue]:
        """The queues whose dead-letter queue this is."""
        return [source for source in self if source.dead_letter_queue is queue]

    def check_redrive(self, queue: Queue, settings: Settings) -> None:
        """Checks the redrive policy a queue is about to have.

        Raises:
            SqsError: InvalidParameterValue; the dead-letter queue is missing, of the other type, or refuses.
        """
        if settings.redrive:
            target = self.find_arn(settings.redrive.dead_letter_target_arn)
            allows = target.settings.redrive_allow if target else None
            check_target(settings.values["RedrivePolicy"], queue, allows, fifo=bool(target and target.fifo))


def _check_fifo_attribute(name: str, stated: str | None, fifo: bool) -> None:
    if (stated or "false").lower() != str(fifo).lower():
        raise invalid_parameter(
            "FifoQueue",
            stated,
            f"A queue is FIFO if its name ends with .fifo and FifoQueue is true, both or neither. The name is {name}.",
        )


def _check_same(queue: Queue, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        if queue.attributes.get(name, "").lower() != value.lower():
            raise SqsError(
                Code.QUEUE_NAME_EXISTS,
                f"A queue already exists with the same name and a different value for attribute {name}",
            )
