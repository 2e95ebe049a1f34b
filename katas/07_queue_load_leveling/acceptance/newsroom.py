"""The words in which this kata's scenarios are written: articles, transactions, rows of the CMS."""

import json
import random
import string
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urljoin

from harness.promises import expect
from harness.world import HttpAnswer, World

QUEUE = "IngestQueue"
DEAD_LETTERS = "IngestDeadLetterQueue"
CMS = "legacy"
CMS_URL = "http://legacy.internal"

IN_PROGRESS = ("pending", "processing")
MINUTE_S = 60
IN_TIME_S = 15 * MINUTE_S
AFTER_TROUBLE_S = 30 * MINUTE_S


@dataclass(frozen=True)
class Article:
    """One version of an article, as the newsroom sends it."""

    article_id: str
    version: int
    title: str
    body: str

    def next_version(self) -> "Article":
        """What its author sends after a correction."""
        version = self.version + 1
        return replace(self, version=version, title=f"{self.title}, corrected", body=f"{self.body} ({version})")


@dataclass(frozen=True)
class Posted:
    """An article that was answered 202.

    Attributes:
        address: of its transaction, absolute.
        at_ms: when it was posted.
    """

    article: Article
    key: str
    transaction_id: str
    address: str
    at_ms: int

    @property
    def about(self) -> list[str]:
        """The ids its story is told by."""
        return [self.article.article_id, self.transaction_id]


Transaction = dict[str, Any]


def draw_article(world: World) -> Article:
    """An article nobody can know beforehand, in its first version."""
    draws = world.random("newsroom/articles")
    word = _letters(draws, 6)
    return Article(f"a-{_letters(draws, 8)}", 1, f"Storm over {word.title()}", f"It rains in {word.title()}.")


def draw_key(world: World) -> str:
    """An Idempotency-Key that was not used before."""
    return f"key-{_letters(world.random('newsroom/keys'), 16)}"


async def send_article(world: World, article: Article, key: str) -> HttpAnswer:
    """Posts an article, whatever the answer."""
    headers = {"content-type": "application/json", "idempotency-key": key}
    return await world.post("/articles", body=json.dumps(asdict(article)), headers=headers)


async def post_article(world: World, article: Article, key: str = "") -> Posted:
    """Posts an article, which must be accepted."""
    key = key or draw_key(world)
    return judge_accepted(article, key, await send_article(world, article, key))


def judge_accepted(article: Article, key: str, answer: HttpAnswer) -> Posted:
    """The answer must be a 202 that says where the transaction is."""
    name = f"article {article.article_id}"
    expect(
        answer.status == 202,
        f"POST /articles answered {answer.status} to {name}, sent at {answer.sent_ms} ms.",
        expected="202 [A2]",
        got=f"{answer.status} {answer.text[:300]}",
        about=[article.article_id],
    )
    body = document(answer)
    location = answer.headers.get("location")
    expect(
        bool(location) and body.get("location") == location,
        f"The 202 for {name} does not say where its transaction is.",
        expected="the header Location, and the same address as `location` in the body [A2]",
        got={"header": location, "body": body},
        about=[article.article_id],
    )
    transaction_id = body.get("transaction_id")
    expect(
        isinstance(transaction_id, str) and transaction_id != "",
        f"The 202 for {name} names no transaction.",
        expected="`transaction_id`, a string [A2]",
        got=body,
        about=[article.article_id],
    )
    return Posted(article, key, str(transaction_id), urljoin(answer.url, str(location)), answer.sent_ms)


async def ask(world: World, posted: Posted) -> HttpAnswer:
    """GETs the address that the 202 gave, whatever the answer."""
    return await world.get(posted.address)


async def transaction(world: World, posted: Posted) -> Transaction:
    """The transaction as its client sees it now, which must be well formed."""
    answer = await ask(world, posted)
    name = f"The transaction of article {posted.article.article_id}"
    expect(
        answer.status == 200,
        f"{name} was answered {answer.status} at {answer.received_ms} ms; its 202 was sent after {posted.at_ms} ms.",
        expected="200 [A9]",
        got=f"{answer.status} {answer.text[:300]}",
        about=posted.about,
    )
    found = document(answer)
    expect(
        found.get("status") in (*IN_PROGRESS, "succeeded", "failed"),
        f"{name} has the status {found.get('status')!r}.",
        expected="pending, processing, succeeded or failed [A10]",
        got=found,
        about=posted.about,
    )
    expect(
        (found.get("transaction_id"), found.get("article_id")) == (posted.transaction_id, posted.article.article_id),
        f"{name} speaks of something else.",
        expected=f"transaction {posted.transaction_id} of article {posted.article.article_id}",
        got=found,
        about=posted.about,
    )
    return found


