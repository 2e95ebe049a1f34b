"""Term-level queries: term, terms, ids, range, exists, prefix, wildcard, fuzzy.

Nothing is analyzed but for a keyword's normalizer.
Source: https://docs.opensearch.org/latest/query-dsl/term/index/
"""

import re
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import PartMissing, illegal, parsing
from harness.cloud.engines.search.mapping.dates import DateFormat
from harness.cloud.engines.search.mapping.fields import Date, Field
from harness.cloud.engines.search.mapping.values import BadValue, Storage
from harness.cloud.engines.search.queries.fuzziness import Fuzziness, expand, read_fuzziness
from harness.cloud.engines.search.queries.query import (
    Asked,
    Found,
    Query,
    boost_of,
    field_and_options,
    options,
    truth,
)

MAX_TERMS = 65_536
"""Terms of one `terms` query. Source: index.max_terms_count."""

_BOUNDS = ("gte", "gt", "lte", "lt")


@dataclass(frozen=True)
class Term(Query):
    """Documents with exactly this value."""

    path: str
    value: Any
    ignores_case: bool = False

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        if self.path == "_id":
            return on.matcher.ids([str(self.value)])
        field = on.searchable(self.path)
        if field is None or field.storage is Storage.NONE:
            return on.matcher.none()
        value = on.value(field, self.value)
        if not self.ignores_case:
            return on.matcher.term(self.path, value)
        if field.storage not in (Storage.TEXT, Storage.KEYWORD):
            about = f"[{self.path}] field which is of type [{field.type_name}]"
            on.refuse(f"{about}, does not support case insensitive term queries")
        wanted = str(value).lower()
        return on.matcher.terms(
            self.path, [one for one, _ in on.matcher.vocabulary(self.path) if one.lower() == wanted]
        )


@dataclass(frozen=True)
class Terms(Query):
    """Documents with one of these values."""

    path: str
    values: tuple[Any, ...]

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        if self.path == "_id":
            return on.matcher.ids([str(value) for value in self.values])
        field = on.searchable(self.path)
        if field is None or field.storage is Storage.NONE:
            return on.matcher.none()
        return on.matcher.terms(self.path, [on.value(field, value) for value in self.values])


@dataclass(frozen=True)
class Ids(Query):
    """Documents with one of these ids."""

    ids: tuple[str, ...]

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        return on.matcher.ids(list(self.ids))


@dataclass(frozen=True)
class Exists(Query):
    """Documents that have a value in this field, or in one below it."""

    path: str

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        mapping = on.snapshot.mapping
        below = [path for path in mapping.fields if path == self.path or path.startswith(f"{self.path}.")]
        return on.matcher.constant(
            on.matcher.combined(should=[on.matcher.having(path) for path in below], minimum=1), 1.0
        )


@dataclass(frozen=True)
class Range(Query):
    """Documents with a value between two bounds.

    Attributes:
        low: ("gte" or "gt", value); None: no bound.
        high: ("lte" or "lt", value); None: no bound.
    """

    path: str
    low: tuple[str, Any] | None
    high: tuple[str, Any] | None
    format: DateFormat | None = None

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        field = on.searchable(self.path)
        if field is None:
            return on.matcher.none()
        low = self._bound(on, field, self.low, round_up=self.low is not None and self.low[0] == "gt")
        high = self._bound(on, field, self.high, round_up=self.high is not None and self.high[0] == "lte")
        with_low, with_high = self.low is None or self.low[0] == "gte", self.high is None or self.high[0] == "lte"
        if field.storage in (Storage.INTEGER, Storage.FLOAT):
            return on.matcher.between(self.path, low, high, with_low=with_low, with_high=with_high)
        if field.storage is Storage.NONE:
            on.refuse(f"Field [{self.path}] of type [{field.type_name}] does not support range queries")
        within = [
            term
            for term, _ in on.matcher.vocabulary(self.path)
            if (low is None or term > low or (with_low and term == low))
            and (high is None or term < high or (with_high and term == high))
        ]
        return on.matcher.terms(self.path, within)

    def _bound(self, on: Asked, field: Field, bound: tuple[str, Any] | None, *, round_up: bool) -> Any:
        if bound is None or bound[1] is None:
            return None
        try:
            if self.format is not None and isinstance(field, Date):
                return self.format.resolve(bound[1], on.now_ms, round_up=round_up)
            return field.bound(bound[1], on.now_ms, round_up=round_up)
        except BadValue as bad:
            on.refuse(bad.reason, bad)


@dataclass(frozen=True)
class Pattern(Query):
    """Documents with a term that fits a pattern: prefix and wildcard.

    Attributes:
        start: what every such term begins with.
        pattern: a regular expression for the whole of the term.
    """

    query: str
    path: str
    start: str
    pattern: re.Pattern[str]

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        field = on.searchable(self.path)
        if field is None:
            return on.matcher.none()
        if field.storage not in (Storage.TEXT, Storage.KEYWORD):
            on.refuse(
                f"Can only use {self.query} queries on keyword, text and wildcard fields - "
                f"not on [{self.path}] which is of type [{field.type_name}]"
            )
        vocabulary = on.matcher.vocabulary(self.path, self.start)
        return on.matcher.terms(self.path, [term for term, _ in vocabulary if self.pattern.fullmatch(term)])


