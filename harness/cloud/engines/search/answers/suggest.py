"""Completion suggestions: inputs that begin with what was typed, the weightiest first.

Left out: the term and phrase suggesters, contexts, regular expressions.
Source: https://docs.opensearch.org/latest/search-plugins/searching-data/autocomplete/
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.answers.source_filter import SourceFilter
from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, parsing
from harness.cloud.engines.search.mapping.completion import Completion, Entry
from harness.cloud.engines.search.queries.fuzziness import edit_distance, letters_of, read_fuzziness
from harness.cloud.engines.search.store.snapshot import Snapshot

DEFAULT_SIZE = 5
AVERAGE_WORD = "xxxxx"
"""With AUTO a prefix may have the edits of a word of five letters: one."""


@dataclass(frozen=True)
class FuzzyPrefix:
    """How a prefix may be misspelt.

    Attributes:
        min_length: shorter prefixes must match exactly.
        prefix_length: characters at the beginning that must match exactly.
    """

    edits: int = 1
    min_length: int = 3
    prefix_length: int = 1
    transpositions: bool = True


@dataclass(frozen=True)
class Suggestion:
    """One named suggestion of a request."""

    name: str
    prefix: str
    path: str
    size: int = DEFAULT_SIZE
    skip_duplicates: bool = False
    fuzzy: FuzzyPrefix | None = None

    def answer(self, snapshots: list[Snapshot], source: SourceFilter) -> list[dict[str, Any]]:
        """What the answer holds under the suggestion's name.

        Raises:
            SearchError: there is no such completion field.
        """
        found: list[tuple[Entry, Snapshot, int]] = []
        for snapshot in snapshots:
            best: dict[int, Entry] = {}
            for entry, ordinal in self._matching(snapshot):
                if ordinal not in best or _rank(entry) < _rank(best[ordinal]):
                    best[ordinal] = entry
            found += [(entry, snapshot, ordinal) for ordinal, entry in best.items()]
        found.sort(key=lambda one: (*_rank(one[0]), one[2]))
        shown = self._distinct(found)[: self.size]
        options = [_option(entry, snapshot, ordinal, source) for entry, snapshot, ordinal in shown]
        return [{"text": self.prefix, "offset": 0, "length": len(self.prefix), "options": options}]

    def _matching(self, snapshot: Snapshot) -> list[tuple[Entry, int]]:
        field = snapshot.mapping.find(self.path)
        if not isinstance(field, Completion):
            what = (
                f"no mapping found for field [{self.path}]"
                if field is None
                else f"Field [{self.path}] is not a completion suggest field"
            )
            raise SearchError(400, "illegal_argument_exception", what)
        key = field.key(self.prefix, field.search_analyzer)
        return [(entry, ordinal) for entry, ordinal in snapshot.entries(self.path) if self._fits(key, entry.key)]

    def _fits(self, key: str, entry: str) -> bool:
        if entry.startswith(key):
            return True
        fuzzy = self.fuzzy
        if fuzzy is None or len(key) < fuzzy.min_length or entry[: fuzzy.prefix_length] != key[: fuzzy.prefix_length]:
            return False
        window = entry[: len(key) + fuzzy.edits]
        if (letters_of(key) & ~letters_of(window)).bit_count() > fuzzy.edits:
            return False
        return edit_distance(key, window, fuzzy.edits, transpositions=fuzzy.transpositions, prefix=True) <= fuzzy.edits

    def _distinct(self, found: list[tuple[Entry, Snapshot, int]]) -> list[tuple[Entry, Snapshot, int]]:
        if not self.skip_duplicates:
            return found
        first: dict[str, tuple[Entry, Snapshot, int]] = {}
        for one in found:
            first.setdefault(one[0].surface, one)
        return list(first.values())


def read_suggest(body: Any) -> tuple[Suggestion, ...]:
    """Reads the `suggest` part of a search.

    Raises:
        SearchError: parsing_exception, or a part is not simulated.
    """
    if not isinstance(body, dict):
        raise parsing("[suggest] must be an object")
    common = body.get("text")
    return tuple(_suggestion(name, given, common) for name, given in body.items() if name != "text")


def _suggestion(name: str, given: Any, common: Any) -> Suggestion:
    if not isinstance(given, dict):
        raise parsing(f"Unexpected token in suggestion [{name}]")
    for key in given:
        if key in ("term", "phrase", "regex"):
            raise PartMissing(f"suggester [{key}]", "parsing_exception")
        if key not in ("prefix", "text", "completion"):
            raise parsing(f"suggester with name [{key}] not found")
    completion = given.get("completion")
    if not isinstance(completion, dict) or not completion.get("field"):
        raise illegal(f"the required field option [field] is missing of suggestion [{name}]")
    for key in completion:
        if key not in ("field", "size", "skip_duplicates", "fuzzy", "analyzer"):
            raise parsing(f"[completion] unknown field [{key}]")
    if "analyzer" in completion:
        raise PartMissing("[analyzer] of a completion suggestion", "parsing_exception")
    size = completion.get("size", DEFAULT_SIZE)
    if isinstance(size, bool) or not isinstance(size, int) or size <= 0:
        raise illegal("size must be positive")
    prefix = given.get("prefix", given.get("text", common))
    if prefix is None:
        raise illegal("The required text option is missing")
    return Suggestion(
        name,
        str(prefix),
        str(completion["field"]),
        size,
        completion.get("skip_duplicates", False) is True,
        _fuzzy(completion.get("fuzzy")),
    )


def _fuzzy(given: Any) -> FuzzyPrefix | None:
    if given in (None, False):
        return None
    if given is True:
        return FuzzyPrefix()
    if not isinstance(given, dict):
        raise parsing("[completion] fuzzy doesn't support values of this type")
    for key in given:
        if key not in (
            "fuzziness",
            "transpositions",
            "min_length",
            "prefix_length",
            "unicode_aware",
            "max_determinized_states",
        ):
            raise parsing(f"[fuzzy] unknown field [{key}]")
    fuzziness = read_fuzziness(given.get("fuzziness", 1), {})
    assert fuzziness is not None
    try:
        lengths = int(given.get("min_length", 3)), int(given.get("prefix_length", 1))
    except (TypeError, ValueError):
        raise parsing("[fuzzy] [min_length] and [prefix_length] must be numbers") from None
    return FuzzyPrefix(fuzziness.edits_for(AVERAGE_WORD), *lengths, given.get("transpositions", True) is not False)


def _rank(entry: Entry) -> tuple[int, str]:
    return -entry.weight, entry.surface


def _option(entry: Entry, snapshot: Snapshot, ordinal: int, source: SourceFilter) -> dict[str, Any]:
    document = snapshot.documents[ordinal]
    shown = {"text": entry.surface, "_index": snapshot.index, "_id": document.id, "_score": float(entry.weight)}
    return shown | ({"_source": source.apply(document.source)} if source.shown else {})
