"""Delivers to HTTP and HTTPS endpoints outside the cloud, and asks them whether they want it.

Answers 200 to 299 are success; 429, 500 to 599, no answer within 15 s and no connection are
tried again; anything else is not. Left out: that the endpoint must visit the SubscribeURL. A
service that takes the confirmation message is taken to have done so.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
and https://docs.aws.amazon.com/sns/latest/dg/http-header.html
"""

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.envelope import notification
from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.gateway import Gateway
from harness.simulation.wire import Caller, NoReply, Request

_SNS = Caller(function="SNS")
_AGENT = "Amazon Simple Notification Service Agent"


class HttpEndpoint:
    """Posts messages to URLs."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def deliver(self, subscription: Subscription, message: Published, signature_version: str) -> None:
        """Posts a message. Raises DeliveryError: no answer of success came."""
        raw = subscription.raw
        body = message.text_for(subscription.protocol)
        if not raw:
            body = notification(message, subscription.arn, subscription.protocol, signature_version)
        headers = {
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": message.message_id,
            "x-amz-sns-topic-arn": subscription.topic_arn,
            "x-amz-sns-subscription-arn": subscription.arn,
        }
        if raw:
            headers["x-amz-sns-rawdelivery"] = "true"
        await self.post(subscription.endpoint, body, headers)

    async def post(self, url: str, body: str, headers: dict[str, str]) -> None:
        """Posts a text. Raises DeliveryError: no answer of success came."""
        common = {"content-type": "text/plain; charset=UTF-8", "user-agent": _AGENT}
        request = Request("POST", url, common | headers, body.encode(), read_timeout_s=quotas.HTTP_TIMEOUT_S)
        answer = await self._gateway.send(self._gateway.open(request, _SNS, 1))
        if isinstance(answer, NoReply):
            raise DeliveryError(f"{url} gave no answer ({answer.loss})", retriable=True)
        if not 200 <= answer.status < 300:
            raise DeliveryError(
                f"{url} answered {answer.status}", retriable=answer.status == 429 or answer.status >= 500
            )
