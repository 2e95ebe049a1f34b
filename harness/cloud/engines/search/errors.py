"""Errors in OpenSearch's shape: a type, a reason, a root cause, a status.

Source: https://docs.opensearch.org/latest/api-reference/common-parameters/ and the bodies
shown on the pages of the single APIs.
"""

from typing import Any

ILLEGAL = "illegal_argument_exception"

NODE = "Kx3Yl0vQTGm2bZr7cW9fAg"
"""The id of the one data node there is."""


class SearchError(Exception):
    """A request or an item of it is refused.

    Attributes:
        kind: OpenSearch's name of the error ("mapper_parsing_exception").
        fields: further members of the error object, such as `index`.
        caused_by: the error object of the cause, if OpenSearch shows one.
        root: error objects of the root cause; None: the error itself.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        reason: str,
        *,
        caused_by: dict[str, Any] | None = None,
        root: list[dict[str, Any]] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.kind = kind
        self.reason = reason
        self.fields = fields
        self.caused_by = caused_by
        self.root = root

    def plain(self) -> dict[str, Any]:
        """The error object without its cause."""
        return {"type": self.kind, "reason": self.reason, **self.fields}

    def item(self) -> dict[str, Any]:
        """The error object as an item of a batch answer shows it."""
        return self.plain() | ({"caused_by": self.caused_by} if self.caused_by else {})

    def body(self) -> dict[str, Any]:
        """The whole body of an answer."""
        return {"error": {"root_cause": self.root or [self.plain()], **self.item()}, "status": self.status}


class PartMissing(SearchError):
    """OpenSearch has this and the simulation has not: refused, and written to the trace.

    Attributes:
        what: the unsupported part, in words.
    """

    def __init__(self, what: str, kind: str = ILLEGAL) -> None:
        super().__init__(400, kind, f"{what} is not supported by this simulation of OpenSearch")
        self.what = what


def illegal(reason: str, **fields: Any) -> SearchError:
    """400 illegal_argument_exception."""
    return SearchError(400, ILLEGAL, reason, **fields)


def parsing(reason: str) -> SearchError:
    """400 parsing_exception: the request's JSON says something that no API knows."""
    return SearchError(400, "parsing_exception", reason, line=1, col=1)


def invalid(*reasons: str) -> SearchError:
    """400 action_request_validation_exception: the request contradicts itself."""
    numbered = "".join(f" {number}: {reason};" for number, reason in enumerate(reasons, 1))
    return SearchError(400, "action_request_validation_exception", f"Validation Failed:{numbered}")


def index_not_found(name: str) -> SearchError:
    """404 index_not_found_exception."""
    where: dict[str, Any] = {
        "resource.type": "index_or_alias",
        "resource.id": name,
        "index": name,
        "index_uuid": "_na_",
    }
    return SearchError(404, "index_not_found_exception", f"no such index [{name}]", **where)


def rejected(what: str) -> SearchError:
    """429: a queue or the indexing pressure limit is full; nothing was done.

    Source: https://docs.opensearch.org/latest/tuning-your-cluster/availability-and-recovery/shard-indexing-backpressure/
    """
    return SearchError(429, "rejected_execution_exception", f"rejected execution of {what}")


def shards_failed(error: SearchError, index: str) -> SearchError:
    """An error that each shard met, as a search shows it: all shards failed."""
    cause = error.item()
    return SearchError(
        error.status,
        "search_phase_execution_exception",
        "all shards failed",
        root=[error.plain()],
        caused_by=cause | {"caused_by": error.caused_by or error.plain()},
        phase="query",
        grouped=True,
        failed_shards=[{"shard": 0, "index": index, "node": NODE, "reason": cause}],
    )


def context_missing(context: str) -> SearchError:
    """404: a scroll or point in time has expired, or never was.

    Source: https://docs.opensearch.org/latest/api-reference/search-apis/scroll/
    """
    cause = {"type": "search_context_missing_exception", "reason": f"No search context found for id [{context}]"}
    return SearchError(
        404,
        "search_phase_execution_exception",
        "all shards failed",
        root=[cause],
        caused_by=cause,
        phase="query",
        grouped=True,
        failed_shards=[{"shard": -1, "index": None, "reason": cause}],
    )
