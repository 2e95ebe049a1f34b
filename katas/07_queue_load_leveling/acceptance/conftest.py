"""Runs that several scenarios judge."""

from harness.judge.sharing import shared_run
from harness.world import World
from migration_run import MigrationRun, drive_migration
from migration_twice import Twice, drive_twice
from newsroom_burst import Burst, drive_burst


@shared_run
async def burst(world: World) -> Burst:
    """200 articles within ten seconds."""
    return await drive_burst(world)


@shared_run
async def migration_run(world: World) -> MigrationRun:
    """Thirty articles migrated on a bad day, and the newsroom posting meanwhile."""
    return await drive_migration(world)


@shared_run
async def twice(world: World) -> Twice:
    """One run started twice, and again when it is over."""
    return await drive_twice(world)
