"""What every query of the DSL has in common: reading it, and asking one snapshot.

A query is read once, whatever it is asked of; what is wrong with its form is a
parsing_exception. What does not fit a field is found when a snapshot is asked.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from harness.cloud.engines.search.errors import SearchError, parsing
from harness.cloud.engines.search.mapping.fields import Field
from harness.cloud.engines.search.mapping.values import BadValue, Value
from harness.cloud.engines.search.store.matching import Matcher
from harness.cloud.engines.search.store.snapshot import Snapshot

if TYPE_CHECKING:
    import tantivy

Found: TypeAlias = "tantivy.Query"
"""What a query finds, as the matcher combines it with others."""


@dataclass(frozen=True)
class Asked:
    """A snapshot that a query is asked of.

    Attributes:
        now_ms: milliseconds since 1970, for date math.
    """

    snapshot: Snapshot
    now_ms: int

    @property
    def matcher(self) -> Matcher:
        """The inverted index."""
        return self.snapshot.matcher

    def searchable(self, path: str) -> Field | None:
        """The field of this path; None: there is none, so nothing matches.

        Raises:
            SearchError: it is not indexed.
        """
        field = self.snapshot.mapping.find(path)
        if field is not None and not field.searchable:
            self.refuse(f"Cannot search on field [{path}] since it is not indexed.")
        return field

    def value(self, field: Field, raw: Any) -> Value:
        """A value of the query as the field compares it.

        Raises:
            SearchError: it does not fit.
        """
        try:
            return field.term(raw)
        except BadValue as bad:
            self.refuse(bad.reason, bad)

    def refuse(self, reason: str, cause: BadValue | None = None) -> NoReturn:
        """Raises:
        SearchError: query_shard_exception.
        """
        caused_by = cause.error() if cause else {"type": "illegal_argument_exception", "reason": reason}
        raise SearchError(
            400,
            "query_shard_exception",
            f"failed to create query: {reason}",
            caused_by=caused_by,
            index=self.snapshot.index,
            index_uuid=self.snapshot.uuid,
        )


@dataclass(frozen=True)
class Query(ABC):
    """One query.

    Attributes:
        boost: what its scores are multiplied by.
    """

    boost: float

    @abstractmethod
    def find(self, on: Asked) -> Found:
        """What the query finds in a snapshot, before its boost."""

    def ask(self, on: Asked) -> Found:
        """What the query finds in a snapshot."""
        return on.matcher.boosted(self.find(on), self.boost)


def options(query: str, body: Any, known: tuple[str, ...]) -> dict[str, Any]:
    """The members of a query's object, all of them known.

    Raises:
        SearchError: parsing_exception.
    """
    if not isinstance(body, dict):
        raise parsing(f"[{query}] query malformed, no start_object after query name")
    for name in body:
        if name not in (*known, "boost"):
            raise parsing(f"[{query}] query does not support [{name}]")
    return body


def field_and_options(query: str, body: Any, main: str, known: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The field a query is about and its options: {"field": {...}} or {"field": value}.

    Args:
        main: the option that a bare value stands for.

    Raises:
        SearchError: parsing_exception.
    """
    if not isinstance(body, dict):
        raise parsing(f"[{query}] query malformed, no start_object after query name")
    if len(body) > 1:
        first, second = list(body)[:2]
        raise parsing(f"[{query}] query doesn't support multiple fields, found [{first}] and [{second}]")
    if not body:
        raise parsing(
            f"No text specified for text query [{query}]" if main == "query" else f"[{query}] query needs a field"
        )
    field, inner = next(iter(body.items()))
    if isinstance(inner, list):
        raise parsing(f"[{query}] unknown token [START_ARRAY] after [{field}]")
    given = options(query, inner, (main, *known)) if isinstance(inner, dict) else {main: inner}
    if given.get(main) is None and main != "":
        raise parsing(f"No text specified for text query [{query}]" if main == "query" else "value cannot be null")
    return field, given


def number(query: str, given: dict[str, Any], name: str, default: float) -> float:
    """A numeric option.

    Raises:
        SearchError: it is none.
    """
    value = given.get(name, default)
    try:
        if isinstance(value, bool):
            raise ValueError
        return float(value)
    except (TypeError, ValueError):
        raise parsing(f"[{query}] [{name}] must be a number but was [{value}]") from None


def boost_of(query: str, given: dict[str, Any]) -> float:
    """The boost of a query.

    Raises:
        SearchError: it is no number, or negative.
    """
    boost = number(query, given, "boost", 1.0)
    if not 0 <= boost < float("inf"):
        raise parsing(f"negative [boost] are not allowed in [{query}], use a value between 0 and 1 to deboost")
    return boost


def truth(query: str, given: dict[str, Any], name: str, default: bool) -> bool:
    """A boolean option.

    Raises:
        SearchError: it is none.
    """
    value = given.get(name, default)
    if value not in (True, False, "true", "false"):
        raise parsing(f"[{query}] Failed to parse value [{value}] as only [true] or [false] are allowed.")
    return value in (True, "true")


def minimum(text: Any, optional: int) -> int:
    """How many of the optional clauses must match: 2, -1, "75%", "-25%".

    Source: https://docs.opensearch.org/latest/query-dsl/minimum-should-match/

    Raises:
        SearchError: another form, which is not simulated.
    """
    given = str(text).strip()
    try:
        share = given.endswith("%")
        wanted = int(given.removesuffix("%"))
    except ValueError:
        raise parsing(f"minimum_should_match [{text}] is not supported by this simulation of OpenSearch") from None
    if share:
        part = int(abs(wanted) * optional / 100)
        count = part if wanted >= 0 else optional - part
    else:
        count = wanted if wanted >= 0 else optional + wanted
    return max(0, count)
