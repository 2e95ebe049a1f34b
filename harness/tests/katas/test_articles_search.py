"""The search index of kata 07: what it holds, and which articles it remembers to have given out."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("tantivy")
pytest.importorskip("metaphone")

from harness.simulation.wire import Reply
from harness.tests.cloud.http_service.bench import Bench, parsed

ARTICLE = {"version": 1, "updated_at": "2024-05-01T12:00:00.000Z", "title": "Storm over Vigo", "body": "Wind."}
BY_AGE = [{"updated_at": "asc"}, {"article_id": "asc"}]


def _load_search() -> Any:
    path = Path(__file__).parents[3] / "katas/07_queue_load_leveling/services/articles_search.py"
    spec = importlib.util.spec_from_file_location("kata07_articles_search", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ArticlesSearch


ArticlesSearch = _load_search()


@pytest.fixture
def bench() -> Bench[Any]:
    found: Bench[Any] = Bench(ArticlesSearch, name="search", url="http://search.internal")
    for number in range(5):
        doc_id = f"a-{number}"
        found.service.index("articles").put(doc_id, {"article_id": doc_id, **ARTICLE})
    return found


def _ask(bench: Bench[Any], method: str, path: str, body: Any = None) -> Reply:
    call = bench.call(method, path, body)
    request = msgspec.structs.replace(call.request, headers={"content-type": "application/json"})
    reply = bench.run(bench.service.answer(msgspec.structs.replace(call, request=request)))
    assert isinstance(reply, Reply)
    return reply


def _ids(reply: Any) -> list[str]:
    return [hit["_id"] for hit in parsed(reply)["hits"]["hits"]]


def test_articles_that_share_a_moment_are_all_found_with_the_id_as_tie_breaker(bench: Bench[Any]) -> None:
    first = _ask(bench, "POST", "/articles/_search", {"size": 3, "sort": BY_AGE})
    last = parsed(first)["hits"]["hits"][-1]["sort"]
    second = _ask(bench, "POST", "/articles/_search", {"size": 3, "sort": BY_AGE, "search_after": last})

    assert _ids(first) + _ids(second) == ["a-0", "a-1", "a-2", "a-3", "a-4"]


def test_without_a_tie_breaker_the_rest_of_the_moment_is_skipped(bench: Bench[Any]) -> None:
    first = _ask(bench, "POST", "/articles/_search", {"size": 3, "sort": BY_AGE[:1]})
    last = parsed(first)["hits"]["hits"][-1]["sort"]
    second = _ask(bench, "POST", "/articles/_search", {"size": 3, "sort": BY_AGE[:1], "search_after": last})

    assert (len(_ids(first)), _ids(second)) == (3, [])


def test_a_search_deeper_than_the_window_is_refused(bench: Bench[Any]) -> None:
    reply = _ask(bench, "POST", "/articles/_search", {"size": 10, "from": 11})

    assert reply.status == 400
    assert "Result window is too large" in json.dumps(parsed(reply))


def test_pages_of_searches_scrolls_and_points_in_time_are_remembered_and_lookups_are_not(bench: Bench[Any]) -> None:
    _ask(bench, "POST", "/articles/_search", {"size": 2, "sort": BY_AGE})
    scroll = parsed(_ask(bench, "POST", "/articles/_search?scroll=1m", {"size": 2, "sort": BY_AGE}))
    _ask(bench, "POST", "/_search/scroll", {"scroll": "1m", "scroll_id": scroll["_scroll_id"]})
    point = parsed(_ask(bench, "POST", "/articles/_search/point_in_time?keep_alive=1m"))["pit_id"]
    _ask(bench, "POST", "/_search", {"size": 1, "sort": BY_AGE, "pit": {"id": point, "keep_alive": "1m"}})
    _ask(bench, "POST", "/articles/_mget", {"ids": ["a-4"]})
    _ask(bench, "GET", "/articles/_doc/a-4")

    assert [page.ids for page in bench.service.pages] == [("a-0", "a-1"), ("a-0", "a-1"), ("a-2", "a-3"), ("a-0",)]
