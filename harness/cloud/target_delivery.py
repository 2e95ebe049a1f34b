"""How EventBridge and its Scheduler bring something to a target: tried again, then given up.

AWS says: 24 hours and 185 attempts by default, exponential back-off with jitter. The steps
are our model: from 1 s doubling to 8 min, each up to a fifth shorter or longer, so that
185 attempts take about the 24 hours.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from harness.simulation.loop import VirtualLoop

FIRST_BACK_OFF_S = 1.0
BACK_OFF_CAP_S = 480.0
JITTER = 0.2


class TargetError(Exception):
    """The target did not take it.

    Attributes:
        code: as in the ERROR_CODE of a dead-letter message.
        retriable: whether it may go better later; a missing permission or target does not.
    """

    def __init__(self, code: str, message: str, *, retriable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retriable = retriable


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What a target gets.

    Attributes:
        sender: ARN of the rule or schedule.
        role: whether it is sent with a role (Scheduler) and not with the target's own consent.
        cause: who sends it, in words, for the trace.
        detail_type, source: of the event that it becomes on a bus.
    """

    arn: str
    text: str
    sender: str
    cause: str
    role: bool = False
    message_group_id: str = ""
    partition_key: str = ""
    detail_type: str = ""
    source: str = ""


class Sender(Protocol):
    """Hands things over to whatever an ARN names."""

    async def send(self, parcel: Parcel) -> None:
        """Hands it over, once.

        Raises:
            TargetError: it was not taken.
        """
        ...

    def dead_letter(self, arn: str, text: str, attributes: dict[str, str], parcel: Parcel) -> bool:
        """Puts a message into a dead-letter queue; False: the queue is missing or does not allow it."""
        ...

    def label(self, arn: str) -> str:
        """The logical id behind an ARN, or its last part: what faults and the trace call it."""
        ...


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long. Attempts are those after the first."""

    attempts: int = 185
    age_s: int = 86_400


@dataclass(frozen=True)
class Outcome:
    """How it ended.

    Attributes:
        retries: attempts after the first.
        error: None: it was taken.
        exhausted: which limit of the policy ended it; "": none did.
    """

    retries: int
    error: TargetError | None = None
    exhausted: str = ""


async def deliver(
    attempt: Callable[[int], Awaitable[None]], policy: RetryPolicy, loop: VirtualLoop, chance: random.Random
) -> Outcome:
    """Tries until it is taken, cannot be, or the policy ends it.

    Args:
        attempt: one try, given its number from 1; raises TargetError.
    """
    gives_up_s = loop.time() + policy.age_s
    back_off_s = FIRST_BACK_OFF_S
    retries = 0
    while True:
        try:
            await attempt(retries + 1)
            return Outcome(retries)
        except TargetError as error:
            if not error.retriable:
                return Outcome(retries, error)
            if retries >= policy.attempts:
                return Outcome(retries, error, "MaximumRetryAttempts")
            pause_s = round(back_off_s * chance.uniform(1 - JITTER, 1 + JITTER), 3)
            if loop.time() + pause_s >= gives_up_s:
                await asyncio.sleep(max(0.0, gives_up_s - loop.time()))
                return Outcome(retries, error, "MaximumEventAgeInSeconds")
        await asyncio.sleep(pause_s)
        back_off_s = min(2 * back_off_s, BACK_OFF_CAP_S)
        retries += 1
