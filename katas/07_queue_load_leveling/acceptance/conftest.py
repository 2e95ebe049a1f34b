"""Runs that several scenarios judge."""

from harness.judge.sharing import shared_run
from harness.world import World
from newsroom_burst import Burst, drive_burst


@shared_run
async def burst(world: World) -> Burst:
    """200 articles within ten seconds."""
    return await drive_burst(world)
