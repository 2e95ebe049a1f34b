"""The burst: 200 articles within ten seconds, and all that is judged of it."""

import asyncio
from dataclasses import dataclass

from harness.world import HttpAnswer, World
from newsroom import (
    CMS,
    DEAD_LETTERS,
    IN_TIME_S,
    Article,
    Posted,
    Transaction,
    draw_article,
    draw_key,
    judge_accepted,
    outcomes,
    rows_of,
    send_article,
)
from newsroom_evidence import consumer_invocations, most_at_once, requests_about, why_door_slow


@dataclass(frozen=True)
class Burst:
    """What became of 200 articles posted within ten seconds.

    Attributes:
        answers: of the 200 posts.
        why_slow: the likely mistake, if answers came late.
        consumers_at_once: the most invocations of consumers at one instant.
        overloads: requests that the CMS answered 503.
        outcomes: by transaction id, when all were finished or the time was up.
        untried: ids of articles that the CMS was never asked about.
        rows: by article id, how many there are in the CMS.
        given_up: messages that arrived in the dead-letter queue.
    """

    answers: list[tuple[Article, HttpAnswer]]
    posts: list[Posted]
    why_slow: str
    max_in_flight: int
    consumers_at_once: int
    overloads: int
    outcomes: dict[str, Transaction]
    untried: list[str]
    rows: dict[str, int]
    given_up: int


async def drive_burst(world: World) -> Burst:
    """Ten posts at once, so that the door is warm; five seconds later 200 in ten seconds."""
    warm_up = [send_article(world, draw_article(world), draw_key(world)) for _ in range(10)]
    await asyncio.gather(*warm_up)
    await world.run_for(s=5)

    keyed = [(draw_article(world), draw_key(world)) for _ in range(200)]
    sent = []
    for article, key in keyed:
        sent.append(world.start(send_article(world, article, key)))
        await world.run_for(ms=50)
    answers = await asyncio.gather(*sent)
    why_slow = why_door_slow(world)

    accepted = [(article, key, answer) for (article, key), answer in zip(keyed, answers, strict=True)]
    posts = [judge_accepted(article, key, answer) for article, key, answer in accepted if answer.status == 202]
    found = await outcomes(world, posts, within_s=IN_TIME_S)
    cms = world.service(CMS)
    return Burst(
        answers=[(article, answer) for article, _, answer in accepted],
        posts=posts,
        why_slow=why_slow,
        max_in_flight=cms.max_in_flight,
        consumers_at_once=most_at_once(consumer_invocations(world)),
        overloads=sum(request.status == 503 for request in cms.log),
        outcomes=found,
        untried=[article.article_id for article, _ in keyed if not requests_about(world, article.article_id)],
        rows={article.article_id: len(rows_of(world, article.article_id)) for article, _ in keyed},
        given_up=len(world.queue(DEAD_LETTERS).arrivals),
    )
