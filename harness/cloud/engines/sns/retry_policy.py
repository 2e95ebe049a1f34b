"""When SNS tries a delivery again: at once, soon, ever later, then at a steady pace.

AWS shows the back-off functions as curves without formulas; the formulas here are our model.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import msgspec

from harness.cloud.engines.sns import quotas
from harness.cloud.engines.sns.errors import invalid_parameter

BACKOFF_FUNCTIONS: dict[str, Callable[[float, float, float, int], float]] = {
    "linear": lambda low, high, share, steps: low + (high - low) * share,
    "arithmetic": lambda low, high, share, steps: low + (high - low) * share * (share * steps + 1) / (steps + 1),
    "geometric": lambda low, high, share, steps: low * (high / low) ** share if low else high * share,
    "exponential": lambda low, high, share, steps: low + (high - low) * (2 ** (share * steps) - 1) / (2**steps - 1),
}
"""The delay of a retry: shortest, longest, how far the phase is (0 to 1), its number of steps."""


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """A retry policy, its fields named as in AWS's JSON; `num_retries` counts all phases."""

    num_retries: int = 3
    num_no_delay_retries: int = 0
    num_min_delay_retries: int = 0
    num_max_delay_retries: int = 0
    min_delay_target: int = 20
    max_delay_target: int = 20
    backoff_function: str = "linear"

    def delays_s(self) -> Iterator[float]:
        """How long to wait before each retry."""
        low, high = self.min_delay_target, self.max_delay_target
        yield from (0.0 for _ in range(self.num_no_delay_retries))
        yield from (float(low) for _ in range(self.num_min_delay_retries))
        steps = self.backoff_retries - 1
        for number in range(self.backoff_retries):
            share = number / steps if steps else 0.0
            yield BACKOFF_FUNCTIONS[self.backoff_function](low, high, share, max(steps, 1))
        yield from (float(high) for _ in range(self.num_max_delay_retries))

    @property
    def backoff_retries(self) -> int:
        """Retries of the back-off phase: those that belong to no other."""
        others = self.num_no_delay_retries + self.num_min_delay_retries + self.num_max_delay_retries
        return self.num_retries - others

    def as_json(self) -> dict[str, Any]:
        """The policy under AWS's names."""
        return {_camel(field.name): getattr(self, field.name) for field in fields(self)}


AWS_MANAGED = RetryPolicy(
    num_retries=100_015,
    num_no_delay_retries=3,
    num_min_delay_retries=2,
    num_max_delay_retries=100_000,
    min_delay_target=1,
    max_delay_target=20,
    backoff_function="exponential",
)
"""Of SQS and Lambda: 100,015 times over 23 days. It cannot be changed."""


def read_retry_policy(text: str, *, of_topic: bool) -> RetryPolicy | None:
    """The retry policy in a DeliveryPolicy; None: it says nothing of retries.

    Raises:
        SnsError: InvalidParameter.
    """
    try:
        document = msgspec.json.decode(text)
        settings = document.get("http", {}).get("defaultHealthyRetryPolicy") if of_topic else None
        if not of_topic:
            settings = document.get("healthyRetryPolicy")
    except (msgspec.DecodeError, AttributeError):
        raise invalid_parameter("DeliveryPolicy: it is no JSON object of the documented form") from None
    if settings is None:
        return None
    names = {_camel(field.name): field.name for field in fields(RetryPolicy)}
    if not isinstance(settings, dict) or not settings.keys() <= names.keys():
        raise invalid_parameter(f"DeliveryPolicy: a retry policy has {', '.join(names)}")
    policy = RetryPolicy(**{names[name]: value for name, value in settings.items()})
    _check(policy)
    return policy


def overrides_subscriptions(text: str) -> bool:
    """Whether a topic's DeliveryPolicy makes those of its subscriptions void."""
    return bool(text and msgspec.json.decode(text).get("http", {}).get("disableSubscriptionOverrides"))


def _check(policy: RetryPolicy) -> None:
    numbers = [value for name, value in policy.as_json().items() if name != "backoffFunction"]
    if not all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in numbers):
        raise invalid_parameter("DeliveryPolicy: the numbers of a retry policy are whole and not negative")
    if policy.backoff_function not in BACKOFF_FUNCTIONS:
        raise invalid_parameter(f"DeliveryPolicy: backoffFunction must be one of {', '.join(BACKOFF_FUNCTIONS)}")
    if not 1 <= policy.min_delay_target <= policy.max_delay_target <= quotas.HTTP_RETRY_TIME_S:
        raise invalid_parameter("DeliveryPolicy: minDelayTarget must be at least 1 and at most maxDelayTarget, 3600")
    if policy.num_retries > quotas.HTTP_RETRIES or policy.backoff_retries < 0:
        raise invalid_parameter("DeliveryPolicy: numRetries must be at most 100, and at least those of the phases")
    if sum(policy.delays_s()) > quotas.HTTP_RETRY_TIME_S:
        raise invalid_parameter("DeliveryPolicy: the total retry time must not be greater than 3600 seconds")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
