"""Requests to SQS as they are billed: one for each 64 KB, those of Lambda's pollers included.

Left out: the long polls of idle pollers that come back empty (five, three times a minute each,
for each event source mapping): they cost time, not messages.

Source: https://aws.amazon.com/sqs/pricing/
"""

import math
from collections.abc import Iterator

from harness.cloud.engines.events.records import EventDelivered
from harness.cloud.engines.sns.records import NotificationDelivered as TopicDelivered
from harness.cloud.engines.sqs.records import MessageArrived
from harness.cloud.records import CallEnded, CallSent
from harness.cloud.s3.records import NotificationDelivered as BucketDelivered
from harness.metering.source import Metered

CHUNK_BYTES = 64 * 1024
BATCH = 10
"""Messages of one receive or delete."""


def queue_requests(metered: Metered) -> dict[bool, int]:
    """Billed requests to FIFO queues (True) and to standard ones."""
    counted = {True: 0, False: 0}
    for queue, requests in (*_of_functions(metered), *_of_pollers(metered), *_of_services(metered)):
        counted[queue.endswith(".fifo")] += requests
    return counted


def chunks(size_bytes: int) -> int:
    """How many requests so many bytes are billed as."""
    return max(1, math.ceil(size_bytes / CHUNK_BYTES))


def _of_functions(metered: Metered) -> Iterator[tuple[str, int]]:
    answered = {record.call: record.received_bytes for record in metered.trace.of(CallEnded)}
    for call in metered.records(CallSent):
        if call.service == "sqs" and call.function != "test":
            yield call.target, chunks(max(call.sent_bytes, answered.get(call.call, 0)))


def _of_pollers(metered: Metered) -> Iterator[tuple[str, int]]:
    """A receive and a delete for each ten messages of a batch."""
    sizes = {record.message_id: record.size_bytes for record in metered.trace.of(MessageArrived)}
    for invocation in metered.invocations():
        kind, _, queue_id = invocation.cause.partition(" ")
        if kind != "queue" or not invocation.messages:
            continue
        batches = math.ceil(len(invocation.messages) / BATCH)
        received = max(batches, chunks(sum(sizes.get(message, 0) for message in invocation.messages)))
        deleted = batches if invocation.result is not None and invocation.result.succeeded else 0
        yield metered.name_of(queue_id), received + deleted


def _of_services(metered: Metered) -> Iterator[tuple[str, int]]:
    """What SNS, EventBridge and S3 send to queues is the queue owner's request."""
    queues = metered.template.queues
    labels = [record.subscriber for record in metered.records(TopicDelivered)]
    labels += [record.target for record in metered.records(EventDelivered)]
    labels += [record.target for record in metered.records(BucketDelivered)]
    return ((queues[label].name, 1) for label in labels if label in queues)
