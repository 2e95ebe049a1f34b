"""Reads the likely mistake from what a run left behind: the CMS's log, invocations, queues."""

from typing import Any

from harness.faults.board import FaultStruck
from harness.world import Invocation, World
from newsroom import CMS, DEAD_LETTERS, QUEUE, Article, Posted

LOOKED_TOGETHER = "Two deliveries looked before either had written."
LOOKED_TOO_EARLY = (
    "It looked too early: a request that was never answered may still become a row 30 s after it was sent."
)
CREATED_BLINDLY = "It was created without a look whether it exists."
CLAIM_FOR_EVER = "The worker died holding the claim; nobody could ever take it again."
CLAIM_TOO_LONG = "The worker died holding the claim, and the message ran out of receives before the claim ended."
DELETED_FOR_A_DEAD_WORKER = "A message was deleted on behalf of a worker that then died."
NOBODY_ALIVE = "The message is in the DLQ but its transaction is still in progress: nobody was alive to write it."
RETRY_BELIEVED = "The transaction was recorded, the message never sent; the retry believed the record."
DOOR_WAITED = "The API waited for the CMS before it answered."
THREADS = "Limits on functions do not limit the threads inside them: up to {} requests were in flight."
NO_LIMIT = "Nothing limits how many copies of the consumer run: up to {} ran at once."
NEVER_TRIED = (
    "Healthy articles reached the DLQ without ever being tried: batches waited for the one worker until their "
    "visibility ran out, and each time a receive was used up."
)
FED_THE_OVERLOAD = "The consumers overloaded the CMS, and their retries fed the overload until receives ran out."
RAN_OUT_OF_RECEIVES = "The receives were used up before the trouble was over."
DELETED_UNWRITTEN = "The message of the newest version was deleted before anybody had written it."
WRITTEN_OVER = "An older version was written over the newest."
TOO_SLOW = "The consumer takes too few articles in a minute."

LONGEST_CLAIM_S = 300
"""A claim that still holds after this is taken to hold for ever."""


def requests_about(world: World, article_id: str, method: str = "") -> list[Any]:
    """What the CMS was asked about an article, in order."""
    return [one for one in world.service(CMS).log if method in ("", one.method) and _names(one, article_id)]


def why_several_rows(world: World, article_id: str) -> str:
    """Why an article stands in the CMS more than once."""
    created = [one for one in requests_about(world, article_id, "POST") if one.done]
    if len(created) < 2:
        return ""
    first, second = created[:2]
    looks = [
        one
        for one in requests_about(world, article_id, "GET")
        if one.request_id == second.request_id and one.at_ms <= second.at_ms
    ]
    if not looks:
        return CREATED_BLINDLY
    if looks[-1].at_ms >= first.ended_ms:
        return ""
    return LOOKED_TOO_EARLY if _caller_had_left(world, first, looks[-1].at_ms) else LOOKED_TOGETHER


def why_not_repaired(world: World, posted: Posted) -> str:
    """Why an article did not get through after its worker was killed."""
    strikes = world.trace.of(FaultStruck)
    if strikes and world.queue(DEAD_LETTERS).arrivals:
        later = [one for one in consumer_invocations(world) if one.started_ms > strikes[-1].at_ms]
        ids = {one.request_id for one in later}
        if later and not any(request.request_id in ids for request in world.service(CMS).log):
            waited_s = (later[-1].started_ms - strikes[-1].at_ms) / 1000
            return CLAIM_FOR_EVER if waited_s > LONGEST_CLAIM_S else CLAIM_TOO_LONG
    return why_in_progress(world, posted)


def why_not_newest(world: World, article: Article) -> str:
    """Why the CMS does not hold the newest version of an article."""
    written = [one for one in world.service(CMS).log if one.method in ("POST", "PUT") and one.done]
    versions = [one.body["version"] for one in written if one.body["title"] == article.title]
    return WRITTEN_OVER if article.version in versions else DELETED_UNWRITTEN


def why_in_progress(world: World, posted: Posted) -> str:
    """Why nobody finishes a transaction."""
    queue = world.queue(QUEUE)
    if not queue.arrivals:
        return RETRY_BELIEVED
    if world.queue(DEAD_LETTERS).arrivals:
        return NOBODY_ALIVE
    return DELETED_FOR_A_DEAD_WORKER if queue.waiting + queue.in_flight == 0 else ""


def why_given_up(untried: int, overloads: int) -> str:
    """Why healthy articles were given up.

    Args:
        untried: how many of them the CMS was never asked about.
        overloads: requests that it answered 503.
    """
    if untried:
        return NEVER_TRIED
    return FED_THE_OVERLOAD if overloads else RAN_OUT_OF_RECEIVES


def why_too_many_in_flight(in_flight: int, consumers: int) -> str:
    """Why the CMS had more requests at once than it bears.

    Args:
        in_flight: the most there were.
        consumers: the most invocations of consumers there were at once.
    """
    return NO_LIMIT.format(consumers) if consumers > 4 else THREADS.format(in_flight)


def why_door_slow(world: World) -> str:
    """Why the API did not answer in time."""
    door = world.function_behind("POST", "/articles")
    return DOOR_WAITED if world.calls(function=door, service=CMS) else ""


def consumer_invocations(world: World) -> list[Invocation]:
    """Every invocation of a function that consumes the queue, by its beginning."""
    found = [one for function in world.consumers_of(QUEUE) for one in world.invocations(function)]
    return sorted(found, key=lambda one: one.started_ms)


def most_at_once(invocations: list[Invocation]) -> int:
    """The most of these invocations that ran at one instant."""
    steps = [(one.started_ms, 1) for one in invocations]
    steps += [(one.ended_ms, -1) for one in invocations if one.ended_ms is not None]
    running = most = 0
    for _, step in sorted(steps):
        running += step
        most = max(most, running)
    return most


def _names(request: Any, article_id: str) -> bool:
    body = request.body if isinstance(request.body, dict) else {}
    return article_id in (request.query.get("source_id"), body.get("source_id"))


def _caller_had_left(world: World, request: Any, at_ms: int) -> bool:
    ended = [one.ended_ms for one in world.invocations(request.function) if one.request_id == request.request_id]
    return any(ended_ms is not None and ended_ms < at_ms for ended_ms in ended)
