"""Searches: search, count, scroll, point in time, delete by query.

Source: https://docs.opensearch.org/latest/api-reference/search-apis/index/
"""

from dataclasses import replace
from typing import Any

from harness.cloud.engines.search.answers.hits import Partial, Result, answer, matching, search, shards
from harness.cloud.engines.search.answers.request import SearchRequest, read_count, read_search
from harness.cloud.engines.search.answers.sorting import Hit, SortKey
from harness.cloud.engines.search.answers.source_filter import from_parameters
from harness.cloud.engines.search.errors import SearchError, illegal, invalid, parsing, shards_failed
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest
from harness.cloud.engines.search.store.index import Index
from harness.cloud.engines.search.store.snapshot import Snapshot
from harness.cloud.engines.search.store.versions import Condition


def search_documents(cluster: Cluster, request: RestRequest) -> Answer:
    """Finds documents. Source: .../search-apis/search/"""
    asked = _asked(request)
    scroll = request.parameters.get("scroll")
    _refuse_contradictions(asked, request, scroll)
    if asked.pit:
        snapshots = cluster.contexts.point(asked.pit, asked.pit_keep_alive)
        window = cluster_window(cluster, snapshots)
    else:
        indexes = _indexes(cluster, request)
        window = min((index.settings.max_result_window for index in indexes), default=10_000)
        _check_window(asked, window, indexes[0].name if indexes else "", scroll=scroll is not None)
        snapshots = [index.search() for index in indexes]
    if asked.pit:
        _check_window(asked, window, snapshots[0].index if snapshots else "", scroll=False)
    if request.partial is not None and not request.truth("allow_partial_search_results", True):
        raise _all_or_nothing(request.partial)
    result = search(asked, snapshots, cluster.now_ms, request.partial)
    body = answer(asked, result, _page(asked, result), request.took_ms)
    if scroll is not None:
        body = {"_scroll_id": cluster.contexts.open_scroll(asked, result, scroll)} | body
    if asked.pit:
        body = {"pit_id": asked.pit} | body
    if request.truth("rest_total_hits_as_int") and "total" in body["hits"]:
        body["hits"]["total"] = body["hits"]["total"]["value"]
    return Answer(body)


def count(cluster: Cluster, request: RestRequest) -> Answer:
    """Counts what a query finds. Source: .../search-apis/count/"""
    query = read_count(request.json())
    snapshots = [index.search() for index in _indexes(cluster, request)]
    hits = matching(query, snapshots, cluster.now_ms)
    return Answer({"count": len(hits), "_shards": shards(Result(hits, len(hits), snapshots))})


def scroll_on(cluster: Cluster, request: RestRequest) -> Answer:
    """The next page of a scroll. Source: .../search-apis/scroll/"""
    given = _context_body(request, ("scroll", "scroll_id"))
    scroll_id = given.get("scroll_id", request.segments.get("id"))
    if not isinstance(scroll_id, str) or not scroll_id:
        raise invalid("scrollId is missing")
    scroll, page = cluster.contexts.next_page(scroll_id, given.get("scroll"))
    result = scroll.result
    if request.partial is not None:
        page = request.partial.cut(page)
        result = replace(result, partial=request.partial)
    else:
        result = replace(result, partial=None)
    return Answer({"_scroll_id": scroll_id} | answer(scroll.request, result, page, request.took_ms))


def clear_scroll(cluster: Cluster, request: RestRequest) -> Answer:
    """Ends scrolls."""
    given = _context_body(request, ("scroll_id",)).get("scroll_id", request.segments.get("id"))
    ids = _ids(given, "scroll_id")
    freed = cluster.contexts.close_scrolls(None if ids == ["_all"] else ids)
    return Answer({"succeeded": True, "num_freed": freed}, 200 if freed else 404)


def open_point(cluster: Cluster, request: RestRequest) -> Answer:
    """Keeps an index as it is for searches to come. Source: .../search-apis/point-in-time-api/"""
    keep_alive = request.parameters.get("keep_alive")
    if keep_alive is None:
        raise invalid("keep alive not specified")
    snapshots = [index.search() for index in _indexes(cluster, request)]
    point_id = cluster.contexts.open_point(snapshots, keep_alive)
    count = len(snapshots)
    parts = {"total": count, "successful": count, "skipped": 0, "failed": 0}
    return Answer({"pit_id": point_id, "_shards": parts, "creation_time": cluster.contexts.created_ms(point_id)})


def close_points(cluster: Cluster, request: RestRequest) -> Answer:
    """Ends points in time."""
    ids = _ids(_context_body(request, ("pit_id",)).get("pit_id"), "pit_id")
    closed = cluster.contexts.close_points(ids)
    return Answer({"pits": [{"pit_id": one, "successful": True} for one, _ in closed]})


def close_all_points(cluster: Cluster, request: RestRequest) -> Answer:
    """Ends every point in time."""
    closed = cluster.contexts.close_points(None)
    return Answer({"pits": [{"pit_id": one, "successful": True} for one, _ in closed]})


def delete_by_query(cluster: Cluster, request: RestRequest) -> Answer:
    """Removes what a search finds; what was written since is a conflict. Source: .../document-apis/delete-by-query/"""
    body = request.json()
    if not isinstance(body, dict) or "query" not in body:
        raise invalid("query is missing")
    asked = read_search({name: value for name, value in body.items() if name != "conflicts"})
    conflicts = str(request.parameters.get("conflicts", body.get("conflicts", "abort")))
    if conflicts not in ("abort", "proceed"):
        raise illegal(f'conflicts may only be "proceed" or "abort" but was [{conflicts}]')
    indexes = {index.name: index for index in _indexes(cluster, request)}
    hits = matching(asked.query, [index.search() for index in indexes.values()], cluster.now_ms)
    deleted, failures = 0, []
    for hit in hits:
        failure = _delete(indexes[hit.snapshot.index], hit)
        if failure is None:
            deleted += 1
            continue
        failures.append(failure)
        if conflicts == "abort":
            break
    if request.truth("refresh"):
        for index in indexes.values():
            index.refresh()
    is_aborted = bool(failures) and conflicts == "abort"
    answered = _deleted(request, len(hits), deleted, failures, with_failures=is_aborted)
    return Answer(answered, 409 if is_aborted else 200)


