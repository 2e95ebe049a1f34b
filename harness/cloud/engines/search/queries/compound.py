"""Compound queries: bool, constant_score, dis_max, match_all, match_none.

Source: https://docs.opensearch.org/latest/query-dsl/compound/index/
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import parsing
from harness.cloud.engines.search.queries.query import Asked, Found, Query, boost_of, minimum, number, options

Reader = Callable[[Any], Query]

_CLAUSES = ("must", "should", "must_not", "filter")


@dataclass(frozen=True)
class Bool(Query):
    """All of `must` and `filter`, none of `must_not`, and some of `should`."""

    must: tuple[Query, ...]
    should: tuple[Query, ...]
    must_not: tuple[Query, ...]
    filter: tuple[Query, ...]
    at_least: Any

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        matcher = on.matcher
        if not (self.must or self.should or self.must_not or self.filter):
            return matcher.all()
        default = 0 if self.must or self.filter else 1
        least = default if self.at_least is None else minimum(self.at_least, len(self.should))
        required = [query.ask(on) for query in self.must]
        required += [matcher.constant(query.ask(on), 0.0) for query in self.filter]
        return matcher.combined(
            must=required,
            should=[query.ask(on) for query in self.should],
            must_not=[query.ask(on) for query in self.must_not],
            minimum=least if self.should or self.at_least is not None else 0,
        )


@dataclass(frozen=True)
class Constant(Query):
    """What another query finds, with the same score for all."""

    inner: Query

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        return on.matcher.constant(self.inner.ask(on), 1.0)


@dataclass(frozen=True)
class DisMax(Query):
    """What any of its queries finds, with the best score."""

    queries: tuple[Query, ...]
    tie_breaker: float

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        return on.matcher.best_of([query.ask(on) for query in self.queries], self.tie_breaker)


@dataclass(frozen=True)
class All(Query):
    """Every document."""

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        return on.matcher.all()


@dataclass(frozen=True)
class Nothing(Query):
    """No document."""

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        return on.matcher.none()


def read_bool(body: Any, read: Reader) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/compound/bool/"""
    given = options("bool", body, (*_CLAUSES, "minimum_should_match", "adjust_pure_negative"))
    clauses = {name: _queries(given.get(name, []), read) for name in _CLAUSES}
    return Bool(boost_of("bool", given), **clauses, at_least=given.get("minimum_should_match"))


def read_constant_score(body: Any, read: Reader) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/compound/constant-score/"""
    given = options("constant_score", body, ("filter",))
    if "filter" not in given:
        raise parsing("[constant_score] requires a 'filter' element")
    return Constant(boost_of("constant_score", given), read(given["filter"]))


def read_dis_max(body: Any, read: Reader) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/compound/disjunction-max/"""
    given = options("dis_max", body, ("queries", "tie_breaker"))
    queries = _queries(given.get("queries", []), read)
    if not queries:
        raise parsing("[dis_max] requires 'queries' field with at least one clause")
    return DisMax(boost_of("dis_max", given), queries, number("dis_max", given, "tie_breaker", 0.0))


def read_match_all(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/match-all/"""
    return All(boost_of("match_all", options("match_all", body, ())))


def read_match_none(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/match-all/"""
    return Nothing(boost_of("match_none", options("match_none", body, ())))


def _queries(given: Any, read: Reader) -> tuple[Query, ...]:
    return tuple(read(one) for one in (given if isinstance(given, list) else [given]))
