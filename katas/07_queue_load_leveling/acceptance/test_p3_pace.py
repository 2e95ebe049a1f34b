"""P3: the CMS is fed at its own pace."""

import asyncio

import pytest

from harness.faults.downstream import DownstreamSlow
from harness.promises import expect
from harness.world import World
from newsroom import (
    CMS,
    DEAD_LETTERS,
    IN_TIME_S,
    Posted,
    Transaction,
    draw_article,
    judge_row,
    judge_set_aside,
    outcomes,
    post_article,
)
from newsroom_burst import Burst
from newsroom_evidence import (
    TOO_SLOW,
    consumer_invocations,
    most_at_once,
    requests_about,
    why_given_up,
    why_too_many_in_flight,
)


@pytest.mark.sample
async def test_the_cms_never_has_more_than_four_requests_in_flight(burst: Burst) -> None:
    _judge_pace(burst.max_in_flight, burst.overloads, burst.consumers_at_once)


async def test_a_burst_is_worked_off_in_time_and_nobody_is_given_up(burst: Burst) -> None:
    likely = why_given_up(len(burst.untried), burst.overloads) if burst.given_up else TOO_SLOW
    _judge_all_succeeded(burst.posts, burst.outcomes, likely=likely)
    expect(
        burst.given_up == 0,
        f"{burst.given_up} messages arrived in {DEAD_LETTERS}, and no article was poison.",
        expected="none [Q1]",
        got=burst.given_up,
        likely=likely,
    )
    wrong = {article_id: count for article_id, count in burst.rows.items() if count != 1}
    expect(
        not wrong,
        f"{len(wrong)} of {len(burst.rows)} articles do not stand in the CMS exactly once.",
        expected="one row for each article [L1]",
        got=wrong,
        about=list(wrong)[:1],
    )


async def test_a_slow_cms_is_not_pushed_harder(world: World) -> None:
    world.inject(DownstreamSlow(service=CMS, factor=8))

    sent = []
    for _ in range(60):
        sent.append(world.start(post_article(world, draw_article(world))))
        await world.run_for(ms=167)
    posts = await asyncio.gather(*sent)
    found = await outcomes(world, posts, within_s=IN_TIME_S)

    cms = world.service(CMS)
    overloads = sum(request.status == 503 for request in cms.log)
    _judge_pace(cms.max_in_flight, overloads, most_at_once(consumer_invocations(world)))
    untried = [one for one in posts if not requests_about(world, one.article.article_id)]
    is_given_up = bool(world.queue(DEAD_LETTERS).arrivals)
    likely = why_given_up(len(untried), overloads) if is_given_up else TOO_SLOW
    _judge_all_succeeded(posts, found, likely=likely)
    judge_set_aside(world, 0, why="no article was poison", about=[], likely=likely)
    for posted in posts:
        judge_row(world, posted.article)


def _judge_pace(max_in_flight: int, overloads: int, consumers_at_once: int) -> None:
    expect(
        max_in_flight <= 4 and overloads == 0,
        f"The CMS had {max_in_flight} requests in flight at once, and answered 503 to {overloads}.",
        expected="never more than 4, and no 503 [S3]",
        got={"most in flight": max_in_flight, "answered 503": overloads},
        likely=why_too_many_in_flight(max_in_flight, consumers_at_once),
    )


def _judge_all_succeeded(posts: list[Posted], found: dict[str, Transaction], *, likely: str) -> None:
    by_status: dict[str, list[Posted]] = {}
    for posted in posts:
        by_status.setdefault(found.get(posted.transaction_id, {"status": "pending"})["status"], []).append(posted)
    late = [posted for status, those in by_status.items() if status != "succeeded" for posted in those]
    expect(
        not late,
        f"{len(late)} of {len(posts)} articles had not reached the CMS 15 minutes after the last was posted.",
        expected="all succeeded [S4]",
        got={status: len(those) for status, those in by_status.items()},
        likely=likely,
        about=late[0].about if late else [],
    )
