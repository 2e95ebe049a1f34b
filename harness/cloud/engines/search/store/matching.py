"""Which documents match: the one module that knows tantivy.

An index of one segment in memory, built once from the documents that a refresh has made
visible, and never changed. Terms come analyzed; order and ties are not decided here.
Source: https://docs.rs/tantivy/
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.search.analysis.tokenizers import Token
from harness.cloud.engines.search.mapping.values import Storage
from harness.cloud.engines.search.store.documents import Document

if TYPE_CHECKING:
    import tantivy

    Query = tantivy.Query

HEAP_BYTES = 200_000_000
"""Above what an index of any kata needs, so that it is one segment."""

BIGGEST = 2**63 - 1

_ID, _EXISTS, _SEQ_NO = "_id", "_exists", "_seq_no"
_WHITE = frozenset(" \t\n\r\x0b\x0c")


class Matcher:
    """The inverted index of some documents, and what can be asked of it.

    Args:
        storages: how each field is indexed, by path.
    """

    def __init__(self, documents: Sequence[Document], storages: dict[str, Storage]) -> None:
        import tantivy  # heavy, and missing where the kata is not run

        self._tantivy = tantivy
        self._storages = {path: storage for path, storage in storages.items() if storage is not Storage.NONE}
        self._names = {path: f"f{number}" for number, path in enumerate(self._storages)}
        self._size = len(documents)
        self._ordinals = {document.seq_no: ordinal for ordinal, document in enumerate(documents)}
        self._schema = self._build_schema()
        self._searcher = self._build(documents)

    # ---- queries ---------------------------------------------------------------------------

    def all(self) -> "Query":
        """Every document, with score 1."""
        return self._tantivy.Query.all_query()

    def none(self) -> "Query":
        """No document."""
        return self._tantivy.Query.empty_query()

    def ids(self, ids: list[str]) -> "Query":
        """The documents with these ids, with score 1."""
        return self._tantivy.Query.term_set_query(self._schema, _ID, ids) if ids else self.none()

    def having(self, path: str) -> "Query":
        """The documents that have a value in this field, with score 1."""
        return self.constant(self._tantivy.Query.term_query(self._schema, _EXISTS, path), 1.0)

    def term(self, path: str, value: Any) -> "Query":
        """The documents with this term; scored by BM25 in text and keywords, else 1."""
        name = self._names.get(path)
        if name is None:
            return self.none()
        query = self._tantivy.Query.term_query(self._schema, name, value)
        is_text = self._storages[path] in (Storage.TEXT, Storage.KEYWORD)
        return query if is_text else self.constant(query, 1.0)

    def terms(self, path: str, values: list[Any]) -> "Query":
        """The documents with one of these terms, with score 1."""
        if path not in self._names or not values:
            return self.none()
        return self._tantivy.Query.term_set_query(self._schema, self._names[path], values)

    def phrase(self, path: str, words: list[Token], slop: int) -> "Query":
        """The documents with these words, one after the other."""
        if path not in self._names or not words:
            return self.none()
        if len(words) == 1:
            return self.term(path, words[0].text)
        first = words[0].position
        placed: list[Any] = [(word.position - first, word.text) for word in words]
        return self._tantivy.Query.phrase_query(self._schema, self._names[path], placed, slop)

    def between(self, path: str, low: float | None, high: float | None, *, with_low: bool, with_high: bool) -> "Query":
        """The documents with a number in this range, with score 1; None: no bound."""
        if path not in self._names:
            return self.none()
        if low is None and high is None:
            return self.having(path)
        kind = self._tantivy.FieldType
        is_whole = self._storages[path] is Storage.INTEGER
        if is_whole:
            low, high = _whole(low, with_low, up=True), _whole(high, with_high, up=False)
            with_low = with_high = True
            if low is not None and high is not None and low > high:
                return self.none()
        field_type = kind.Integer if is_whole else kind.Float
        query = self._tantivy.Query.range_query(
            self._schema, self._names[path], field_type, low, high, with_low, with_high
        )
        return self.constant(query, 1.0)

    def best_of(self, queries: list["Query"], tie_breaker: float = 0.0) -> "Query":
        """Whatever one of them finds, with the best score (and a share of the others)."""
        return queries[0] if len(queries) == 1 else self._tantivy.Query.disjunction_max_query(queries, tie_breaker)

    def constant(self, query: "Query", score: float) -> "Query":
        """What the query finds, with this score."""
        return self._tantivy.Query.const_score_query(query, score)

    def boosted(self, query: "Query", factor: float) -> "Query":
        """What the query finds, its scores multiplied."""
        return query if factor == 1.0 else self._tantivy.Query.boost_query(query, factor)

    def combined(
        self,
        *,
        must: Sequence["Query"] = (),
        should: Sequence["Query"] = (),
        must_not: Sequence["Query"] = (),
        minimum: int = 0,
    ) -> "Query":
        """A boolean query; scores are added.

        Args:
            minimum: how many of `should` have to match.
        """
        occur = self._tantivy.Occur
        if minimum > len(should):
            return self.none()
        clauses = [(occur.Must, query) for query in must]
        if not must and minimum == 0:
            clauses.append((occur.Must, self.constant(self.all(), 0.0)))
        clauses += [(occur.Should, query) for query in should]
        clauses += [(occur.MustNot, query) for query in must_not]
        return self._tantivy.Query.boolean_query(clauses, minimum)

    # ---- answers ---------------------------------------------------------------------------

    def run(self, query: "Query") -> list[tuple[int, float]]:
        """(ordinal, score) of every document found, by ordinal: the order of indexing."""
        if not self._size:
            return []
        hits = self._searcher.search(query, self._size, False).hits
        addresses = [address for _, address in hits]
        seq_nos = self._searcher.fast_field_values(_SEQ_NO, addresses) if addresses else []
        return sorted((self._ordinals[int(seq_no or 0)], hit[0]) for seq_no, hit in zip(seq_nos, hits, strict=True))

    def vocabulary(self, path: str, prefix: str = "") -> list[tuple[str, int]]:
        """The terms of a field that begin so, in order, with how many documents hold each."""
        name = self._names.get(path)
        return self._searcher.terms_with_prefix(name, prefix) if name and self._size else []

    def rarity(self, count: int) -> float:
        """BM25's inverse document frequency of a term that this many documents hold."""
        return math.log(1 + (self._size - count + 0.5) / (count + 0.5))

    # ---- building --------------------------------------------------------------------------

    def _build_schema(self) -> "tantivy.Schema":
        builder = self._tantivy.SchemaBuilder()
        builder.add_text_field(_ID, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(_EXISTS, tokenizer_name="raw", index_option="basic")
        builder.add_integer_field(_SEQ_NO, fast=True)
        for path, name in self._names.items():
            storage = self._storages[path]
            if storage is Storage.TEXT:
                builder.add_text_field(name, tokenizer_name="whitespace")
            elif storage is Storage.KEYWORD:
                builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
            elif storage is Storage.INTEGER:
                builder.add_integer_field(name, indexed=True, fast=True)
            else:
                builder.add_float_field(name, indexed=True, fast=True)
        return builder.build()

    def _build(self, documents: Sequence[Document]) -> "tantivy.Searcher":
        index = self._tantivy.Index(self._schema)
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        form = tuple(self._storages.items())
        for document in documents:
            entry = document.prepared.get(form)
            if entry is None:
                document.prepared.clear()
                entry = document.prepared[form] = self._entry(document)
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index.searcher()

    def _entry(self, document: Document) -> "tantivy.Document":
        entry = self._tantivy.Document()
        entry.add_integer(_SEQ_NO, document.seq_no)
        entry.add_text(_ID, document.id)
        for path, values in document.fields.items():
            if values:
                entry.add_text(_EXISTS, path)
            storage = self._storages.get(path)
            if storage is Storage.TEXT:
                self._add_text(entry, self._names[path], values)
            elif storage is not None:
                add = self._adders[storage]
                for value in values:
                    add(entry, self._names[path], value)
        return entry

    @cached_property
    def _adders(self) -> dict[Storage, Any]:
        kind = self._tantivy.Document
        return {Storage.KEYWORD: kind.add_text, Storage.INTEGER: kind.add_integer, Storage.FLOAT: kind.add_float}

    def _add_text(self, entry: "tantivy.Document", name: str, values: list[list[Token]]) -> None:
        """Adds tokens as plain text where white space tells them apart: half as dear as placed ones."""
        if len(values) == 1 and _is_plain(values[0]):
            entry.add_text(name, " ".join(token.text for token in values[0]))
            return
        token = self._tantivy.Token
        placed, start = [], 0
        for tokens in values:
            placed += [token(one.text, start + one.position, 0, 0) for one in tokens]
            start += (tokens[-1].position if tokens else 0) + VALUE_GAP
        entry.add_pre_tokenized_text(name, self._tantivy.PreTokenizedString("", placed))


VALUE_GAP = 100
"""Positions between two values of a text field, so that no phrase spans them."""


def _is_plain(tokens: list[Token]) -> bool:
    numbered = all(token.position == at for at, token in enumerate(tokens))
    return numbered and all(token.text and _WHITE.isdisjoint(token.text) for token in tokens)


def _whole(bound: float | None, included: bool, *, up: bool) -> int | None:
    """The first whole number within a bound, kept within 64 bits."""
    if bound is None:
        return None
    whole = math.ceil(bound) if up else math.floor(bound)
    if not included and whole == bound:
        whole += 1 if up else -1
    return max(-BIGGEST, min(BIGGEST, whole))
