"""P9: only what changed is written, and old never overwrites new."""

from archive import KINDS, Archive, judge_all_arrived
from harness.faults.downstream import DownstreamSlow
from harness.promises import expect
from harness.world import World
from migration import arrival, begin_migration, judge_one_row_each, silence, start_run, writes
from migration_evidence import why_missing, why_old, why_twice
from newsroom import (
    CMS,
    IN_TIME_S,
    Article,
    Posted,
    draw_article,
    judge_row,
    judge_set_aside,
    judge_succeeded,
    outcome,
    post_article,
    quiet,
    rows_of,
    transaction,
)
from newsroom_evidence import WRITTEN_OVER, requests_about


async def test_a_second_run_writes_only_what_changed(world: World) -> None:
    archive = begin_migration(world)
    authors, tags = [archive.add("authors") for _ in range(2)], [archive.add("tags") for _ in range(2)]
    articles = [archive.add("articles", author_id=authors[n % 2], tag_ids=[tags[n // 3]]) for n in range(6)]
    await start_run(world, "r-1", page_size=4)
    await arrival(archive)
    await silence(world)
    judge_one_row_each(archive, KINDS, likely=why_twice(archive))
    judge_all_arrived(archive, likely=why_missing(archive))
    since = len(world.service(CMS).log)

    changed = [("articles", articles[1]), ("articles", articles[4]), ("authors", authors[1]), ("tags", tags[0])]
    for kind, doc_id in changed:
        archive.edit(kind, doc_id)
    await start_run(world, "r-2", page_size=4)
    await arrival(archive)
    await silence(world)

    judge_all_arrived(archive, likely=why_old(archive))
    expected = sorted(f"PUT /{kind}/{archive.rows_of(kind, doc_id)[0]['id']} (version 2)" for kind, doc_id in changed)
    written = sorted(writes(world, since=since))
    expect(
        written == expected,
        f"Four documents changed between two runs, and the second wrote {len(written)} times.",
        expected=f"{expected} [M6]",
        got=written,
        likely="What the CMS holds in this version already was written again." if len(written) > 4 else "",
    )


async def test_a_live_edit_is_not_undone_by_the_migration(world: World) -> None:
    world.inject(DownstreamSlow(service=CMS, factor=8))
    archive = begin_migration(world)
    ids = [archive.add("articles", version=3) for _ in range(3)]
    before, during, after = [Article(doc_id, 5, *_new_text(world)) for doc_id in ids]

    posts = [await post_article(world, before)]
    await outcome(world, posts[0], within_s=IN_TIME_S)
    await start_run(world, "r-1", page_size=3)
    await world.until(lambda: bool(requests_about(world, during.article_id)), within_s=300, every_ms=20)
    await world.run_for(ms=world.random("edits").randint(0, 300))
    posts.append(await post_article(world, during))
    await world.until(lambda: bool(rows_of(world, after.article_id)), within_s=IN_TIME_S)
    posts.append(await post_article(world, after))
    for posted in posts:
        await outcome(world, posted)
    await quiet(world)
    await silence(world)

    for posted in posts:
        await _judge_live(archive, posted)
    judge_set_aside(world, 0, why="no article was poison", about=[])


async def _judge_live(archive: Archive, posted: Posted) -> None:
    """The newsroom's version stands in the CMS, once, and its transaction says so."""
    world = archive.world
    judge_row(world, posted.article, likely=why_twice(archive) or WRITTEN_OVER)
    judge_succeeded(posted, await transaction(world, posted))


def _new_text(world: World) -> tuple[str, str]:
    drawn = draw_article(world)
    return drawn.title, drawn.body
