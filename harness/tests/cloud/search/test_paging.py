"""Order and pages: sort, from and size, search_after, scroll, point in time.

Source: https://docs.opensearch.org/latest/search-plugins/searching-data/paginate/
"""

from typing import Any

import pytest

from harness.tests.cloud.search.domain import Domain

ARTICLES = {
    "settings": {"index.max_result_window": 100},
    "mappings": {
        "properties": {
            "article_id": {"type": "keyword"},
            "updated_at": {"type": "date"},
            "rank": {"type": "long"},
            "weight": {"type": "double"},
            "title": {"type": "text"},
        }
    },
}


@pytest.fixture
def articles(domain: Domain) -> Domain:
    """25 articles, ten to one `updated_at`; the last five have no rank."""
    view = domain.service.create_index("articles", ARTICLES)
    for number in range(25):
        source: dict[str, Any] = {"article_id": f"a-{number:02d}", "updated_at": f"2026-03-01T00:0{number // 10}:00Z"}
        view.put(f"a-{number:02d}", source | ({"rank": number % 4} if number < 20 else {}))
    return domain


def page(domain: Domain, **body: Any) -> Any:
    return domain.ask_for("POST", "/articles/_search", body)


SORT = [{"updated_at": "asc"}, {"article_id": "desc"}]


def test_hits_come_in_the_order_asked_for_with_their_sort_values(articles: Domain) -> None:
    said = page(articles, sort=SORT, size=3)

    assert said.ids == ["a-09", "a-08", "a-07"]
    hit = said.body["hits"]["hits"][0]
    assert (hit["sort"], hit["_score"]) == ([1772323200000, "a-09"], None)
    assert said.body["hits"]["max_score"] is None


