"""Aliases; several changes in one request happen at one instant, or none does.

Source: https://docs.opensearch.org/latest/api-reference/alias/aliases-api/
"""

import copy
from typing import Any

from harness.cloud.engines.search.errors import SearchError, illegal, parsing
from harness.cloud.engines.search.mapping.mapping import fits
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest
from harness.cloud.engines.search.store.catalogue import Alias, Catalogue

ACKNOWLEDGED = {"acknowledged": True}

_ADD: tuple[str, ...] = ("index", "indices", "alias", "aliases", "is_write_index", "must_exist")
_ADD += ("filter", "routing", "index_routing", "search_routing", "is_hidden")


def change(cluster: Cluster, request: RestRequest) -> Answer:
    """Carries out a list of actions."""
    body = request.json()
    actions = body.get("actions") if isinstance(body, dict) else None
    if not isinstance(actions, list) or not actions:
        raise parsing("[aliases] failed to parse field [actions]")
    catalogue = cluster.catalogue
    before = dict(catalogue.indexes), copy.deepcopy(catalogue.aliases)
    try:
        _carry_out(catalogue, [_read(action) for action in actions])
    except SearchError:
        catalogue.indexes, catalogue.aliases = before
        raise
    return Answer(ACKNOWLEDGED)


def put(cluster: Cluster, request: RestRequest) -> Answer:
    """One alias for an index."""
    body = request.json()
    given = {"index": request.index, "alias": request.segments["alias"], **(body if isinstance(body, dict) else {})}
    _carry_out(cluster.catalogue, [_read({"add": given})])
    return Answer(ACKNOWLEDGED)


def delete(cluster: Cluster, request: RestRequest) -> Answer:
    """Removes an alias of an index."""
    given = {"index": request.index, "alias": request.segments["alias"], "must_exist": True}
    _carry_out(cluster.catalogue, [_read({"remove": given})])
    return Answer(ACKNOWLEDGED)


def get(cluster: Cluster, request: RestRequest) -> Answer:
    """Which index has which alias."""
    catalogue, pattern = cluster.catalogue, request.segments.get("alias", "*")
    shown = {}
    for index in catalogue.named(request.index):
        aliases = catalogue.aliases_of(index.name)
        chosen = {name: how for name, how in aliases.items() if any(fits(one, name) for one in pattern.split(","))}
        if chosen or "alias" not in request.segments:
            shown[index.name] = {"aliases": chosen}
    if not shown and "*" not in pattern:
        return Answer({"error": f"alias [{pattern}] missing", "status": 404}, 404)
    return Answer(shown)


def exists(cluster: Cluster, request: RestRequest) -> Answer:
    """Whether there is such an alias."""
    return Answer(None, 200 if get(cluster, request).status == 200 else 404)


def _read(action: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(action, dict) or len(action) != 1:
        raise parsing("[alias_action] exactly one of [add], [remove] and [remove_index] is expected")
    kind, given = next(iter(action.items()))
    if kind not in ("add", "remove", "remove_index") or not isinstance(given, dict):
        raise parsing(f"[alias_action] unknown field [{kind}]")
    for name in given:
        if name not in _ADD:
            raise parsing(f"[{kind}] unknown field [{name}]")
    if "index" not in given and "indices" not in given:
        raise illegal("One of [index] or [indices] is required")
    if kind != "remove_index" and "alias" not in given and "aliases" not in given:
        raise illegal("One of [alias] or [aliases] is required")
    return kind, given


def _carry_out(catalogue: Catalogue, actions: list[tuple[str, dict[str, Any]]]) -> None:
    removed: list[str] = []
    for kind, given in actions:
        if kind == "remove_index":
            for expression in _names(given, "index", "indices"):
                for index in catalogue.concrete(expression):
                    catalogue.remove(index)
                    removed.append(index.name)
    for kind, given in actions:
        if kind == "add":
            _add(catalogue, given)
        elif kind == "remove":
            _remove(catalogue, given)
    for name, alias in catalogue.aliases.items():
        writers = [index for index, writes in alias.indexes.items() if writes]
        if len(writers) > 1:
            shown = ",".join(writers)
            raise SearchError(400, "illegal_state_exception", f"alias [{name}] has more than one write index [{shown}]")


def _add(catalogue: Catalogue, given: dict[str, Any]) -> None:
    how = {
        name: value
        for name, value in given.items()
        if name not in ("index", "indices", "alias", "aliases", "must_exist")
    }
    for alias in _names(given, "alias", "aliases"):
        catalogue.check_alias(alias, how, removed=())
        for expression in _names(given, "index", "indices"):
            for index in catalogue.named(expression):
                catalogue.aliases.setdefault(alias, Alias()).indexes[index.name] = how.get("is_write_index")


def _remove(catalogue: Catalogue, given: dict[str, Any]) -> None:
    patterns = _names(given, "alias", "aliases")
    indexes = [index.name for one in _names(given, "index", "indices") for index in catalogue.named(one)]
    found = False
    for name in [name for name in catalogue.aliases if any(fits(pattern, name) for pattern in patterns)]:
        for index in indexes:
            found |= catalogue.aliases[name].indexes.pop(index, "none") != "none"
        if not catalogue.aliases[name].indexes:
            del catalogue.aliases[name]
    if not found and given.get("must_exist", True) is not False:
        shown = ",".join(patterns)
        where: dict[str, Any] = {"resource.id": shown, "resource.type": "aliases"}
        raise SearchError(404, "aliases_not_found_exception", f"aliases [{shown}] missing", **where)


def _names(given: dict[str, Any], one: str, many: str) -> list[str]:
    listed = given.get(many, given.get(one))
    return [str(name) for name in listed] if isinstance(listed, list) else [str(listed)]
