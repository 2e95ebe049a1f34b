"""P4: however often and in whatever order messages come, there is one article, and it is the newest."""

from collections.abc import AsyncIterator, Awaitable, Callable

from harness.faults.delivery import DuplicateDelivery
from harness.faults.downstream import DownstreamSlow, LateCommit
from harness.faults.environment import CrashAfterCall
from harness.faults.service import LostReply
from harness.promises import expect
from harness.world import Invocation, World
from newsroom import (
    CMS,
    IN_TIME_S,
    QUEUE,
    Posted,
    draw_article,
    judge_row,
    judge_set_aside,
    judge_succeeded,
    outcome,
    outcomes,
    post_article,
    quiet,
    rows_of,
    transaction,
)
from newsroom_evidence import (
    WRITTEN_OVER,
    consumer_invocations,
    requests_about,
    why_in_progress,
    why_not_newest,
    why_not_repaired,
    why_several_rows,
)

NewWorld = Callable[[], Awaitable[World]]


async def test_a_second_copy_changes_nothing(world: World) -> None:
    world.inject(DuplicateDelivery(queue=QUEUE, after_ms=(3000, 600_000), times=1))  # long after the first is done
    posted = await post_article(world, draw_article(world))
    judge_succeeded(posted, await outcome(world, posted, within_s=IN_TIME_S))

    await world.run_for(minutes=11)
    await quiet(world)

    await _judge_one_article(world, posted)
    created = requests_about(world, posted.article.article_id, "POST")
    expect(
        len(created) == 1,
        f"Article {posted.article.article_id} was posted to the CMS {len(created)} times.",
        expected="once",
        got=[f"{one.at_ms} ms: {one.status}" for one in created],
        about=posted.about,
    )


async def test_two_copies_at_the_same_moment_make_one_article(world: World) -> None:
    world.inject(DownstreamSlow(service=CMS, factor=8))
    after_ms = world.random("copies").randint(0, 200)
    world.inject(DuplicateDelivery(queue=QUEUE, after_ms=(after_ms,), times=1))

    posted = await post_article(world, draw_article(world))

    await outcome(world, posted)
    await quiet(world)
    await _judge_one_article(world, posted)


async def test_two_versions_at_the_same_moment_make_one_article(world: World) -> None:
    world.inject(DownstreamSlow(service=CMS, factor=8))
    draws = world.random("versions")
    first = draw_article(world)
    older, newer = [first, first.next_version()]
    one, other = draws.sample([older, newer], k=2)

    posts = [await post_article(world, one)]
    await world.run_for(ms=draws.randint(0, 300))
    posts.append(await post_article(world, other))
    await outcomes(world, posts, within_s=1800)
    await quiet(world)

    judge_row(world, newer, likely=why_several_rows(world, newer.article_id) or why_not_newest(world, newer))
    for posted in posts:
        judge_succeeded(posted, await transaction(world, posted), likely=why_in_progress(world, posted))


async def test_a_late_old_version_is_dropped(world: World) -> None:
    older = draw_article(world)
    newer = older.next_version()
    first = await post_article(world, newer)
    judge_succeeded(first, await outcome(world, first, within_s=IN_TIME_S))
    before = judge_row(world, newer)

    second = await post_article(world, older)
    ended = await outcome(world, second, within_s=IN_TIME_S)
    await quiet(world)

    judge_succeeded(second, ended, expected="succeeded: the CMS holds a newer version [A11]")
    after = judge_row(world, newer, likely=WRITTEN_OVER)
    expect(
        after == before,
        f"An old version of article {newer.article_id} came late, and the row was written.",
        expected=f"{before} [L1]",
        got=after,
        about=second.about,
    )


async def test_a_crash_at_any_step_of_the_feed_is_repaired(new_world: NewWorld) -> None:
    async for world in _crashes_of_the_consumer(new_world):
        posted = await post_article(world, draw_article(world))

        await outcome(world, posted)
        await quiet(world)
        await _judge_one_article(world, posted)
        judge_set_aside(world, 0, why="no article was poison", about=posted.about)


