"""P6: a client that asks twice gets one transaction, and a 202 is never a lie."""

import asyncio
from dataclasses import replace

import pytest

from harness.faults.service import LostReply, ServiceError
from harness.promises import expect
from harness.world import HttpAnswer, World
from newsroom import (
    IN_TIME_S,
    QUEUE,
    Article,
    Posted,
    draw_article,
    draw_key,
    judge_accepted,
    judge_problem,
    judge_row,
    judge_succeeded,
    outcome,
    outcomes,
    post_article,
    quiet,
    send_article,
    transaction,
)
from newsroom_evidence import why_in_progress, why_several_rows

SEND = "SendMessage|SendMessageBatch"


@pytest.mark.sample
async def test_the_same_key_gets_the_same_transaction(world: World) -> None:
    article, key = draw_article(world), draw_key(world)
    posts = [await post_article(world, article, key)]
    await world.run_for(s=2)
    posts.append(await post_article(world, article, key))
    judge_succeeded(posts[0], await outcome(world, posts[0], within_s=IN_TIME_S))
    await world.run_for(hours=20)
    posts.append(await post_article(world, article, key))
    at_once = await transaction(world, posts[-1])
    await quiet(world)

    _judge_one_transaction(posts)
    judge_succeeded(posts[0], at_once, expected="succeeded still: it never changes again [A11]")
    judge_row(world, article, likely=why_several_rows(world, article.article_id))

    queued = len(world.queue(QUEUE).arrivals)
    other = await send_article(world, replace(article, title="Calm over the sea"), key)
    await world.run_for(minutes=2)
    judge_problem(other, 422, "Another article under a key that was used before", mark="A5")
    expect(
        len(world.queue(QUEUE).arrivals) == queued,
        "Another article under a key that was used before was refused, and queued all the same.",
        expected="nothing queued [A5]",
        got=[one.body[:200] for one in world.queue(QUEUE).arrivals[queued:]],
        about=[article.article_id],
    )

    again = await post_article(world, article)
    judge_succeeded(again, await outcome(world, again, within_s=IN_TIME_S))
    expect(
        again.transaction_id != posts[0].transaction_id,
        f"Article {article.article_id} was posted under two keys and has one transaction.",
        expected="two [A8]",
        got=again.transaction_id,
        about=again.about,
    )
    judge_row(world, article)


async def test_a_client_that_retries_after_any_crash_is_served(sweep) -> None:  # type: ignore[no-untyped-def]
    async for run in sweep.over(_door, limit=40):
        world = run.world
        await _judge_served(world, draw_article(world))


async def test_a_lost_reply_of_the_queue_makes_no_second_article(world: World) -> None:
    world.inject(LostReply(service="sqs", operation=SEND, times=3))  # as often as the SDK tries

    await _judge_served(world, draw_article(world))


async def test_every_202_given_while_the_queue_is_down_is_kept(world: World) -> None:
    world.inject(ServiceError(service="sqs", operation=SEND, until_ms=world.now_ms + 300_000))
    tried = []
    for _ in range(10):
        article, key = draw_article(world), draw_key(world)
        tried.append((article, key, await send_article(world, article, key)))
        await world.run_for(s=30)
    kept = [judge_accepted(article, key, answer) for article, key, answer in tried if answer.status == 202]

    found = await outcomes(world, kept, within_s=IN_TIME_S)
    for posted in kept:
        likely = why_in_progress(world, posted)
        judge_succeeded(posted, found[posted.transaction_id], likely=likely, expected="succeeded [S6]")

    asked_again = [await _until_accepted(world, article, key) for article, key, _ in tried]
    posts = [attempts[-1] for attempts in asked_again]
    found = await outcomes(world, posts, within_s=IN_TIME_S)
    await quiet(world)
    for posted in posts:
        judge_succeeded(posted, found[posted.transaction_id], likely=why_in_progress(world, posted))
        judge_row(world, posted.article, likely=why_several_rows(world, posted.article.article_id))


async def test_two_posts_with_one_key_at_the_same_moment_are_one(world: World) -> None:
    article, key = draw_article(world), draw_key(world)
    answers = await asyncio.gather(*[send_article(world, article, key) for _ in range(2)])
    allowed = [answer for answer in answers if answer.status in (202, 409)]
    expect(
        len(allowed) == 2 and any(answer.status == 202 for answer in answers),
        f"Article {article.article_id} was posted twice at one moment, and answered "
        + " and ".join(str(answer.status) for answer in answers)
        + ".",
        expected="202 to both, or 202 and 409 [A4] [A6]",
        got=[f"{answer.status} {answer.text[:200]}" for answer in answers],
        about=[article.article_id],
    )

    posts = [judge_accepted(article, key, answer) for answer in answers if answer.status == 202]
    posts += await _until_accepted(world, article, key)
    await outcome(world, posts[0])
    await quiet(world)

    _judge_one_transaction(posts)
    judge_succeeded(posts[0], await transaction(world, posts[0]), likely=why_in_progress(world, posts[0]))
    judge_row(world, article, likely=why_several_rows(world, article.article_id))


async def _judge_served(world: World, article: Article) -> None:
    """A client that retries until it is answered 202 must get one transaction that succeeds."""
    posts = await _until_accepted(world, article, draw_key(world))
    await outcome(world, posts[-1])
    await quiet(world)

    _judge_one_transaction(posts)
    judge_succeeded(posts[-1], await transaction(world, posts[-1]), likely=why_in_progress(world, posts[-1]))
    judge_row(world, article, likely=why_several_rows(world, article.article_id))


async def _until_accepted(world: World, article: Article, key: str) -> list[Posted]:
    """Posts again a second after each answer that is not 202; ends with the first 202."""
    answers: list[HttpAnswer] = []
    for _ in range(10):
        answers.append(await send_article(world, article, key))
        if answers[-1].status == 202:
            break
        await world.run_for(s=1)
    expect(
        answers[-1].status == 202,
        f"Article {article.article_id} was posted {len(answers)} times under one key and never accepted.",
        expected="202 once the trouble is over [A7]",
        got=[f"{answer.sent_ms} ms: {answer.status}" for answer in answers],
        about=[article.article_id],
    )
    return [judge_accepted(article, key, answers[-1])]


def _judge_one_transaction(posts: list[Posted]) -> None:
    ids = sorted({posted.transaction_id for posted in posts})
    expect(
        len(ids) == 1,
        f"Article {posts[0].article.article_id} was posted {len(posts)} times under one key "
        f"and has {len(ids)} transactions.",
        expected="one [A4]",
        got=ids,
        about=posts[0].about,
    )


def _door(world: World) -> str:
    return world.function_behind("POST", "/articles")
