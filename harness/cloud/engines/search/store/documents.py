"""The documents of an index: what is true now, whether or not a search sees it yet."""

from dataclasses import dataclass, field
from typing import Any

from harness.cloud.engines.search.mapping.values import Value
from harness.cloud.engines.search.store.versions import Condition, conflict, why_not
from harness.simulation.clock import Clock


@dataclass(frozen=True, eq=False)
class Document:
    """A document at one version.

    Attributes:
        source: the body as it was sent.
        fields: what is indexed of it.
        prepared: the document in the form the inverted index takes, kept from build to build.
    """

    id: str
    source: dict[str, Any]
    version: int
    seq_no: int
    fields: dict[str, list[Value]] = field(repr=False)
    prepared: dict[object, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Tombstone:
    """What is remembered of a deleted document."""

    version: int
    seq_no: int
    deleted_us: int


@dataclass(frozen=True)
class Written:
    """What a write did: "created", "updated", "deleted", "not_found" or "noop"."""

    id: str
    result: str
    version: int
    seq_no: int


@dataclass(frozen=True)
class Change:
    """A write that a refresh will show; `document` None: a delete."""

    at_us: int
    id: str
    document: Document | None


class Documents:
    """All documents of an index, with the changes that no search has seen.

    Attributes:
        live: by id, in the order of their first write.
        unseen: changes since the last refresh.
    """

    def __init__(self, name: str, uuid: str, clock: Clock) -> None:
        self.live: dict[str, Document] = {}
        self.unseen: list[Change] = []
        self._tombstones: dict[str, Tombstone] = {}
        self._next_seq_no = 0
        self._name = name
        self._uuid = uuid
        self._clock = clock

    def put(
        self, doc_id: str, source: dict[str, Any], fields: dict[str, list[Value]], wanted: Condition, gc_us: int
    ) -> Written:
        """Writes a document.

        Args:
            gc_us: how long the version of a deleted one is remembered.

        Raises:
            SearchError: version_conflict_engine_exception.
        """
        version = self._next_version(doc_id, wanted, gc_us)
        result = "updated" if doc_id in self.live else "created"
        document = Document(doc_id, source, version, self._take_seq_no(), fields)
        self.live[doc_id] = document
        self._tombstones.pop(doc_id, None)
        self.unseen.append(Change(self._clock.now_us, doc_id, document))
        return Written(doc_id, result, version, document.seq_no)

    def delete(self, doc_id: str, wanted: Condition, gc_us: int) -> Written:
        """Removes a document; where there is none, its version counts all the same.

        Raises:
            SearchError: version_conflict_engine_exception.
        """
        version = self._next_version(doc_id, wanted, gc_us)
        result = "deleted" if self.live.pop(doc_id, None) else "not_found"
        seq_no = self._take_seq_no()
        self._tombstones[doc_id] = Tombstone(version, seq_no, self._clock.now_us)
        if result == "deleted":
            self.unseen.append(Change(self._clock.now_us, doc_id, None))
        return Written(doc_id, result, version, seq_no)

    def _next_version(self, doc_id: str, wanted: Condition, gc_us: int) -> int:
        current: Document | Tombstone | None = self.live.get(doc_id) or self._remembered(doc_id, gc_us)
        version = current.version if current else None
        reason = why_not(wanted, version, current.seq_no if current else None, exists=doc_id in self.live)
        if reason:
            raise conflict(doc_id, reason, self._name, self._uuid)
        if wanted.version is not None:
            return wanted.version
        return 1 if version is None else version + 1

    def _remembered(self, doc_id: str, gc_us: int) -> Tombstone | None:
        tombstone = self._tombstones.get(doc_id)
        if tombstone is not None and self._clock.now_us - tombstone.deleted_us > gc_us:
            del self._tombstones[doc_id]
            return None
        return tombstone

    def _take_seq_no(self) -> int:
        self._next_seq_no += 1
        return self._next_seq_no - 1
