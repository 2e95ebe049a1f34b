"""The Legacy CMS of kata 07: its rows, its rules, and how it bears load.

The last tests replay the kata's service levels on the capacity model alone: whoever feeds
the CMS at concurrency 1 or 2 is through in the time the contract was figured on.
"""

import asyncio
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from harness.faults.downstream import DownstreamRefuses, DownstreamSlow, LateCommit
from harness.tests.cloud.http_service.bench import Bench, parsed


def _load_cms() -> Any:
    path = Path(__file__).parents[3] / "katas/07_queue_load_leveling/services/legacy_cms.py"
    spec = importlib.util.spec_from_file_location("kata07_legacy_cms", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.LegacyCms


LegacyCms = _load_cms()

STORM = {"source_id": "a-17", "version": 1, "title": "Storm over Vigo", "body": "Wind."}


@pytest.fixture
def bench() -> Bench[Any]:
    return new_bench()


def new_bench() -> Bench[Any]:
    return Bench(LegacyCms, name="legacy", url="http://legacy.internal")


def stored(bench: Bench[Any], kind: str, **fields: Any) -> int:
    """A row that is there from the beginning; its id."""
    row_id: int = bench.service.insert(kind, {"source_id": f"{kind}-1", "version": 1, "name": "N", **fields})["id"]
    return row_id


def test_a_posted_article_is_a_row(bench: Bench[Any]) -> None:
    reply = bench.ask_now("POST", "/articles", STORM)

    row = {
        **{"id": 981, "source_id": "a-17", "version": 1, "lock_version": 1},
        **{"title": "Storm over Vigo", "body": "Wind.", "author_id": None, "show_id": None},
        **{"category_ids": [], "tag_ids": [], "asset_ids": []},
    }
    assert reply.status == 201
    assert reply.headers["location"] == "http://legacy.internal/articles/981"
    assert parsed(reply) == row
    assert bench.service.rows("articles") == [row]
    assert bench.service.row("articles", "a-17") == row


def test_a_row_is_found_by_its_source_id_and_by_its_id(bench: Bench[Any]) -> None:
    row = parsed(bench.ask_now("POST", "/articles", STORM))

    assert parsed(bench.ask_now("GET", "/articles?source_id=a-17")) == {"items": [row]}
    assert parsed(bench.ask_now("GET", "/articles/981")) == row


def test_a_source_id_nobody_used_finds_no_rows(bench: Bench[Any]) -> None:
    bench.ask_now("POST", "/articles", STORM)

    assert parsed(bench.ask_now("GET", "/articles?source_id=a-18")) == {"items": []}
    assert parsed(bench.ask_now("GET", "/authors?source_id=a-17")) == {"items": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/articles/5"), ("GET", "/articles/x"), ("GET", "/articles/-1"), ("GET", "/comments?source_id=1")],
)
def test_what_is_not_there_is_not_found(bench: Bench[Any], method: str, path: str) -> None:
    assert bench.ask_now(method, path).status == 404


def test_whoever_posts_twice_has_two_rows(bench: Bench[Any]) -> None:
    bench.ask_together(bench.ask("POST", "/articles", STORM), bench.ask("POST", "/articles", STORM))

    assert [row["id"] for row in bench.service.rows("articles")] == [981, 982]
    with pytest.raises(AssertionError, match=r"The CMS holds 2 rows of articles for a-17, ids 981, 982\."):
        bench.service.row("articles", "a-17")


def test_a_put_replaces_the_row_and_counts_its_lock_version(bench: Bench[Any]) -> None:
    author = stored(bench, "authors")
    row = parsed(bench.ask_now("POST", "/articles", {**STORM, "author_id": author}))

    change = {"version": 2, "lock_version": 1, "title": "Storm passed", "body": ""}
    reply = bench.ask_now("PUT", f"/articles/{row['id']}", change)

    changed = {**row, "version": 2, "lock_version": 2, "title": "Storm passed", "body": "", "author_id": None}
    assert (reply.status, parsed(reply)) == (200, changed)
    assert bench.service.rows("articles") == [changed]


def test_a_put_with_a_stale_lock_version_is_a_conflict_and_changes_nothing(bench: Bench[Any]) -> None:
    bench.ask_now("POST", "/articles", STORM)

    replies = bench.ask_together(
        bench.ask("PUT", "/articles/981", {**STORM, "version": 2, "lock_version": 1}),
        bench.ask("PUT", "/articles/981", {**STORM, "version": 3, "lock_version": 1}, after_ms=60),
    )

    assert [reply.status for reply in replies] == [200, 409]
    assert bench.service.row("articles", "a-17")["version"] == 2


def test_a_put_to_a_row_that_is_not_there_is_not_found(bench: Bench[Any]) -> None:
    assert bench.ask_now("PUT", "/articles/5", {**STORM, "lock_version": 1}).status == 404


def test_the_cms_lets_an_old_version_overwrite_a_new_one(bench: Bench[Any]) -> None:
    bench.ask_now("POST", "/articles", {**STORM, "version": 5})

    bench.ask_now("PUT", "/articles/981", {**STORM, "version": 3, "lock_version": 1})

    assert bench.service.row("articles", "a-17")["version"] == 3


def test_a_field_the_cms_does_not_know_is_dropped(bench: Bench[Any]) -> None:
    row = parsed(bench.ask_now("POST", "/articles", {**STORM, "id": 1, "lock_version": 9, "kind": "x", "self": 1}))

    assert (row["id"], row["lock_version"]) == (981, 1)
    assert not {"kind", "self"} & row.keys()


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"source_id": ""}, "source_id must be a text of 1 to 64 characters."),
        ({"version": 0}, "version must be an integer of at least 1."),
        ({"version": True}, "version must be an integer of at least 1."),
        ({"version": 10**30}, "version must be an integer of at least 1."),
        ({"title": "t" * 256}, "title must be a text of 1 to 255 characters."),
        ({"body": None}, "body must be a text of 0 to 100000 characters."),
        ({"author_id": "981"}, "author_id must be a legacy id or null."),
        ({"tag_ids": 981}, "tag_ids must be a list of legacy ids."),
        ({"tag_ids": ["981"]}, "tag_ids must be a list of legacy ids."),
    ],
)
def test_an_invalid_article_is_refused_for_good(bench: Bench[Any], change: dict[str, Any], detail: str) -> None:
    reply = bench.ask_now("POST", "/articles", {**STORM, **change})

    assert reply.headers["content-type"] == "application/problem+json"
    assert (reply.status, parsed(reply)["code"], parsed(reply)["detail"]) == (422, "invalid", detail)
    assert bench.service.rows("articles") == []
    assert bench.answered_ms <= 44


