"""The body of a search, read and checked.

Source: https://docs.opensearch.org/latest/api-reference/search-apis/search/
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.answers.sorting import SortKey, read_sort
from harness.cloud.engines.search.answers.source_filter import EVERYTHING, SourceFilter, read_source_filter
from harness.cloud.engines.search.answers.suggest import Suggestion, read_suggest
from harness.cloud.engines.search.errors import PartMissing, illegal, parsing
from harness.cloud.engines.search.queries.compound import All
from harness.cloud.engines.search.queries.query import Query
from harness.cloud.engines.search.queries.registry import read_query

DEFAULT_SIZE = 10
COUNTED_HITS = 10_000
"""Hits are counted up to here unless more is asked for (track_total_hits)."""

_READ: tuple[str, ...] = (
    "query",
    "from",
    "size",
    "sort",
    "search_after",
    "_source",
    "track_total_hits",
    "track_scores",
    "min_score",
)
_READ += ("post_filter", "version", "seq_no_primary_term", "suggest", "pit", "timeout")
_NOT_SIMULATED: tuple[str, ...] = (
    "aggs",
    "aggregations",
    "highlight",
    "rescore",
    "collapse",
    "script_fields",
    "fields",
    "docvalue_fields",
)
_NOT_SIMULATED += ("stored_fields", "explain", "profile", "indices_boost", "slice", "terminate_after", "stats", "ext")
_NOT_SIMULATED += ("derived", "search_pipeline", "verbose_pipeline", "include_named_queries_score")


@dataclass(frozen=True)
class SearchRequest:
    """What is asked of a search.

    Attributes:
        start: how many hits are passed over ("from").
        counted: hits are counted up to here; None: all; 0: not at all.
        shows_scores: scores are given although something else orders the hits.
        pit: id of a point in time; "": none.
        pit_keep_alive: its new life, as given; "": unchanged.
    """

    query: Query
    size: int = DEFAULT_SIZE
    start: int = 0
    sort: tuple[SortKey, ...] = ()
    search_after: tuple[Any, ...] | None = None
    source: SourceFilter = EVERYTHING
    counted: int | None = COUNTED_HITS
    shows_scores: bool = False
    min_score: float | None = None
    post_filter: Query | None = None
    with_version: bool = False
    with_seq_no: bool = False
    suggestions: tuple[Suggestion, ...] = ()
    has_query: bool = True
    pit: str = ""
    pit_keep_alive: str = ""


def read_search(body: Any) -> SearchRequest:
    """Reads the body of a search.

    Raises:
        SearchError: parsing_exception, illegal_argument_exception, or a part is not simulated.
    """
    if not isinstance(body, dict):
        raise parsing(f"Expected [START_OBJECT] but found [{_token(body)}]")
    for name, value in body.items():
        if name in _NOT_SIMULATED:
            raise PartMissing(f"[{name}] in a search", "parsing_exception")
        if name not in _READ:
            raise parsing(f"Unknown key for a {_token(value)} in [{name}].")
    suggestions = read_suggest(body["suggest"]) if "suggest" in body else ()
    pit, keep_alive = _pit(body.get("pit"))
    return SearchRequest(
        query=read_query(body["query"]) if "query" in body else All(1.0),
        size=_count(body, "size", DEFAULT_SIZE),
        start=_count(body, "from", 0),
        sort=read_sort(body["sort"]) if "sort" in body else (),
        search_after=_cursor(body),
        source=read_source_filter(body.get("_source", True)),
        counted=_counted(body.get("track_total_hits", COUNTED_HITS)),
        shows_scores=body.get("track_scores", False) is True,
        min_score=_score(body),
        post_filter=read_query(body["post_filter"]) if "post_filter" in body else None,
        with_version=body.get("version", False) is True,
        with_seq_no=body.get("seq_no_primary_term", False) is True,
        suggestions=suggestions,
        has_query="query" in body or not suggestions,
        pit=pit,
        pit_keep_alive=keep_alive,
    )


def read_count(body: Any) -> Query:
    """Reads the body of a count: nothing but a query.

    Source: https://docs.opensearch.org/latest/api-reference/search-apis/count/

    Raises:
        SearchError: parsing_exception.
    """
    if not isinstance(body, dict):
        raise parsing(f"Expected [START_OBJECT] but found [{_token(body)}]")
    for name in body:
        if name != "query":
            raise parsing(f"request does not support [{name}]")
    return read_query(body["query"]) if body else All(1.0)


def _count(body: dict[str, Any], name: str, default: int) -> int:
    value = body.get(name, default)
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise parsing(f"Failed to parse [{name}]: expected a number but got [{value}]")
    if value < 0:
        raise illegal(f"[{name}] parameter cannot be negative, found [{value}]")
    return value


def _cursor(body: dict[str, Any]) -> tuple[Any, ...] | None:
    cursor = body.get("search_after")
    if cursor is None:
        return None
    if not isinstance(cursor, list):
        raise parsing(f"Expected [START_ARRAY] but found [{_token(cursor)}] inside search_after.")
    if not cursor:
        raise illegal("Values must contains at least one value.")
    if body.get("from") not in (None, 0, -1):
        raise illegal("`from` parameter must be set to 0 when `search_after` is used.")
    return tuple(cursor)


def _counted(value: Any) -> int | None:
    if value is True:
        return None
    if value is False:
        return 0
    if not isinstance(value, int) or value < -1:
        raise illegal(f"[track_total_hits] parameter must be positive or equals to -1, got {value}")
    return None if value == -1 else value


def _score(body: dict[str, Any]) -> float | None:
    value = body.get("min_score")
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise parsing(f"Failed to parse [min_score]: expected a number but got [{value}]")
    return value


def _pit(given: Any) -> tuple[str, str]:
    if given is None:
        return "", ""
    if not isinstance(given, dict) or not isinstance(given.get("id"), str) or set(given) - {"id", "keep_alive"}:
        raise parsing("[pit] needs an [id] and may have a [keep_alive]")
    return given["id"], str(given.get("keep_alive", ""))


def _token(value: Any) -> str:
    if isinstance(value, dict):
        return "START_OBJECT"
    if isinstance(value, list):
        return "START_ARRAY"
    if isinstance(value, bool):
        return "VALUE_BOOLEAN"
    if value is None:
        return "VALUE_NULL"
    return "VALUE_STRING" if isinstance(value, str) else "VALUE_NUMBER"
