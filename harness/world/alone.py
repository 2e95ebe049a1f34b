"""One world from its deployment to its end, for whoever is no test: on a loop of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from harness.simulation.loop import VirtualLoop
from harness.world.deployment import Setting
from harness.world.world import World

T = TypeVar("T")


def run_alone(setting: Setting, seed: int, drive: Callable[[World], Awaitable[T]]) -> T:
    """Deploys, drives the world, and closes it whatever happens.

    Returns:
        what `drive` returns.

    Raises:
        SubmissionError: the submission cannot be deployed.
    """
    loop = VirtualLoop()

    async def run() -> T:
        world = World(setting, seed, loop)
        try:
            return await drive(world)
        finally:
            world.close()
            await asyncio.sleep(0)  # cancelled tasks end here

    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()
