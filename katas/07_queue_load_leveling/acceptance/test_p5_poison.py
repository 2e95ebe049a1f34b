"""P5: a poison article stands aside and says so; its neighbours go through; bad weather is not poison."""

import asyncio

from harness.faults.downstream import DownstreamFails, DownstreamRefuses
from harness.faults.environment import KillOnMatch
from harness.promises import expect
from harness.world import World
from newsroom import (
    AFTER_TROUBLE_S,
    CMS,
    DEAD_LETTERS,
    IN_TIME_S,
    QUEUE,
    Posted,
    Transaction,
    draw_article,
    is_finished,
    judge_row,
    judge_set_aside,
    judge_succeeded,
    outcome,
    outcomes,
    post_article,
    quiet,
    transaction,
)
from newsroom_evidence import (
    RAN_OUT_OF_RECEIVES,
    why_in_progress,
    why_several_rows,
)


async def test_a_refused_article_fails_alone(world: World) -> None:
    articles = [draw_article(world) for _ in range(10)]
    refused = articles[3]
    world.inject(DownstreamRefuses(service=CMS, operation="POST /articles", containing=refused.article_id))

    posts = await asyncio.gather(*[post_article(world, article) for article in articles])
    poison = posts[3]
    healthy = [one for one in posts if one is not poison]
    found = await outcomes(world, healthy, within_s=IN_TIME_S)

    for posted in healthy:
        likely = "A refused article took its neighbours with it."
        judge_succeeded(posted, found[posted.transaction_id], likely=likely, expected="succeeded within 15 min [S8]")
        judge_row(world, posted.article)
    await _judge_failed(world, poison)


async def test_an_article_that_kills_the_worker_is_shown_as_failed(world: World) -> None:
    world.inject(KillOnMatch(service=CMS))

    posted = await post_article(world, draw_article(world))

    await _judge_failed(world, posted)


async def test_an_unreadable_message_is_set_aside(world: World) -> None:
    posts = [await post_article(world, draw_article(world)) for _ in range(2)]
    world.queue(QUEUE).send("not json")
    posts += [await post_article(world, draw_article(world)) for _ in range(3)]

    found = await outcomes(world, posts, within_s=AFTER_TROUBLE_S)

    for posted in posts:
        likely = "An unreadable message took its neighbours with it."
        judge_succeeded(posted, found[posted.transaction_id], likely=likely, expected="succeeded [S8]")
        judge_row(world, posted.article)
    await world.until(lambda: _set_aside(world) > 0, within_s=AFTER_TROUBLE_S - world.now_ms / 1000)
    await quiet(world)
    judge_set_aside(world, 1, why="one message was unreadable", about=["not json"])


async def test_an_outage_delays_articles_and_fails_none(world: World) -> None:
    outage = DownstreamFails(service=CMS, from_ms=world.now_ms + 5000, until_ms=world.now_ms + 605_000)
    world.inject(outage)
    found: dict[str, Transaction] = {}
    posts: list[Posted] = []

    for _ in range(10):
        for _ in range(3):
            posts.append(await post_article(world, draw_article(world)))
            await world.run_for(s=20)
        await _look_for_failed(world, posts, found)
    for _ in range(30):
        if all(is_finished(found.get(posted.transaction_id)) for posted in posts):
            break
        await world.run_for(minutes=1)
        await _look_for_failed(world, posts, found)

    expected = "succeeded within 30 min of the outage's end [S5]"
    for posted in posts:
        judge_succeeded(posted, found[posted.transaction_id], likely=why_in_progress(world, posted), expected=expected)
        judge_row(world, posted.article, likely=why_several_rows(world, posted.article.article_id))
    judge_set_aside(world, 0, why="bad weather is not poison", about=[], likely=RAN_OUT_OF_RECEIVES)


async def test_a_redriven_article_succeeds_after_the_cause_is_mended(world: World) -> None:
    posted_article = draw_article(world)
    refusal = world.inject(DownstreamRefuses(service=CMS, operation="POST /articles"))
    posted = await post_article(world, posted_article)
    await _judge_failed(world, posted)

    world.lift(refusal)
    for arrival in list(world.queue(DEAD_LETTERS).arrivals):
        world.queue(QUEUE).redrive(arrival)
    await world.until(lambda: bool(world.service(CMS).rows("articles")), within_s=IN_TIME_S)
    await quiet(world)

    likely = "A message that was redriven must be tried again, whatever its transaction said."
    judge_succeeded(posted, await transaction(world, posted), likely=likely, expected="succeeded [Q2]")
    judge_row(world, posted_article)


async def _judge_failed(world: World, posted: Posted) -> None:
    """The transaction must be failed, say why, and have one message in the dead-letter queue, in time."""
    name = f"Article {posted.article.article_id}"
    left_s = AFTER_TROUBLE_S - (world.now_ms - posted.at_ms) / 1000
    found = await outcome(world, posted, within_s=left_s)
    likely = why_in_progress(world, posted) if not is_finished(found) else ""
    expect(
        found["status"] == "failed",
        f"{name} can never reach the CMS, and 30 minutes after it was posted its transaction is {found['status']}.",
        expected="failed [S7]",
        got=found,
        likely=likely,
        about=posted.about,
    )
    error = found.get("error")
    detail = error.get("detail") if isinstance(error, dict) else None
    expect(
        isinstance(detail, str) and detail != "",
        f"{name} has failed, and its transaction does not say why.",
        expected="error.detail, a string that is not empty [A12]",
        got=found,
        about=posted.about,
    )
    left_s = AFTER_TROUBLE_S - (world.now_ms - posted.at_ms) / 1000
    await world.until(lambda: _set_aside(world) > 0, within_s=max(1, left_s))
    await quiet(world)
    judge_set_aside(world, 1, why="one article was given up", about=posted.about)


async def _look_for_failed(world: World, posts: list[Posted], found: dict[str, Transaction]) -> None:
    """Asks for each transaction that has not succeeded; none may be failed."""
    for posted in posts:
        if found.get(posted.transaction_id, {}).get("status") == "succeeded":
            continue
        found[posted.transaction_id] = now = await transaction(world, posted)
        expect(
            now["status"] != "failed",
            f"The CMS was down for ten minutes, and article {posted.article.article_id} was given up.",
            expected="in progress, then succeeded [S5]",
            got=now,
            likely=RAN_OUT_OF_RECEIVES,
            about=posted.about,
        )


def _set_aside(world: World) -> int:
    return len(world.queue(DEAD_LETTERS).arrivals)
