"""Reads the likely mistake of a migration from what a run left behind."""

from archive import SEARCH, Archive
from harness.faults.board import FaultStruck
from harness.world import World
from migration import articles_read
from newsroom import CMS, QUEUE
from newsroom_evidence import LOOKED_TOGETHER

TIES_SKIPPED = "Articles sharing a sort value with the last of a page were skipped."
NEVER_READ = "Articles stand in the index that no search ever returned."
NEVER_QUEUED = "The page in hand when the run died was never queued."
LEFT_OUT_OF_A_BATCH = "Entries of a batch were refused, and nobody read which."
PART_TAKEN_FOR_WHOLE = "A search said that it answered in part, and was taken for the whole page."
OLD_VERSION = "The CMS still shows the old version."
BEHIND_THE_BACKLOG = "The live article waited behind the migration's backlog."
RELATION_RACE = "Two articles looked for the same relation before either had created it."
TWO_LANES = "The newsroom and the migration worked on one article at the same moment."
LOOKED_TOO_EARLY = "A write that was never answered was sent again without a look."
FROM_THE_BEGINNING = "The run began again at the first page."


def why_missing(archive: Archive) -> str:
    """Why articles of the index are not in the CMS."""
    world = archive.world
    missing = [doc_id for kind, doc_id in archive.missing() if kind == "articles"]
    if not missing:
        return ""
    read = set(articles_read(world))
    unread = [doc_id for doc_id in missing if doc_id not in read]
    if unread:
        return _why_unread(archive, unread)
    if _struck(world, "batch_partial_failure"):
        return LEFT_OUT_OF_A_BATCH
    sent = [message.body for message in world.arrivals()]
    was_queued = all(any(doc_id in body for body in sent) for doc_id in missing)
    return NEVER_QUEUED if _struck(world, "crash_after_call") and sent and not was_queued else ""


def why_old(archive: Archive) -> str:
    """Why a document of the index is not in the CMS in its present version."""
    old = [key for key in archive.missing() if archive.rows_of(*key)]
    return OLD_VERSION if old else why_missing(archive)


def why_late(world: World, archive: Archive) -> str:
    """Why a live article did not get through while a migration ran."""
    queued = [message.body for message in world.queue(QUEUE).arrivals]
    articles = archive.ids("articles")
    return BEHIND_THE_BACKLOG if any(doc_id in body for doc_id in articles for body in queued) else ""


def why_twice(archive: Archive) -> str:
    """Why a document stands in the CMS more than once."""
    log = archive.world.service(CMS).log
    for kind, doc_id in archive.documents:
        created = [one for one in log if one.method == "POST" and one.done and _is_about(one, kind, doc_id)]
        if len(created) < 2:
            continue
        first, second = created[:2]
        looks = [
            one
            for one in log
            if one.method == "GET"
            and one.request_id == second.request_id
            and one.query.get("source_id") == doc_id
            and one.at_ms <= second.at_ms
        ]
        if not looks or looks[-1].at_ms >= first.ended_ms:
            return LOOKED_TOO_EARLY
        if kind != "articles":
            return RELATION_RACE
        return LOOKED_TOGETHER if first.function == second.function else TWO_LANES
    return ""


def _why_unread(archive: Archive, unread: list[str]) -> str:
    if _struck(archive.world, "partial_search"):
        return PART_TAKEN_FOR_WHOLE
    last = {page.ids[-1] for page in archive.world.service(SEARCH).pages}
    updated_at = {doc_id: archive.documents["articles", doc_id]["updated_at"] for doc_id in archive.ids("articles")}
    limits = {updated_at[doc_id] for doc_id in last if doc_id in updated_at}
    return TIES_SKIPPED if all(updated_at[doc_id] in limits for doc_id in unread) else NEVER_READ


def _is_about(request: object, kind: str, doc_id: str) -> bool:
    body = getattr(request, "body", None)
    return getattr(request, "path", "") == f"/{kind}" and isinstance(body, dict) and body.get("source_id") == doc_id


def _struck(world: World, fault: str) -> bool:
    return any(strike.fault == fault for strike in world.trace.of(FaultStruck))
