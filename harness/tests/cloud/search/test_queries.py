"""The query DSL: what each query finds.

Source: https://docs.opensearch.org/latest/query-dsl/index/
"""

from collections.abc import Iterator
from typing import Any

import pytest

from harness.tests.cloud.search.domain import Domain

TEXTS = {
    "1": "Serverless patterns with Kinesis",
    "2": "John Smith met Catherine at the football match",
    "3": "Zebra crossing near the naïve café",
    "4": "A photo of John and a zebra",
}


@pytest.fixture(scope="module")
def tweets() -> Iterator[Domain]:
    """Four tweets that searches see, for tests that only read; and a place without words."""
    domain = Domain()
    fill(domain)
    yield domain
    domain.loop.close()


def fill(domain: Domain) -> None:
    """Writes the tweets."""
    for doc_id, text in TEXTS.items():
        day = f"2026-03-0{doc_id}T12:00:00Z"
        source = {"text": text, "hashtags": [f"Tag{doc_id}", "All"], "committed_at": day, "views": int(doc_id)}
        domain.shown({doc_id: source})
    domain.shown({"5": {"location": "1,2"}})


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"match": {"text": "ZEBRA"}}, {"3", "4"}),
        ({"match": {"text": "cafe naive"}}, {"3"}),
        ({"match": {"text": {"query": "john zebra", "operator": "and"}}}, {"4"}),
        ({"match": {"text": {"query": "john zebra kinesis", "minimum_should_match": 2}}}, {"4"}),
        ({"match": {"text": {"query": "john zebra photo", "minimum_should_match": "-1"}}}, {"4"}),
        ({"match": {"text": {"query": "john zebra photo", "minimum_should_match": "67%"}}}, {"4"}),
        ({"match": {"text": "serverles"}}, set()),
        ({"match": {"text": {"query": "serverles", "fuzziness": "AUTO"}}}, {"1"}),
        ({"match": {"text": {"query": "kinesys", "fuzziness": 1}}}, {"1"}),
        ({"match": {"text": {"query": "kniesis", "fuzziness": 1}}}, {"1"}),
        ({"match": {"text": {"query": "kniesis", "fuzziness": 1, "fuzzy_transpositions": False}}}, set()),
        ({"match": {"text": {"query": "xinesis", "fuzziness": 1, "prefix_length": 1}}}, set()),
        ({"match": {"text.phonetic": "Jon Smyth"}}, {"2", "4"}),
        ({"match": {"text.phonetic": "Kathryn"}}, {"2"}),
        ({"match": {"text.related": "soccer"}}, {"2"}),
        ({"match": {"text.related": "picture"}}, {"4"}),
        ({"match": {"hashtags": "tag1"}}, {"1"}),
        ({"match": {"hashtags": {"query": "tga1", "fuzziness": 1}}}, {"1"}),
        ({"match": {"views": 3}}, {"3"}),
        ({"match": {"views": {"query": "many", "lenient": True}}}, set()),
        ({"match": {"text": "..."}}, set()),
        ({"match": {"text": {"query": "...", "zero_terms_query": "all"}}}, {"1", "2", "3", "4", "5"}),
        ({"match": {"nowhere": "x"}}, set()),
        ({"match_phrase": {"text": "football match"}}, {"2"}),
        ({"match_phrase": {"text": "match football"}}, set()),
        ({"match_phrase": {"text": {"query": "john catherine", "slop": 2}}}, {"2"}),
        ({"match_phrase": {"text.related": "soccer match"}}, {"2"}),
        ({"match_phrase_prefix": {"text": "the foot"}}, {"2"}),
        ({"match_phrase_prefix": {"text": "zeb"}}, {"3", "4"}),
        ({"multi_match": {"query": "soccer", "fields": ["text", "text.related"]}}, {"2"}),
        ({"multi_match": {"query": "smyth", "fields": ["text*"], "type": "most_fields"}}, {"2"}),
        ({"multi_match": {"query": "the football", "fields": ["text^2"], "type": "phrase"}}, {"2"}),
        ({"multi_match": {"query": "the foot", "fields": ["text"], "type": "phrase_prefix"}}, {"2"}),
        ({"term": {"hashtags": "TAG2"}}, {"2"}),
        ({"term": {"hashtags": {"value": "ALL", "boost": 2}}}, {"1", "2", "3", "4"}),
        ({"term": {"text": "Zebra"}}, set()),
        ({"term": {"text": {"value": "Zebra", "case_insensitive": True}}}, {"3", "4"}),
        ({"term": {"_id": "3"}}, {"3"}),
        ({"terms": {"hashtags": ["tag1", "tag4"]}}, {"1", "4"}),
        ({"terms": {"views": [1, "2"]}}, {"1", "2"}),
        ({"ids": {"values": ["1", "4", "9"]}}, {"1", "4"}),
        ({"ids": {"values": []}}, set()),
        ({"exists": {"field": "location"}}, {"5"}),
        ({"exists": {"field": "text"}}, {"1", "2", "3", "4"}),
        ({"range": {"views": {"gt": 1, "lte": 3}}}, {"2", "3"}),
        ({"range": {"views": {"gte": 1.5, "lt": 3.5}}}, {"2", "3"}),
        ({"range": {"views": {"gt": 3, "lt": 4}}}, set()),
        ({"range": {"committed_at": {"gte": "2026-03-02", "lte": "2026-03-03"}}}, {"2", "3"}),
        ({"range": {"committed_at": {"lt": "2026-03-03||/d"}}}, {"1", "2"}),
        ({"range": {"committed_at": {"gte": "03.03.2026", "format": "dd.MM.yyyy"}}}, {"3", "4"}),
        ({"range": {"hashtags": {"gte": "tag2", "lt": "tag4"}}}, {"2", "3"}),
        ({"range": {"views": {}}}, {"1", "2", "3", "4"}),
        ({"prefix": {"text": "zeb"}}, {"3", "4"}),
        ({"prefix": {"hashtags": {"value": "TAG", "case_insensitive": True}}}, {"1", "2", "3", "4"}),
        ({"wildcard": {"text": "c?th*ne"}}, {"2"}),
        ({"wildcard": {"hashtags": {"value": "TAG[", "case_insensitive": True}}}, set()),
        ({"fuzzy": {"text": "zebar"}}, {"3", "4"}),
        ({"bool": {"must": {"match": {"text": "john"}}, "must_not": [{"match": {"text": "zebra"}}]}}, {"2"}),
        ({"bool": {"should": [{"match": {"text": "kinesis"}}, {"term": {"views": 3}}]}}, {"1", "3"}),
        ({"bool": {"filter": {"match_all": {}}, "should": [{"term": {"views": 3}}]}}, {"1", "2", "3", "4", "5"}),
        ({"bool": {"must_not": {"exists": {"field": "text"}}}}, {"5"}),
        ({"bool": {"should": [{"term": {"views": 3}}], "minimum_should_match": 2}}, set()),
        ({"bool": {}}, {"1", "2", "3", "4", "5"}),
        ({"constant_score": {"filter": {"term": {"views": 3}}, "boost": 2}}, {"3"}),
        ({"dis_max": {"queries": [{"term": {"views": 3}}, {"term": {"views": 4}}]}}, {"3", "4"}),
        ({"match_all": {}}, {"1", "2", "3", "4", "5"}),
        ({"match_none": {}}, set()),
    ],
)
def test_a_query_finds(tweets: Domain, query: dict[str, Any], ids: set[str]) -> None:
    said = tweets.find(query)
    assert said.status == 200, said.text
    assert set(said.ids) == ids
    assert tweets.ask_for("POST", "/tweets/_count", {"query": query}).body["count"] == len(ids)


