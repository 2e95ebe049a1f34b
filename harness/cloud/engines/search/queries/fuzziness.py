"""Fuzziness: which terms of the index are within so many edits of the one asked for.

Terms are weighed as Lucene does: closer ones count more, and a rare misspelling does not
outrank the word itself, because all share the commonest one's document frequency.
Source: https://docs.opensearch.org/latest/query-dsl/term/fuzzy/
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import illegal
from harness.cloud.engines.search.store.snapshot import Snapshot

MAX_EXPANSIONS = 50
"""Terms that a fuzzy term or a prefix stands for at most, by default. Source: as above."""


@dataclass(frozen=True)
class Fuzziness:
    """How many edits are allowed.

    Attributes:
        edits: 0, 1 or 2; None: by the length of the term (AUTO).
        low: with AUTO: terms shorter than this must match exactly.
        high: with AUTO: terms from this length on may have two edits.
        prefix_length: characters at the beginning that must match exactly.
        transpositions: whether two neighbours swapped are one edit.
    """

    edits: int | None
    low: int = 3
    high: int = 6
    prefix_length: int = 0
    max_expansions: int = MAX_EXPANSIONS
    transpositions: bool = True

    def edits_for(self, term: str) -> int:
        """How many edits a term may have."""
        if self.edits is not None:
            return self.edits
        return 0 if len(term) < self.low else 1 if len(term) < self.high else 2


def read_fuzziness(value: Any, given: dict[str, Any]) -> Fuzziness | None:
    """Reads `fuzziness` and what goes with it; None: nothing fuzzy is asked for.

    Raises:
        SearchError: illegal_argument_exception.
    """
    if value is None:
        return None
    try:
        prefix_length = int(given.get("prefix_length", 0))
        max_expansions = int(given.get("max_expansions", MAX_EXPANSIONS))
    except (TypeError, ValueError):
        raise illegal("[prefix_length] and [max_expansions] must be numbers") from None
    if prefix_length < 0 or max_expansions <= 0:
        raise illegal("[prefix_length] must not be negative and [max_expansions] must be positive")
    swapped = given.get("fuzzy_transpositions", given.get("transpositions", True))
    edits, low, high = _edits(value)
    return Fuzziness(edits, low, high, prefix_length, max_expansions, swapped in (True, "true"))


def expand(snapshot: Snapshot, path: str, term: str, how: Fuzziness) -> list[tuple[str, float]]:
    """The terms of a field that a fuzzy term stands for, each with its weight, closest first."""
    key = (path, term, how)
    if key not in snapshot.expansions:
        snapshot.expansions[key] = _expand(snapshot, path, term, how)
    return snapshot.expansions[key]


def _expand(snapshot: Snapshot, path: str, term: str, how: Fuzziness) -> list[tuple[str, float]]:
    limit = how.edits_for(term)
    near: list[tuple[int, str, int]] = []
    letters = letters_of(term)
    for other, count in snapshot.matcher.vocabulary(path, term[: how.prefix_length]):
        if abs(len(other) - len(term)) <= limit and (letters & ~letters_of(other)).bit_count() <= limit:
            distance = edit_distance(term, other, limit, transpositions=how.transpositions)
            if distance <= limit:
                near.append((distance, other, count))
    near.sort()
    chosen = near[: how.max_expansions]
    if not chosen:
        return []
    common = snapshot.matcher.rarity(max(count for _, _, count in chosen))
    return [
        (other, (1 - distance / max(1, min(len(other), len(term)))) * common / snapshot.matcher.rarity(count))
        for distance, other, count in chosen
    ]


def letters_of(term: str) -> int:
    """A set of letters as bits, to tell quickly that two terms are far apart."""
    bits = 0
    for letter in term:
        bits |= 1 << (ord(letter) & 63)
    return bits


def edit_distance(one: str, other: str, limit: int, *, transpositions: bool = True, prefix: bool = False) -> int:
    """Insertions, deletions, replacements and swaps that make one text the other.

    Args:
        limit: above it the answer is limit + 1.
        prefix: compare with whatever beginning of `other` is closest.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at] + [0] * len(other)
        for to, letter_there in enumerate(other, 1):
            if abs(at - to) > limit and not prefix:
                row[to] = limit + 1
                continue
            row[to] = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != letter_there))
            swapped = at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == letter_there
            if transpositions and swapped:
                row[to] = min(row[to], older[to - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return min(row) if prefix else min(row[-1], limit + 1)


def _edits(value: Any) -> tuple[int | None, int, int]:
    text = str(value).upper()
    if text == "AUTO":
        return None, 3, 6
    if text.startswith("AUTO:"):
        low, _, high = text[5:].partition(",")
        if not (low.isdigit() and high.isdigit()):
            raise illegal(f'failed to parse [{value}] as a "auto:int,int"')
        return None, int(low), int(high)
    try:
        edits = int(float(text))
    except (ValueError, OverflowError):
        raise illegal(f"Invalid fuzziness value: [{value}]") from None
    if edits not in (0, 1, 2):
        raise illegal(f"Valid edit distances are [0, 1, 2] but was [{edits}]")
    return edits, 3, 6
