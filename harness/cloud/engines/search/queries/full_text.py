"""Full-text queries: match, match_phrase, match_phrase_prefix, multi_match.

Source: https://docs.opensearch.org/latest/query-dsl/full-text/index/
"""

import itertools
from dataclasses import dataclass, replace
from typing import Any

from harness.cloud.engines.search.analysis.tokenizers import Token
from harness.cloud.engines.search.errors import PartMissing, illegal, parsing
from harness.cloud.engines.search.mapping.fields import Field, Text
from harness.cloud.engines.search.mapping.values import BadValue, Storage
from harness.cloud.engines.search.queries.fuzziness import MAX_EXPANSIONS, Fuzziness, expand, read_fuzziness
from harness.cloud.engines.search.queries.query import (
    Asked,
    Found,
    Query,
    boost_of,
    field_and_options,
    minimum,
    number,
    options,
    truth,
)

_FUZZY = ("fuzziness", "prefix_length", "max_expansions", "fuzzy_transpositions")
_MATCH: tuple[str, ...] = ("operator", "minimum_should_match", "analyzer", "lenient", "zero_terms_query", *_FUZZY)
_MATCH += ("auto_generate_synonyms_phrase_query",)
_PHRASE = ("slop", "analyzer", "zero_terms_query", "max_expansions")
_MULTI = ("query", "fields", "type", "tie_breaker", "slop", *_MATCH)

MAX_PHRASES = 64
"""Phrases that one with synonyms stands for, at most."""


@dataclass(frozen=True)
class Match(Query):
    """Documents with some or all words of a text.

    Attributes:
        needs_all: operator `and`.
        at_least: minimum_should_match, as given.
        finds_all_if_empty: zero_terms_query `all`.
    """

    path: str
    text: Any
    needs_all: bool = False
    at_least: Any = None
    fuzziness: Fuzziness | None = None
    analyzer: str = ""
    lenient: bool = False
    finds_all_if_empty: bool = False

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        field = on.searchable(self.path)
        if field is None:
            return on.matcher.none()
        if not isinstance(field, Text):
            return self._exactly(on, field)
        groups = _by_position(tokens_of(on, field, self.text, self.analyzer))
        if not groups:
            return on.matcher.all() if self.finds_all_if_empty else on.matcher.none()
        words = [on.matcher.best_of([self._word(on, term) for term in group]) for group in groups]
        if len(words) == 1:
            return words[0]
        if self.needs_all:
            return on.matcher.combined(must=words)
        least = 1 if self.at_least is None else max(1, minimum(self.at_least, len(words)))
        return on.matcher.combined(should=words, minimum=least)

    def _word(self, on: Asked, term: str) -> Found:
        if self.fuzziness is None or self.fuzziness.edits_for(term) == 0:
            return on.matcher.term(self.path, term)
        near = expand(on.snapshot, self.path, term, self.fuzziness)
        queries = [on.matcher.boosted(on.matcher.term(self.path, one), weight) for one, weight in near]
        return on.matcher.best_of(queries) if queries else on.matcher.none()

    def _exactly(self, on: Asked, field: Field) -> Found:
        if field.storage is Storage.NONE:
            return on.matcher.none()
        try:
            value = field.term(self.text)
        except BadValue as bad:
            if self.lenient:
                return on.matcher.none()
            on.refuse(bad.reason, bad)
        return self._word(on, value) if field.storage is Storage.KEYWORD else on.matcher.term(self.path, value)


@dataclass(frozen=True)
class MatchPhrase(Query):
    """Documents with the words of a text one after the other.

    Attributes:
        slop: how many places the words may be away from theirs.
        last_expansions: the last word is a beginning, and stands for so many; 0: it is a word.
    """

    path: str
    text: Any
    slop: int = 0
    analyzer: str = ""
    last_expansions: int = 0

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        field = on.searchable(self.path)
        if field is None:
            return on.matcher.none()
        if not isinstance(field, Text):
            if self.last_expansions:
                on.refuse(
                    f"Can only use phrase prefix queries on text fields - not on [{self.path}] "
                    f"which is of type [{field.type_name}]"
                )
            return Match(1.0, self.path, self.text).find(on)
        tokens = tokens_of(on, field, self.text, self.analyzer)
        places = [[(token.position, term) for term in group] for token, group in _places(tokens)]
        if places and self.last_expansions:
            places[-1] = self._begun(on, places[-1])
        phrases = itertools.islice(itertools.product(*places), MAX_PHRASES)
        found = [
            on.matcher.phrase(self.path, [Token(term, position) for position, term in phrase], self.slop)
            for phrase in phrases
            if phrase
        ]
        return on.matcher.best_of(found) if found else on.matcher.none()

    def _begun(self, on: Asked, last: list[tuple[int, str]]) -> list[tuple[int, str]]:
        return [
            (position, term)
            for position, beginning in last
            for term, _ in on.matcher.vocabulary(self.path, beginning)[: self.last_expansions]
        ]


