"""A fault of timing: invocations that would have passed one another meet."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point

DYNAMODB_WRITES = "PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems"
"""As `operation` of a fault: every call of DynamoDB that changes items."""


class CallsMeet(CallFault, frozen=True, kw_only=True, tag="calls_meet"):
    """The first such call of an invocation waits for the other invocations to come as far; then all go on at once.

    In production nothing but chance does this, some days after the release: two requests have
    both read the old value before either has written. What is right only because one is mostly
    quicker than the other shows it here in every run.

    Attributes:
        count: how many invocations of the function are waited for; 0: those under way, cold starts included.
        after_answer: an invocation that was answered another call to the same service has come far enough.
        at_most_ms: no call waits longer.
    """

    point: ClassVar[Point] = Point.CALL
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    count: int = 0
    after_answer: bool = False
    at_most_ms: int = 500
