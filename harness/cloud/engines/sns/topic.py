"""A topic: takes messages in. Who gets them is the business of `delivery.py`.

A FIFO topic gives each message a sequence number and remembers for five minutes what it
accepted; a repeat is answered as the first was, and delivered to nobody.

Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-ordering.html
and https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
"""

import hashlib
import random
from collections import OrderedDict
from typing import Any

from harness.cloud.engines.sns import quotas, validation
from harness.cloud.engines.sns.errors import invalid_parameter
from harness.cloud.engines.sns.message import Draft, Published
from harness.cloud.engines.sns.retry_policy import RetryPolicy, overrides_subscriptions, read_retry_policy
from harness.cloud.engines.sns.subscription import Subscription
from harness.simulation.clock import Clock
from harness.simulation.randomness import uuid_from

_FIRST_SEQUENCE_NUMBER = 10**19
_LARGEST_STEP = 2_000


class Topic:
    """One topic.

    Attributes:
        attributes: those a client set, under their AWS names.
        published: every message it took in, in order.
        deleted: how many subscriptions it lost.
    """

    def __init__(self, arn: str, attributes: dict[str, str], clock: Clock, chance: random.Random) -> None:
        self.arn = arn
        self.name = arn.rpartition(":")[2]
        self.fifo = self.name.endswith(".fifo")
        self.attributes = attributes
        self.tags: dict[str, str] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.published: list[Published] = []
        self.deleted = 0
        self._clock = clock
        self._chance = chance
        self._sequence = _FIRST_SEQUENCE_NUMBER
        self._accepted: OrderedDict[tuple[str, str], Published] = OrderedDict()

    @property
    def limit_bytes(self) -> int:
        """How large a message may be."""
        return validation.limit_of(self.attributes)

    def check(self, draft: Draft) -> int:
        """Checks a message, and returns its size.

        Raises:
            SnsError: the topic would not accept it.
        """
        validation.check_text(draft.text)
        validation.check_subject(draft.subject)
        validation.check_attributes(draft.attributes)
        size = validation.check_size(draft.text, draft.attributes, self.limit_bytes)
        validation.check_ids(draft.group_id, draft.deduplication_id)
        if self.fifo:
            self._check_fifo(draft)
        elif draft.deduplication_id is not None:
            raise invalid_parameter(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not "
                "valid for this topic type"
            )
        validation.texts_by_protocol(draft.text, draft.structure)
        return size

    def accept(self, draft: Draft) -> tuple[Published, bool]:
        """Takes a message in.

        Returns:
            The message, and whether it is new; of a repeat the first one.

        Raises:
            SnsError: it does not accept it.
        """
        size = self.check(draft)
        deduplication_id = self._deduplication_id(draft)
        if deduplication_id is not None and (first := self._first(draft.group_id or "", deduplication_id)):
            return first, False
        texts = validation.texts_by_protocol(draft.text, draft.structure)
        message = Published(
            message_id=uuid_from(self._chance),
            text=texts.get("default", draft.text),
            texts=texts,
            subject=draft.subject,
            attributes=draft.attributes,
            published_us=self._clock.now_us,
            size_bytes=size,
            group_id=draft.group_id,
            deduplication_id=deduplication_id,
            sequence_number=self._next_sequence_number() if self.fifo else None,
            trace_header=draft.trace_header,
        )
        if deduplication_id is not None:
            self._accepted[self._key(draft.group_id or "", deduplication_id)] = message
        self.published.append(message)
        return message, True

    def retry_policy_of(self, subscription: Subscription) -> RetryPolicy:
        """How deliveries to an HTTP endpoint are tried again."""
        text = self.attributes.get("DeliveryPolicy", "")
        own = None if overrides_subscriptions(text) else subscription.retry_policy
        topics = read_retry_policy(text, of_topic=True) if text else None
        return own or topics or RetryPolicy()

    def counts(self) -> dict[str, Any]:
        """How many subscriptions are confirmed, pending and deleted."""
        confirmed = sum(subscription.confirmed for subscription in self.subscriptions.values())
        return {
            "SubscriptionsPending": len(self.subscriptions) - confirmed,
            "SubscriptionsConfirmed": confirmed,
            "SubscriptionsDeleted": self.deleted,
        }

    # ---- FIFO ---------------------------------------------------------------------------------

    def _check_fifo(self, draft: Draft) -> None:
        if draft.group_id is None:
            raise invalid_parameter("The MessageGroupId parameter is required for FIFO topics")
        if draft.deduplication_id is None and self.attributes.get("ContentBasedDeduplication") != "true":
            raise invalid_parameter(
                "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
                "explicitly"
            )

    def _deduplication_id(self, draft: Draft) -> str | None:
        """The explicit one, else a digest of the text alone; None on a standard topic."""
        if not self.fifo:
            return None
        return draft.deduplication_id or hashlib.sha256(draft.text.encode()).hexdigest()

    def _first(self, group_id: str, deduplication_id: str) -> Published | None:
        """What was accepted under this id in the last five minutes."""
        ends_us = self._clock.now_us - quotas.DEDUPLICATION_US
        while self._accepted and next(iter(self._accepted.values())).published_us <= ends_us:
            self._accepted.popitem(last=False)
        return self._accepted.get(self._key(group_id, deduplication_id))

    def _key(self, group_id: str, deduplication_id: str) -> tuple[str, str]:
        per_group = self.attributes.get("FifoThroughputScope") == "MessageGroup"
        return (group_id if per_group else "", deduplication_id)

    def _next_sequence_number(self) -> str:
        self._sequence += self._chance.randint(1, _LARGEST_STEP)
        return str(self._sequence)