@dataclass(frozen=True)
class MultiMatch(Query):
    """A text in several fields: the best field counts (best_fields), or their sum (most_fields).

    Attributes:
        patterns: fields, each with its boost; a name may hold `*`.
        single: what one field is asked, but for its path and boost.
    """

    patterns: tuple[tuple[str, float], ...]
    kind: str
    tie_breaker: float
    single: Match | MatchPhrase

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        queries: list[Found] = []
        for pattern, boost in self.patterns:
            for field in on.snapshot.mapping.matching(pattern):
                if "*" not in pattern or field.storage in (Storage.TEXT, Storage.KEYWORD):
                    queries.append(on.matcher.boosted(self._at(field.path).find(on), boost))
        if not queries:
            return on.matcher.none()
        if self.kind == "most_fields":
            return on.matcher.combined(should=queries, minimum=1)
        return on.matcher.best_of(queries, self.tie_breaker)

    def _at(self, path: str) -> Match | MatchPhrase:
        return replace(self.single, path=path)


def tokens_of(on: Asked, field: Text, text: Any, analyzer: str) -> list[Token]:
    """A text of a query as the field's terms.

    Raises:
        SearchError: there is no such analyzer, or it is no text.
    """
    chosen = field.search_analyzer
    if analyzer:
        found = on.snapshot.mapping.analyzer(analyzer)
        if found is None:
            on.refuse(f"[match] analyzer [{analyzer}] not found")
        chosen = found
    return chosen.tokens(str(on.value(field, text)))


def read_match(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/full-text/match/"""
    path, given = field_and_options("match", body, "query", _MATCH)
    return _match("match", path, given)


def read_match_phrase(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/full-text/match-phrase/"""
    path, given = field_and_options("match_phrase", body, "query", ("slop", "analyzer", "zero_terms_query"))
    return _phrase("match_phrase", path, given, expansions=0)


def read_match_phrase_prefix(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/full-text/match-phrase-prefix/"""
    path, given = field_and_options("match_phrase_prefix", body, "query", _PHRASE)
    expansions = int(number("match_phrase_prefix", given, "max_expansions", MAX_EXPANSIONS))
    if expansions <= 0:
        raise illegal(f"No negative maxExpansions allowed: {expansions}")
    return _phrase("match_phrase_prefix", path, given, expansions)


def read_multi_match(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/full-text/multi-match/"""
    given = options("multi_match", body, _MULTI)
    if given.get("query") is None:
        raise parsing("No text specified for multi_match query")
    kind = str(given.get("type", "best_fields"))
    if kind in ("cross_fields", "bool_prefix"):
        raise PartMissing(f"[multi_match] of type [{kind}]", "parsing_exception")
    if kind not in ("best_fields", "most_fields", "phrase", "phrase_prefix"):
        raise parsing(f"failed to parse [multi_match] query type [{kind}]. unknown type.")
    single: Match | MatchPhrase
    if kind in ("phrase", "phrase_prefix"):
        if "fuzziness" in given:
            raise parsing(f"Fuzziness not allowed for type [{kind}]")
        expansions = int(number("multi_match", given, "max_expansions", MAX_EXPANSIONS)) if "prefix" in kind else 0
        single = _phrase("multi_match", "", given, expansions)
    else:
        single = _match("multi_match", "", given)
    tie_breaker = number("multi_match", given, "tie_breaker", 0.0)
    return MultiMatch(boost_of("multi_match", given), _patterns(given), kind, tie_breaker, single)


def _match(query: str, path: str, given: dict[str, Any]) -> Match:
    operator = str(given.get("operator", "or")).lower()
    if operator not in ("or", "and"):
        raise illegal(f"No enum constant org.opensearch.index.query.Operator.{operator.upper()}")
    zero = str(given.get("zero_terms_query", "none")).lower()
    if zero not in ("none", "all"):
        raise parsing(f"Unsupported zero_terms_query value [{zero}]")
    if isinstance(given["query"], (dict, list)):
        raise parsing(f"[{query}] unknown token [START_OBJECT] after [query]")
    return Match(
        boost=boost_of(query, given) if path else 1.0,
        path=path,
        text=given["query"],
        needs_all=operator == "and",
        at_least=given.get("minimum_should_match"),
        fuzziness=read_fuzziness(given.get("fuzziness"), given),
        analyzer=str(given.get("analyzer", "")),
        lenient=truth(query, given, "lenient", False),
        finds_all_if_empty=zero == "all",
    )


def _phrase(query: str, path: str, given: dict[str, Any], expansions: int) -> MatchPhrase:
    slop = int(number(query, given, "slop", 0))
    if slop < 0:
        raise illegal("No negative slop allowed.")
    return MatchPhrase(
        boost=boost_of(query, given) if path else 1.0,
        path=path,
        text=given["query"],
        slop=slop,
        analyzer=str(given.get("analyzer", "")),
        last_expansions=expansions,
    )


def _patterns(given: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    fields = given.get("fields", [])
    listed = [fields] if isinstance(fields, str) else fields
    if not listed:
        raise PartMissing("[multi_match] without [fields]", "parsing_exception")
    if not isinstance(listed, list):
        raise parsing("[multi_match] query does not support [fields]")
    patterns = []
    for text in listed:
        name, caret, boost = str(text).partition("^")
        patterns.append((name, number("multi_match", {"boost": boost}, "boost", 1.0) if caret else 1.0))
    return tuple(patterns)


def _places(tokens: list[Token]) -> list[tuple[Token, list[str]]]:
    places: list[tuple[Token, list[str]]] = []
    for token in tokens:
        if places and places[-1][0].position == token.position:
            places[-1][1].append(token.text)
        else:
            places.append((token, [token.text]))
    return places


def _by_position(tokens: list[Token]) -> list[list[str]]:
    return [group for _, group in _places(tokens)]
