"""ENDPOINTS: every endpoint of the REST API there is here. Start here.

A new endpoint is a function and a line. Parameters that change nothing here are named in
`EVERYWHERE`; one that is not named at all is refused, as OpenSearch does.
Source: https://docs.opensearch.org/latest/api-reference/
"""

from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.engines.search.errors import PartMissing, illegal
from harness.cloud.engines.search.rest import aliases, bulk, cluster, documents, indices, searching
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest

Handler = Callable[[Cluster, RestRequest], Answer]

SEARCH_MS, BULK_MS, BULK_ITEM_MS, GET_MS, INDEX_MS, ADMIN_MS = 25.0, 30.0, 0.2, 5.0, 10.0, 20.0
"""Nominal latencies. OpenSearch publishes none; the model's own choice."""

EVERYWHERE = ("pretty", "human", "error_trace", "timeout", "master_timeout", "cluster_manager_timeout", "preference")
"""Parameters that every endpoint takes, and that change nothing here."""

_NOT_SIMULATED: tuple[str, ...] = ("wait_for_active_shards", "flat_settings", "allow_no_indices", "expand_wildcards")
_NOT_SIMULATED += ("filter_path", "q", "df", "default_operator", "analyzer", "routing", "pipeline", "require_alias")
_NOT_SIMULATED += ("wait_for_completion", "slices", "max_docs", "terminate_after", "stored_fields", "docvalue_fields")
_NOT_SIMULATED += ("explain", "local", "allow_partial_search_results", "request_cache")