async def outcomes(world: World, posts: list[Posted], *, within_s: float) -> dict[str, Transaction]:
    """The transaction of each post once all are finished, or as they are when the time is up.

    Asks after 1, 2, 4, 8, 16 s and then every 20 s; a transaction that has finished is not asked
    for again.
    """
    until_ms = world.now_ms + within_s * 1000
    found: dict[str, Transaction] = {}
    pause_s = 1.0
    while True:
        time_is_up = world.now_ms >= until_ms
        for posted in [one for one in posts if not is_finished(found.get(one.transaction_id))]:
            found[posted.transaction_id] = await transaction(world, posted)
            if not is_finished(found[posted.transaction_id]) and not time_is_up:
                break
        if time_is_up or all(is_finished(found.get(one.transaction_id)) for one in posts):
            return found
        await world.run_for(ms=max(1, int(min(pause_s * 1000, until_ms - world.now_ms))))
        pause_s = min(2 * pause_s, 20)


async def outcome(world: World, posted: Posted, *, within_s: float = AFTER_TROUBLE_S) -> Transaction:
    """The transaction of one post once it is finished, or as it is when the time is up."""
    return (await outcomes(world, [posted], within_s=within_s))[posted.transaction_id]


def is_finished(found: Transaction | None) -> bool:
    """Whether it has succeeded or failed."""
    return found is not None and found["status"] not in IN_PROGRESS


async def quiet(world: World, *, within_s: float = AFTER_TROUBLE_S) -> bool:
    """Lets time pass until no message waits in IngestQueue and the CMS must be done with everything.

    Returns:
        False: messages still wait when the time is up.
    """
    queue = world.queue(QUEUE)
    is_empty = await world.until(lambda: queue.waiting + queue.in_flight == 0, within_s=within_s)
    await world.run_for(s=31)
    return is_empty


def rows_of(world: World, article_id: str) -> list[dict[str, Any]]:
    """The rows the CMS holds for an article."""
    return [row for row in world.service(CMS).rows("articles") if row["source_id"] == article_id]


def judge_succeeded(posted: Posted, found: Transaction, *, likely: str = "", expected: str = "") -> None:
    """The transaction must have succeeded."""
    status = found["status"]
    expect(
        status == "succeeded",
        f"Article {posted.article.article_id} was accepted at {posted.at_ms} ms, and its transaction "
        + (f"is {status}." if status == "failed" else f"is still {status}."),
        expected=expected or "succeeded [S9]",
        got=found,
        likely=likely,
        about=posted.about,
    )


def judge_row(world: World, article: Article, *, likely: str = "") -> dict[str, Any]:
    """The CMS must hold one row for the article, with exactly this content."""
    rows = rows_of(world, article.article_id)
    expect(
        len(rows) == 1,
        f"Article {article.article_id} stands {_times(len(rows))} in the CMS.",
        expected="one row [L1]",
        got=rows,
        likely=likely,
        about=[article.article_id],
    )
    wanted = {"source_id": article.article_id, "version": article.version, "title": article.title, "body": article.body}
    held = {name: rows[0][name] for name in wanted}
    expect(
        held == wanted,
        f"The CMS holds article {article.article_id} with other content than was accepted.",
        expected=f"{wanted} [L1]",
        got=held,
        likely=likely,
        about=[article.article_id],
    )
    return rows[0]


def judge_address(posted: Posted, found: Transaction, row: dict[str, Any]) -> None:
    """A succeeded transaction must name the row."""
    address = f"{CMS_URL}/articles/{row['id']}"
    result = found.get("result")
    expect(
        isinstance(result, dict) and result.get("location") == address,
        f"The transaction of article {posted.article.article_id} succeeded, and does not say where the article is.",
        expected=f"result.location {address} [A11]",
        got=found,
        about=posted.about,
    )


def judge_set_aside(world: World, count: int, *, why: str, about: list[str], likely: str = "") -> None:
    """So many messages must have arrived in the dead-letter queue since the beginning."""
    queue = world.queue(DEAD_LETTERS)
    expect(
        queue.exists or count == 0,
        f"There is no {DEAD_LETTERS} in the template.",
        expected=f"a queue with the logical id {DEAD_LETTERS} [Q1]",
        got="none",
        about=about,
    )
    arrived = queue.arrivals
    expect(
        len(arrived) == count,
        f"{len(arrived)} messages arrived in {DEAD_LETTERS}; {why}.",
        expected=f"{count} [Q1]",
        got=[f"{one.at_ms} ms: {one.body[:200]}" for one in arrived],
        likely=likely,
        about=about,
    )


def judge_problem(answer: HttpAnswer, status: int, what: str, *, mark: str, likely: str = "") -> None:
    """The answer must be a problem document with this status."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    got = f"{answer.status} {kind} {answer.text[:300]}"
    expect(
        answer.status == status,
        f"{what} was answered {answer.status}.",
        expected=f"{status} [{mark}]",
        got=got,
        likely=likely,
    )
    expect(
        kind == "application/problem+json" and document(answer) != {},
        f"{what} was answered {status} without a problem document.",
        expected="application/problem+json, a JSON object [A13]",
        got=got,
    )


def document(answer: HttpAnswer) -> dict[str, Any]:
    """The JSON object in an answer; {} if there is none."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _letters(draws: random.Random, count: int) -> str:
    return "".join(draws.choices(string.ascii_lowercase + string.digits, k=count))


def _times(count: int) -> str:
    return {0: "nowhere", 1: "once", 2: "twice"}.get(count, f"{count} times")
