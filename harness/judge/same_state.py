"""The sweep over points: whatever goes wrong at whichever call of one event, the same state must come of it.

An undisturbed run shows which outside calls a function makes for the event, and what is
observed when all is quiet. Then each of them is disturbed in each way, in a fresh world:
the environment dies after it, its answer is lost, it is throttled, or a second copy of the
event arrives at that moment. What is observed must be what the undisturbed run left.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from harness.faults.base import Fault
from harness.faults.environment import CrashAfterCall
from harness.faults.service import LostReply, ThrottledCall
from harness.promises import expect
from harness.world import World
from harness.world.views import CallMade

NewWorld = Callable[[], Awaitable[World]]
Act = Callable[[World], Awaitable[Any]]


class NothingToDisturb(ValueError):
    """A sweep over the calls of a function that makes none would show nothing."""


class NeverDisturbed(ValueError):
    """The disturbance did not strike where it was aimed: the run before it was not the undisturbed one."""


@dataclass(frozen=True)
class Point:
    """One outside call of the undisturbed run.

    Attributes:
        earlier: how many calls the function made before it.
        earlier_of_index: how many of these were the k-th of their invocation, as this one is.
    """

    call: CallMade
    earlier: int
    earlier_of_index: int

    def __str__(self) -> str:
        return f"its call {self.call.index}, {self.call.service} {self.call.operation}"


@dataclass(frozen=True)
class Way:
    """A way to disturb a call.

    Attributes:
        happened: what it does, in words that are followed by the call.
        fault: made of the function's name and the call.
    """

    happened: str
    fault: Callable[[str, Point], Fault]


def _crash(function: str, point: Point) -> Fault:
    return CrashAfterCall(k=point.call.index, functions=(function,), skip=point.earlier_of_index, times=1)


def _lost_reply(function: str, point: Point) -> Fault:
    return LostReply(function=function, skip=point.earlier, times=1)


def _throttled(function: str, point: Point) -> Fault:
    return ThrottledCall(function=function, skip=point.earlier, times=1)


WAYS = {
    "crash": Way("its environment died after", _crash),
    "reply_lost": Way("it never heard the answer to", _lost_reply),
    "throttled": Way("it was throttled in", _throttled),
}
"""Every way that is a fault; a second copy of the event is one more."""


@dataclass(frozen=True, kw_only=True)
class SameState:
    """A sweep over the calls that a function makes for an event.

    Attributes:
        function: logical id of the function whose calls are disturbed.
        event: makes the event happen.
        observe: returns what the kata calls observable, as plain data.
        again: makes the same event arrive once more; None: no second copies.
        ways: names in `WAYS`.
        limit: calls that are disturbed at most.
        settle: waits until all is quiet; of its own where a schedule ticks for ever.
        likely: the likely mistake, if a state differs.
        about: ids whose story is told then.
    """

    function: str
    event: Act
    observe: Act
    again: Act | None = None
    ways: tuple[str, ...] = tuple(WAYS)
    limit: int
    settle: Act = World.settle
    likely: str = ""
    about: Callable[[World], list[str]] = lambda world: []

    async def judge(self, new_world: NewWorld) -> None:
        """Judges that every disturbed run leaves the state that the undisturbed one does.

        Raises:
            PromiseBroken: one leaves another.
            NothingToDisturb: the function makes no call for the event.
        """
        world = await new_world()
        undisturbed = await self._run(world)
        points = points_of(world.calls(function=self.function))
        if not points:
            raise NothingToDisturb(f"{self.function} makes no outside call for this event.")
        for point in points[: self.limit]:
            for way in (WAYS[name] for name in self.ways):
                world = await new_world()
                struck = world.inject(way.fault(self.function, point))
                left = await self._run(world)
                if not struck.strikes:
                    raise NeverDisturbed(f"No fault struck {self.function} at {point}.")
                self._judge(world, left, undisturbed, f"{way.happened} {point}")
            if self.again:
                world = await new_world()
                world.start(_later(world, self.again, point.call.at_ms))
                left = await self._run(world)
                self._judge(world, left, undisturbed, f"a second copy of its event came at the moment of {point}")

    async def _run(self, world: World) -> Any:
        await self.event(world)
        await self.settle(world)
        return await self.observe(world)

    def _judge(self, world: World, left: Any, undisturbed: Any, happened: str) -> None:
        expect(
            left == undisturbed,
            f"{self.function} left another state when {happened}.",
            expected=f"that of an undisturbed run: {undisturbed!r}",
            got=left,
            likely=self.likely,
            about=self.about(world),
        )


def points_of(calls: list[CallMade]) -> list[Point]:
    """The calls that a function's invocations made, each with how many like it came before."""
    same_index: Counter[int] = Counter()
    points = []
    for number, call in enumerate(calls):
        if call.request_id:  # calls of an init phase are repeated with it
            points.append(Point(call, earlier=number, earlier_of_index=same_index[call.index]))
            same_index[call.index] += 1
    return points


async def _later(world: World, act: Act, at_ms: int) -> None:
    await world.run_for(ms=max(0, at_ms - world.now_ms))
    await act(world)
