"""A run that the operator starts twice, and once more when it is over; its articles share everything."""

from dataclasses import dataclass

from archive import Archive
from harness.faults.downstream import DownstreamSlow
from harness.world import World
from migration import arrival, articles_read, begin_migration, silence, start_run, writes
from migration_evidence import why_missing, why_twice
from newsroom import CMS

ARTICLES = 8
PAGE_SIZE = 3


@dataclass(frozen=True)
class Twice:
    """What became of it.

    Attributes:
        why_missing, why_twice: the likely mistakes.
        read_again: how many articles the third start read.
        written_again: what it wrote.
    """

    archive: Archive
    why_missing: str
    why_twice: str
    read_again: int
    written_again: list[str]


async def drive_twice(world: World) -> Twice:
    """Every message comes twice, and each article needs the same author, tags and show as the others."""
    archive = begin_migration(world)
    author, tags = archive.add("authors"), [archive.add("tags") for _ in range(2)]
    show = archive.add("shows", category_id=archive.add("categories"))
    for _ in range(ARTICLES):
        archive.add("articles", author_id=author, tag_ids=tags, show_id=show)
    world.inject(DownstreamSlow(service=CMS, factor=8))

    await start_run(world, "r-1", PAGE_SIZE)
    await world.run_for(ms=world.random("starts").randint(0, 500))
    await start_run(world, "r-1", PAGE_SIZE)
    await arrival(archive)
    await silence(world)
    missing, twice = why_missing(archive), why_twice(archive)

    since, since_ms = len(world.service(CMS).log), world.now_ms
    await start_run(world, "r-1", PAGE_SIZE)
    await world.run_for(minutes=2)
    return Twice(
        archive=archive,
        why_missing=missing,
        why_twice=twice,
        read_again=len(articles_read(world, since_ms=since_ms)),
        written_again=writes(world, since=since),
    )
