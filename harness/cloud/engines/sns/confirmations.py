"""Asks HTTP endpoints whether they want what they were subscribed to.

E-mail addresses are asked outside the simulation, where nobody reads: they stay pending.

Source: https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
"""

import asyncio
from typing import Protocol

from harness.cloud.engines.sns.envelope import confirmation
from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.subscription import Subscription
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sns.topic import Topic
from harness.simulation.randomness import uuid_from


class Poster(Protocol):
    """Posts texts to URLs."""

    async def post(self, url: str, body: str, headers: dict[str, str]) -> None:
        """Posts a text. Raises DeliveryError: no answer of success came."""
        ...


class Confirmations:
    """The questions to HTTP endpoints."""

    def __init__(self, around: Surroundings, poster: Poster) -> None:
        self._around = around
        self._poster = poster
        self._chance = around.randomness.stream("sns/confirmations")

    def ask(self, topic: Topic, subscription: Subscription) -> None:
        """Sends an HTTP endpoint its confirmation message."""
        if subscription.protocol in ("http", "https"):
            self._around.loop.keep(self._ask(topic, subscription))

    async def _ask(self, topic: Topic, subscription: Subscription) -> None:
        clock = self._around.loop.clock
        message_id = uuid_from(self._chance)
        at = f"{clock.utcnow():%Y-%m-%dT%H:%M:%S}.{clock.unix_ms() % 1000:03d}Z"
        body = confirmation(message_id, at, topic.arn, subscription.token)
        headers = {
            "x-amz-sns-message-type": "SubscriptionConfirmation",
            "x-amz-sns-message-id": message_id,
            "x-amz-sns-topic-arn": topic.arn,
        }
        for delay_s in [0.0, *topic.retry_policy_of(subscription).delays_s()]:
            await asyncio.sleep(delay_s)
            try:
                await self._poster.post(subscription.endpoint, body, headers)
            except DeliveryError as error:
                if not error.retriable:
                    return
            else:
                subscription.confirmed = True
                return
