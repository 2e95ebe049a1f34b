"""The archive of stage B: documents in the search index, and what the CMS must hold for each."""

import random
import string
from dataclasses import dataclass, field
from typing import Any

from harness.promises import expect
from harness.world import World
from newsroom import CMS

SEARCH = "search"

KINDS = ("authors", "categories", "tags", "shows", "assets", "articles")
ONE = {"author_id": "authors", "category_id": "categories", "show_id": "shows"}
MANY = {"category_ids": "categories", "tag_ids": "tags", "asset_ids": "assets"}

Document = dict[str, Any]
Row = dict[str, Any]


@dataclass
class Archive:
    """The documents that a scenario put into the index.

    Attributes:
        documents: by kind and id, as they are in the index now.
    """

    world: World
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)

    def add(self, kind: str, **fields: Any) -> str:
        """Puts a document nobody can know beforehand into the index; returns its id."""
        draws = self.world.random("archive")
        doc_id, word = f"{kind[0:2]}-{_letters(draws, 8)}", _letters(draws, 6).title()
        if kind == "articles":
            content = _article(doc_id, word, number=len(self.ids("articles"))) | fields
        else:
            content = {"id": doc_id, "version": 1, "name": f"{word} {kind}"} | fields
        self._put(kind, doc_id, content)
        return doc_id

    def edit(self, kind: str, doc_id: str) -> None:
        """Somebody changes the document: another name or title, and the next version."""
        document = self.documents[kind, doc_id]
        name = "title" if kind == "articles" else "name"
        changed = {name: f"{document[name]}, edited", "version": document["version"] + 1}
        if kind == "articles":
            changed["updated_at"] = "2024-05-02T12:00:00.000Z"
        self._put(kind, doc_id, document | changed)

    def clear(self) -> None:
        """Takes every document out of the index."""
        for kind, doc_id in self.documents:
            self.world.service(SEARCH).index(kind).delete(doc_id)
        self.documents.clear()

    def ids(self, kind: str) -> list[str]:
        """The ids of a kind, in the order they were added."""
        return [doc_id for of, doc_id in self.documents if of == kind]

    def missing(self) -> list[tuple[str, str]]:
        """The documents for which the CMS holds no row of their version or a newer one."""
        held = {(kind, row["source_id"]): row["version"] for kind in KINDS for row in self._rows(kind)}
        return [key for key, document in self.documents.items() if held.get(key, 0) < document["version"]]

    def rows_of(self, kind: str, doc_id: str) -> list[Row]:
        """The rows the CMS holds for a document."""
        return [row for row in self._rows(kind) if row["source_id"] == doc_id]

    def wanted(self, kind: str, doc_id: str) -> Document:
        """What the CMS must hold for a document, relations by our ids."""
        document = self.documents[kind, doc_id]
        left_out = ("id", "article_id", "updated_at")
        wanted = {name: value for name, value in document.items() if name not in left_out}
        return wanted | {name: sorted(wanted[name]) for name in MANY if name in wanted}

    def held(self) -> dict[tuple[str, str], list[Document]]:
        """What the CMS holds, by kind and our id: the rows as documents would say it, relations by our ids."""
        rows = {kind: self._rows(kind) for kind in KINDS}
        ours = {(kind, row["id"]): row["source_id"] for kind in KINDS for row in rows[kind]}
        held: dict[tuple[str, str], list[Document]] = {}
        for kind in KINDS:
            for row in rows[kind]:
                held.setdefault((kind, row["source_id"]), []).append(_as_document(row, ours))
        return held

    def _put(self, kind: str, doc_id: str, content: Document) -> None:
        self.documents[kind, doc_id] = content
        self.world.service(SEARCH).index(kind).put(doc_id, content)

    def _rows(self, kind: str) -> list[Row]:
        rows: list[Row] = self.world.service(CMS).rows(kind)
        return rows


def judge_all_arrived(archive: Archive, *, likely: str = "", expected: str = "") -> None:
    """Each document must have arrived, once, with its fields and relations."""
    judge_none_missing(archive, likely=likely, expected=expected)
    held = archive.held()
    for kind, doc_id in archive.documents:
        _judge_held(archive, kind, doc_id, held[kind, doc_id])


def judge_none_missing(archive: Archive, *, likely: str = "", expected: str = "") -> None:
    """Each document must have arrived in its present version."""
    missing = archive.missing()
    expect(
        not missing,
        f"{len(missing)} of {len(archive.documents)} documents of the index are not in the CMS in their version.",
        expected=expected or "every document of the index, in its version [M5]",
        got=[f"{kind}/{doc_id}" for kind, doc_id in missing][:10],
        likely=likely,
        about=[doc_id for _, doc_id in missing][:1],
    )


def _judge_held(archive: Archive, kind: str, doc_id: str, rows: list[Document]) -> None:
    """The CMS must hold one row for the document, with its fields and its relations."""
    expect(
        len(rows) == 1,
        f"The CMS holds {len(rows)} rows for {_name(kind, doc_id)}.",
        expected="one row [M5]",
        got=rows,
        about=[doc_id],
    )
    wanted = archive.wanted(kind, doc_id)
    expect(
        rows[0] == wanted,
        f"The CMS holds {_name(kind, doc_id)} with other content than the index.",
        expected=f"{wanted} [M5]",
        got=rows[0],
        about=[doc_id],
    )


def _as_document(row: Row, ours: dict[tuple[str, int], str]) -> Document:
    document = {name: value for name, value in row.items() if name not in ("id", "source_id", "lock_version")}
    for name, kind in ONE.items():
        if document.get(name) is not None:
            document[name] = ours[kind, document[name]]
    for name, kind in MANY.items():
        if name in document:
            document[name] = sorted(ours[kind, legacy_id] for legacy_id in document[name])
    return document


def _article(doc_id: str, word: str, number: int) -> Document:
    return {
        "article_id": doc_id,
        "version": 1,
        "updated_at": f"2024-05-01T12:00:{number:02d}.000Z",  # each its own: only P7 is about ties
        "title": f"Storm over {word}",
        "body": f"It rained in {word}.",
        "author_id": None,
        "category_ids": [],
        "tag_ids": [],
        "show_id": None,
        "asset_ids": [],
    }


def _letters(draws: random.Random, count: int) -> str:
    return "".join(draws.choices(string.ascii_lowercase + string.digits, k=count))


def _name(kind: str, doc_id: str) -> str:
    singular = "category" if kind == "categories" else kind.removesuffix("s")
    return f"the {singular} {doc_id}"
