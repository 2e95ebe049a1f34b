"""Indexes and aliases: create, look, change, swap, delete.

Source: https://docs.opensearch.org/latest/api-reference/index-apis/index/ and .../alias/aliases-api/
"""

from typing import Any

import pytest

from harness.tests.cloud.search.domain import Domain


def test_an_index_is_created_and_shown(domain: Domain) -> None:
    body = {"settings": {"index": {"refresh_interval": "2s"}}, "mappings": {"properties": {"a": {"type": "long"}}}}
    said = domain.ask_for("PUT", "/x", body | {"aliases": {"y": {}}})
    assert said.body == {"acknowledged": True, "shards_acknowledged": True, "index": "x"}

    shown = domain.ask_for("GET", "/x").body["x"]
    assert shown["aliases"] == {"y": {}}
    assert shown["mappings"] == {"properties": {"a": {"type": "long"}}}
    settings = shown["settings"]["index"]
    assert (settings["refresh_interval"], settings["number_of_shards"], settings["provided_name"]) == ("2s", "1", "x")


def test_settings_as_they_are_shown_cannot_be_given_back(domain: Domain) -> None:
    shown = domain.ask_for("GET", "/tweets").body["tweets"]
    said = domain.ask_for("PUT", "/copy", {"settings": shown["settings"], "mappings": shown["mappings"]})
    assert "private index setting [index.creation_date] can not be set explicitly" in said.error[2]

    for private in ("creation_date", "uuid", "provided_name", "version"):
        del shown["settings"]["index"][private]
    said = domain.ask_for("PUT", "/copy", {"settings": shown["settings"], "mappings": shown["mappings"]})
    assert said.status == 200
    assert domain.ask_for("GET", "/copy/_mapping").body["copy"]["mappings"] == shown["mappings"]


def test_an_index_is_there_once(domain: Domain) -> None:
    said = domain.ask_for("PUT", "/tweets", {})
    assert said.error[:2] == (400, "resource_already_exists_exception")
    assert said.error[2].startswith("index [tweets/")
    assert [domain.ask_for("HEAD", path).status for path in ("/tweets", "/nothing")] == [200, 404]