@dataclass(frozen=True)
class Fuzzy(Query):
    """Documents with a term within so many edits of this one."""

    path: str
    value: Any
    fuzziness: Fuzziness

    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""
        field = on.searchable(self.path)
        if field is None:
            return on.matcher.none()
        if field.storage not in (Storage.TEXT, Storage.KEYWORD):
            on.refuse(
                f"Can only use fuzzy queries on keyword and text fields - not on [{self.path}] "
                f"which is of type [{field.type_name}]"
            )
        near = expand(on.snapshot, self.path, str(on.value(field, self.value)), self.fuzziness)
        queries = [on.matcher.boosted(on.matcher.term(self.path, term), weight) for term, weight in near]
        return on.matcher.best_of(queries) if queries else on.matcher.none()


def read_term(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/term/"""
    path, given = field_and_options("term", body, "value", ("case_insensitive",))
    return Term(boost_of("term", given), path, given["value"], truth("term", given, "case_insensitive", False))


def read_terms(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/terms/"""
    if not isinstance(body, dict):
        raise parsing("[terms] query malformed, no start_object after query name")
    fields = [name for name in body if name != "boost"]
    if len(fields) != 1:
        raise parsing(
            "[terms] query does not support multiple fields" if fields else "[terms] query requires a field name"
        )
    values = body[fields[0]]
    if isinstance(values, dict):
        raise PartMissing("a terms lookup", "parsing_exception")
    if not isinstance(values, list):
        raise parsing(f"[terms] query does not support [{fields[0]}]")
    if any(value is None for value in values):
        raise parsing("No value specified for terms query")
    if len(values) > MAX_TERMS:
        raise illegal(
            f"The number of terms [{len(values)}] used in the Terms Query request has exceeded the allowed maximum of "
            f"[{MAX_TERMS}]. This maximum can be set by changing the [index.max_terms_count] index level setting."
        )
    return Terms(boost_of("terms", body), fields[0], tuple(values))


def read_ids(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/ids/"""
    given = options("ids", body, ("values",))
    values = given.get("values", [])
    listed = values if isinstance(values, list) else [values]
    if any(isinstance(value, (dict, list)) or value is None for value in listed):
        raise parsing("Illegal value for id, expecting a string or number, got: START_OBJECT")
    return Ids(boost_of("ids", given), tuple(str(value) for value in listed))


def read_exists(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/exists/"""
    given = options("exists", body, ("field",))
    if not given.get("field"):
        raise parsing("[exists] must be provided with a [field]")
    return Exists(boost_of("exists", given), str(given["field"]))


def read_range(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/range/"""
    path, given = field_and_options("range", body, "", (*_BOUNDS, "format", "time_zone", "relation"))
    for name in ("time_zone", "relation"):
        if name in given:
            raise PartMissing(f"[{name}] of a [range] query", "parsing_exception")
    if "" in given:
        raise parsing("[range] query malformed, no start_object after query name")
    low = next(((name, given[name]) for name in ("gt", "gte") if name in given), None)
    high = next(((name, given[name]) for name in ("lt", "lte") if name in given), None)
    return Range(
        boost_of("range", given), path, low, high, DateFormat(str(given["format"])) if given.get("format") else None
    )


def read_prefix(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/prefix/"""
    path, given = field_and_options("prefix", body, "value", ("case_insensitive",))
    ignores_case = truth("prefix", given, "case_insensitive", False)
    start = str(given["value"])
    pattern = re.compile(re.escape(start) + ".*", re.DOTALL | (re.IGNORECASE if ignores_case else 0))
    return Pattern(boost_of("prefix", given), "prefix", path, "" if ignores_case else start, pattern)


def read_wildcard(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/wildcard/"""
    path, given = field_and_options("wildcard", body, "value", ("wildcard", "case_insensitive"))
    text = str(given["value"])
    ignores_case = truth("wildcard", given, "case_insensitive", False)
    simple = {"*": ".*", "?": "."}
    steps = re.findall(r"\\.|\*+|.", text, re.DOTALL)
    pieces = [
        simple.get(step[0]) or re.escape(step[1:] if len(step) == 2 and step[0] == "\\" else step) for step in steps
    ]
    start = "" if ignores_case else re.split(r"[*?\\]", text)[0]
    pattern = re.compile("".join(pieces), re.DOTALL | (re.IGNORECASE if ignores_case else 0))
    return Pattern(boost_of("wildcard", given), "wildcard", path, start, pattern)


def read_fuzzy(body: Any) -> Query:
    """Source: https://docs.opensearch.org/latest/query-dsl/term/fuzzy/"""
    known = ("fuzziness", "prefix_length", "max_expansions", "transpositions")
    path, given = field_and_options("fuzzy", body, "value", known)
    fuzziness = read_fuzziness(given.get("fuzziness", "AUTO"), given)
    assert fuzziness is not None
    return Fuzzy(boost_of("fuzzy", given), path, given["value"], fuzziness)
