"""Faults of an HTTP service behind the functions: slow, failing, refusing, late."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point
from harness.faults.comparisons import NETWORK_2021, both, fis


class DownstreamSlow(CallFault, frozen=True, kw_only=True, tag="downstream_slow"):
    """Every answer of the service takes longer, and nothing fails.

    In production a database that swaps, a cold cache or a neighbour on the same host does
    this. It costs no error, only time: what breaks is whatever was tuned to a good day.

    Attributes:
        factor: 2 makes every base latency twice as long.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE
    comparable: ClassVar[str] = both(fis("aws:ecs:task-network-latency"), NETWORK_2021)

    factor: float = 2.0


class DownstreamHangs(CallFault, frozen=True, kw_only=True, tag="downstream_hangs"):
    """The service takes the request, does nothing, and breaks the connection after a while.

    In production a deadlock or a worker pool that is used up does this. A caller without a
    timeout of its own waits as long as it is let.

    Attributes:
        hold_ms: how long the connection stays open without an answer.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:task-network-blackhole-port")

    hold_ms: int = 30_000


class DownstreamFails(CallFault, frozen=True, kw_only=True, tag="downstream_fails"):
    """The service is down: each request meets one of several ends, drawn by the seed.

    In production an outage looks like this from outside: some requests are refused, some
    break, some hang. Nothing is done by any of them, which a caller cannot know.

    Attributes:
        ends: what may happen to a request: "500", "502", "503", "504", "429", "reset", "refused", "hang" (30 s).
        retry_after_s: what a 503 or 429 tells the caller to wait.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:stop-task", "aws:lambda:invocation-http-integration-response")

    ends: tuple[str, ...] = ("503", "reset", "hang")
    retry_after_s: int = 5


class DownstreamRefuses(CallFault, frozen=True, kw_only=True, tag="downstream_refuses"):
    """The service refuses the request for good: 422, and the same again whenever it is asked.

    In production a rule of the other side does this, one the sender did not know. No retry
    will ever help; somebody has to look.

    Attributes:
        code: machine-readable reason in the problem document.
        detail: the reason in words.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.DEFINITE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-http-integration-response")

    code: str = "invalid"
    detail: str = "The record violates a rule of this system."


class LateCommit(CallFault, frozen=True, kw_only=True, tag="late_commit"):
    """The service holds the request, then does the work, whether or not the caller waited.

    In production a lock or a queue inside the service does this. The caller has given up,
    has looked and found nothing, and only then the work is done.

    Attributes:
        hold_ms: how long the request is held before the work is done and answered.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE

    hold_ms: int = 25_000
