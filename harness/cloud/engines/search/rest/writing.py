"""What every write has in common: its parameters, its answer, when it becomes visible.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
"""

from typing import Any
from urllib.parse import quote

from harness.cloud.engines.search.errors import SearchError, illegal, invalid
from harness.cloud.engines.search.rest.request import Answer, Cluster
from harness.cloud.engines.search.store.documents import Written
from harness.cloud.engines.search.store.index import Index
from harness.cloud.engines.search.store.versions import PRIMARY_TERM

MAX_ID_BYTES = 512

SHARDS_WRITTEN = {"total": 2, "successful": 1, "failed": 0}
"""A primary that has been written, and a replica that one node cannot place."""

STATUS = {"created": 201, "updated": 200, "deleted": 200, "not_found": 404, "noop": 200}

REFRESH = ("true", "false", "wait_for", "")


def check_id(doc_id: str) -> None:
    """Raises:
    SearchError: no document may have this id.
    """
    length = len(doc_id.encode(errors="replace"))
    if not doc_id:
        raise invalid("an id must be provided if version type or value are set")
    if length > MAX_ID_BYTES:
        raise invalid(f"id [{doc_id}] is too long, must be no longer than {MAX_ID_BYTES} bytes but was: {length}")


def check_source(source: Any) -> dict[str, Any]:
    """The source of a document, which must be an object.

    Raises:
        SearchError: mapper_parsing_exception.
    """
    if not isinstance(source, dict):
        cause = {
            "type": "not_x_content_exception",
            "reason": "Compressor detection can only be called on some xcontent bytes",
        }
        raise SearchError(400, "mapper_parsing_exception", "failed to parse", caused_by=cause)
    return source


def written(index: Index, what: Written) -> dict[str, Any]:
    """What an answer says of a write."""
    done = what.result != "noop"
    return {
        "_index": index.name,
        "_id": what.id,
        "_version": what.version,
        "result": what.result,
        "_shards": SHARDS_WRITTEN if done else {"total": 0, "successful": 0, "failed": 0},
        "_seq_no": what.seq_no,
        "_primary_term": PRIMARY_TERM,
    }


def check_refresh(value: str) -> None:
    """Raises:
    SearchError: it is no refresh policy.
    """
    if value not in REFRESH:
        raise illegal(f"Unknown value for refresh: [{value}].")


def shown_after(answer: Answer, refresh: str, indexes: list[Index]) -> Answer:
    """The answer, given when the policy allows it.

    Args:
        refresh: "true" shows the write at once, "wait_for" waits for the next refresh.
        indexes: what was written to.
    """
    if refresh in ("true", ""):
        for index in indexes:
            index.refresh()
        return answer
    if refresh != "wait_for" or not indexes:
        return answer
    for index in indexes:
        if index.settings.refresh_us < 0:
            index.refresh()  # no refresh would ever come
    return Answer(answer.body, answer.status, answer.headers, max(index.schedule.wait_us() for index in indexes))


def alone(cluster: Cluster, index: Index, what: Written, refresh: str | None) -> Answer:
    """The answer to a write of one document."""
    body = written(index, what)
    if refresh in ("true", ""):
        body["forced_refresh"] = True
    headers = {"location": f"/{index.name}/_doc/{quote(what.id, safe='')}"} if what.result == "created" else {}
    return shown_after(Answer(body, STATUS[what.result], headers), "false" if refresh is None else refresh, [index])
