"""SNS as an event source: one record per event, handed to Lambda's own queue.

As soon as Lambda has accepted the event SNS is done with it: what the function makes of it,
retries, dead-letter queue and destinations are Lambda's business from there on.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
"""

from harness.cloud.engines.sns.envelope import function_event
from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.queue_endpoint import PRINCIPAL, Permits
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.functions.asynchronous import Asynchronous
from harness.functions.service import LambdaService, NoSuchFunction

ACTION = "lambda:InvokeFunction"


class FunctionEndpoint:
    """Delivers to functions."""

    def __init__(
        self, functions: LambdaService, asynchronous: Asynchronous, around: Surroundings, permits: Permits
    ) -> None:
        self._functions = functions
        self._asynchronous = asynchronous
        self._around = around
        self._permits = permits

    async def deliver(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        """Gives Lambda a message. Raises DeliveryError: there is no such function, or no permission."""
        arn, topic_arn = subscription.endpoint, subscription.topic_arn
        try:
            function = self._functions.find(arn)
        except NoSuchFunction:
            raise DeliveryError(f"ResourceNotFoundException: Function not found: {arn}", retriable=False) from None
        if not self._permits(ACTION, arn, topic_arn):
            raise DeliveryError(
                f"AccessDeniedException: {PRINCIPAL} may not invoke {function.name} for {topic_arn}", retriable=False
            )
        qualifier = arn.partition(":function:")[2].partition(":")[2]
        cause = f"topic {self._around.label(topic_arn)}"
        event = function_event(message, subscription.arn)
        self._asynchronous.accept(function.logical_id, event, cause=cause, qualifier=qualifier)