async def test_a_crash_while_a_second_copy_waits_loses_nothing(world: World) -> None:
    world.inject(LateCommit(service=CMS, operation="POST /articles", hold_ms=12_000, times=1))
    posted = await post_article(world, draw_article(world))
    worker = await _worker_at_the_cms(world, posted)

    world.queue(QUEUE).deliver_again(containing="", after_ms=100)
    await world.until(lambda: _another_has_ended(world, worker), within_s=9.9, every_ms=20)
    await world.run_for(ms=50)  # Lambda deletes what the second copy's invocation has dealt with
    if worker.ended_ms is None:
        world.kill(worker)

    await outcome(world, posted)
    await quiet(world)
    await _judge_one_article(world, posted)
    judge_set_aside(world, 0, why="no article was poison", about=posted.about)


async def test_a_lost_reply_of_the_cms_makes_no_second_article(world: World) -> None:
    world.inject(LostReply(service=CMS, operation="POST /articles", times=1))

    posted = await post_article(world, draw_article(world))

    await outcome(world, posted)
    await quiet(world)
    await _judge_one_article(world, posted)


async def test_an_article_committed_late_is_not_created_again(world: World) -> None:
    for copy_after_ms in ((), (world.random("copies").randint(1000, 24_000),)):
        world.inject(LateCommit(service=CMS, operation="POST /articles", hold_ms=25_000, times=1))
        if copy_after_ms:
            world.inject(DuplicateDelivery(queue=QUEUE, after_ms=copy_after_ms, times=1))

        posted = await post_article(world, draw_article(world))

        await outcome(world, posted)
        await quiet(world)
        await _judge_one_article(world, posted)


async def _judge_one_article(world: World, posted: Posted) -> None:
    """One row with what was accepted, and a transaction that has succeeded."""
    likely = why_several_rows(world, posted.article.article_id) or why_not_repaired(world, posted)
    rows = rows_of(world, posted.article.article_id)
    found = await transaction(world, posted)
    if len(rows) <= 1:
        judge_succeeded(posted, found, likely=likely)
    judge_row(world, posted.article, likely=likely)


async def _crashes_of_the_consumer(new_world: NewWorld) -> AsyncIterator[World]:
    """A fresh world for each call after which the consumer can die, and one in which it does not.

    A consumer that was under way before the crash was planned has its first calls behind it.
    """
    has_died = False
    for k in range(1, 41):
        world = await new_world()
        crash = world.inject(CrashAfterCall(k=k, functions=await _consumers(world), times=1))
        yield world
        if has_died and not crash.strikes:
            return
        has_died = has_died or crash.strikes > 0


async def _consumers(world: World) -> tuple[str, ...]:
    """The functions that consume the queue; without an event source mapping, once they have received."""
    await world.until(lambda: world.consumers_of(QUEUE), within_s=120)
    found = tuple(world.consumers_of(QUEUE))
    expect(
        bool(found),
        "In two minutes nobody received from IngestQueue.",
        expected="a function that consumes it, by an event source mapping or by ReceiveMessage",
        got="none",
    )
    return found


async def _worker_at_the_cms(world: World, posted: Posted) -> Invocation:
    """The invocation whose POST has arrived at the CMS; returns when it has."""
    article_id = posted.article.article_id
    arrived = await world.until(lambda: bool(requests_about(world, article_id, "POST")), within_s=300, every_ms=10)
    expect(
        arrived,
        f"Article {article_id} was posted at {posted.at_ms} ms, and five minutes later not yet to the CMS.",
        expected="a POST to the CMS",
        got=[f"{one.method} {one.path}" for one in requests_about(world, article_id)],
        about=posted.about,
    )
    request_id = requests_about(world, article_id, "POST")[0].request_id
    [worker] = [one for one in consumer_invocations(world) if one.request_id == request_id]
    return worker


def _another_has_ended(world: World, worker: Invocation) -> bool:
    later = [one for one in consumer_invocations(world) if one.started_ms > worker.started_ms]
    return any(one.ended_ms is not None for one in later)
