"""Faults in how an HTTP service takes requests: a share fails, a rate is limited, it comes and goes."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point
from harness.faults.comparisons import fis


class DownstreamLongTail(CallFault, frozen=True, kw_only=True, tag="downstream_long_tail"):
    """A few answers take many times as long as the others, and nothing fails.

    In production a garbage collection, a lock or a cold replica does this. The average hides
    it; who waits for ten answers at once meets it in one of ten requests already at a share
    of one in a hundred.

    Attributes:
        share: of the requests that it hits, 0 to 1.
        factor: how many times as long these take.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE
    comparable: ClassVar[str] = fis("aws:ecs:task-network-latency")

    share: float = 0.01
    factor: float = 20.0


class DownstreamErrorRate(CallFault, frozen=True, kw_only=True, tag="downstream_error_rate"):
    """A share of the requests is answered by an error; the others go well.

    In production one bad host behind a load balancer does this, or a release that reached
    one of ten. Nothing was done for a request that failed, which its caller cannot know.

    Attributes:
        share: of the requests that fail, 0 to 1.
        ends: what may happen to these: "500", "502", "503", "429", "reset", "hang" (30 s).
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-http-integration-response")

    share: float = 0.1
    ends: tuple[str, ...] = ("500",)


class DownstreamRateLimit(CallFault, frozen=True, kw_only=True, tag="downstream_rate_limit"):
    """The service takes so many requests a second and answers the others 429 with Retry-After.

    In production a third party protects itself so, or enforces a contract. Nothing was done
    for a refused request; who sends it again at once only spends the next second's share.

    Attributes:
        per_s: requests a second that are taken in the long run.
        burst: how many are taken at once after a pause.
        retry_after_s: what a refusal tells the caller to wait.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
    comparable: ClassVar[str] = fis("aws:fis:inject-api-throttle-error")

    per_s: float = 5.0
    burst: int = 5
    retry_after_s: int = 1


class DownstreamFlaps(CallFault, frozen=True, kw_only=True, tag="downstream_flaps"):
    """The service is well, then down, then well again, in turn.

    In production a process that crashes under load, is started again and gets the whole load
    at once does this; so does a health check that takes a host out and puts it back. A
    circuit breaker that closes at the first success meets it again and again.

    Attributes:
        up_ms: how long it is well, from the beginning of the fault on.
        down_ms: how long it is down after that.
        ends: what may happen to a request while it is down: "503", "500", "reset", "refused", "hang" (30 s).
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:stop-task")

    up_ms: int = 10_000
    down_ms: int = 10_000
    ends: tuple[str, ...] = ("503", "reset")


class DownstreamUnreachable(CallFault, frozen=True, kw_only=True, tag="downstream_unreachable"):
    """Nobody listens where the service should be: each connection is refused.

    In production the service has been stopped, a deployment went wrong, or it has moved.
    Nothing was sent, so the caller knows that nothing was done.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:stop-task", "aws:network:disrupt-connectivity")
