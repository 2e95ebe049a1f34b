"""One index: its settings, its mapping, its documents, and what a search sees of them."""

import random
from typing import Any

import msgspec

from harness.cloud.engines.search.mapping.documents import read_document
from harness.cloud.engines.search.mapping.mapping import Mapping
from harness.cloud.engines.search.store.documents import Document, Documents, Written
from harness.cloud.engines.search.store.refresh import RefreshSchedule
from harness.cloud.engines.search.store.settings import IndexSettings
from harness.cloud.engines.search.store.snapshot import Snapshot
from harness.cloud.engines.search.store.versions import Condition
from harness.simulation.clock import Clock


class Index:
    """An index.

    Attributes:
        uuid: as OpenSearch gives every index one.
        created_ms: milliseconds since 1970.
    """

    def __init__(
        self,
        name: str,
        uuid: str,
        settings: IndexSettings,
        mappings: dict[str, Any],
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self.name = name
        self.uuid = uuid
        self.settings = settings
        self.mapping = Mapping(mappings, settings.analysis, settings.fields_limit)
        self.created_ms = clock.unix_ms()
        self.documents = Documents(name, uuid, clock)
        self.schedule = RefreshSchedule(clock, settings, chance)
        self._clock = clock
        self._visible: dict[str, Document] = {}
        self._snapshot: Snapshot | None = None

    # ---- writes ----------------------------------------------------------------------------

    def put(self, doc_id: str, source: dict[str, Any], wanted: Condition) -> Written:
        """Writes a document.

        Raises:
            SearchError: its version is too old, or it does not fit the mapping.
        """
        fields = read_document(self.mapping, source, doc_id)
        return self.documents.put(doc_id, source, fields, wanted, self.settings.gc_deletes_us)

    def delete(self, doc_id: str, wanted: Condition) -> Written:
        """Removes a document, or notes that there is none.

        Raises:
            SearchError: version_conflict_engine_exception.
        """
        return self.documents.delete(doc_id, wanted, self.settings.gc_deletes_us)

    def change_settings(self, given: dict[str, Any]) -> None:
        """Changes settings; what the old refresh interval has shown stays shown.

        Raises:
            SearchError: one of them cannot be changed.
        """
        self._show(self.schedule.last_us())
        before = self.settings.change(given)
        if before.get("refresh_interval") != self.settings.values.get("refresh_interval"):
            self.schedule.restart()

    def wipe(self) -> None:
        """Forgets every document and version; settings and mapping stay. Searches see it at once."""
        self.documents = Documents(self.name, self.uuid, self._clock)
        self._visible = {}
        self._snapshot = None

    # ---- reads -----------------------------------------------------------------------------

    def get(self, doc_id: str) -> Document | None:
        """The document as it is now: a read by id waits for no refresh."""
        return self.documents.live.get(doc_id)

    def refresh(self) -> None:
        """Makes every write visible to searches."""
        self._show(self._clock.now_us)

    def search(self) -> Snapshot:
        """What a search sees at this instant; an index that was idle is refreshed by it."""
        if self.schedule.searched():
            self.refresh()
        return self.peek()

    def peek(self) -> Snapshot:
        """As `search`, without being noticed."""
        self._show(self.schedule.last_us())
        if self._snapshot is None:
            self._snapshot = Snapshot(self.name, self.uuid, self.mapping, list(self._visible.values()))
        return self._snapshot

    def size_bytes(self) -> int:
        """What the documents take as JSON."""
        return sum(len(msgspec.json.encode(document.source)) for document in self.documents.live.values())

    def _show(self, until_us: int) -> None:
        unseen = self.documents.unseen
        count = 0
        while count < len(unseen) and unseen[count].at_us <= until_us:
            change = unseen[count]
            if change.document is None:
                self._visible.pop(change.id, None)
            else:
                self._visible[change.id] = change.document
            count += 1
        if count:
            del unseen[:count]
            self._snapshot = None
