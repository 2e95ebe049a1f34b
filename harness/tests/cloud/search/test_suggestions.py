"""Completion suggestions. Source: https://docs.opensearch.org/latest/search-plugins/searching-data/autocomplete/"""

from typing import Any

import pytest

from harness.tests.cloud.search.domain import Domain


@pytest.fixture
def named(domain: Domain) -> Domain:
    """Some documents with inputs."""
    domain.shown(
        {
            "1": {"suggest": {"input": ["Kinesis streams", "streams"], "weight": 2}},
            "2": {"suggest": ["kinesis", "kinetic"]},
            "3": {"suggest": {"input": "Kinesis streams", "weight": 9}},
            "4": {"suggest": "lambda"},
        }
    )
    return domain


def options(domain: Domain, prefix: str, **completion: Any) -> list[tuple[str, str, float]]:
    suggest = {"s": {"prefix": prefix, "completion": {"field": "suggest", **completion}}}
    said = domain.ask_for("POST", "/tweets/_search", {"_source": False, "suggest": suggest})
    assert said.status == 200, said.text
    (entry,) = said.body["suggest"]["s"]
    assert (entry["text"], entry["offset"], entry["length"]) == (prefix, 0, len(prefix))
    return [(one["text"], one["_id"], one["_score"]) for one in entry["options"]]


def test_inputs_that_begin_so_are_suggested_the_weightiest_first(named: Domain) -> None:
    assert options(named, "kine") == [
        ("Kinesis streams", "3", 9.0),
        ("Kinesis streams", "1", 2.0),
        ("kinesis", "2", 1.0),
    ]


def test_duplicates_can_be_skipped_and_the_number_is_limited(named: Domain) -> None:
    assert options(named, "KINE", skip_duplicates=True) == [("Kinesis streams", "3", 9.0), ("kinesis", "2", 1.0)]
    assert options(named, "kine", size=1) == [("Kinesis streams", "3", 9.0)]


def test_a_prefix_may_be_misspelt_after_its_first_letter(named: Domain) -> None:
    assert options(named, "kinse") == []
    assert {one[1] for one in options(named, "kinse", fuzzy=True)} == {"1", "2", "3"}
    assert {one[1] for one in options(named, "knesis", fuzzy={"fuzziness": "AUTO"})} == {"1", "2", "3"}
    assert options(named, "xinesis", fuzzy=True) == []
    assert {one[1] for one in options(named, "xinesis", fuzzy={"fuzziness": 1, "prefix_length": 0})} == {"1", "2", "3"}
    assert options(named, "kx", fuzzy=True) == []


def test_a_search_that_only_suggests_finds_no_hits(named: Domain) -> None:
    body = {"suggest": {"text": "lam", "s": {"completion": {"field": "suggest"}}}}
    said = named.ask_for("POST", "/tweets/_search", body)

    assert said.body["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}
    assert said.body["suggest"]["s"][0]["options"][0]["_source"] == {"suggest": "lambda"}


def test_a_search_may_do_both(named: Domain) -> None:
    suggest = {"s": {"prefix": "lam", "completion": {"field": "suggest"}}}
    said = named.find({"ids": {"values": ["2"]}}, suggest=suggest)
    assert said.ids == ["2"]
    assert len(said.body["suggest"]["s"][0]["options"]) == 1


@pytest.mark.parametrize(
    ("suggest", "reason"),
    [
        ({"s": {"prefix": "a", "completion": {"field": "text"}}}, "all shards failed"),
        ({"s": {"prefix": "a", "completion": {}}}, "the required field option [field] is missing"),
        ({"s": {"prefix": "a", "completion": {"field": "suggest", "foo": 1}}}, "[completion] unknown field [foo]"),
        ({"s": {"text": "a", "term": {"field": "text"}}}, "suggester [term] is not supported by this simulation"),
        ({"s": {"completion": {"field": "suggest"}}}, "The required text option is missing"),
    ],
)
def test_a_suggestion_that_makes_no_sense_is_refused(named: Domain, suggest: Any, reason: str) -> None:
    said = named.ask_for("POST", "/tweets/_search", {"suggest": suggest})
    assert said.status == 400
    assert reason in said.error[2]
