"""Faults that hit many services at once, or all calls of a role."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point
from harness.faults.comparisons import DYNAMODB_2025, KINESIS_2020, NETWORK_2021, both, fis
from harness.faults.service import ServiceError
from harness.simulation.wire import Call


class RegionErrorBurst(ServiceError, frozen=True, kw_only=True, tag="region_error_burst"):
    """Several services of a Region answer 500 for a while, each in its own words.

    In production one service on which the others are built fails, and all of them with it.
    A fallback to another service of the same Region does not help, and when it is over all
    callers come back at once.

    Attributes:
        services: those that fail ("dynamodb", "sqs", ...); empty: every AWS service.
    """

    comparable: ClassVar[str] = both(
        fis("aws:fis:inject-api-internal-error", "aws:fis:inject-api-unavailable-error"),
        KINESIS_2020,
        NETWORK_2021,
        DYNAMODB_2025,
    )

    services: tuple[str, ...] = ()

    def matches(self, call: Call) -> bool:
        """Whether the call goes to one of these services."""
        return (not self.services or call.service in self.services) and super().matches(call)


class CredentialsExpired(CallFault, frozen=True, kw_only=True, tag="credentials_expired"):
    """The service refuses the call: the credentials it is signed with have expired.

    In production a function that took credentials of another role at its first invocation
    and kept them does this after an hour, and only in environments that live as long. The
    SDK does not try again; nothing was done.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.DEFINITE


class CallHeld(CallFault, frozen=True, kw_only=True, tag="call_held"):
    """A call is under way for long before it takes effect; then all goes well.

    In production a retransmission, a failover or a busy partition does this. What the caller
    had read before may have changed when its write arrives.

    Attributes:
        hold_ms: how much later the call takes effect.
        k: only the k-th outside call of an invocation; 0: any.
        needs_caller: the call has no effect if its caller has gone, or waits no longer, by then.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE
    comparable: ClassVar[str] = fis("aws:ecs:task-network-latency")

    hold_ms: int = 5000
    k: int = 0
    needs_caller: bool = False

    def matches(self, call: Call) -> bool:
        """Whether it is the k-th call of its invocation, and one the fault is about."""
        return self.k in (0, call.index) and super().matches(call)
