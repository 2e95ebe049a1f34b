"""The crash sweep: the environment dies after its k-th outside call, for every k in turn.

Another fault that strikes at the k-th call can be swept the same way: a stall, say.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from harness.faults.environment import CrashAfterCall, FunctionStalls
from harness.world import World

if TYPE_CHECKING:
    from harness.judge.same_state import Act

SWEEP_LIMIT = 40
_CRASH = CrashAfterCall()


@dataclass(frozen=True)
class SweepRun:
    """One run of a sweep.

    Attributes:
        k: the call after which the environment dies, or at which the fault strikes.
        world: a fresh one.
    """

    k: int
    world: World


class SweepTooLong(Exception):
    """The function makes more outside calls than a sweep tries."""


class NobodyToKill(ValueError):
    """A sweep without a victim would strike whoever comes first."""


class CrashSweep:
    """Gives a fresh world for each k, until a run in which nothing was left to strike."""

    def __init__(self, new_world: Callable[[], Awaitable[World]]) -> None:
        self._new_world = new_world

    async def over(
        self,
        victim: Callable[[World], str | list[str]],
        *,
        fault: CrashAfterCall | FunctionStalls = _CRASH,
        limit: int = SWEEP_LIMIT,
    ) -> AsyncIterator[SweepRun]:
        """Runs for k = 1, 2, 3, ...; the last one is undisturbed.

        Args:
            victim: the function whose environment dies, found in a fresh world; of several,
                whichever makes its k-th call first.
            fault: what strikes; its k, functions and times are set for each run.

        Raises:
            NobodyToKill: there is no such function.
            SweepTooLong: after `limit` runs there was still a call to die after.
        """
        for k in range(1, limit + 1):
            world = await self._new_world()
            names = victim(world)
            names = [names] if isinstance(names, str) else names
            if not names:
                raise NobodyToKill("The sweep was given no function whose environment could die.")
            struck = world.inject(msgspec.structs.replace(fault, k=k, functions=tuple(names), times=1))
            yield SweepRun(k, world)
            if not struck.strikes:
                return
        raise SweepTooLong(f"{victim(world)} makes more than {limit} outside calls for one event.")

    async def same_state(
        self, function: str, *, event: "Act", observe: "Act", limit: int = SWEEP_LIMIT, **more: Any
    ) -> None:
        """Judges that the same is observed after the event, whatever strikes whichever call of the function.

        Args:
            more: further fields of `SameState`: `again`, `ways`, `settle`, `likely`, `about`.

        Raises:
            PromiseBroken: a disturbed run leaves another state than the undisturbed one.
        """
        from harness.judge.same_state import SameState

        await SameState(function=function, event=event, observe=observe, limit=limit, **more).judge(self._new_world)
