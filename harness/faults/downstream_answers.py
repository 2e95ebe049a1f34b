"""Faults in what an HTTP service answers: the work is done, and the answer says it badly."""

from typing import ClassVar

from harness.faults.base import CallFault, Certainty, Point
from harness.faults.comparisons import fis


class DownstreamGarbage(CallFault, frozen=True, kw_only=True, tag="downstream_garbage"):
    """The work is done, and the answer cannot be read although its status says all is well.

    In production a proxy puts its error page in the place of the answer with a 200, a
    connection is cut in the middle of a body, or a cache serves what belongs to another
    request. Who parses first and asks later takes it for a failure and does the work twice.

    Attributes:
        forms: what may come instead: "truncated" (the JSON ends half-way), "html" (an error
            page), "wrong_type" (the right body as text/plain), "empty", "binary", "cut" (the
            connection breaks in the middle of the body).
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:lambda:invocation-http-integration-response")

    forms: tuple[str, ...] = ("truncated", "html", "wrong_type", "empty")


class DownstreamTrickles(CallFault, frozen=True, kw_only=True, tag="downstream_trickles"):
    """The answer begins in time, and its body then comes byte by byte.

    In production an overloaded proxy or a lossy line does this. A timeout that counts the
    silence between two bytes, as those of sockets do, never ends the wait.

    Attributes:
        gap_ms: the time before each byte of the body.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.INDEFINITE
    comparable: ClassVar[str] = fis("aws:ecs:task-network-latency", "aws:ecs:task-network-packet-loss")

    gap_ms: int = 500


class SchemaDrift(CallFault, frozen=True, kw_only=True, tag="schema_drift"):
    """The service answers in a form that nobody announced: fields renamed, gone, or of another type.

    In production a team releases a new version and calls it compatible. Nothing fails on
    their side; a reader that takes a missing field for zero, or a text for a number, goes on
    with wrong values.

    Attributes:
        rename: pairs of a field's old and new name, wherever the field stands in the JSON.
        drop: fields that are left out.
        to_text: fields whose numbers and booleans become texts.
        to_null: fields that become null.
        add: fields that are added to every object, with a text nobody asked for.
    """

    point: ClassVar[Point] = Point.DOWNSTREAM
    certainty: ClassVar[Certainty] = Certainty.NO_FAILURE

    rename: tuple[tuple[str, str], ...] = ()
    drop: tuple[str, ...] = ()
    to_text: tuple[str, ...] = ()
    to_null: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
