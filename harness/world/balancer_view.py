"""A load balancer as acceptance tests see it: its record of who was sent where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.cloud.errors import SubmissionError
from harness.event_sources.load_balancer import BalancerAnswered, BalancerRequested

if TYPE_CHECKING:
    from harness.simulation.trace import Trace


class BalancerMissing(SubmissionError):
    """The kata's contract fixes a load balancer that the template does not have."""


@dataclass(frozen=True)
class BalancedRequest:
    """A request that a load balancer has answered, as its access log tells it.

    Attributes:
        rule: logical id of the rule that took it; "default".
        target_group: logical id of the group it was forwarded to; "" if it was not.
        request_id: of the invocation, where the target was a function.
        why: why the load balancer answered in the target's place; "" if it did not.
    """

    number: int
    method: str
    path: str
    at_ms: int
    ended_ms: int
    status: int
    rule: str
    target_group: str
    request_id: str
    why: str


class BalancerView:
    """A load balancer of the submission."""

    def __init__(self, logical_id: str, trace: Trace) -> None:
        self.logical_id = logical_id
        self._trace = trace

    @property
    def requests(self) -> list[BalancedRequest]:
        """Every request it has answered, in the order of the answers."""
        arrived = {
            record.request: record for record in self._trace.of(BalancerRequested) if record.balancer == self.logical_id
        }
        return [
            _seen(arrived[record.request], record)
            for record in self._trace.of(BalancerAnswered)
            if record.balancer == self.logical_id
        ]

    def target_groups(self) -> list[str]:
        """The target group of each request so far, in the order of the answers; "" where there was none."""
        return [request.target_group for request in self.requests]


def _seen(requested: BalancerRequested, answered: BalancerAnswered) -> BalancedRequest:
    return BalancedRequest(
        number=answered.request,
        method=requested.method,
        path=requested.path,
        at_ms=requested.at_ms,
        ended_ms=answered.at_ms,
        status=answered.status,
        rule=answered.rule,
        target_group=answered.target_group,
        request_id=answered.request_id,
        why=answered.why,
    )
