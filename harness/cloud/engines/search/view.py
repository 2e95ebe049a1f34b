"""An index as tests see it: what is stored, what a search would find, and how it is lost."""

from typing import Any

import msgspec

from harness.cloud.engines.search.answers.hits import answer, search
from harness.cloud.engines.search.answers.request import read_search
from harness.cloud.engines.search.errors import SearchError
from harness.cloud.engines.search.rest.request import Cluster
from harness.cloud.engines.search.store.catalogue import Catalogue
from harness.cloud.engines.search.store.index import Index
from harness.cloud.engines.search.store.versions import ANY, Condition


class IndexView:
    """An index, or what an alias stands for. Nothing here takes time or is counted as a request."""

    def __init__(self, name: str, cluster: Cluster) -> None:
        self.name = name
        self._cluster = cluster

    @property
    def exists(self) -> bool:
        """Whether there is an index or alias of this name."""
        try:
            return bool(self._indexes())
        except SearchError:
            return False

    @property
    def count(self) -> int:
        """How many documents are stored, whether or not a search sees them yet."""
        return len(self.documents())

    def documents(self) -> dict[str, dict[str, Any]]:
        """Every document that is stored, by id."""
        if not self.exists:
            return {}
        return {doc_id: one.source for index in self._indexes() for doc_id, one in index.documents.live.items()}

    def document(self, doc_id: str) -> dict[str, Any] | None:
        """A document by id; None: there is none."""
        return self.documents().get(doc_id)

    def version(self, doc_id: str) -> int | None:
        """The version of a document; None: there is none."""
        found = [index.get(doc_id) for index in self._indexes()] if self.exists else []
        return next((one.version for one in found if one is not None), None)

    def search(self, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a search would answer at this instant.

        Raises:
            SearchError: it would be refused.
        """
        asked = read_search(body or {})
        result = search(asked, [index.peek() for index in self._indexes()], self._cluster.now_ms)
        return answer(asked, result, result.hits[asked.start : asked.start + asked.size], 0)

    def ids(self, query: dict[str, Any] | None = None) -> list[str]:
        """The ids that a search would find at this instant, best first."""
        body = {"size": max(1, self.count), "_source": False} | ({"query": query} if query else {})
        return [hit["_id"] for hit in self.search(body)["hits"]["hits"]]

    def put(self, doc_id: str, source: dict[str, Any], *, version: int | None = None) -> None:
        """Stores a document at once, for a test that needs some to begin with; searches see it.

        Args:
            version: an external version; None: the next one.

        Raises:
            SearchError: it does not fit the mapping, or the version is too old.
        """
        index = self._cluster.catalogue.for_writing(self.name)
        index.put(doc_id, source, ANY if version is None else Condition(version, "external"))
        index.refresh()

    def delete(self, doc_id: str) -> None:
        """Removes a document at once; searches see it."""
        index = self._cluster.catalogue.for_writing(self.name)
        index.delete(doc_id, ANY)
        index.refresh()

    def refresh(self) -> None:
        """Makes every write visible to searches."""
        for index in self._indexes():
            index.refresh()

    def wipe(self) -> None:
        """Drops the index and creates it again with its mapping: documents, versions, tombstones are gone."""
        for index in self._indexes():
            index.wipe()

    def _indexes(self) -> list[Index]:
        return self._cluster.catalogue.named(self.name)


def texts_of(catalogue: Catalogue) -> list[str]:
    """Every document of every index, as JSON: those stored and those that searches still see."""
    texts = []
    for index in catalogue.indexes.values():
        stored = list(index.documents.live.values())
        seen = [one for one in index.peek().documents if one not in stored]
        texts += [msgspec.json.encode(one.source).decode() for one in stored + seen]
    return texts