def cluster_window(cluster: Cluster, snapshots: list[Snapshot]) -> int:
    """The smallest max_result_window of the indexes behind some snapshots."""
    found = [cluster.catalogue.indexes.get(snapshot.index) for snapshot in snapshots]
    return min((index.settings.max_result_window for index in found if index is not None), default=10_000)


def _asked(request: RestRequest) -> SearchRequest:
    body = request.json()
    if isinstance(body, dict):
        body = dict(body)
        for name in ("size", "from"):
            if name in request.parameters:
                body[name] = request.number(name)
        if "track_total_hits" in request.parameters:
            text = request.parameters["track_total_hits"]
            body["track_total_hits"] = int(text) if text.lstrip("-").isdigit() else text != "false"
    asked = read_search(body)
    source = from_parameters(request.parameters)
    sort = request.parameters.get("sort")
    if sort is not None:
        parts = [one.partition(":") for one in sort.split(",")]
        asked = replace(
            asked, sort=tuple(SortKey(path, way == "desc" or (path == "_score" and not way)) for path, _, way in parts)
        )
    return replace(asked, source=source) if source is not None else asked


def _refuse_contradictions(asked: SearchRequest, request: RestRequest, scroll: str | None) -> None:
    reasons = []
    if scroll is not None:
        if asked.counted == 0:
            reasons.append("disabling [track_total_hits] is not allowed in a scroll context")
        if asked.start > 0:
            reasons.append("using [from] is not allowed in a scroll context")
        if asked.size == 0:
            reasons.append("[size] cannot be [0] in a scroll context")
        if asked.pit:
            reasons.append("using [point in time] is not allowed in a scroll context")
    if asked.pit and request.index:
        reasons.append("indices cannot be used with point in time. Do not specify any index with point in time.")
    if reasons:
        raise invalid(*reasons)
    if scroll is not None and asked.search_after is not None:
        raise illegal("`search_after` cannot be used in a scroll context.")


def _all_or_nothing(partial: Partial) -> SearchError:
    """What becomes of a partial answer that the caller would not have."""
    kind, words = "search_phase_execution_exception", "Partial shards failure"
    if not partial.timed_out:
        return SearchError(503, kind, words, phase="query", grouped=True, failed_shards=[])
    return SearchError(500, "query_phase_execution_exception", "Query Failed [Time exceeded]")


def _check_window(asked: SearchRequest, window: int, index: str, *, scroll: bool) -> None:
    """Source: index.max_result_window in .../configuring-opensearch/index-settings/"""
    if scroll and asked.size > window:
        reason = (
            f"Batch size is too large, size must be less than or equal to: [{window}] but was [{asked.size}]. Scroll "
            "batch sizes cost as much memory as result windows so they are controlled by the "
            "[index.max_result_window] index level setting."
        )
        raise shards_failed(illegal(reason), index)
    if asked.start + asked.size > window:
        reason = (
            f"Result window is too large, from + size must be less than or equal to: [{window}] but was "
            f"[{asked.start + asked.size}]. See the scroll api for a more efficient way to request large data sets. "
            "This limit can be set by changing the [index.max_result_window] index level setting."
        )
        raise shards_failed(illegal(reason), index)


def _indexes(cluster: Cluster, request: RestRequest) -> list[Index]:
    return cluster.catalogue.named(request.index, lenient=request.truth("ignore_unavailable"))


def _page(asked: SearchRequest, result: Result) -> list[Hit]:
    return result.hits[asked.start : asked.start + asked.size]


def _context_body(request: RestRequest, known: tuple[str, ...]) -> dict[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise parsing("Malformed content, must start with an object")
    for name in body:
        if name not in known:
            raise illegal(f"Unknown parameter [{name}] in request body or parameter is of the wrong type")
    return {name: request.parameters[name] for name in known if name in request.parameters} | body


def _ids(given: Any, name: str) -> list[str]:
    listed = given if isinstance(given, list) else [] if given is None else [given]
    if not listed or not all(isinstance(one, str) for one in listed):
        raise invalid("no scroll ids specified" if name == "scroll_id" else "no pit ids specified")
    return listed


def _delete(index: Index, hit: Hit) -> dict[str, Any] | None:
    document = hit.snapshot.documents[hit.ordinal]
    try:
        index.delete(document.id, Condition(if_seq_no=document.seq_no, if_primary_term=1))
    except SearchError as error:
        return {"index": index.name, "id": document.id, "cause": error.item(), "status": error.status}
    return None


def _deleted(
    request: RestRequest, total: int, deleted: int, failures: list[dict[str, Any]], *, with_failures: bool
) -> dict[str, Any]:
    return {
        "took": request.took_ms,
        "timed_out": False,
        "total": total,
        "deleted": deleted,
        "batches": 1 if total else 0,
        "version_conflicts": len(failures),
        "noops": 0,
        "retries": {"bulk": 0, "search": 0},
        "throttled_millis": 0,
        "requests_per_second": -1.0,
        "throttled_until_millis": 0,
        "failures": failures if with_failures else [],
    }