def test_search_after_goes_through_everything_once(articles: Domain) -> None:
    seen: list[str] = []
    said = page(articles, sort=SORT, size=7)
    while said.ids:
        seen += said.ids
        said = page(articles, sort=SORT, size=7, search_after=said.body["hits"]["hits"][-1]["sort"])

    assert sorted(seen) == [f"a-{number:02d}" for number in range(25)]
    assert seen == sorted(seen, key=lambda one: (int(one[2:]) // 10, -int(one[2:])))


def test_search_after_without_a_tie_breaker_skips_what_shares_the_last_value(articles: Domain) -> None:
    first = page(articles, sort=["updated_at"], size=7)
    second = page(articles, sort=["updated_at"], size=7, search_after=first.body["hits"]["hits"][-1]["sort"])
    assert second.ids[0] == "a-10"


def test_a_date_cursor_may_be_text(articles: Domain) -> None:
    said = page(articles, sort=SORT, size=1, search_after=["2026-03-01T00:01:00Z", "a-15"])
    assert said.ids == ["a-14"]


def test_what_lacks_the_field_comes_last_or_where_it_is_told(articles: Domain) -> None:
    last = page(articles, sort=[{"rank": "desc"}, "article_id"], size=25)
    first = page(articles, sort=[{"rank": {"order": "asc", "missing": "_first"}}, "article_id"], size=25)

    assert last.ids[:2] == ["a-03", "a-07"]
    assert last.ids[-5:] == ["a-20", "a-21", "a-22", "a-23", "a-24"]
    assert last.body["hits"]["hits"][-1]["sort"][0] == -(2**63)
    assert first.ids[:5] == ["a-20", "a-21", "a-22", "a-23", "a-24"]
    as_if = page(articles, sort=[{"rank": {"order": "desc", "missing": 2}}, "article_id"], size=25)
    assert as_if.ids.index("a-20") > as_if.ids.index("a-18") > as_if.ids.index("a-03")


def test_a_missing_number_is_a_cursor_too(articles: Domain) -> None:
    said = page(articles, sort=[{"rank": "asc"}, "article_id"], size=23)
    rest = page(articles, sort=[{"rank": "asc"}, "article_id"], search_after=said.body["hits"]["hits"][-1]["sort"])
    assert rest.ids == ["a-23", "a-24"]


def test_an_unmapped_field_is_an_error_unless_its_type_is_told(articles: Domain) -> None:
    assert page(articles, sort=["nope"]).root == (
        "query_shard_exception",
        "No mapping found for [nope] in order to sort on",
    )
    assert page(articles, sort=[{"nope": {"unmapped_type": "long"}}]).status == 200


def test_indexes_that_disagree_on_a_field_cannot_be_sorted_together(articles: Domain) -> None:
    articles.service.create_index("other", {"mappings": {"properties": {"rank": {"type": "keyword"}}}})
    said = articles.ask_for("POST", "/articles,other/_search", {"sort": ["rank"]})
    assert said.root[1] == "Can't sort on field [rank]; the field has incompatible sort types across shards!"


def test_text_cannot_be_sorted_by(articles: Domain) -> None:
    kind, reason = page(articles, sort=["title"]).root
    assert kind == "illegal_argument_exception"
    assert reason.startswith("Text fields are not optimised for operations")


def test_from_and_size_stay_within_the_window(articles: Domain) -> None:
    assert page(articles, size=20, **{"from": 20}).ids == [f"a-{number}" for number in range(20, 25)]
    said = page(articles, size=20, **{"from": 81})
    assert said.root == (
        "illegal_argument_exception",
        "Result window is too large, from + size must be less than or equal to: [100] but was [101]. See the scroll "
        "api for a more efficient way to request large data sets. This limit can be set by changing the "
        "[index.max_result_window] index level setting.",
    )
    assert (said.status, said.body["error"]["type"]) == (400, "search_phase_execution_exception")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"search_after": [1]}, "Sort must contain at least one field."),
        ({"search_after": [1], "sort": SORT}, "search_after has 1 value(s) but sort has 2."),
        ({"search_after": [1], "sort": ["rank"], "from": 1}, "`from` parameter must be set to 0 when `search_after`"),
        ({"search_after": ["x"], "sort": ["rank"]}, "Failed to parse search_after value for field [rank]."),
        ({"size": -1}, "[size] parameter cannot be negative, found [-1]"),
        ({"sort": [{"rank": {"order": "up"}}]}, "No enum constant org.opensearch.search.sort.SortOrder.UP"),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(articles: Domain, body: dict[str, Any], reason: str) -> None:
    said = page(articles, **body)
    assert said.status == 400
    assert reason in said.root[1]


def test_hits_are_counted_up_to_a_limit(articles: Domain) -> None:
    def total(limit: Any) -> Any:
        return page(articles, track_total_hits=limit, size=0).body["hits"].get("total")

    assert total(True) == {"value": 25, "relation": "eq"}
    assert total(10) == {"value": 10, "relation": "gte"}
    assert total(False) is None
    said = articles.ask_for("GET", "/articles/_search?rest_total_hits_as_int=true&size=1")
    assert (said.body["hits"]["total"], len(said.ids)) == (25, 1)


# ---- scroll --------------------------------------------------------------------------------------


def scroll(domain: Domain, scroll_id: str, after_s: float = 0) -> Any:
    return domain.ask_for("POST", "/_search/scroll", {"scroll": "1m", "scroll_id": scroll_id}, after_s=after_s)


def test_a_scroll_shows_the_index_as_it_was(articles: Domain) -> None:
    said = articles.ask_for("POST", "/articles/_search?scroll=1m", {"size": 10, "sort": ["article_id"]})
    articles.service.index("articles").put("new", {"article_id": "a-11x"})
    articles.service.index("articles").delete("a-12")

    seen, scroll_id = list(said.ids), said.body["_scroll_id"]
    while (said := scroll(articles, scroll_id)).ids:
        seen += said.ids
    assert seen == [f"a-{number:02d}" for number in range(25)]
    assert said.body["hits"]["total"] == {"value": 25, "relation": "eq"}


