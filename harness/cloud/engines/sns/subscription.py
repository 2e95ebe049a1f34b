"""A subscription: an endpoint, and how it wants its messages."""

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.cloud.engines.sns.attributes import dead_letter_arn
from harness.cloud.engines.sns.filter_policy import MESSAGE_ATTRIBUTES, FilterPolicy
from harness.cloud.engines.sns.message import Published
from harness.cloud.engines.sns.retry_policy import RetryPolicy, read_retry_policy


class Delivered(NamedTuple):
    """A message that a subscriber took; `again` if a fault delivered it once more."""

    message: Published
    at_us: int
    again: bool


class Lost(NamedTuple):
    """A message that a subscriber did not take; it is in the dead-letter queue, or nowhere (`to` is "")."""

    message: Published
    at_us: int
    reason: str
    to: str


@dataclass
class Hold:
    """A test holds deliveries back until it releases them.

    Attributes:
        containing: only messages whose text contains this.
    """

    containing: str
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Lets everything go that was held, in the order in which it came."""
        self.released.set()


@dataclass
class Subscription:
    """One subscription of a topic.

    Attributes:
        attributes: those a client set, under their AWS names.
        token: confirms it, until `token_until_us`.
        ended: whether it was deleted.
    """

    arn: str
    topic_arn: str
    protocol: str
    endpoint: str
    attributes: dict[str, str] = field(default_factory=dict)
    confirmed: bool = True
    token: str = ""
    token_until_us: int = 0
    ended: bool = False
    filter: FilterPolicy | None = None
    delivered: list[Delivered] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    @property
    def fifo(self) -> bool:
        """Whether its topic is a FIFO topic."""
        return self.topic_arn.endswith(".fifo")

    @property
    def raw(self) -> bool:
        """Whether messages come without an envelope."""
        return self.attributes.get("RawMessageDelivery") == "true" and self.protocol in ("sqs", "http", "https")

    @property
    def scope(self) -> str:
        """What the filter policy looks at."""
        return self.attributes.get("FilterPolicyScope", MESSAGE_ATTRIBUTES)

    @property
    def dead_letter_arn(self) -> str:
        """The queue for what cannot be delivered; "": none."""
        return dead_letter_arn(self.attributes.get("RedrivePolicy", ""), fifo=self.fifo)

    @property
    def retry_policy(self) -> RetryPolicy | None:
        """Its own; None: the topic's."""
        text = self.attributes.get("DeliveryPolicy", "")
        return read_retry_policy(text, of_topic=False) if text else None

    def change(self, attributes: dict[str, str]) -> None:
        """Sets attributes that were checked; an empty text removes one.

        Raises:
            FilterPolicyError: SNS refuses the filter policy; nothing was changed.
        """
        values = {name: value for name, value in (self.attributes | attributes).items() if value}
        policy = values.get("FilterPolicy", "").strip()
        if policy in ("", "{}"):
            values.pop("FilterPolicy", None)
            self.filter = None
        elif {"FilterPolicy", "FilterPolicyScope"} & attributes.keys():
            self.filter = FilterPolicy(policy, values.get("FilterPolicyScope", MESSAGE_ATTRIBUTES))
        self.attributes = values

    def wants(self, message: Published) -> bool:
        """Whether this message goes to it."""
        return self.filter is None or self.filter.wants(message, self.protocol)
