"""Figures of the pattern page of kata 07, stage B: one migration on a bad day, through several designs.

    python docs/_generate/migration_measures.py    measures them and prints the page's table

Thirty articles and what they refer to are carried over by a CMS eight times as slow, while the
newsroom posts four articles, 15 s apart. Virtual time under one seed: a second measurement gives
the same figures.
"""

from typing import Any

from driving import Make, accepted, chaff, driving, print_table, reference

HEAD = ("design", "migrated after", "slowest live article", "in flight", "CMS requests", "AWS calls", "paid")


def main() -> None:
    """Prints a row for each design; requests, calls and paid seconds are per document."""
    from harness.judge.kata_file import find_kata

    kata = find_kata("07")
    with driving(kata) as drive:
        print_table(HEAD, ([name, *drive(make, _migration)] for name, make in _designs(kata).items()))


def _designs(kata: Any) -> dict[str, Make]:
    """By name: what makes a folder hold that design."""
    return {
        "reference": reference(kata),
        "rows remembered in a table (`send-first`)": accepted(kata, "send-first"),
        "a lane with one group (`fifo`)": accepted(kata, "fifo"),
        "reserved concurrency 1": accepted(kata, "reserved-concurrency"),
        "one worker for both (`pull-worker`)": accepted(kata, "pull-worker"),
        "*one queue for both, four workers*": chaff(kata, "one-queue-for-both"),
    }


async def _migration(world: Any) -> list[str]:
    from migration_run import drive_migration  # type: ignore[import-not-found]

    run = await drive_migration(world)
    documents, log, calls = len(run.archive.documents), world.service("legacy").log, world.calls()
    ours = {one.article.article_id: one.at_ms for one in run.posts}
    written = {one.body["source_id"]: one.ended_ms for one in log if one.method == "POST" and one.done}
    live_s = max((written.get(article_id, world.now_ms) - at_ms) / 1000 for article_id, at_ms in ours.items())
    migrated_s = max(ended_ms for source_id, ended_ms in written.items() if source_id not in ours) / 1000
    asked_by = {one.function for one in log}
    ran = [one for one in world.invocations() if one.function in asked_by]
    paid_s = sum((one.ended_ms or world.now_ms) - one.started_ms for one in ran) / 1000
    aws = [one for one in calls if one.service not in ("legacy", "search")]
    return [
        f"{migrated_s:.0f} s",
        f"{live_s:.1f} s",
        str(run.max_in_flight),
        f"{len(log) / documents:.1f}",
        f"{len(aws) / documents:.1f}",
        f"{paid_s / documents:.1f} s",
    ]


if __name__ == "__main__":
    main()