def test_a_put_must_say_which_lock_version_it_saw(bench: Bench[Any]) -> None:
    bench.ask_now("POST", "/articles", STORM)

    reply = bench.ask_now("PUT", "/articles/981", {**STORM, "version": 2})

    assert parsed(reply)["detail"] == "lock_version must be an integer of at least 1."


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_body_that_is_no_object_is_refused(bench: Bench[Any], body: object) -> None:
    assert parsed(bench.ask_now("POST", "/articles", body))["detail"] == "The body must be a JSON object."


def test_a_search_without_a_source_id_is_refused(bench: Bench[Any]) -> None:
    assert parsed(bench.ask_now("GET", "/articles"))["detail"] == "source_id is required."


def test_an_article_keeps_the_legacy_ids_of_its_relations(bench: Bench[Any]) -> None:
    kinds = ["authors", "categories", "tags", "shows", "assets"]
    author, category, tag, show, asset = (stored(bench, kind) for kind in kinds)
    named = {"author_id": author, "category_ids": [category], "tag_ids": [tag], "show_id": show, "asset_ids": [asset]}

    row = parsed(bench.ask_now("POST", "/articles", {**STORM, **named}))

    assert {name: row[name] for name in named} == named


def test_relations_of_the_other_kinds_are_kept_too(bench: Bench[Any]) -> None:
    category, author = stored(bench, "categories"), stored(bench, "authors")

    show = parsed(
        bench.ask_now("POST", "/shows", {"source_id": "s-1", "version": 1, "name": "S", "category_id": category})
    )
    asset = parsed(
        bench.ask_now(
            "POST",
            "/assets",
            {"source_id": "i-1", "version": 1, "name": "I", "author_id": author, "show_id": show["id"]},
        )
    )

    assert (show["category_id"], asset["author_id"], asset["show_id"]) == (category, author, show["id"])


def test_null_and_absent_relations_are_none(bench: Bench[Any]) -> None:
    row = parsed(bench.ask_now("POST", "/articles", {**STORM, "show_id": None, "tag_ids": None}))

    assert (row["show_id"], row["tag_ids"]) == (None, [])


def test_an_article_that_names_an_id_of_another_kind_misses_a_relation(bench: Bench[Any]) -> None:
    author = stored(bench, "authors")

    reply = bench.ask_now("POST", "/articles", {**STORM, "tag_ids": [author]})

    assert (reply.status, parsed(reply)["code"]) == (422, "missing_relation")
    assert parsed(reply)["detail"] == "tag_ids names 981, and tags has no such row."


def test_what_a_test_does_to_a_snapshot_does_not_reach_the_cms(bench: Bench[Any]) -> None:
    bench.ask_now("POST", "/articles", STORM)

    bench.service.rows("articles")[0]["tag_ids"].append(5)
    bench.service.row("articles", "a-17")["title"] = "forged"

    assert bench.service.rows("articles")[0]["tag_ids"] == []
    assert bench.service.rows("articles")[0]["title"] == "Storm over Vigo"


