"""The bulk API: many writes in one request, each with a status of its own.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, invalid, rejected
from harness.cloud.engines.search.rest.documents import check_update, merge
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest, parse
from harness.cloud.engines.search.rest.writing import (
    STATUS,
    check_id,
    check_refresh,
    check_source,
    shown_after,
    written,
)
from harness.cloud.engines.search.store.documents import Written
from harness.cloud.engines.search.store.index import Index
from harness.cloud.engines.search.store.versions import Condition, condition, refuse_contradictions

ACTIONS = ("index", "create", "update", "delete")

_KNOWN = ("_index", "_id", "version", "version_type", "if_seq_no", "if_primary_term", "retry_on_conflict", "op_type")
_REFUSED = ("routing", "pipeline", "require_alias", "_source", "dynamic_templates")


@dataclass(frozen=True)
class Item:
    """One action of a bulk request.

    Attributes:
        line: the document or part; None for a delete.
    """

    action: str
    index: str
    id: str | None
    wanted: Condition
    line: bytes | None


def bulk(cluster: Cluster, request: RestRequest) -> Answer:
    """Carries the actions out, in order; one that fails does not stop the next."""
    refresh = request.parameters.get("refresh")
    if refresh is not None:
        check_refresh(refresh)
    items = read_items(request.body, request.index)
    touched: dict[str, Index] = {}
    shown = []
    for number, item in enumerate(items, 1):
        is_rejected = bool(request.rejected_every) and number % request.rejected_every == 0
        shown.append({item.action: _carry_out(cluster, item, touched, is_rejected)})
    errors = any("error" in next(iter(one.values())) for one in shown)
    answer = Answer({"took": request.took_ms, "errors": errors, "items": shown})
    return shown_after(answer, "false" if refresh is None else refresh, list(touched.values()))


def count_items(body: bytes) -> int:
    """How many lines a bulk request has, roughly two an item; for its latency."""
    return (body.count(b"\n") + 1) // 2


def read_items(body: bytes, default_index: str) -> list[Item]:
    """The actions of a bulk request.

    Raises:
        SearchError: the request as a whole cannot be read; nothing is done then.
    """
    if not body.strip():
        raise (
            SearchError(400, "parse_exception", "request body is required")
            if not body
            else invalid("no requests added")
        )
    if not body.endswith(b"\n"):
        raise illegal("The bulk request must be terminated by a newline [\\n]")
    lines = body[:-1].split(b"\n")
    items: list[Item] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        action, metadata = _action(parse_line(lines[at], at + 1), at + 1)
        has_line = action != "delete"
        if has_line and at + 1 >= len(lines):
            break  # as in OpenSearch, an action without its document is passed over
        items.append(_item(action, metadata, default_index, lines[at + 1] if has_line else None))
        at += 2 if has_line else 1
    if not items:
        raise invalid("no requests added")
    return items


def parse_line(line: bytes, number: int) -> Any:
    """One line of a bulk request.

    Raises:
        SearchError: it is no JSON.
    """
    try:
        return parse(line)
    except SearchError as error:
        reason = f"Malformed action/metadata line [{number}], {error.reason}"
        raise illegal(reason) from None


def _action(given: Any, number: int) -> tuple[str, dict[str, Any]]:
    where = f"Malformed action/metadata line [{number}], expected"
    if not isinstance(given, dict):
        raise illegal(f"{where} START_OBJECT but found [VALUE_STRING]")
    if not given:
        raise illegal(f"{where} FIELD_NAME but found [END_OBJECT]")
    action, metadata = next(iter(given.items()))
    if action not in ACTIONS:
        raise illegal(f"{where} field [create], [delete], [index] or [update] but found [{action}]")
    if not isinstance(metadata, dict):
        raise illegal(f"{where} START_OBJECT or END_OBJECT but found [VALUE_STRING]")
    if len(given) > 1:
        raise illegal(f"{where} END_OBJECT but found [FIELD_NAME]")
    for name, value in metadata.items():
        if name in _REFUSED:
            raise PartMissing(f"[{name}] of a bulk action")
        if name not in _KNOWN:
            raise illegal(f"Action/metadata line [{number}] contains an unknown parameter [{name}]")
        if isinstance(value, (list, dict)):
            token = "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
            raise illegal(f"{where} a simple value for field [{name}] but found [{token}]")
    return action, metadata


def _item(action: str, metadata: dict[str, Any], default_index: str, line: bytes | None) -> Item:
    given = {name: value for name, value in metadata.items() if value is not None}
    if action == "update" and ("version" in given or given.get("version_type", "internal") != "internal"):
        raise illegal("Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead")
    index = str(given.get("_index", default_index))
    if not index:
        raise invalid("index is missing")
    doc_id = given.get("_id")
    if doc_id is None and action in ("update", "delete"):
        raise invalid("id is missing")
    must_be_new = action == "create" or given.get("op_type") == "create"
    wanted = condition(given, must_be_new=must_be_new)
    refuse_contradictions(wanted)
    if line is not None and action == "update":
        check_update(parse(line))
    return Item(action, index, None if doc_id is None else str(doc_id), wanted, line)


def _carry_out(cluster: Cluster, item: Item, touched: dict[str, Index], is_rejected: bool) -> dict[str, Any]:
    name, doc_id = item.index, item.id
    try:
        if is_rejected:
            raise rejected(f"primary operation [shard_detail=[{item.index}][0][P]]: indexing pressure limit")
        index = cluster.catalogue.for_writing(item.index)
        name = index.name
        doc_id = cluster.catalogue.new_id() if doc_id is None else doc_id
        check_id(doc_id)
        what = _write(index, doc_id, item)
    except SearchError as error:
        return {"_index": name, "_id": doc_id, "status": error.status, "error": error.item()}
    touched[index.name] = index
    return written(index, what) | {"status": STATUS[what.result]}


def _write(index: Index, doc_id: str, item: Item) -> Written:
    if item.action == "delete":
        return index.delete(doc_id, item.wanted)
    assert item.line is not None
    if item.action == "update":
        return merge(index, doc_id, parse(item.line), item.wanted)
    return index.put(doc_id, check_source(_source(item.line)), item.wanted)


def _source(line: bytes) -> Any:
    try:
        return parse(line)
    except SearchError as error:
        raise SearchError(400, "mapper_parsing_exception", "failed to parse", caused_by=error.plain()) from None
