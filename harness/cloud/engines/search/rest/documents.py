"""Single documents: get, index, create, update, delete, mget.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/index/
"""

from typing import Any

from harness.cloud.engines.search.answers.source_filter import SourceFilter, from_parameters, read_source_filter
from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, invalid, parsing
from harness.cloud.engines.search.rest.request import Answer, Cluster, RestRequest
from harness.cloud.engines.search.rest.writing import alone, check_id, check_refresh, check_source
from harness.cloud.engines.search.store.documents import Document, Written
from harness.cloud.engines.search.store.index import Index
from harness.cloud.engines.search.store.versions import PRIMARY_TERM, Condition, condition, refuse_contradictions

_UPDATE = ("doc", "doc_as_upsert", "upsert", "detect_noop", "_source", "if_seq_no", "if_primary_term")


def get(cluster: Cluster, request: RestRequest) -> Answer:
    """A document by its id, as it is now. Source: .../document-apis/get-documents/"""
    index = cluster.catalogue.single(request.index)
    doc_id = request.segments["id"]
    document = _read(index, doc_id, request.truth("realtime", True))
    if document is None:
        return Answer({"_index": index.name, "_id": doc_id, "found": False}, 404)
    return Answer(_found(index, document, from_parameters(request.parameters) or SourceFilter()))


def get_source(cluster: Cluster, request: RestRequest) -> Answer:
    """The source of a document and nothing else."""
    index = cluster.catalogue.single(request.index)
    doc_id = request.segments["id"]
    document = _read(index, doc_id, request.truth("realtime", True))
    if document is None:
        raise SearchError(404, "resource_not_found_exception", f"Document not found [{index.name}]/[{doc_id}]")
    return Answer((from_parameters(request.parameters) or SourceFilter()).apply(document.source))


def put(cluster: Cluster, request: RestRequest) -> Answer:
    """Writes a document under an id. Source: .../document-apis/index-document/"""
    kind = request.parameters.get("op_type", "index")
    if kind not in ("index", "create"):
        raise illegal(f"opType must be 'create' or 'index', found: [{kind}]")
    return _put(cluster, request, request.segments["id"], must_be_new=kind == "create")


def create(cluster: Cluster, request: RestRequest) -> Answer:
    """Writes a document under an id that no other has."""
    return _put(cluster, request, request.segments["id"], must_be_new=True)


def post(cluster: Cluster, request: RestRequest) -> Answer:
    """Writes a document under an id of OpenSearch's making."""
    return _put(cluster, request, cluster.catalogue.new_id(), must_be_new=False)


def delete(cluster: Cluster, request: RestRequest) -> Answer:
    """Removes a document. Source: .../document-apis/delete-document/"""
    wanted = condition(request.parameters)
    refuse_contradictions(wanted)
    refresh = _refresh(request)
    index = cluster.catalogue.for_writing(request.index)
    return alone(cluster, index, index.delete(request.segments["id"], wanted), refresh)


def update(cluster: Cluster, request: RestRequest) -> Answer:
    """Merges a part into a document. Source: .../document-apis/update-document/"""
    if "version" in request.parameters or "version_type" in request.parameters:
        raise invalid(
            "internal versioning can not be used for optimistic concurrency control. "
            "Please use `if_seq_no` and `if_primary_term` instead"
        )
    wanted, refresh = condition(request.parameters), _refresh(request)
    body = request.json()
    check_update(body)
    index = cluster.catalogue.for_writing(request.index)
    return alone(cluster, index, merge(index, request.segments["id"], body, wanted), refresh)


def mget(cluster: Cluster, request: RestRequest) -> Answer:
    """Several documents by id. Source: .../document-apis/multi-get/"""
    body = request.json()
    asked = body.get("docs", body.get("ids")) if isinstance(body, dict) else None
    if not isinstance(asked, list) or set(body) - {"docs", "ids"}:
        raise parsing("unexpected token [START_OBJECT], expected [docs] or [ids]")
    if not asked:
        raise invalid("no documents to get")
    common = from_parameters(request.parameters)
    return Answer({"docs": [_one_of_many(cluster, request.index, one, common) for one in asked]})