def test_articles_of_one_author_are_written_one_after_the_other(bench: Bench[Any]) -> None:
    article = {**STORM, "author_id": stored(bench, "authors")}

    bench.ask_together(bench.ask("POST", "/articles", article), bench.ask("POST", "/articles", article))

    took_ms = [entry.ended_ms for entry in bench.service.log]
    assert took_ms == [pytest.approx(250, rel=0.11), pytest.approx(500, rel=0.11)]


def test_an_article_that_waits_ten_seconds_for_its_author_is_rolled_back(bench: Bench[Any]) -> None:
    article = {**STORM, "author_id": stored(bench, "authors")}
    bench.faults.inject(DownstreamSlow(service="legacy", factor=80, times=1))

    first, second = bench.ask_together(
        bench.ask("POST", "/articles", article), bench.ask("POST", "/articles", article, after_ms=100)
    )

    assert (first.status, second.status) == (201, 500)
    assert bench.service.log[1].ended_ms == 10_100
    assert len(bench.service.rows("articles")) == 1


def test_reading_waits_for_no_lock(bench: Bench[Any]) -> None:
    article = {**STORM, "author_id": stored(bench, "authors")}

    bench.ask_together(bench.ask("POST", "/articles", article), bench.ask("GET", "/articles?source_id=a-17"))

    assert bench.service.log[1].ended_ms == pytest.approx(40, rel=0.11)


def test_every_request_is_finished_or_abandoned_within_thirty_seconds(bench: Bench[Any]) -> None:
    bench.faults.inject(DownstreamSlow(service="legacy", factor=200))
    article = {**STORM, "author_id": stored(bench, "authors")}

    bench.ask_together(*(bench.ask("POST", "/articles", article, after_ms=i * 1000) for i in range(5)))

    took_ms = [(entry.ended_ms or 0) - entry.at_ms for entry in bench.service.log]
    assert max(took_ms) == 30_000
    assert bench.service.rows("articles") == []


def test_an_article_refused_by_the_cms_is_refused_until_the_cause_is_mended(bench: Bench[Any]) -> None:
    fault = bench.faults.inject(DownstreamRefuses(operation="POST /articles", containing='"a-17"'))
    assert bench.ask_now("POST", "/articles", STORM).status == 422

    bench.faults.lift(fault)
    assert bench.ask_now("POST", "/articles", STORM).status == 201


def test_an_article_committed_late_is_not_seen_before(bench: Bench[Any]) -> None:
    bench.faults.inject(LateCommit(operation="POST /articles", hold_ms=25_000, times=1))

    _, before, after = bench.ask_together(
        bench.ask("POST", "/articles", STORM),
        bench.ask("GET", "/articles?source_id=a-17", after_ms=24_900),
        bench.ask("GET", "/articles?source_id=a-17", after_ms=25_000),
    )

    assert parsed(before) == {"items": []}
    assert len(parsed(after)["items"]) == 1


AWS_CALLS_MS = 60
"""What a worker spends per article besides the CMS: a receive, four calls, a delete."""


async def feed(bench: Bench[Any], *, articles: int, workers: int) -> None:
    """Posts come evenly over 10 s; each worker looks, creates, and takes the next."""
    numbers = iter(range(articles))

    async def work() -> None:
        for number in numbers:
            posted_s = 10 * number / articles
            await asyncio.sleep(max(AWS_CALLS_MS / 1000, posted_s - bench.loop.time()))
            await bench.ask("GET", f"/articles?source_id=a-{number}")
            await bench.ask("POST", "/articles", {**STORM, "source_id": f"a-{number}"})

    await asyncio.gather(*(work() for _ in range(workers)))


@pytest.mark.parametrize(
    ("articles", "workers", "factor", "done_s"),
    [(200, 2, 1, 37), (200, 1, 1, 73), (60, 2, 8, 73), (60, 1, 8, 145)],
)
def test_a_steady_worker_is_through_in_the_time_the_kata_was_figured_on(
    articles: int, workers: int, factor: float, done_s: float
) -> None:
    bench = new_bench()
    bench.faults.inject(DownstreamSlow(service="legacy", factor=factor))

    bench.run(feed(bench, articles=articles, workers=workers))

    assert bench.answered_ms / 1000 == pytest.approx(done_s, rel=0.1)
    assert bench.service.max_in_flight == workers
    assert len(bench.service.rows("articles")) == articles


def test_ten_workers_without_a_pause_are_turned_away_again_and_again() -> None:
    bench = new_bench()

    async def hurry(worker: int) -> None:
        for number in range(20):
            await bench.ask("POST", "/articles", {**STORM, "source_id": f"a-{worker}-{number}"})

    bench.ask_together(*(hurry(worker) for worker in range(10)))

    assert bench.service.max_in_flight > 8
    statuses = bench.service.statuses()
    assert statuses[503] > 40
    assert statuses == {201: len(bench.service.rows("articles")), 503: 200 - statuses[201]}
