"""The cluster as a whole: its banner, its health, its list of indexes.

Source: https://docs.opensearch.org/latest/api-reference/cluster-api/cluster-health/ and .../cat/cat-indices/
"""

from typing import Any

from harness.cloud.engines.search.errors import PartMissing
from harness.cloud.engines.search.rest.indices import stats_of
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest

NUMBER = "2.19.0"


def banner(cluster: Cluster, request: RestRequest) -> Answer:
    """Which OpenSearch this is."""
    version = {"distribution": "opensearch", "number": NUMBER, "build_type": "tar", "build_snapshot": False}
    return Answer(
        {
            "name": "node-1",
            "cluster_name": "123456789012:search",
            "cluster_uuid": "d5FhRzKzQ-2mWb8sVh1u3A",
            "version": version,
            "tagline": "The OpenSearch Project: https://opensearch.org/",
        }
    )


def health(cluster: Cluster, request: RestRequest) -> Answer:
    """One node: primaries are placed, replicas cannot be."""
    indexes = cluster.catalogue.named(request.index)
    replicas = sum(int(index.settings.values.get("number_of_replicas", 1)) for index in indexes)
    return Answer(
        {
            "cluster_name": "123456789012:search",
            "status": "yellow" if replicas else "green",
            "timed_out": False,
            "number_of_nodes": 1,
            "number_of_data_nodes": 1,
            "discovered_master": True,
            "discovered_cluster_manager": True,
            "active_primary_shards": len(indexes),
            "active_shards": len(indexes),
            "relocating_shards": 0,
            "initializing_shards": 0,
            "unassigned_shards": replicas,
            "delayed_unassigned_shards": 0,
            "number_of_pending_tasks": 0,
            "number_of_in_flight_fetch": 0,
            "task_max_waiting_in_queue_millis": 0,
            "active_shards_percent_as_number": 100.0 * len(indexes) / max(1, len(indexes) + replicas),
        }
    )


def cat_indices(cluster: Cluster, request: RestRequest) -> Answer:
    """A line for each index, or JSON with format=json."""
    rows = [stats_of(index) for index in cluster.catalogue.named(request.index)]
    chosen = [name for name in request.parameters.get("h", "").split(",") if name]
    if any(name not in row for row in rows for name in chosen):
        raise PartMissing("a column of _cat/indices that is not among " + ", ".join(rows[0]))
    shown = [{name: row[name] for name in chosen or row} for row in rows]
    if request.parameters.get("format") == "json":
        return Answer(shown)
    return Answer(_table(shown, with_head=request.truth("v")), headers={"content-type": "text/plain; charset=UTF-8"})


def _table(rows: list[dict[str, Any]], *, with_head: bool) -> str:
    lines = ([list(rows[0])] if with_head and rows else []) + [list(row.values()) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))] if lines else []
    return "".join(
        " ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