def test_a_scroll_expires_a_minute_after_its_last_page(articles: Domain) -> None:
    scroll_id = articles.ask_for("POST", "/articles/_search?scroll=1m", {"size": 5}).body["_scroll_id"]

    assert scroll(articles, scroll_id, after_s=59).status == 200
    assert scroll(articles, scroll_id, after_s=59).status == 200
    said = scroll(articles, scroll_id, after_s=61)
    assert (said.status, said.root[0]) == (404, "search_context_missing_exception")


def test_a_scroll_can_be_ended(articles: Domain) -> None:
    scroll_id = articles.ask_for("POST", "/articles/_search?scroll=1m", {"size": 5}).body["_scroll_id"]

    first = articles.ask_for("DELETE", "/_search/scroll", {"scroll_id": [scroll_id]})
    second = articles.ask_for("DELETE", "/_search/scroll", {"scroll_id": scroll_id})
    assert (first.status, first.body) == (200, {"succeeded": True, "num_freed": 1})
    assert (second.status, second.body) == (404, {"succeeded": True, "num_freed": 0})
    assert scroll(articles, scroll_id).status == 404


@pytest.mark.parametrize(
    ("parameters", "body", "reason"),
    [
        ("scroll=1m", {"from": 1}, "using [from] is not allowed in a scroll context"),
        ("scroll=1m", {"size": 0}, "[size] cannot be [0] in a scroll context"),
        (
            "scroll=1m",
            {"size": 101},
            "Batch size is too large, size must be less than or equal to: [100] but was [101]",
        ),
        ("scroll=1m", {"sort": ["rank"], "search_after": [1]}, "`search_after` cannot be used in a scroll context."),
        ("scroll=25h", {}, "Keep alive for request (25h) is too large. It must be less than (1d)."),
        ("scroll=1", {}, "failed to parse setting [keep_alive] with value [1] as a time value"),
    ],
)
def test_a_scroll_that_makes_no_sense_is_refused(articles: Domain, parameters: str, body: Any, reason: str) -> None:
    said = articles.ask_for("POST", f"/articles/_search?{parameters}", body)
    assert said.status == 400
    assert reason in said.root[1]


# ---- point in time -------------------------------------------------------------------------------


def test_a_point_in_time_shows_the_index_as_it_was(articles: Domain) -> None:
    opened = articles.ask_for("POST", "/articles/_search/point_in_time?keep_alive=1m")
    articles.service.index("articles").wipe()

    pit = {"id": opened.body["pit_id"]}
    said = articles.ask_for("POST", "/_search", {"pit": pit, "size": 100, "sort": ["article_id"]})
    assert len(said.ids) == 25
    assert said.body["pit_id"] == pit["id"]
    assert page(articles).ids == []


def test_a_point_in_time_lives_as_long_as_it_is_asked_to(articles: Domain) -> None:
    pit_id = articles.ask_for("POST", "/articles/_search/point_in_time?keep_alive=1m").body["pit_id"]

    prolonged = {"pit": {"id": pit_id, "keep_alive": "2m"}}
    assert articles.ask_for("POST", "/_search", prolonged, after_s=50).status == 200
    assert articles.ask_for("POST", "/_search", {"pit": {"id": pit_id}}, after_s=119).status == 200
    assert articles.ask_for("POST", "/_search", {"pit": {"id": pit_id}}, after_s=2).status == 404


def test_a_point_in_time_can_be_ended(articles: Domain) -> None:
    pit_id = articles.ask_for("POST", "/articles/_search/point_in_time?keep_alive=1m").body["pit_id"]
    said = articles.ask_for("DELETE", "/_search/point_in_time", {"pit_id": [pit_id]})

    assert said.body == {"pits": [{"pit_id": pit_id, "successful": True}]}
    assert articles.ask_for("POST", "/_search", {"pit": {"id": pit_id}}).status == 404


def test_a_search_in_a_point_in_time_names_no_index(articles: Domain) -> None:
    pit_id = articles.ask_for("POST", "/articles/_search/point_in_time?keep_alive=1m").body["pit_id"]
    said = page(articles, pit={"id": pit_id})
    assert "Do not specify any index with point in time." in said.error[2]
