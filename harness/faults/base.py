"""What every fault has in common: where it strikes, what a caller can know, when it is on.

A fault is data. It has a name, parameters with their units, and it says of itself whether
its failure is definite (the work did not happen) or indefinite (it may have happened).
The place named by `point` reads it and carries it out.
"""

from enum import StrEnum
from typing import ClassVar

import msgspec

from harness.simulation.wire import Call


class Point(StrEnum):
    """Where a fault strikes."""

    CALL = "call"  # an outside call of a function, at the gateway
    ENVIRONMENT = "environment"  # the execution environment that makes a call
    DOWNSTREAM = "downstream"  # an HTTP service, when it receives a request
    DELIVERY = "delivery"  # a message on its way to a consumer


class Certainty(StrEnum):
    """What the caller may conclude from the failure."""

    DEFINITE = "definite"  # the work did not happen
    INDEFINITE = "indefinite"  # it may have happened
    NO_FAILURE = "no failure"  # nothing fails: something happens twice, late or out of order


class Fault(msgspec.Struct, frozen=True, kw_only=True, tag_field="fault"):
    """One thing that goes wrong, as data.

    Attributes:
        from_ms: virtual time at which it begins.
        until_ms: virtual time at which it ends; None: it stays.
        skip: how many opportunities pass before the first strike.
        times: how often it strikes at most; None: every time.
    """

    point: ClassVar[Point]
    certainty: ClassVar[Certainty]
    comparable: ClassVar[str] = ""
    """What a reader can compare it with, in Markdown (see `comparisons`); "" where there is nothing."""

    from_ms: int = 0
    until_ms: int | None = None
    skip: int = 0
    times: int | None = None

    @classmethod
    def name(cls) -> str:
        """The fault's name in plans, traces and the catalogue."""
        return str(cls.__struct_config__.tag)


class CallFault(Fault, frozen=True, kw_only=True):
    """A fault that chooses its calls.

    Attributes:
        service: only calls to this service ("dynamodb", "sqs", an HTTP service's name).
        operation: only this operation ("SendMessage", "POST /articles"); several are
            separated by "|". "" matches any.
        function: only calls made by this function (logical id). "" matches any.
        containing: only calls whose URL or body contains this text. "" matches any.
    """

    service: str = ""
    operation: str = ""
    function: str = ""
    containing: str = ""

    def matches(self, call: Call) -> bool:
        """Whether this call is one the fault is about."""
        return (
            self.service in ("", call.service)
            and (not self.operation or call.operation in self.operation.split("|"))
            and self.function in ("", call.caller.function)
            and (not self.containing or _mentions(call, self.containing))
        )


def _mentions(call: Call, text: str) -> bool:
    return text in call.request.url or text.encode() in call.request.body