def test_a_deleted_index_is_gone(domain: Domain) -> None:
    assert domain.ask_for("DELETE", "/tweets").body == {"acknowledged": True}
    assert domain.ask_for("DELETE", "/tweets").error[:2] == (404, "index_not_found_exception")
    assert domain.ask_for("GET", "/tweets/_search").error[:2] == (404, "index_not_found_exception")
    assert domain.ask_for("GET", "/tweets/_search?ignore_unavailable=true").ids == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Upper", "must be lowercase"),
        ("-x", "must not start with '_', '-', or '+'"),
        ("a%23b", "must not contain the following characters"),
        ("x" * 256, "index name is too long"),
    ],
)
def test_some_names_are_not_allowed(domain: Domain, name: str, reason: str) -> None:
    said = domain.ask_for("PUT", f"/{name}", {})
    assert said.error[:2] == (400, "invalid_index_name_exception")
    assert reason in said.error[2]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"setings": {}}, "unknown key [setings] for create index"),
        ({"settings": {"index.foo": 1}}, "unknown setting [index.foo]"),
        ({"settings": {"max_result_window": "many"}}, "Failed to parse value [many]"),
        ({"settings": {"refresh_interval": "soon"}}, "failed to parse setting [index.refresh_interval]"),
        ({"settings": {"analysis": {"analyzer": {"a": 1}}}}, "failed to read the settings of index.analysis"),
        ({"settings": {"index.knn": True}}, "index setting [index.knn] is not supported by this simulation"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(domain: Domain, body: Any, reason: str) -> None:
    said = domain.ask_for("PUT", "/x", body)
    assert said.status == 400
    assert reason in said.error[2]


def test_some_settings_change_later_and_others_do_not(domain: Domain) -> None:
    assert domain.ask_for("PUT", "/tweets/_settings", {"index": {"max_result_window": 5}}).status == 200
    assert domain.ask_for("POST", "/tweets/_search", {"size": 6}).status == 400
    said = domain.ask_for("PUT", "/tweets/_settings", {"index": {"number_of_shards": 2}})
    assert "Can't update non dynamic settings [[index.number_of_shards]]" in said.error[2]


# ---- aliases -------------------------------------------------------------------------------------


def swap(domain: Domain, *actions: dict[str, Any]) -> Any:
    return domain.ask_for("POST", "/_aliases", {"actions": list(actions)})


def test_an_alias_swaps_at_one_instant(domain: Domain) -> None:
    domain.service.create_index("old").put("1", {"a": 1})
    domain.service.create_index("new").put("2", {"a": 1})
    swap(domain, {"add": {"index": "old", "alias": "now"}})
    assert domain.ask_for("GET", "/now/_search").ids == ["1"]

    both = {"remove": {"index": "old", "alias": "now"}}, {"add": {"index": "new", "alias": "now"}}
    assert swap(domain, *both).body == {"acknowledged": True}
    assert domain.ask_for("GET", "/now/_search").ids == ["2"]
    assert domain.ask_for("GET", "/now/_alias").body == {"new": {"aliases": {"now": {}}}}


def test_an_alias_can_take_the_place_of_an_index(domain: Domain) -> None:
    domain.service.create_index("tweets-2").put("1", {})
    said = swap(domain, {"remove_index": {"index": "tweets"}}, {"add": {"index": "tweets-2", "alias": "tweets"}})

    assert said.status == 200
    assert domain.put("2", {}).body["_index"] == "tweets-2"
    assert domain.ask_for("DELETE", "/tweets").error[2].startswith("The provided expression [tweets] matches an alias")


def test_if_one_action_fails_none_is_done(domain: Domain) -> None:
    domain.service.create_index("a")
    said = swap(domain, {"remove_index": {"index": "a"}}, {"add": {"index": "tweets", "alias": "tweets"}})

    assert said.error[:2] == (400, "invalid_alias_name_exception")
    assert domain.service.index("a").exists
    assert swap(domain, {"remove": {"index": "a", "alias": "b"}}).error[:2] == (404, "aliases_not_found_exception")


def test_a_write_to_an_alias_of_several_needs_a_write_index(domain: Domain) -> None:
    for name in ("a", "b"):
        domain.service.create_index(name)
        swap(domain, {"add": {"index": name, "alias": "both"}})
    said = domain.ask_for("PUT", "/both/_doc/1", {})
    assert said.error[2].startswith("no write index is defined for alias [both].")
    assert "has more than one index associated with it [a, b]" in domain.ask_for("GET", "/both/_doc/1").error[2]

    swap(domain, {"add": {"index": "b", "alias": "both", "is_write_index": True}})
    assert domain.ask_for("PUT", "/both/_doc/1", {}).body["_index"] == "b"


def test_aliases_go_one_by_one_too(domain: Domain) -> None:
    assert domain.ask_for("PUT", "/tweets/_alias/t").status == 200
    assert [domain.ask_for("HEAD", f"/_alias/{name}").status for name in ("t", "u")] == [200, 404]
    assert domain.ask_for("DELETE", "/tweets/_alias/t").status == 200
    assert domain.ask_for("GET", "/_alias/t").body == {"error": "alias [t] missing", "status": 404}


def test_several_indexes_are_searched_together(domain: Domain) -> None:
    for name in ("logs-1", "logs-2"):
        domain.service.create_index(name).put(name, {"a": "x"})
    assert domain.ask_for("GET", "/logs-*/_search").ids == ["logs-1", "logs-2"]
    assert domain.ask_for("GET", "/logs-1,logs-2/_count").body["count"] == 2
    assert domain.ask_for("GET", "/_search").body["_shards"]["total"] == 3


# ---- the cluster ---------------------------------------------------------------------------------


def test_the_cluster_says_who_and_how_it_is(domain: Domain) -> None:
    assert domain.ask_for("GET", "/").body["version"]["distribution"] == "opensearch"
    assert domain.ask_for("GET", "/_cluster/health").body["status"] == "yellow"


def test_cat_indices_lists_indexes(domain: Domain) -> None:
    domain.shown({"1": {}})
    lines = domain.ask_for("GET", "/_cat/indices?v&h=index,docs.count").text.splitlines()
    assert [line.split() for line in lines] == [["index", "docs.count"], ["tweets", "1"]]
    assert domain.ask_for("GET", "/_cat/indices?format=json").body[0]["index"] == "tweets"
