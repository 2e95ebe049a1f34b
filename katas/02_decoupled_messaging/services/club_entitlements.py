"""Entitlements: tells which features a plan gives to a member.

It only answers questions, so asking twice does no harm. Its answers differ for each member
and plan, and it bears a hundred questions at a time without getting slower.
"""

import hashlib

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import Route, ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.wire import Reply

ANSWER_MS = 1000

FEATURES = ("climbing", "courts", "gym", "locker", "pool", "sauna", "spa", "yoga")
HELD = {"basic": 2, "plus": 4, "pro": 6}
"""How many of the features each plan gives."""


def features_of(member_id: str, plan: str) -> list[str]:
    """The features that this member has with this plan, sorted."""
    ranked = sorted(FEATURES, key=lambda name: hashlib.sha256(f"{member_id}/{plan}/{name}".encode()).digest())
    return sorted(ranked[: HELD.get(plan, 1)])


class Entitlements(HttpService):
    """The service.

    Attributes:
        day_ms: what an answer takes today; a test may make it a slow day.
        takes_ms: what it takes for a member and plan, where that is not `day_ms`.
    """

    capacity = Capacity(comfortable=100)

    def begin(self) -> None:
        """It is a good day."""
        self.day_ms: float = ANSWER_MS
        self.takes_ms: dict[tuple[str, str], float] = {}

    @route("GET", "/entitlements/{member_id}/{plan}", base_ms=ANSWER_MS)
    def ask(self, request: ServiceRequest) -> Reply:
        """Which features does this plan give to this member?"""
        return json_reply(200, {"features": features_of(request.segments["member_id"], request.segments["plan"])})

    def base_ms(self, request: ServiceRequest, route: Route) -> float:
        """What an answer takes on this day, for this member and plan."""
        asked = (request.segments["member_id"], request.segments["plan"])
        return self.takes_ms.get(asked, self.day_ms)

    def asked(self, member_id: str, plan: str) -> int:
        """How often this question has arrived so far."""
        return sum(entry.path == f"/entitlements/{member_id}/{plan}" for entry in self.log)

    def features_of(self, member_id: str, plan: str) -> list[str]:
        """What it answers for this member and plan."""
        return features_of(member_id, plan)
