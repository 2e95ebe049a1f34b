"""The crash sweep: the environment dies after its k-th outside call, for every k in turn."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from harness.faults.environment import CrashAfterCall
from harness.world import World

SWEEP_LIMIT = 40


@dataclass(frozen=True)
class SweepRun:
    """One run of a sweep.

    Attributes:
        k: the call after which the environment dies.
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
        self, victim: Callable[[World], str | list[str]], *, limit: int = SWEEP_LIMIT
    ) -> AsyncIterator[SweepRun]:
        """Runs for k = 1, 2, 3, ...; the last one is undisturbed.

        Args:
            victim: the function whose environment dies, found in a fresh world; of several,
                whichever makes its k-th call first.

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
            crash = world.inject(CrashAfterCall(k=k, functions=tuple(names), times=1))
            yield SweepRun(k, world)
            if not crash.strikes:
                return
        raise SweepTooLong(f"{victim(world)} makes more than {limit} outside calls for one event.")
