"""P1: an article sent is accepted at once, and its transaction tells the truth."""

import json
from dataclasses import asdict, replace

import pytest

from harness.faults.service import EventuallyConsistentRead
from harness.promises import expect
from harness.world import HttpAnswer, World
from newsroom import (
    CMS,
    IN_TIME_S,
    QUEUE,
    ask,
    draw_article,
    draw_key,
    judge_address,
    judge_problem,
    judge_row,
    judge_succeeded,
    outcome,
    post_article,
    transaction,
)

COULD_NEVER_SUCCEED = "A request that could never succeed was accepted."


@pytest.mark.sample
async def test_a_posted_article_reaches_the_cms_and_its_transaction_succeeds(world: World) -> None:
    article = draw_article(world)

    posted = await post_article(world, article)
    at_once = await transaction(world, posted)
    in_the_end = await outcome(world, posted, within_s=IN_TIME_S)

    expect(
        at_once["status"] != "failed",
        f"The transaction of article {article.article_id} is failed, right after its 202.",
        expected="pending, processing or succeeded [A10]",
        got=at_once,
        about=posted.about,
    )
    judge_succeeded(posted, in_the_end, expected="succeeded within 15 min [A2]")
    row = judge_row(world, article)
    judge_address(posted, in_the_end, row)


@pytest.mark.sample
async def test_a_bad_request_is_refused_and_nothing_is_queued(world: World) -> None:
    for what, body, has_key in _bad_requests(world):
        answer = await _send(world, body, has_key=has_key)
        likely = COULD_NEVER_SUCCEED if answer.status == 202 else ""
        judge_problem(answer, 400, f"A request with {what}", mark="A3", likely=likely)

    await world.run_for(minutes=3)
    queued, asked = world.queue(QUEUE).arrivals, world.service(CMS).log
    expect(
        not queued and not asked,
        f"Bad requests were answered 400, and yet {len(queued)} messages were queued.",
        expected="nothing queued, and no request to the CMS [A3]",
        got={"queued": [one.body[:200] for one in queued], "asked of the CMS": [one.path for one in asked]},
        likely=COULD_NEVER_SUCCEED,
    )

    smallest = replace(draw_article(world), article_id="a", title="S", body="")
    largest = replace(draw_article(world), article_id="Z-_9" * 16, title="\u00e4" * 255, body="x" * 100_000)
    await post_article(world, smallest, "k")
    await post_article(world, largest, "K" * 64)


async def test_an_unknown_transaction_is_not_found(world: World) -> None:
    posted = await post_article(world, draw_article(world))
    known = posted.transaction_id
    unknown = known[:-1] + ("0" if known[-1] != "0" else "1")

    answer = await world.get(f"/transactions/{unknown}")

    judge_problem(answer, 404, "The address of a transaction that does not exist", mark="A9")


async def test_a_newer_version_updates_the_article(world: World) -> None:
    first = await post_article(world, draw_article(world))
    judge_succeeded(first, await outcome(world, first, within_s=IN_TIME_S))

    second = await post_article(world, first.article.next_version())
    ended = await outcome(world, second, within_s=IN_TIME_S)

    judge_succeeded(second, ended)
    row = judge_row(world, second.article, likely="An article that exists must be updated, with its lock_version.")
    judge_address(second, ended, row)
    judge_succeeded(first, await transaction(world, first), expected="succeeded still: it never changes again [A11]")


async def test_the_location_is_good_from_the_first_moment(world: World) -> None:
    warm_up = await post_article(world, draw_article(world))
    await ask(world, warm_up)
    world.inject(EventuallyConsistentRead(), optional=True)  # who reads consistently is never struck

    for _ in range(5):
        posted = await post_article(world, draw_article(world))
        await world.run_for(ms=1)
        answer = await ask(world, posted)
        expect(
            answer.status == 200,
            f"The transaction of article {posted.article.article_id} was answered {answer.status}, "
            f"{answer.received_ms - posted.at_ms} ms after the article was posted.",
            expected="200, from the moment the 202 was sent [A9]",
            got=f"{answer.status} {answer.text[:300]}",
            likely="A read that does not ask for consistency may see the table as it was a second ago.",
            about=posted.about,
        )


def _bad_requests(world: World) -> list[tuple[str, str, bool]]:
    good = asdict(draw_article(world))
    without_title = {name: value for name, value in good.items() if name != "title"}
    return [
        ("no title", json.dumps(without_title), True),
        ("a title of 256 characters", json.dumps({**good, "title": "t" * 256}), True),
        ("version 0", json.dumps({**good, "version": 0}), True),
        ("version true", json.dumps({**good, "version": True}), True),
        ("a body that is not JSON", "not json", True),
        ("no Idempotency-Key", json.dumps(good), False),
    ]


async def _send(world: World, body: str, *, has_key: bool = True) -> HttpAnswer:
    headers = {"content-type": "application/json"}
    if has_key:
        headers["idempotency-key"] = draw_key(world)
    return await world.post("/articles", body=body, headers=headers)
