"""P10: the migration never stands in the newsroom's way."""

from harness.promises import expect
from migration_run import LIVE_WITHIN_S, MigrationRun
from newsroom_evidence import why_too_many_in_flight


async def test_a_live_article_overtakes_the_migration(migration_run: MigrationRun) -> None:
    run = migration_run
    late = [posted for posted in run.posts if run.outcomes[posted.transaction_id]["status"] != "succeeded"]
    expect(
        not late,
        f"{len(late)} of {len(run.posts)} articles posted while the archive was migrated had not reached the CMS "
        f"{LIVE_WITHIN_S} s later.",
        expected="succeeded within 60 s [S12]",
        got=[f"{one.article.article_id}: {run.outcomes[one.transaction_id]['status']}" for one in late],
        likely=run.why_late,
        about=late[0].about if late else [],
    )
    expect(
        run.max_in_flight <= 4,
        f"The CMS had {run.max_in_flight} requests in flight at once.",
        expected="never more than 4, the newsroom's and the migration's together [S3]",
        got=run.max_in_flight,
        likely=why_too_many_in_flight(run.max_in_flight, run.workers_at_once),
    )