def test_the_best_hit_comes_first_and_ties_come_in_the_order_of_writing(domain: Domain) -> None:
    fill(domain)
    assert domain.find({"match": {"text": "john photo"}}).ids == ["4", "2"]
    assert domain.find({"match_all": {}}).ids == ["1", "2", "3", "4", "5"]
    domain.service.index("tweets").put("1", {"text": "again"})
    assert domain.find({"match_all": {}}).ids == ["2", "3", "4", "5", "1"]


def test_an_exact_word_outranks_a_rare_misspelling_of_it(domain: Domain) -> None:
    domain.shown({str(number): {"text": "kinesis stream"} for number in range(8)} | {"x": {"text": "kinesys stream"}})
    hits = domain.find({"match": {"text": {"query": "kinesis", "fuzziness": "AUTO"}}}).body["hits"]["hits"]

    assert hits[-1]["_id"] == "x"
    assert hits[-1]["_score"] < hits[0]["_score"]


def test_scores_are_bm25(domain: Domain) -> None:
    """ln(1 + (N - n + 0.5) / (n + 0.5)) for a term of average length, once in the document."""
    domain.shown({"1": {"text": "a b"}, "2": {"text": "c d"}, "3": {"text": "c e"}})
    rare, common = (domain.find({"match": {"text": word}}).body["hits"]["hits"][0]["_score"] for word in "ac")

    assert rare == pytest.approx(0.9808, abs=0.001)
    assert common == pytest.approx(0.4700, abs=0.001)


