"""What a search sees, and from when on.

Source: https://docs.opensearch.org/latest/api-reference/index-apis/refresh/
"""

from harness.tests.cloud.search.domain import Domain


def count(domain: Domain, index: str = "tweets") -> int:
    return int(domain.ask_for("GET", f"/{index}/_count").body["count"])


def test_a_write_is_searchable_after_the_next_refresh_and_not_before(domain: Domain) -> None:
    domain.just_refreshed()
    domain.put("1", {"text": "a"})
    seen_ms = []
    for _ in range(40):
        seen_ms.append((domain.clock.now_ms, count(domain)))

    first_seen = next(at for at, found in seen_ms if found)
    assert seen_ms[0][1] == 0
    assert 900 < first_seen - seen_ms[0][0] <= 1_000
    assert [found for at, found in seen_ms if at >= first_seen] == [1] * sum(at >= first_seen for at, _ in seen_ms)


def test_an_update_and_a_delete_wait_for_the_refresh_too(domain: Domain) -> None:
    domain.shown({"1": {"text": "old"}})
    domain.just_refreshed()
    domain.put("1", {"text": "new"})
    assert domain.find({"match": {"text": "old"}}).ids == ["1"]
    domain.wait(1)
    assert domain.find({"match": {"text": "new"}}).ids == ["1"]

    domain.just_refreshed()
    domain.ask_for("DELETE", "/tweets/_doc/1")
    assert count(domain) == 1
    domain.wait(1)
    assert count(domain) == 0


def test_refresh_true_shows_the_write_at_once(domain: Domain) -> None:
    said = domain.put("1", {}, "?refresh=true")
    assert said.body["forced_refresh"] is True
    assert count(domain) == 1


def test_refresh_wait_for_answers_when_the_write_is_visible(domain: Domain) -> None:
    domain.wait(5)
    began = domain.clock.now_ms
    domain.put("1", {}, "?refresh=wait_for")

    assert 20 < domain.clock.now_ms - began <= 1_011
    assert count(domain) == 1


def test_the_refresh_api_shows_everything(domain: Domain) -> None:
    domain.put("1", {})
    said = domain.ask_for("POST", "/tweets/_refresh")
    assert said.body == {"_shards": {"total": 2, "successful": 1, "failed": 0}}
    assert count(domain) == 1


def test_an_interval_of_its_own_is_kept(domain: Domain) -> None:
    domain.ask_for("PUT", "/slow", {"settings": {"refresh_interval": "30s"}})
    domain.ask_for("PUT", "/never", {"settings": {"index": {"refresh_interval": -1}}})
    for index in ("slow", "never"):
        domain.ask_for("PUT", f"/{index}/_doc/1", {})

    domain.wait(31)
    assert (count(domain, "slow"), count(domain, "never")) == (1, 0)
    domain.wait(3_600)
    assert count(domain, "never") == 0
    domain.ask_for("PUT", "/never/_settings", {"index.refresh_interval": "1s"})
    domain.wait(1)
    assert count(domain, "never") == 1


def test_an_index_that_nobody_has_searched_is_refreshed_by_the_search_itself(domain: Domain) -> None:
    """index.search.idle.after; an explicit interval switches this off."""
    domain.ask_for("PUT", "/steady", {"settings": {"refresh_interval": "10s"}})
    domain.wait(35)
    for index in ("tweets", "steady"):
        domain.ask_for("PUT", f"/{index}/_doc/1", {})

    assert count(domain) == 1
    assert count(domain, "steady") == 0


def test_nothing_ticks_in_an_idle_domain(domain: Domain) -> None:
    domain.put("1", {})
    domain.settle()
    assert domain.clock.now_ms < 20


def test_two_indexes_are_not_refreshed_at_the_same_instant(domain: Domain) -> None:
    domain.service.create_index("other")
    catalogue = [domain.service.index(name)._indexes()[0] for name in ("tweets", "other")]
    domain.wait(3)
    first, second = (index.schedule.last_us() for index in catalogue)
    assert first != second


def test_delete_by_query_takes_what_a_search_sees(domain: Domain) -> None:
    """Source: https://docs.opensearch.org/latest/api-reference/document-apis/delete-by-query/"""
    domain.shown({"1": {"views": 1}, "2": {"views": 2}})
    domain.just_refreshed()
    domain.put("3", {"views": 1})
    said = domain.ask_for("POST", "/tweets/_delete_by_query?refresh=true", {"query": {"term": {"views": 1}}})

    assert (said.status, said.body["total"], said.body["deleted"]) == (200, 1, 1)
    assert list(domain.service.index("tweets").documents()) == ["2", "3"]


def test_delete_by_query_meets_a_conflict_where_a_document_has_changed_since(domain: Domain) -> None:
    domain.shown({"1": {"views": 1}, "2": {"views": 1}})
    domain.just_refreshed()
    domain.put("1", {"views": 7})
    query = {"query": {"term": {"views": 1}}}

    said = domain.ask_for("POST", "/tweets/_delete_by_query", query)
    assert (said.status, said.body["deleted"], said.body["version_conflicts"]) == (409, 0, 1)
    assert said.body["failures"][0]["cause"]["type"] == "version_conflict_engine_exception"
    said = domain.ask_for("POST", "/tweets/_delete_by_query?conflicts=proceed", query)
    assert (said.status, said.body["deleted"], said.body["version_conflicts"]) == (200, 1, 1)


def test_delete_by_query_needs_a_query(domain: Domain) -> None:
    said = domain.ask_for("POST", "/tweets/_delete_by_query", {})
    assert said.error[2] == "Validation Failed: 1: query is missing;"
