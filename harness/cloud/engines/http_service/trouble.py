"""What the faults on the board make of a request that arrives at a service."""

import random

import msgspec

from harness.cloud.engines.http_service.replies import problem
from harness.faults.board import FaultBoard
from harness.faults.downstream import DownstreamFails, DownstreamHangs, DownstreamRefuses, DownstreamSlow, LateCommit
from harness.simulation.wire import Answer, Call, Loss, NoReply, Reply

PROMPT_MS = 15
"""What an answer takes that needs no look at the database: a refusal, a broken connection."""

HANG_MS = 30_000
"""How long a hang holds the connection that is one of the ends of `DownstreamFails`."""

RETRY_AFTER_S = 5


class Ending(msgspec.Struct, frozen=True):
    """How a request ends without being worked on."""

    after_ms: float
    answer: Answer


class Trouble:
    """Asks the board. Each question counts as an opportunity of the fault it asks for.

    Args:
        draws: decides between the ends of `DownstreamFails`.
    """

    def __init__(self, faults: FaultBoard, draws: random.Random) -> None:
        self._faults = faults
        self._draws = draws

    def outage(self, call: Call) -> Ending | None:
        """How the request ends if the service hangs or is down; nothing is done then."""
        hang = self._faults.on_call(DownstreamHangs, call)
        if hang is not None:
            return Ending(hang.hold_ms, NoReply(Loss.RESET))
        failure = self._faults.on_call(DownstreamFails, call)
        return None if failure is None else _end(self._draws.choice(failure.ends))

    def refusal(self, call: Call) -> Reply | None:
        """The problem that says why the request is refused for good."""
        fault = self._faults.on_call(DownstreamRefuses, call)
        return None if fault is None else problem(422, fault.detail, code=fault.code)

    def hold_ms(self, call: Call) -> int | None:
        """How long the request is held before its work is done."""
        fault = self._faults.on_call(LateCommit, call)
        return None if fault is None else fault.hold_ms

    def slowdown(self, call: Call) -> float:
        """How many times as long everything takes."""
        fault = self._faults.on_call(DownstreamSlow, call)
        return 1.0 if fault is None else fault.factor


def _end(name: str) -> Ending:
    if name == "hang":
        return Ending(HANG_MS, NoReply(Loss.RESET))
    if name == "reset":
        return Ending(PROMPT_MS, NoReply(Loss.RESET))
    if name == "500":
        return Ending(PROMPT_MS, problem(500, "Something went wrong; nothing was done."))
    if name in ("503", "429"):
        return Ending(PROMPT_MS, problem(int(name), "The service is unavailable.", retry_after_s=RETRY_AFTER_S))
    raise UnknownEndError(
        f'A downstream_fails fault names the end "{name}".\nExpected: "503", "500", "429", "reset" or "hang".'
    )


class UnknownEndError(ValueError):
    """A fault plan names a way to fail that no service knows: its author's mistake."""
