"""Carries a search out on snapshots, and writes its answer.

Source: https://docs.opensearch.org/latest/api-reference/search-apis/search/#response-body
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.answers import sorting
from harness.cloud.engines.search.answers.request import SearchRequest
from harness.cloud.engines.search.answers.sorting import Hit
from harness.cloud.engines.search.errors import NODE, SearchError, rejected, shards_failed
from harness.cloud.engines.search.queries.query import Asked, Query
from harness.cloud.engines.search.store.snapshot import Snapshot
from harness.cloud.engines.search.store.versions import PRIMARY_TERM


@dataclass(frozen=True)
class Partial:
    """Why an answer holds only a part of the hits: every second one is left out.

    Attributes:
        timed_out: the search ran out of its time; otherwise a shard failed.
    """

    timed_out: bool

    def cut(self, hits: list[Hit]) -> list[Hit]:
        """What is left: never the first, so that a page always shows it."""
        return hits[1::2]


@dataclass(frozen=True)
class Result:
    """What a search found, in order, before it is cut into a page.

    Attributes:
        total: hits in all, also those before `search_after`.
        snapshots: what was searched.
    """

    hits: list[Hit]
    total: int
    snapshots: list[Snapshot]
    partial: Partial | None = None


def matching(query: Query, snapshots: list[Snapshot], now_ms: int) -> list[Hit]:
    """Every document that a query finds, in the order of indexing.

    Raises:
        SearchError: a shard cannot carry it out.
    """
    hits: list[Hit] = []
    for snapshot in snapshots:
        try:
            found = snapshot.matcher.run(query.ask(Asked(snapshot, now_ms)))
        except SearchError as error:
            raise shards_failed(error, snapshot.index) from None
        hits += [Hit(snapshot, ordinal, score) for ordinal, score in found]
    return hits


def search(request: SearchRequest, snapshots: list[Snapshot], now_ms: int, partial: Partial | None = None) -> Result:
    """Carries a search out.

    Raises:
        SearchError: the shards cannot carry it out.
    """
    hits = matching(request.query, snapshots, now_ms) if request.has_query else []
    if request.min_score is not None:
        hits = [hit for hit in hits if hit.score >= request.min_score]
    if request.post_filter is not None:
        kept = {(id(hit.snapshot), hit.ordinal) for hit in matching(request.post_filter, snapshots, now_ms)}
        hits = [hit for hit in hits if (id(hit.snapshot), hit.ordinal) in kept]
    if partial is not None:
        hits = partial.cut(hits)
    total = len(hits)
    try:
        ordered = sorting.order(hits, request.sort, snapshots)
        if request.search_after is not None:
            ordered = sorting.after(ordered, request.sort, list(request.search_after), snapshots)
    except SearchError as error:
        raise shards_failed(error, snapshots[0].index if snapshots else "") from None
    return Result(ordered, total, snapshots, partial)


def answer(request: SearchRequest, result: Result, page: list[Hit], took_ms: int) -> dict[str, Any]:
    """The body of the answer.

    Args:
        page: the hits it shows.
    """
    scored = not request.sort or request.shows_scores or any(key.path == "_score" for key in request.sort)
    best = max((hit.score for hit in result.hits), default=None) if scored else None
    hits: dict[str, Any] = {} if request.counted == 0 else {"total": _total(request, result.total)}
    hits |= {"max_score": best, "hits": [_shown(request, hit, scored=scored) for hit in page]}
    body: dict[str, Any] = {"took": took_ms, "timed_out": bool(result.partial and result.partial.timed_out)}
    body |= {"_shards": shards(result), "hits": hits}
    if request.suggestions:
        body["suggest"] = {one.name: _suggested(one, request, result) for one in request.suggestions}
    return body


def shards(result: Result) -> dict[str, Any]:
    """The `_shards` part: one shard an index, two where one has failed."""
    count = len(result.snapshots)
    if result.partial is None or result.partial.timed_out or not count:
        return {"total": count, "successful": count, "skipped": 0, "failed": 0}
    failure = {
        "shard": 1,
        "index": result.snapshots[0].index,
        "node": NODE,
        "reason": rejected("search: the queue of the search thread pool is full").plain(),
    }
    return {"total": count + 1, "successful": count, "skipped": 0, "failed": 1, "failures": [failure]}


def _suggested(suggestion: Any, request: SearchRequest, result: Result) -> Any:
    try:
        return suggestion.answer(result.snapshots, request.source)
    except SearchError as error:
        raise shards_failed(error, result.snapshots[0].index) from None


def _total(request: SearchRequest, total: int) -> dict[str, Any]:
    if request.counted is not None and total > request.counted:
        return {"value": request.counted, "relation": "gte"}
    return {"value": total, "relation": "eq"}


def _shown(request: SearchRequest, hit: Hit, *, scored: bool) -> dict[str, Any]:
    document = hit.snapshot.documents[hit.ordinal]
    shown: dict[str, Any] = {"_index": hit.snapshot.index, "_id": document.id}
    if request.with_version:
        shown["_version"] = document.version
    if request.with_seq_no:
        shown |= {"_seq_no": document.seq_no, "_primary_term": PRIMARY_TERM}
    shown["_score"] = hit.score if scored else None
    if request.source.shown:
        shown["_source"] = request.source.apply(document.source)
    if request.sort:
        shown["sort"] = [_sort_value(key) for key in hit.keys]
    return shown


def _sort_value(value: Any) -> Any:
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value
