"""QUERIES: every query of the DSL there is here, by name. Start here.

A new query is a class with `find`, a function that reads it, and a line.
Source: https://docs.opensearch.org/latest/query-dsl/index/
"""

from collections.abc import Callable
from typing import Any

from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, parsing
from harness.cloud.engines.search.queries import compound, full_text, term_level
from harness.cloud.engines.search.queries.query import Query

QUERIES: dict[str, Callable[[Any], Query]] = {
    "match": full_text.read_match,
    "match_phrase": full_text.read_match_phrase,
    "match_phrase_prefix": full_text.read_match_phrase_prefix,
    "multi_match": full_text.read_multi_match,
    "term": term_level.read_term,
    "terms": term_level.read_terms,
    "ids": term_level.read_ids,
    "range": term_level.read_range,
    "exists": term_level.read_exists,
    "prefix": term_level.read_prefix,
    "wildcard": term_level.read_wildcard,
    "fuzzy": term_level.read_fuzzy,
    "bool": lambda body: compound.read_bool(body, read_query),
    "constant_score": lambda body: compound.read_constant_score(body, read_query),
    "dis_max": lambda body: compound.read_dis_max(body, read_query),
    "match_all": compound.read_match_all,
    "match_none": compound.read_match_none,
}

_NOT_SIMULATED: tuple[str, ...] = (
    "query_string",
    "simple_query_string",
    "match_bool_prefix",
    "intervals",
    "combined_fields",
    "regexp",
)
_NOT_SIMULATED += (
    "terms_set",
    "boosting",
    "function_score",
    "hybrid",
    "nested",
    "has_child",
    "has_parent",
    "parent_id",
)
_NOT_SIMULATED += ("geo_bounding_box", "geo_distance", "geo_polygon", "geo_shape", "xy_shape", "script", "script_score")
_NOT_SIMULATED += ("distance_feature", "more_like_this", "percolate", "rank_feature", "wrapper", "knn", "neural")
_NOT_SIMULATED += ("span_term", "span_near", "span_or", "span_not", "span_first", "span_multi", "span_containing")


def read_query(body: Any) -> Query:
    """A query out of its JSON: an object with one member, the name of the query.

    Raises:
        SearchError: parsing_exception, or the part is not simulated.
    """
    if not isinstance(body, dict):
        raise parsing("[_na] query malformed, must start with start_object")
    if not body:
        raise illegal("query malformed, empty clause found")
    name, inner = next(iter(body.items()))
    if len(body) > 1:
        second = list(body)[1]
        raise parsing(f"[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME] [{second}]")
    if name in _NOT_SIMULATED:
        raise PartMissing(f"query [{name}]", "parsing_exception")
    if name not in QUERIES:
        cause = {"type": "named_object_not_found_exception", "reason": f"[1:1] unknown field [{name}]"}
        raise SearchError(400, "parsing_exception", f"unknown query [{name}]", caused_by=cause, line=1, col=1)
    return QUERIES[name](inner)