def merge(index: Index, doc_id: str, body: dict[str, Any], wanted: Condition) -> Written:
    """Carries an update out.

    Raises:
        SearchError: document_missing_exception, a conflict, or the result does not fit the mapping.
    """
    before = index.get(doc_id)
    if before is None:
        new = body.get("doc") if body.get("doc_as_upsert") is True else body.get("upsert")
        if new is None:
            where: dict[str, Any] = {"index": index.name, "shard": "0", "index_uuid": index.uuid}
            raise SearchError(404, "document_missing_exception", f"[{doc_id}]: document missing", **where)
        return index.put(doc_id, check_source(new), wanted)
    after = merged(before.source, body.get("doc", {}))
    if body.get("detect_noop", True) is not False and after == before.source:
        return Written(doc_id, "noop", before.version, before.seq_no)
    return index.put(doc_id, after, wanted)


def check_update(body: Any) -> None:
    """Raises:
    SearchError: the body of an update cannot be read, or is a script.
    """
    if not isinstance(body, dict):
        raise parsing("an update needs an object")
    for name in body:
        if name in ("script", "scripted_upsert"):
            raise PartMissing(f"[{name}] of an update")
        if name not in _UPDATE:
            raise SearchError(400, "x_content_parse_exception", f"[1:2] [UpdateRequest] unknown field [{name}]")
    if "_source" in body:
        raise PartMissing("[_source] of an update")
    if "doc" not in body and "upsert" not in body:
        raise invalid("script or doc is missing")
    if body.get("doc_as_upsert") is True and "doc" not in body:
        raise invalid("doc must be specified if doc_as_upsert is enabled")


def merged(old: dict[str, Any], part: Any) -> dict[str, Any]:
    """An object with another laid over it, objects within objects too; lists are replaced."""
    new = dict(old)
    for name, value in check_source(part).items():
        before = new.get(name)
        new[name] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return new


def _put(cluster: Cluster, request: RestRequest, doc_id: str, *, must_be_new: bool) -> Answer:
    check_id(doc_id)
    wanted = condition(request.parameters, must_be_new=must_be_new)
    refuse_contradictions(wanted)
    refresh = _refresh(request)
    if not request.body.strip():
        raise SearchError(400, "parse_exception", "request body is required")
    source = check_source(request.json())
    index = cluster.catalogue.for_writing(request.index)
    return alone(cluster, index, index.put(doc_id, source, wanted), refresh)


def _refresh(request: RestRequest) -> str | None:
    refresh = request.parameters.get("refresh")
    if refresh is not None:
        check_refresh(refresh)
    return refresh


def _read(index: Index, doc_id: str, realtime: bool) -> Document | None:
    if realtime:
        return index.get(doc_id)
    return next((one for one in index.peek().documents if one.id == doc_id), None)


def _found(index: Index, document: Document, source: SourceFilter) -> dict[str, Any]:
    shown: dict[str, Any] = {"_index": index.name, "_id": document.id, "_version": document.version}
    shown |= {"_seq_no": document.seq_no, "_primary_term": PRIMARY_TERM, "found": True}
    return shown | ({"_source": source.apply(document.source)} if source.shown else {})


def _one_of_many(cluster: Cluster, default_index: str, asked: Any, common: SourceFilter | None) -> dict[str, Any]:
    given = asked if isinstance(asked, dict) else {"_id": asked}
    for name in given:
        if name not in ("_index", "_id", "_source"):
            raise PartMissing(f"[{name}] of a document of _mget")
    name, doc_id = str(given.get("_index", default_index)), given.get("_id")
    if not name or doc_id is None:
        raise invalid("index is missing for doc 0" if not name else "id is missing for doc 0")
    try:
        index = cluster.catalogue.single(name)
    except SearchError as error:
        return {"_index": name, "_id": str(doc_id), "error": error.item() | {"root_cause": [error.plain()]}}
    document = index.get(str(doc_id))
    if document is None:
        return {"_index": index.name, "_id": str(doc_id), "found": False}
    own = read_source_filter(given["_source"]) if "_source" in given else common
    return _found(index, document, own or SourceFilter())
