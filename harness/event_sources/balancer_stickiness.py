"""Which target group a request goes to: by weight, or where its client went before.

The cookie of a client is opaque, as on AWS. It is renewed with each answer (the pages leave
open whether that is so), and counts for every rule whose sticky action names its group,
whatever the weights have become.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from harness.cloud.template.model_balancer import ForwardSpec
from harness.event_sources.balancer_events import BalancedRequest
from harness.simulation.clock import Clock

COOKIE = "AWSALBTG"
CORS_COOKIE = "AWSALBTGCORS"


@dataclass(frozen=True)
class Ticket:
    """What a cookie stands for."""

    group_arn: str
    expires_us: int


class Stickiness:
    """The choices and the cookies of one load balancer."""

    def __init__(self, clock: Clock, weights: random.Random, values: random.Random) -> None:
        self._clock = clock
        self._weights = weights
        self._values = values
        self._tickets: dict[str, Ticket] = {}

    def group_for(self, action: ForwardSpec, request: BalancedRequest) -> str:
        """ARN of the target group; "" if no group has a weight."""
        if action.stickiness_s and (ticket := self._ticket(action, request)):
            return ticket.group_arn
        total = sum(group.weight for group in action.groups)
        if total == 0:
            return ""
        drawn = self._weights.randrange(total) if len(action.groups) > 1 else 0
        for group in action.groups:
            drawn -= group.weight
            if drawn < 0:
                return group.arn
        raise AssertionError("a number below the total lies in one of the groups")

    def cookies(self, action: ForwardSpec, group_arn: str) -> list[str]:
        """The Set-Cookie headers of an answer; none if the action is not sticky."""
        if not action.stickiness_s:
            return []
        value = f"{self._values.getrandbits(512):0128x}"
        self._tickets[value] = Ticket(group_arn, self._clock.now_us + action.stickiness_s * 1_000_000)
        expires = f"{self._clock.utcnow() + timedelta(seconds=action.stickiness_s):%a, %d %b %Y %H:%M:%S} GMT"
        return [
            f"{COOKIE}={value}; Expires={expires}; Path=/",
            f"{CORS_COOKIE}={value}; Expires={expires}; Path=/; SameSite=None",
        ]

    def _ticket(self, action: ForwardSpec, request: BalancedRequest) -> Ticket | None:
        arns = [group.arn for group in action.groups]
        for line in request.values("cookie"):
            for pair in line.split(";"):
                name, _, value = pair.strip().partition("=")
                ticket = self._tickets.get(value) if name in (COOKIE, CORS_COOKIE) else None
                if ticket and ticket.expires_us > self._clock.now_us and ticket.group_arn in arns:
                    return ticket
        return None
