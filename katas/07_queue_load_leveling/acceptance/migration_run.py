"""The big migration: thirty articles on a bad day, and the newsroom posting meanwhile."""

import asyncio
from dataclasses import dataclass

from archive import Archive
from harness.faults.downstream import DownstreamSlow
from harness.world import World
from migration import arrival, begin_migration, start_run
from migration_evidence import why_late, why_missing, why_twice
from newsroom import CMS, Posted, Transaction, draw_article, outcome, post_article
from newsroom_evidence import most_at_once

ARTICLES = 30
OF_ONE_MOMENT = 6
PAGE_SIZE = 4
MIGRATED_WITHIN_S = 20 * 60
LIVE_WITHIN_S = 60


@dataclass(frozen=True)
class MigrationRun:
    """What became of the migration, and of the articles posted meanwhile.

    Attributes:
        why_missing, why_twice: the likely mistake, if something did not arrive, or arrived twice.
        refusals: what the CMS refused for good, in words.
        longest_page: the most articles that one search returned.
        posts: of the newsroom, while the migration ran.
        late: the likely mistake, if one of them came late.
    """

    archive: Archive
    is_in_time: bool
    why_missing: str
    why_twice: str
    refusals: list[str]
    longest_page: int
    max_in_flight: int
    overloads: int
    workers_at_once: int
    posts: list[Posted]
    outcomes: dict[str, Transaction]
    why_late: str


async def drive_migration(world: World) -> MigrationRun:
    """A CMS eight times as slow, so that thirty articles keep four workers busy for more than a minute."""
    archive = begin_migration(world)
    fill(archive)
    world.inject(DownstreamSlow(service=CMS, factor=8))

    began_ms = world.now_ms
    await start_run(world, "r-1", PAGE_SIZE)
    await world.until(lambda: bool(world.service(CMS).log), within_s=5 * 60)  # a schedule may take its time
    watched = []
    for _ in range(4):
        posted = await post_article(world, draw_article(world))
        watched.append((posted, world.start(outcome(world, posted, within_s=LIVE_WITHIN_S))))
        await world.run_for(s=15)
    found = await asyncio.gather(*[watch for _, watch in watched])
    left_s = MIGRATED_WITHIN_S - (world.now_ms - began_ms) / 1000
    is_in_time = await arrival(archive, within_s=left_s)
    await world.run_for(s=31)

    cms, search = world.service(CMS), world.service("search")
    workers = {one.function for one in cms.log}
    return MigrationRun(
        archive=archive,
        is_in_time=is_in_time,
        why_missing=why_missing(archive),
        why_twice=why_twice(archive),
        refusals=[f"{one.at_ms} ms: {one.method} {one.path}" for one in cms.log if one.status == 422],
        longest_page=max((len(page.ids) for page in search.pages), default=0),
        max_in_flight=cms.max_in_flight,
        overloads=sum(one.status == 503 for one in cms.log),
        workers_at_once=most_at_once([one for one in world.invocations() if one.function in workers]),
        posts=[posted for posted, _ in watched],
        outcomes={posted.transaction_id: end for (posted, _), end in zip(watched, found, strict=True)},
        why_late=why_late(world, archive),
    )


def fill(archive: Archive) -> None:
    """Thirty articles, six to one moment; each has an author and an asset of its own, and shares the rest."""
    categories = [archive.add("categories") for _ in range(6)]
    tags = [archive.add("tags") for _ in range(15)]
    shows = [archive.add("shows", category_id=category) for category in categories]
    for number in range(ARTICLES):
        author = archive.add("authors")
        asset = archive.add("assets", author_id=author, show_id=shows[number % 6] if number % 4 else None)
        archive.add(
            "articles",
            updated_at=f"2024-05-01T12:{number // OF_ONE_MOMENT:02d}:00.000Z",
            author_id=author,
            category_ids=[categories[number % 6], categories[(number + 1) % 6]],
            tag_ids=[tags[number % 15]],
            show_id=shows[(number + 1) % 6] if number % 3 else None,
            asset_ids=[asset],
        )
