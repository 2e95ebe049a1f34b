"""Versions and sequence numbers: which write wins.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/index-document/ (version_type)
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import SearchError, illegal, invalid

PRIMARY_TERM = 1
"""There is no failover, so the primary never changes."""

VERSION_TYPES = {
    "internal": "internal",
    "external": "external",
    "external_gt": "external",
    "external_gte": "external_gte",
}

_NO_INTERNAL = (
    "internal versioning can not be used for optimistic concurrency control. "
    "Please use `if_seq_no` and `if_primary_term` instead"
)


@dataclass(frozen=True)
class Condition:
    """What must be true of the document for a write to be done.

    Attributes:
        version: given by the caller; None: any.
        version_type: "internal", "external" or "external_gte".
        must_be_new: op_type=create.
    """

    version: int | None = None
    version_type: str = "internal"
    if_seq_no: int | None = None
    if_primary_term: int | None = None
    must_be_new: bool = False

    @property
    def is_external(self) -> bool:
        """Whether the caller numbers the versions."""
        return self.version_type != "internal"

    def contradictions(self) -> list[str]:
        """Why it can never be met, as OpenSearch says it."""
        found: list[str] = []
        has_sequence = self.if_seq_no is not None or self.if_primary_term is not None
        if self.must_be_new and (self.is_external or self.version is not None):
            found.append("create operations only support internal versioning. use index instead")
        elif not self.is_external and self.version is not None:
            found.append(_NO_INTERNAL)
        if self.is_external and (self.version is None or self.version < 0):
            given = -3 if self.version is None else self.version
            found.append(f"illegal version value [{given}] for version type [{self.version_type.upper()}]")
        if self.must_be_new and has_sequence:
            found.append("create operations do not support compare and set. use index instead")
        if self.is_external and has_sequence:
            found.append("compare and write operations can not be used with external versioning")
        if (self.if_seq_no is None) != (self.if_primary_term is None):
            missing = "if_primary_term" if self.if_primary_term is None else "if_seq_no"
            found.append(f"{missing} is not set, but the other of if_seq_no and if_primary_term is")
        return found


ANY = Condition()
"""A write without conditions."""


def condition(given: dict[str, Any], *, must_be_new: bool = False) -> Condition:
    """Reads a condition out of query parameters or a bulk line.

    Raises:
        SearchError: a value is no number, or no version type.
    """
    kind = str(given.get("version_type", "internal")).lower()
    if kind not in VERSION_TYPES:
        raise illegal(f"No version type match [{kind}]")
    return Condition(
        version=_long(given, "version"),
        version_type=VERSION_TYPES[kind],
        if_seq_no=_long(given, "if_seq_no"),
        if_primary_term=_long(given, "if_primary_term"),
        must_be_new=must_be_new,
    )


def refuse_contradictions(wanted: Condition) -> None:
    """Raises:
    SearchError: action_request_validation_exception, if the condition can never be met.
    """
    if found := wanted.contradictions():
        raise invalid(*found)


def conflict(doc_id: str, reason: str, index: str, uuid: str) -> SearchError:
    """409 version_conflict_engine_exception."""
    return SearchError(
        409,
        "version_conflict_engine_exception",
        f"[{doc_id}]: version conflict, {reason}",
        index=index,
        shard="0",
        index_uuid=uuid,
    )


def why_not(wanted: Condition, version: int | None, seq_no: int | None, *, exists: bool) -> str:
    """The reason for a conflict; "" if the write may be done.

    Args:
        version: of the document, or of its tombstone; None: there is neither.
        seq_no: of the document; None: there is none.
        exists: whether there is a document.
    """
    if wanted.must_be_new and exists:
        return f"document already exists (current version [{version}])"
    if wanted.if_seq_no is not None:
        return _sequence_reason(wanted, seq_no if exists else None)
    if not wanted.is_external or version is None:
        return ""
    assert wanted.version is not None
    if wanted.version_type == "external" and version >= wanted.version:
        return f"current version [{version}] is higher or equal to the one provided [{wanted.version}]"
    if wanted.version_type == "external_gte" and version > wanted.version:
        return f"current version [{version}] is higher than the one provided [{wanted.version}]"
    return ""


def _sequence_reason(wanted: Condition, seq_no: int | None) -> str:
    asked = f"required seqNo [{wanted.if_seq_no}], primary term [{wanted.if_primary_term}]"
    if seq_no is None:
        return f"{asked}. but no document was found"
    if (seq_no, PRIMARY_TERM) != (wanted.if_seq_no, wanted.if_primary_term):
        return f"{asked}. current document has seqNo [{seq_no}] and primary term [{PRIMARY_TERM}]"
    return ""


def _long(given: dict[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        return int(str(value))
    except ValueError:
        raise illegal(f"Failed to parse long parameter [{name}] with value [{value}]") from None
