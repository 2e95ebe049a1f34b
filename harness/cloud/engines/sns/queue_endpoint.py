"""Delivers to SQS queues, the dead-letter queues of subscriptions among them.

A queue takes a message only if its own policy lets SNS send for this topic: a queue without
such a policy gets nothing, and SNS does not try again.

Source: https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
and https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
"""

from collections.abc import Callable

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.envelope import notification
from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.engines.sqs.queue import Queue
from harness.cloud.engines.sqs.service import SqsService

PRINCIPAL = "sns.amazonaws.com"
ACTION = "sqs:SendMessage"
SENDER = "AIDAKATASIMULATEDSNS"
"""SenderId of the messages that SNS sends."""


Permits = Callable[[str, str, str], bool]
"""Whether the policy of a resource allows an action: action, ARN, ARN of the topic."""


class QueueEndpoint:
    """Delivers to the queues of one account."""

    def __init__(self, sqs: SqsService, permits: Permits) -> None:
        self._sqs = sqs
        self._permits = permits

    async def deliver(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        """Sends a message to the subscribed queue. Raises DeliveryError: it does not take it."""
        self._send(subscription.endpoint, subscription, message, signature_version)

    def put(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        """Sends it to the subscription's dead-letter queue. Raises DeliveryError: it does not take it."""
        self._send(subscription.dead_letter_arn, subscription, message, signature_version)

    def _send(self, arn: str, subscription: Subscription, message: Published, signature_version: str) -> None:
        queue = self._allowed(arn, subscription.topic_arn)
        raw = subscription.raw
        if raw and len(message.attributes) > quotas.RAW_ATTRIBUTES:
            raise DeliveryError(
                f"InvalidParameterValue: a raw message has at most {quotas.RAW_ATTRIBUTES} attributes", retriable=False
            )
        protocol = subscription.protocol
        body = (
            message.text_for(protocol) if raw else notification(message, subscription.arn, protocol, signature_version)
        )
        try:
            queue.send(
                body,
                message_attributes=message.attributes if raw else None,
                group_id=message.group_id,
                deduplication_id=message.deduplication_id if queue.fifo else None,
                sender_id=SENDER,
                trace_header=message.trace_header,
            )
        except SqsError as error:
            raise DeliveryError(f"{error.code.query_code}: {error.message}", retriable=False) from None

    def _allowed(self, arn: str, topic_arn: str) -> Queue:
        try:
            queue = self._sqs.queue_by_arn(arn)
        except SqsError as error:
            raise DeliveryError(f"{error.code.query_code}: {error.message}", retriable=False) from None
        if not self._permits(ACTION, arn, topic_arn):
            raise DeliveryError(
                f"AccessDenied: the policy of queue {queue.name} does not let {PRINCIPAL} send for {topic_arn}",
                retriable=False,
            )
        return queue
