"""The words in which stage B's scenarios are written: runs of the migration, and their end."""

from collections.abc import Iterable

from archive import SEARCH, Archive
from harness.promises import begun, expect
from harness.world import World
from newsroom import AFTER_TROUBLE_S, CMS

MIGRATION = "MigrateArticles"
SILENCE_S = 400
"""Longer than a message whose worker died stays hidden in any sensible design."""


def begin_migration(world: World) -> Archive:
    """An empty archive, for a submission that has stage B at all."""
    begun(
        world.has_function(MIGRATION),
        f"Stage B is not begun: the template has no function {MIGRATION}.",
        try_=f"add a function {MIGRATION}, as Stage B at the end of the kata's README has it [M1]; stage A needs none",
    )
    return Archive(world)


async def start_run(world: World, run_id: str, page_size: int) -> None:
    """The operator starts a run; Lambda takes it and answers at once."""
    await world.invoke(MIGRATION, {"run_id": run_id, "page_size": page_size}, asynchronous=True)


async def arrival(archive: Archive, *, within_s: float = AFTER_TROUBLE_S) -> bool:
    """Waits until the CMS holds every document in its version; returns whether it does in time."""
    return await archive.world.until(lambda: not archive.missing(), within_s=within_s, every_ms=5000)


async def silence(world: World, *, s: float = SILENCE_S) -> None:
    """Waits until the CMS has not been asked anything for so long, or for half an hour."""
    cms = world.service(CMS)
    until_ms = world.now_ms + AFTER_TROUBLE_S * 1000
    while world.now_ms < until_ms:
        asked = len(cms.log)
        await world.run_for(s=s)
        if len(cms.log) == asked and cms.in_flight == 0:
            return


def articles_read(world: World, *, since_ms: int = 0) -> list[str]:
    """Ids of the articles that searches returned since then; one that was read twice is there twice."""
    return [doc_id for page in world.service(SEARCH).pages if page.at_ms >= since_ms for doc_id in page.ids]


def writes(world: World, *, since: int = 0) -> list[str]:
    """The writes that the CMS has done, from its log's entry number `since` on."""
    log = world.service(CMS).log[since:]
    return [f"{one.method} {_of(one)}" for one in log if one.method in ("POST", "PUT") and one.done]


def judge_one_row_each(archive: Archive, kinds: Iterable[str], *, likely: str) -> None:
    """No document of these kinds may stand in the CMS twice."""
    several = [
        f"{kind}/{doc_id}: {len(archive.rows_of(kind, doc_id))}"
        for kind in kinds
        for doc_id in archive.ids(kind)
        if len(archive.rows_of(kind, doc_id)) > 1
    ]
    expect(
        not several,
        f"{len(several)} documents stand in the CMS more than once.",
        expected="one row each [M5]",
        got=several,
        likely=likely,
        about=[one.partition("/")[2].partition(":")[0] for one in several[:1]],
    )


def _of(request: object) -> str:
    path, body = getattr(request, "path", ""), getattr(request, "body", None)
    version = body.get("version") if isinstance(body, dict) else "?"
    return f"{path} (version {version})"
