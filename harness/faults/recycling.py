"""Faults of the fleet: environments are gone, start slowly, and disagree about the time."""

from typing import ClassVar

from harness.faults.base import Certainty, Fault, Point
from harness.faults.comparisons import fis


class EnvironmentFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its functions.

    Attributes:
        functions: logical ids; empty: any function.
    """

    point: ClassVar[Point] = Point.ENVIRONMENT

    functions: tuple[str, ...] = ()

    def matches(self, function: str) -> bool:
        """Whether this function is one the fault is about."""
        return not self.functions or function in self.functions


class ColdStartStorm(EnvironmentFault, frozen=True, kw_only=True, tag="cold_start_storm"):
    """All idle environments are gone at once, and every new one takes long to start.

    In production a deployment, a zone that fails or a quiet night does this: the next burst
    meets no warm environment, and all of it starts cold at the same moment, while whatever
    the init phase calls is hit by everybody at once.

    Attributes:
        extra_ms: how much longer a cold start takes while the fault is on.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-add-delay")

    extra_ms: int = 2000


class ClockSkew(EnvironmentFault, frozen=True, kw_only=True, tag="clock_skew"):
    """The clocks of environments differ: each is fast or slow by an amount of its own.

    In production clocks are kept within milliseconds of one another and never together, and
    one host in trouble may be off by far more. Two writers that stamp their records by their
    own clocks do not agree on which came last.

    Attributes:
        at_most_ms: an environment that starts while the fault is on is off by a drawn amount
            up to this, either way, for all its life.
    """

    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    at_most_ms: int = 500
