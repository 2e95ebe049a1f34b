"""P7: everything in the index arrives, complete, each article after what it refers to."""

import pytest

from archive import KINDS, SEARCH, judge_all_arrived
from harness.faults.downstream import DownstreamFails
from harness.faults.search import PartialSearch
from harness.faults.service import BatchPartialFailure
from harness.promises import expect
from harness.world import World
from migration import arrival, begin_migration, judge_one_row_each, start_run
from migration_evidence import why_missing
from migration_run import PAGE_SIZE, MigrationRun
from newsroom_evidence import why_too_many_in_flight


@pytest.mark.sample
async def test_every_article_arrives_with_its_relations(migration_run: MigrationRun) -> None:
    run = migration_run
    in_time = "all, within 20 min of the run's start [M5] [S10]"
    judge_one_row_each(run.archive, KINDS, likely=run.why_twice)
    judge_all_arrived(run.archive, likely=run.why_missing, expected=in_time)
    expect(
        run.is_in_time,
        f"{len(run.archive.documents)} documents took longer than 20 minutes to migrate.",
        expected="all in the CMS within 20 min [S10]",
        got="they arrived later",
    )
    expect(
        not run.refusals,
        f"The CMS refused {len(run.refusals)} writes for good.",
        expected="each article after everything it refers to [M5]",
        got=run.refusals[:5],
    )
    expect(
        run.longest_page <= PAGE_SIZE,
        f"A search returned {run.longest_page} articles in a run with page_size {PAGE_SIZE}.",
        expected=f"at most {PAGE_SIZE} [M4]",
        got=run.longest_page,
    )
    expect(
        run.max_in_flight <= 4 and run.overloads == 0,
        f"The CMS had {run.max_in_flight} requests in flight at once, and answered 503 to {run.overloads}.",
        expected="never more than 4, the newsroom's and the migration's together, and no 503 [S3]",
        got={"most in flight": run.max_in_flight, "answered 503": run.overloads},
        likely=why_too_many_in_flight(run.max_in_flight, run.workers_at_once),
    )


async def test_a_half_refused_batch_is_completed(world: World) -> None:
    archive = begin_migration(world)
    for _ in range(10):
        archive.add("articles")
    refused = BatchPartialFailure(operation="SendMessageBatch|BatchWriteItem|PutRecords|PutEvents", times=2)
    world.inject(refused, optional=True)  # who sends one by one is never struck

    await start_run(world, "r-1", page_size=10)

    await arrival(archive)
    judge_all_arrived(archive, likely=why_missing(archive))


async def test_a_search_that_answers_in_part_is_asked_again(world: World) -> None:
    archive = begin_migration(world)
    for _ in range(8):
        archive.add("articles")
    world.inject(DownstreamFails(service=SEARCH, ends=("429",), times=1))
    world.inject(PartialSearch(service=SEARCH, skip=1, timed_out=True, times=1))
    world.inject(PartialSearch(service=SEARCH, skip=3, times=1))

    await start_run(world, "r-1", page_size=2)

    await arrival(archive)
    judge_all_arrived(archive, likely=why_missing(archive))
