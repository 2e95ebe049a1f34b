"""P8: a migration that dies goes on where it stopped; nothing is imported twice."""

from archive import KINDS, Archive, judge_all_arrived, judge_none_missing
from harness.faults.environment import CrashAfterCall
from harness.faults.service import LostReply
from harness.promises import expect
from harness.world import World
from migration import MIGRATION, arrival, articles_read, begin_migration, judge_one_row_each, silence, start_run
from migration_evidence import FROM_THE_BEGINNING, why_missing, why_twice
from migration_twice import PAGE_SIZE, Twice
from newsroom import CMS

SWEEP_LIMIT = 40
RELATIONS = [kind for kind in KINDS if kind != "articles"]


async def test_a_crash_at_any_step_of_the_migration_is_repaired(world: World) -> None:
    archive = begin_migration(world)
    for k in range(1, SWEEP_LIMIT + 1):
        crash = world.inject(CrashAfterCall(k=k, functions=(MIGRATION,), times=1))
        archive.clear()
        for _ in range(3):
            archive.add("articles")
        since_ms = world.now_ms

        await start_run(world, f"r-{k}", page_size=1)
        await arrival(archive)
        await world.run_for(minutes=4)  # Lambda starts a run that died once more after a minute

        judge_all_arrived(archive, likely=why_missing(archive))
        _judge_read(archive, since_ms, at_most=3 + 2 * 1)
        if not crash.strikes:
            return


async def test_a_crash_at_any_step_of_the_import_is_repaired(world: World) -> None:
    archive = begin_migration(world)
    await _migrate_one(archive, "r-0")
    workers = tuple(dict.fromkeys(one.function for one in world.service(CMS).log))

    for k in range(1, SWEEP_LIMIT + 1):
        crash = world.inject(CrashAfterCall(k=k, functions=workers, times=1))
        await _migrate_one(archive, f"r-{k}")
        judge_one_row_each(archive, KINDS, likely=why_twice(archive))
        judge_all_arrived(archive, likely=why_missing(archive))
        if not crash.strikes:
            return


async def test_an_author_shared_by_two_articles_is_created_once(twice: Twice) -> None:
    judge_one_row_each(twice.archive, RELATIONS, likely=twice.why_twice)
    judge_all_arrived(twice.archive, likely=twice.why_missing)


async def test_a_run_started_twice_imports_once(twice: Twice) -> None:
    judge_one_row_each(twice.archive, ["articles"], likely=twice.why_twice)
    judge_none_missing(twice.archive, likely=twice.why_missing)
    expect(
        twice.read_again <= PAGE_SIZE and not twice.written_again,
        f"A run that was complete was started again: it read {twice.read_again} articles, and the CMS was written "
        f"{len(twice.written_again)} times.",
        expected=f"at most a page of {PAGE_SIZE} read, and nothing written [M2]",
        got={"read": twice.read_again, "written": twice.written_again[:5]},
        likely=FROM_THE_BEGINNING,
    )


async def test_a_lost_reply_for_an_author_makes_no_second_author(world: World) -> None:
    world.inject(LostReply(service=CMS, operation="POST /authors", times=1))
    archive = begin_migration(world)

    await _migrate_one(archive, "r-1")

    judge_one_row_each(archive, KINDS, likely=why_twice(archive))
    judge_all_arrived(archive, likely=why_missing(archive))


async def _migrate_one(archive: Archive, run_id: str) -> None:
    """The index holds one article and its author; returns when all is quiet again."""
    archive.clear()
    archive.add("articles", author_id=archive.add("authors"))
    await start_run(archive.world, run_id, page_size=2)
    await arrival(archive)
    await silence(archive.world)


def _judge_read(archive: Archive, since_ms: int, *, at_most: int) -> None:
    read = articles_read(archive.world, since_ms=since_ms)
    expect(
        len(read) <= at_most,
        f"A run over three articles in pages of one died once, and read {len(read)} articles in all.",
        expected=f"{at_most} at most: all three, and two pages again [S11]",
        got=read,
        likely=FROM_THE_BEGINNING,
    )