def test_boosts_multiply_scores(tweets: Domain) -> None:
    one = tweets.find({"match": {"text": "john"}}).body["hits"]["max_score"]
    assert tweets.find({"match": {"text": {"query": "john", "boost": 3}}}).body["hits"]["max_score"] == pytest.approx(
        3 * one
    )
    fields = {"query": "john", "fields": ["text^3", "hashtags"]}
    assert tweets.find({"multi_match": fields}).body["hits"]["max_score"] == pytest.approx(3 * one)


def test_a_filter_does_not_score(tweets: Domain) -> None:
    assert tweets.find({"bool": {"filter": [{"match": {"text": "john"}}]}}).body["hits"]["max_score"] == 0.0


@pytest.mark.parametrize(
    ("query", "kind", "reason"),
    [
        ({"foo": {}}, "parsing_exception", "unknown query [foo]"),
        ({"match": {"text": {"query": "a", "foo": 1}}}, "parsing_exception", "[match] query does not support [foo]"),
        ({"match": {"a": "x", "b": "y"}}, "parsing_exception", "[match] query doesn't support multiple fields"),
        ({"match": {"text": ["a"]}}, "parsing_exception", "[match] unknown token [START_ARRAY] after [text]"),
        ({"match": "text"}, "parsing_exception", "[match] query malformed, no start_object after query name"),
        ({"term": {"text": {"value": "a", "foo": 1}}}, "parsing_exception", "[term] query does not support [foo]"),
        ({"terms": {"text": "a"}}, "parsing_exception", "[terms] query does not support [text]"),
        ({"range": {"views": {"above": 1}}}, "parsing_exception", "[range] query does not support [above]"),
        ({"bool": {"musst": []}}, "parsing_exception", "[bool] query does not support [musst]"),
        ({"match_all": {}, "term": {}}, "parsing_exception", "[match_all] malformed query, expected [END_OBJECT]"),
        ({}, "illegal_argument_exception", "query malformed, empty clause found"),
        ([], "parsing_exception", "[_na] query malformed, must start with start_object"),
        ({"match": {"text": {"query": "a", "fuzziness": 3}}}, "illegal_argument_exception", "Valid edit distances are"),
        ({"match": {"text": {"query": "a", "boost": -1}}}, "parsing_exception", "negative [boost] are not allowed"),
        ({"query_string": {"query": "a"}}, "parsing_exception", "query [query_string] is not supported by this"),
        ({"multi_match": {"query": "a", "fields": ["t"], "type": "cross_fields"}}, "parsing_exception", "cross_fields"),
        ({"term": {"views": "many"}}, "search_phase_execution_exception", "all shards failed"),
        ({"range": {"committed_at": {"gte": "soon"}}}, "search_phase_execution_exception", "all shards failed"),
        ({"term": {"media_url": "x"}}, "search_phase_execution_exception", "all shards failed"),
        ({"prefix": {"views": "1"}}, "search_phase_execution_exception", "all shards failed"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(tweets: Domain, query: Any, kind: str, reason: str) -> None:
    said = tweets.find(query)
    assert said.error[:2] == (400, kind)
    assert reason in said.error[2]


def test_what_a_shard_cannot_do_is_told_with_its_cause(tweets: Domain) -> None:
    said = tweets.find({"term": {"media_url": "x"}})

    assert said.root == (
        "query_shard_exception",
        "failed to create query: Cannot search on field [media_url] since it is not indexed.",
    )
    failed = said.body["error"]["failed_shards"][0]
    assert (failed["shard"], failed["index"], failed["reason"]["type"]) == (0, "tweets", "query_shard_exception")


def test_what_is_not_simulated_is_noted(domain: Domain) -> None:
    domain.find({"bool": {"must": {"regexp": {"text": "a.*"}}}})
    assert domain.service.unsupported == ["query [regexp]"]