_WRITE = ("refresh", "version", "version_type", "if_seq_no", "if_primary_term")
_SOURCE = ("_source", "_source_includes", "_source_excludes")
_NAMED = ("ignore_unavailable",)
_SEARCH: tuple[str, ...] = (
    "scroll",
    "size",
    "from",
    "sort",
    "track_total_hits",
    "rest_total_hits_as_int",
    "search_type",
    *_SOURCE,
)
_SEARCH += ("allow_partial_search_results", "request_cache", *_NAMED)
_GET = ("realtime", *_SOURCE)


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    Attributes:
        base_ms: what it takes, nominally.
        parameters: those it reads.
        searches: whether its answer may be partial.
    """

    methods: tuple[str, ...]
    pattern: tuple[str, ...]
    handler: Handler
    base_ms: float
    parameters: tuple[str, ...] = ()
    searches: bool = False

    def latency_ms(self, body: bytes) -> float:
        """What a request with this body takes, nominally."""
        if self.handler is bulk.bulk:
            return self.base_ms + BULK_ITEM_MS * bulk.count_items(body)
        return self.base_ms


def _endpoint(
    methods: str,
    pattern: str,
    handler: Handler,
    base_ms: float,
    parameters: tuple[str, ...] = (),
    searches: bool = False,
) -> Endpoint:
    return Endpoint(
        tuple(methods.split()), tuple(pattern.strip("/").split("/")), handler, base_ms, parameters, searches
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(("GET", "HEAD"), (), cluster.banner, GET_MS),
    _endpoint("GET", "/_cluster/health", cluster.health, ADMIN_MS),
    _endpoint("GET", "/_cluster/health/{index}", cluster.health, ADMIN_MS),
    _endpoint("GET", "/_cat/indices", cluster.cat_indices, ADMIN_MS, ("v", "h", "format")),
    _endpoint("GET", "/_cat/indices/{index}", cluster.cat_indices, ADMIN_MS, ("v", "h", "format")),
    _endpoint("GET POST", "/_search", searching.search_documents, SEARCH_MS, _SEARCH, True),
    _endpoint("GET POST", "/_search/scroll", searching.scroll_on, SEARCH_MS, ("scroll", "scroll_id"), True),
    _endpoint("DELETE", "/_search/scroll", searching.clear_scroll, GET_MS, ("scroll_id",)),
    _endpoint("GET POST", "/_search/scroll/{id}", searching.scroll_on, SEARCH_MS, ("scroll",), True),
    _endpoint("DELETE", "/_search/scroll/{id}", searching.clear_scroll, GET_MS),
    _endpoint("DELETE", "/_search/point_in_time", searching.close_points, GET_MS, ("pit_id",)),
    _endpoint("DELETE", "/_search/point_in_time/_all", searching.close_all_points, GET_MS),
    _endpoint("POST", "/{index}/_search/point_in_time", searching.open_point, SEARCH_MS, ("keep_alive", *_NAMED)),
    _endpoint("GET POST", "/{index}/_search", searching.search_documents, SEARCH_MS, _SEARCH, True),
    _endpoint("GET POST", "/_count", searching.count, SEARCH_MS, _NAMED),
    _endpoint("GET POST", "/{index}/_count", searching.count, SEARCH_MS, _NAMED),
    _endpoint("GET POST", "/_mget", documents.mget, GET_MS, _GET),
    _endpoint("GET POST", "/{index}/_mget", documents.mget, GET_MS, _GET),
    _endpoint("POST PUT", "/_bulk", bulk.bulk, BULK_MS, ("refresh",)),
    _endpoint("POST PUT", "/{index}/_bulk", bulk.bulk, BULK_MS, ("refresh",)),
    _endpoint("GET HEAD", "/{index}/_doc/{id}", documents.get, GET_MS, _GET),
    _endpoint("GET HEAD", "/{index}/_source/{id}", documents.get_source, GET_MS, _GET),
    _endpoint("PUT POST", "/{index}/_doc/{id}", documents.put, INDEX_MS, (*_WRITE, "op_type")),
    _endpoint("POST", "/{index}/_doc", documents.post, INDEX_MS, ("refresh",)),
    _endpoint("PUT POST", "/{index}/_create/{id}", documents.create, INDEX_MS, _WRITE),
    _endpoint("DELETE", "/{index}/_doc/{id}", documents.delete, INDEX_MS, _WRITE),
    _endpoint("POST", "/{index}/_update/{id}", documents.update, INDEX_MS, (*_WRITE, "retry_on_conflict")),
    _endpoint(
        "POST", "/{index}/_delete_by_query", searching.delete_by_query, BULK_MS, ("refresh", "conflicts", *_NAMED)
    ),
    _endpoint("GET POST", "/_refresh", indices.refresh, ADMIN_MS),
    _endpoint("GET POST", "/{index}/_refresh", indices.refresh, ADMIN_MS),
    _endpoint("POST", "/_aliases", aliases.change, ADMIN_MS),
    _endpoint("GET", "/_alias", aliases.get, ADMIN_MS),
    _endpoint("GET HEAD", "/_alias/{alias}", aliases.get, ADMIN_MS),
    _endpoint("GET HEAD", "/{index}/_alias", aliases.get, ADMIN_MS),
    _endpoint("GET HEAD", "/{index}/_alias/{alias}", aliases.get, ADMIN_MS),
    _endpoint("PUT POST", "/{index}/_alias/{alias}", aliases.put, ADMIN_MS),
    _endpoint("DELETE", "/{index}/_alias/{alias}", aliases.delete, ADMIN_MS),
    _endpoint("GET", "/_mapping", indices.get_mapping, ADMIN_MS),
    _endpoint("GET", "/{index}/_mapping", indices.get_mapping, ADMIN_MS),
    _endpoint("PUT POST", "/{index}/_mapping", indices.put_mapping, ADMIN_MS),
    _endpoint("GET", "/{index}/_settings", indices.get_settings, ADMIN_MS),
    _endpoint("PUT", "/{index}/_settings", indices.put_settings, ADMIN_MS),
    _endpoint("PUT", "/{index}", indices.create, ADMIN_MS),
    _endpoint("DELETE", "/{index}", indices.delete, ADMIN_MS),
    _endpoint("HEAD", "/{index}", indices.exists, ADMIN_MS),
    _endpoint("GET", "/{index}", indices.get, ADMIN_MS),
)


def find(method: str, segments: list[str]) -> tuple[Endpoint | None, dict[str, str], list[str]]:
    """The endpoint for a request, what stands for its placeholders, and the methods its path takes."""
    allowed: list[str] = []
    for endpoint in ENDPOINTS:
        filled = _fill(endpoint.pattern, segments)
        if filled is None:
            continue
        if method in endpoint.methods:
            return endpoint, filled, []
        allowed += [one for one in endpoint.methods if one not in allowed]
    return None, {}, sorted(allowed)


def check_parameters(endpoint: Endpoint, request: RestRequest) -> None:
    """Raises:
    SearchError: a parameter that the endpoint does not read.
    """
    for name in request.parameters:
        if name in endpoint.parameters or name in EVERYWHERE:
            continue
        if name in _NOT_SIMULATED:
            raise PartMissing(f"parameter [{name}]")
        raise illegal(f"request [{request.path}] contains unrecognized parameter: [{name}]")


def _fill(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    filled = {}
    for part, text in zip(pattern, segments, strict=True):
        if part.startswith("{"):
            if not text or (part == "{index}" and text.startswith("_") and text != "_all"):
                return None
            filled[part[1:-1]] = text
        elif part != text:
            return None
    return filled
