"""Indexes: create, look at, change, delete, refresh.

Source: https://docs.opensearch.org/latest/api-reference/index-apis/index/
"""

from typing import Any

from harness.cloud.engines.search.errors import SearchError, index_not_found, parsing
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest
from harness.cloud.engines.search.rest.writing import SHARDS_WRITTEN
from harness.cloud.engines.search.store.index import Index

ACKNOWLEDGED = {"acknowledged": True}

CREATED_VERSION = "136408127"
"""OpenSearch 2.19.0, as an index's settings write it."""


def create(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/create-index/"""
    index = cluster.catalogue.create(request.index, _object(request))
    return Answer({**ACKNOWLEDGED, "shards_acknowledged": True, "index": index.name})


def delete(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/delete-index/"""
    for index in cluster.catalogue.concrete(request.index):
        cluster.catalogue.remove(index)
    return Answer(ACKNOWLEDGED)


def exists(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/exists/"""
    try:
        found = cluster.catalogue.named(request.index)
    except SearchError:
        found = []
    return Answer(None, 200 if found else 404)


def get(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/get-index/"""
    shown = {}
    for index in cluster.catalogue.named(request.index):
        aliases = cluster.catalogue.aliases_of(index.name)
        shown[index.name] = {"aliases": aliases, "mappings": index.mapping.to_json(), "settings": _settings(index)}
    return Answer(shown)


def get_mapping(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/get-index/ (mappings)"""
    return Answer(
        {index.name: {"mappings": index.mapping.to_json()} for index in cluster.catalogue.named(request.index)}
    )


def put_mapping(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/put-mapping/"""
    body = _object(request)
    for index in cluster.catalogue.named(request.index):
        index.mapping.merge(body)
    return Answer(ACKNOWLEDGED)


def get_settings(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/get-settings/"""
    return Answer({index.name: {"settings": _settings(index)} for index in cluster.catalogue.named(request.index)})


def put_settings(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/update-settings/"""
    body = _object(request)
    given = body.get("settings", body)
    for index in cluster.catalogue.named(request.index):
        index.change_settings(given)
    return Answer(ACKNOWLEDGED)


def refresh(cluster: Cluster, request: RestRequest) -> Answer:
    """Source: .../index-apis/refresh/"""
    indexes = cluster.catalogue.named(request.index)
    for index in indexes:
        index.refresh()
    return Answer({"_shards": {name: number * len(indexes) for name, number in SHARDS_WRITTEN.items()}})


def stats_of(index: Index) -> dict[str, Any]:
    """What _cat/indices says of an index."""
    return {
        "health": "yellow",
        "status": "open",
        "index": index.name,
        "uuid": index.uuid,
        "pri": "1",
        "rep": str(index.settings.values.get("number_of_replicas", 1)),
        "docs.count": str(len(index.peek().documents)),
        "docs.deleted": "0",
        "store.size": f"{index.size_bytes()}b",
        "pri.store.size": f"{index.size_bytes()}b",
    }


def _settings(index: Index) -> dict[str, Any]:
    own = {"creation_date": str(index.created_ms), "uuid": index.uuid, "provided_name": index.name}
    return {"index": index.settings.to_json() | own | {"version": {"created": CREATED_VERSION}}}


def _object(request: RestRequest) -> dict[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise parsing("Expected [START_OBJECT]")
    if (
        "*" in request.index
        and request.method == "PUT"
        and not request.path.rstrip("/").endswith(("_mapping", "_settings"))
    ):
        raise index_not_found(request.index)
    return body
