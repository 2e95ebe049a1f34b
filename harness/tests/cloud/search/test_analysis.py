"""Text to terms, compared with the examples of OpenSearch's own pages.

Source: https://docs.opensearch.org/latest/analyzers/index/
"""

from typing import Any

import pytest

from harness.cloud.engines.search.analysis.analyzers import Analysis
from harness.cloud.engines.search.analysis.tokenizers import Token, standard
from harness.cloud.engines.search.errors import PartMissing, SearchError


def words(text: str, *filters: str, **settings: Any) -> list[str]:
    analysis = Analysis({"analyzer": {"a": {"tokenizer": "standard", "filter": list(filters)}}, **settings})
    analyzer = analysis.analyzer("a")
    assert analyzer is not None
    return [token.text for token in analyzer.tokens(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("OpenSearch is powerful, fast, and scalable.", ["OpenSearch", "is", "powerful", "fast", "and", "scalable"]),
        ("Don't stop-me at 3.14", ["Don't", "stop", "me", "at", "3.14"]),
        ("#jazz @bob foo_bar __", ["jazz", "bob", "foo_bar"]),
        ("mail a.b@example.com 1,000", ["mail", "a.b", "example.com", "1,000"]),
        ("naïve café, 漢字 😀", ["naïve", "café", "漢", "字", "😀"]),
        ("", []),
    ],
)
def test_the_standard_tokenizer_cuts_at_word_boundaries(text: str, tokens: list[str]) -> None:
    assert [token.text for token in standard(text)] == tokens


def test_a_very_long_token_is_cut() -> None:
    assert [len(token.text) for token in standard("a" * 600)] == [255, 255, 90]


def test_built_in_analyzers() -> None:
    analysis = Analysis({})
    text = "The QUICK-Fox 2"
    found = {name: analysis.analyzer(name) for name in ("standard", "simple", "whitespace", "keyword", "stop")}
    assert {name: [token.text for token in one.tokens(text)] for name, one in found.items() if one} == {
        "standard": ["the", "quick", "fox", "2"],
        "simple": ["the", "quick", "fox"],
        "whitespace": ["The", "QUICK-Fox", "2"],
        "keyword": ["The QUICK-Fox 2"],
        "stop": ["quick", "fox"],
    }


def test_asciifolding_drops_accents() -> None:
    assert words("Açaí à la Straße Łódź", "lowercase", "asciifolding") == ["acai", "a", "la", "strasse", "lodz"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Smith", ["SM0", "XMT"]),
        ("Schmidt", ["XMT", "SMT"]),
        ("Kathryn", ["K0RN", "KTRN"]),
        ("Catherine", ["K0RN", "KTRN"]),
        ("serverless", ["SRFR"]),
        ("42", ["42"]),
    ],
)
def test_double_metaphone_gives_primary_and_secondary_codes_of_four_letters(text: str, codes: list[str]) -> None:
    """Source: https://docs.opensearch.org/latest/analyzers/token-filters/phonetic/; codes as in Philips' paper."""
    sounds = {"filter": {"sounds": {"type": "phonetic", "encoder": "double_metaphone"}}}
    assert words(text, "lowercase", "sounds", **sounds) == codes


def test_phonetic_codes_may_stand_beside_the_word() -> None:
    sounds = {"filter": {"sounds": {"type": "phonetic", "encoder": "double_metaphone", "replace": False}}}
    assert words("smith", "sounds", **sounds) == ["smith", "SM0", "XMT"]


def test_synonyms_stand_at_the_position_of_the_word() -> None:
    """Source: https://docs.opensearch.org/latest/analyzers/token-filters/synonym/"""
    related = {"filter": {"r": {"type": "synonym", "synonyms": ["film, movie", "tv => television", "# a comment"]}}}
    analyzer = Analysis(
        {"analyzer": {"a": {"tokenizer": "standard", "filter": ["lowercase", "r"]}}, **related}
    ).analyzer("a")
    assert analyzer is not None
    assert analyzer.tokens("A Movie on TV") == [
        Token("a", 0),
        Token("movie", 1),
        Token("film", 1),
        Token("on", 2),
        Token("television", 3),
    ]


def test_edge_n_grams_are_beginnings() -> None:
    """Source: https://docs.opensearch.org/latest/analyzers/token-filters/edge-ngram/"""
    grams = {"filter": {"g": {"type": "edge_ngram", "min_gram": 3, "max_gram": 4}}}
    assert words("slow green turtle", "g", **grams) == ["slo", "slow", "gre", "gree", "tur", "turt"]


def test_stop_words_leave_a_hole() -> None:
    analyzer = Analysis({"analyzer": {"a": {"tokenizer": "standard", "filter": ["lowercase", "stop"]}}}).analyzer("a")
    assert analyzer is not None
    assert analyzer.tokens("The quick and the slow") == [Token("quick", 1), Token("slow", 4)]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"analyzer": {"a": {"tokenizer": "no"}}}, "Custom Analyzer [a] failed to find tokenizer under name [no]"),
        ({"analyzer": {"a": {"tokenizer": "standard", "filter": ["no"]}}}, "failed to find filter under name [no]"),
        ({"analyzer": {"a": {}}}, "analyzer [a] must specify either an analyzer type, or a tokenizer"),
        ({"normalizer": {"n": {"filter": ["stop"]}}}, "Custom normalizer [n] may not use filter [stop]"),
        ({"filters": {}}, "unknown setting [index.analysis.filters]"),
    ],
)
def test_definitions_that_are_wrong_are_refused(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(SearchError) as caught:
        Analysis(settings)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    "filters",
    [
        {"f": {"type": "stemmer"}},
        {"f": {"type": "phonetic", "encoder": "soundex"}},
        {"f": {"type": "synonym", "synonyms": ["united states, usa"]}},
        {"f": {"type": "stop", "ignore_case": True}},
    ],
)
def test_what_is_not_simulated_is_said(filters: dict[str, Any]) -> None:
    with pytest.raises(PartMissing, match="is not supported by this simulation of OpenSearch"):
        words("a", "f", filter=filters)
