"""What the faults on the board make of a request that arrives at a service."""

import random
from typing import TypeVar

import msgspec

from harness.cloud.engines.http_service.rate_limit import TokenBucket
from harness.cloud.engines.http_service.replies import problem
from harness.cloud.engines.http_service.spoiling import drifted, garbage
from harness.faults.board import FaultBoard
from harness.faults.downstream import DownstreamFails, DownstreamHangs, DownstreamRefuses, DownstreamSlow, LateCommit
from harness.faults.downstream_answers import DownstreamGarbage, DownstreamTrickles, SchemaDrift
from harness.faults.downstream_traffic import (
    DownstreamErrorRate,
    DownstreamFlaps,
    DownstreamLongTail,
    DownstreamRateLimit,
    DownstreamUnreachable,
)
from harness.simulation.clock import Clock
from harness.simulation.wire import GAP_HEADER, Answer, Call, Loss, NoReply, Reply

PROMPT_MS = 15
"""What an answer takes that needs no look at the database: a refusal, a broken connection."""

HANG_MS = 30_000
"""How long a hang holds the connection that is one of the ends of `DownstreamFails`."""

RETRY_AFTER_S = 5

S = TypeVar("S", DownstreamErrorRate, DownstreamLongTail)


class Ending(msgspec.Struct, frozen=True):
    """How a request ends without being worked on."""

    after_ms: float
    answer: Answer


class Trouble:
    """Asks the board. Each question counts as an opportunity of the fault it asks for.

    Args:
        draws: decides between the ends and forms that a fault leaves open.
        shares: decides which requests belong to a share.
    """

    def __init__(self, faults: FaultBoard, clock: Clock, draws: random.Random, shares: random.Random) -> None:
        self._faults = faults
        self._clock = clock
        self._draws = draws
        self._shares = shares
        self._buckets: dict[DownstreamRateLimit, TokenBucket] = {}

    def outage(self, call: Call) -> Ending | None:
        """How the request ends if the service hangs, is down or refuses; nothing is done then."""
        if self._faults.on_call(DownstreamUnreachable, call):
            return _end("refused")
        hang = self._faults.on_call(DownstreamHangs, call)
        if hang is not None:
            return Ending(hang.hold_ms, NoReply(Loss.RESET))
        failure = (
            self._faults.on_call(DownstreamFails, call)
            or self._flapping(call)
            or self._in_share(DownstreamErrorRate, call)
        )
        if failure is None:
            return self._over_rate(call)
        retry_after_s = failure.retry_after_s if isinstance(failure, DownstreamFails) else RETRY_AFTER_S
        return _end(self._draws.choice(failure.ends), retry_after_s)

    def refusal(self, call: Call) -> Reply | None:
        """The problem that says why the request is refused for good."""
        fault = self._faults.on_call(DownstreamRefuses, call)
        return None if fault is None else problem(422, fault.detail, code=fault.code)

    def hold_ms(self, call: Call) -> int | None:
        """How long the request is held before its work is done."""
        fault = self._faults.on_call(LateCommit, call)
        return None if fault is None else fault.hold_ms

    def slowdown(self, call: Call) -> float:
        """How many times as long this request takes."""
        slow = self._faults.on_call(DownstreamSlow, call)
        tail = self._in_share(DownstreamLongTail, call)
        return (slow.factor if slow else 1.0) * (tail.factor if tail else 1.0)

    def spoiled(self, call: Call, reply: Reply) -> Reply:
        """The answer to work that was done, as it leaves the service."""
        if drift := self._faults.on_call(SchemaDrift, call):
            reply = drifted(drift, reply)
        if fault := self._faults.on_call(DownstreamGarbage, call):
            reply = garbage(self._draws.choice(fault.forms), reply)
        if slow := self._faults.on_call(DownstreamTrickles, call):
            reply = Reply(reply.status, {**reply.headers, GAP_HEADER: str(slow.gap_ms)}, reply.body)
        return reply

    def _flapping(self, call: Call) -> DownstreamFlaps | None:
        """The fault whose turn to be down it is."""
        for fault in self._faults.on(DownstreamFlaps):
            since_ms = (self._clock.now_ms - fault.from_ms) % (fault.up_ms + fault.down_ms)
            if since_ms >= fault.up_ms and fault.matches(call):
                return self._faults.on_call(DownstreamFlaps, call)
        return None

    def _in_share(self, kind: type[S], call: Call) -> S | None:
        """The fault to whose share of the requests this one belongs."""
        for fault in self._faults.on(kind):
            if fault.matches(call) and self._shares.random() < fault.share:
                return self._faults.on_call(kind, call)
        return None

    def _over_rate(self, call: Call) -> Ending | None:
        for fault in self._faults.on(DownstreamRateLimit):
            if not fault.matches(call):
                continue
            now_us = self._clock.now_us
            bucket = self._buckets.setdefault(fault, TokenBucket(fault.per_s, fault.burst, now_us))
            if not bucket.takes(now_us) and self._faults.on_call(DownstreamRateLimit, call):
                return too_many(fault.per_s, fault.retry_after_s)
        return None


def too_many(per_s: float, retry_after_s: int) -> Ending:
    """The refusal of a request above a rate limit."""
    detail = f"More than {per_s:g} requests a second."
    return Ending(PROMPT_MS, problem(429, detail, retry_after_s=retry_after_s))


def _end(name: str, retry_after_s: int = RETRY_AFTER_S) -> Ending:
    if name == "hang":
        return Ending(HANG_MS, NoReply(Loss.RESET))
    if name == "reset":
        return Ending(PROMPT_MS, NoReply(Loss.RESET))
    if name == "refused":
        return Ending(0, NoReply(Loss.REFUSED))
    if name in ("500", "502", "504"):
        return Ending(PROMPT_MS, problem(int(name), "Something went wrong; nothing was done."))
    if name in ("503", "429"):
        return Ending(PROMPT_MS, problem(int(name), "The service is unavailable.", retry_after_s=retry_after_s))
    raise UnknownEndError(
        f'A fault names the end "{name}".\nExpected: "504", "503", "502", "500", "429", "reset", "refused" or "hang".'
    )


class UnknownEndError(ValueError):
    """A fault plan names a way to fail that no service knows: its author's mistake."""
