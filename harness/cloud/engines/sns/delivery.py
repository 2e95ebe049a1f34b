"""Brings messages to subscribers: filtered, delayed, tried again, then given up.

A standard topic delivers each message by itself, so a later one may overtake. A FIFO topic
keeps the order of each message group: the next message of a group waits until the one before
is delivered or given up. How long a delivery takes is our model: AWS publishes no figure.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
and https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.cloud.engines.sns.errors import DeliveryError
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.records import (
    NotificationDelivered,
    NotificationDropped,
    NotificationFailed,
    NotificationFiltered,
    NotificationMovedToDeadLetterQueue,
)
from harness.cloud.engines.sns.retry_policy import AWS_MANAGED
from harness.cloud.engines.sns.strikes import strikes_delivery
from harness.cloud.engines.sns.subscription import Delivered, Lost, Subscription
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sns.topic import Topic
from harness.faults.topics import SubscriberDown, TopicDelay, TopicDeliveryFault, TopicDuplicate

FASTEST_MS = 15.0
SLOWEST_MS = 45.0
"""How long one attempt takes, drawn evenly (model choice)."""

JITTER = 0.1
"""A retry's delay is up to this share longer or shorter (AWS: "with jitter"; the share is a model choice)."""

_MANAGED = ("sqs", "lambda")

F = TypeVar("F", bound=TopicDeliveryFault)


@dataclass(frozen=True)
class Way:
    """A message on its way from a topic to one subscriber."""

    topic: Topic
    subscription: Subscription
    message: Published

    @property
    def text(self) -> str:
        """What the subscriber gets to read."""
        return self.message.text_for(self.subscription.protocol)

    @property
    def signature_version(self) -> str:
        """As the topic has it."""
        return self.topic.attributes.get("SignatureVersion", "1")


class Deliveries:
    """The deliveries of all topics."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._loop = around.loop
        self._lines: dict[tuple[str, str], deque[Way]] = {}

    def dispatch(self, topic: Topic, message: Published) -> None:
        """Sends a message on its way to every subscription that wants it."""
        for subscription in topic.subscriptions.values():
            way = Way(topic, subscription, message)
            if not subscription.confirmed:
                continue
            if not subscription.wants(message):
                self._around.trace.append(NotificationFiltered(**self._names(way)))
            elif topic.fifo:
                self._stand_in_line(way)
            else:
                self._loop.keep(self._bring(way))

    def _stand_in_line(self, way: Way) -> None:
        key = (way.subscription.arn, way.message.group_id or "")
        if key in self._lines:
            self._lines[key].append(way)
        else:
            self._lines[key] = deque([way])
            self._loop.keep(self._bring_in_order(key))

    async def _bring_in_order(self, key: tuple[str, str]) -> None:
        line = self._lines[key]
        while line:
            await self._bring(line[0])
            line.popleft()
        del self._lines[key]

    async def _bring(self, way: Way) -> None:
        """The whole life of one delivery."""
        chance = self._around.randomness.stream(f"sns/{way.topic.name}/deliveries")
        if late := self._strike(TopicDelay, way):
            drawn_ms = chance.randint(late.at_least_ms, max(late.at_least_ms, late.at_most_ms))
            await asyncio.sleep((self._mirrored_ms(late) or drawn_ms) / 1000)
        managed = way.subscription.protocol in _MANAGED
        delays_s = (AWS_MANAGED if managed else way.topic.retry_policy_of(way.subscription)).delays_s()
        attempt = 0
        while True:
            attempt += 1
            await asyncio.sleep(chance.uniform(FASTEST_MS, SLOWEST_MS) / 1000)
            await _released(way)
            if way.subscription.ended:
                return
            try:
                await self._try(way)
                return self._took(way, attempt)
            except DeliveryError as error:
                self._failed(way, attempt, error)
                delay_s = next(delays_s, None) if error.retriable else None
                if delay_s is None:
                    return self._give_up(way, error.reason)
            await asyncio.sleep(delay_s * chance.uniform(1 - JITTER, 1 + JITTER))

    def _mirrored_ms(self, fault: TopicDelay) -> int:
        """How long a message waits that comes as long after the fault's end as it came before it; 0: it does not."""
        is_mirrored = fault.mirrored and fault.until_ms is not None
        return 2 * ((fault.until_ms or 0) - self._loop.clock.now_ms) if is_mirrored else 0

    async def _try(self, way: Way) -> None:
        if self._strike(SubscriberDown, way):
            raise DeliveryError("InternalError: the subscriber's service is in trouble", retriable=True)
        await self._hand_over(way)

    async def _hand_over(self, way: Way) -> None:
        endpoint = self._around.endpoints.get(way.subscription.protocol)
        if endpoint is not None:  # e-mail and text messages leave the simulation
            await endpoint.deliver(way.subscription, way.message, way.signature_version)

    def _took(self, way: Way, attempt: int) -> None:
        self._note_delivered(way, attempt, again=False)
        duplicate = self._strike(TopicDuplicate, way)
        for after_ms in duplicate.after_ms if duplicate else ():
            self._loop.keep(self._bring_again(way, after_ms))

    async def _bring_again(self, way: Way, after_ms: int) -> None:
        await asyncio.sleep(after_ms / 1000)
        try:
            await self._hand_over(way)
        except DeliveryError:
            return  # the copy that counts has been delivered
        self._note_delivered(way, 1, again=True)

    def _note_delivered(self, way: Way, attempt: int, *, again: bool) -> None:
        way.subscription.delivered.append(Delivered(way.message, self._loop.clock.now_us, again))
        self._around.trace.append(NotificationDelivered(**self._names(way), attempt=attempt, again=again))

    def _failed(self, way: Way, attempt: int, error: DeliveryError) -> None:
        record = NotificationFailed(**self._names(way), attempt=attempt, reason=error.reason, retriable=error.retriable)
        self._around.trace.append(record)

    def _give_up(self, way: Way, reason: str) -> None:
        """To the dead-letter queue of the subscription, or nowhere."""
        names, now_us, lost = self._names(way), self._loop.clock.now_us, way.subscription.lost
        arn = way.subscription.dead_letter_arn
        try:
            if not arn:
                raise DeliveryError(reason, retriable=False)
            self._around.dead_letters.put(way.subscription, way.message, way.signature_version)
        except DeliveryError as error:
            self._around.trace.append(NotificationDropped(**names, reason=error.reason))
            lost.append(Lost(way.message, now_us, error.reason, ""))
            return
        label = self._around.label(arn)
        self._around.trace.append(NotificationMovedToDeadLetterQueue(**names, dead_letter_queue=label))
        lost.append(Lost(way.message, now_us, reason, label))

    def _names(self, way: Way) -> dict[str, Any]:
        return {
            "topic": self._around.label(way.topic.arn),
            "subscriber": self._around.label(way.subscription.endpoint),
            "message_id": way.message.message_id,
        }

    def _strike(self, kind: type[F], way: Way) -> F | None:
        return strikes_delivery(self._around.faults, kind, text=way.text, **self._names(way))


async def _released(way: Way) -> None:
    for hold in way.subscription.holds:
        if hold.containing in way.text:
            await hold.released.wait()
