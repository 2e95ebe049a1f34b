"""What a search sees: the documents as of a refresh. It never changes."""

from functools import cached_property

from harness.cloud.engines.search.mapping.completion import Entry
from harness.cloud.engines.search.mapping.mapping import Mapping
from harness.cloud.engines.search.mapping.values import Storage, Value
from harness.cloud.engines.search.store.documents import Document
from harness.cloud.engines.search.store.matching import Matcher


class Snapshot:
    """The documents of an index that are visible to a search.

    Attributes:
        documents: in the order in which they were written last, as Lucene numbers them.
        uuid: of the index.
    """

    def __init__(self, index: str, uuid: str, mapping: Mapping, documents: list[Document]) -> None:
        self.index = index
        self.uuid = uuid
        self.mapping = mapping
        self.documents = sorted(documents, key=lambda document: document.seq_no)
        self._expansions: dict[tuple[object, ...], list[tuple[str, float]]] = {}

    @cached_property
    def matcher(self) -> Matcher:
        """The inverted index, built by the first search that needs it."""
        paths = {path for document in self.documents for path in document.fields}
        return Matcher(self.documents, {path: self._storage(path) for path in sorted(paths)})

    def values(self, ordinal: int, path: str) -> list[Value]:
        """What is indexed of a document in a field."""
        return self.documents[ordinal].fields.get(path, [])

    def entries(self, path: str) -> list[tuple[Entry, int]]:
        """The inputs of a completion field, each with the document's ordinal."""
        return [(entry, ordinal) for ordinal, one in enumerate(self.documents) for entry in one.fields.get(path, [])]

    @property
    def expansions(self) -> dict[tuple[object, ...], list[tuple[str, float]]]:
        """Fuzzy terms worked out before, kept as long as the snapshot."""
        return self._expansions

    def _storage(self, path: str) -> Storage:
        field = self.mapping.find(path)
        return field.storage if field is not None else Storage.NONE
