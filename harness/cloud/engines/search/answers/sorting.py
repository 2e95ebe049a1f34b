"""The order of hits, and where a page begins (`sort`, `search_after`).

Source: https://docs.opensearch.org/latest/search-plugins/searching-data/sort/ and .../paginate/
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal, parsing
from harness.cloud.engines.search.mapping.fields import Field
from harness.cloud.engines.search.mapping.registry import FIELD_TYPES
from harness.cloud.engines.search.mapping.values import BadValue, Storage
from harness.cloud.engines.search.store.matching import BIGGEST
from harness.cloud.engines.search.store.snapshot import Snapshot

_KNOWN = ("order", "missing", "unmapped_type", "mode")
_REFUSED = ("nested", "nested_path", "nested_filter", "format", "numeric_type")


@dataclass(slots=True)
class Hit:
    """A document that was found.

    Attributes:
        ordinal: its place in the snapshot.
        keys: its sort values, as an answer shows them.
    """

    snapshot: Snapshot
    ordinal: int
    score: float
    keys: tuple[Any, ...] = ()


@dataclass(frozen=True)
class SortKey:
    """One of the criteria.

    Attributes:
        path: a field, "_score" or "_doc".
        missing: "_last", "_first" or a value.
        unmapped_type: what a field that is not mapped is taken for.
        mode: "min" or "max" of several values; "": by the order.
    """

    path: str
    descending: bool
    missing: Any = "_last"
    unmapped_type: str = ""
    mode: str = ""

    def key(self, hit: Hit, field: Field | None) -> Any:
        """What a hit is sorted by; None: a string that is missing."""
        if self.path == "_score":
            return hit.score
        if self.path == "_doc":
            return hit.ordinal
        values = hit.snapshot.values(hit.ordinal, self.path) if field is not None else []
        if values:
            return max(values) if (self.mode or ("max" if self.descending else "min")) == "max" else min(values)
        return self._substitute(field)

    def field(self, snapshot: Snapshot) -> Field | None:
        """The field in this snapshot; None: it is not mapped, and that is allowed.

        Raises:
            SearchError: it cannot be sorted by.
        """
        if self.path in ("_score", "_doc"):
            return None
        found = snapshot.mapping.find(self.path)
        if found is None:
            if self.unmapped_type:
                return None
            where: dict[str, Any] = {"index": snapshot.index, "index_uuid": snapshot.uuid}
            raise SearchError(
                400, "query_shard_exception", f"No mapping found for [{self.path}] in order to sort on", **where
            )
        if found.storage is Storage.TEXT:
            raise illegal(_TEXT_REASON.format(path=self.path))
        if not found.sortable or found.storage is Storage.NONE:
            raise illegal(
                f"Can't load fielddata on [{self.path}] because fielddata is unsupported on fields of type "
                f"[{found.type_name}]. Use doc values instead."
            )
        return found

    def read_cursor(self, value: Any, field: Field | None, what: str = "search_after") -> Any:
        """A value of `search_after` as it compares with `key`.

        Args:
            what: where it was given, for the error.

        Raises:
            SearchError: it is not of the field's kind.
        """
        try:
            if self.path in ("_score", "_doc"):
                return float(value)
            return None if value is None or field is None else field.term(value)
        except (BadValue, TypeError, ValueError):
            raise illegal(f"Failed to parse {what} value for field [{self.path}].") from None

    def compare(self, one: Any, other: Any) -> int:
        """Below 0: `one` comes first."""
        if one == other:
            return 0
        if one is None or other is None:
            return -1 if (one is None) == (self.missing == "_first") else 1
        return -1 if (one < other) != self.descending else 1

    def storage(self, field: Field | None) -> Storage:
        """What the values are that hits are sorted by."""
        if self.path in ("_score", "_doc"):
            return Storage.FLOAT
        return field.storage if field is not None else FIELD_TYPES[self.unmapped_type].storage

    def _substitute(self, field: Field | None) -> Any:
        storage = self.storage(field)
        if self.missing not in ("_last", "_first"):
            return self.read_cursor(self.missing, field, "missing")
        at_end = (self.missing == "_last") != self.descending
        if storage is Storage.INTEGER:
            return BIGGEST if at_end else -BIGGEST - 1
        if storage is Storage.FLOAT:
            return float("inf") if at_end else float("-inf")
        return None


_TEXT_REASON = (
    "Text fields are not optimised for operations that require per-document field data like aggregations and "
    "sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set "
    "fielddata=true on [{path}] in order to load field data by uninverting the inverted index. Note that this can "
    "use significant memory."
)


def read_sort(given: Any) -> tuple[SortKey, ...]:
    """Reads `sort`.

    Raises:
        SearchError: it cannot be read.
    """
    return tuple(_one(one) for one in (given if isinstance(given, list) else [given]))


def order(hits: list[Hit], keys: tuple[SortKey, ...], snapshots: list[Snapshot]) -> list[Hit]:
    """The hits in order; ties in the order of indexing. Without keys: the best first.

    Raises:
        SearchError: a field cannot be sorted by.
    """
    if not keys:
        return sorted(hits, key=lambda hit: -hit.score)
    fields = {id(snapshot): [key.field(snapshot) for key in keys] for snapshot in snapshots}
    for place, key in enumerate(keys):
        storages = {key.storage(found[place]) for found in fields.values()}
        if len(storages) > 1:
            reason = f"Can't sort on field [{key.path}]; the field has incompatible sort types across shards!"
            raise illegal(reason)
    for hit in hits:
        found = fields[id(hit.snapshot)]
        hit.keys = tuple(key.key(hit, field) for key, field in zip(keys, found, strict=True))
    for place, key in reversed(list(enumerate(keys))):
        last_if_missing = key.missing != "_first"
        hits.sort(key=lambda hit: _rank(hit.keys[place], key, last_if_missing), reverse=key.descending)
    return hits


def _rank(value: Any, key: SortKey, last_if_missing: bool) -> tuple[bool, Any]:
    if value is None:
        return (last_if_missing != key.descending, 0)
    return ((not last_if_missing) != key.descending, value)


def after(hits: list[Hit], keys: tuple[SortKey, ...], cursor: list[Any], snapshots: list[Snapshot]) -> list[Hit]:
    """The hits that come after a cursor.

    Raises:
        SearchError: the cursor does not fit the order.
    """
    if not keys:
        raise illegal("Sort must contain at least one field.")
    if len(cursor) != len(keys):
        raise illegal(f"search_after has {len(cursor)} value(s) but sort has {len(keys)}.")
    fields = [key.field(snapshots[0]) if snapshots else None for key in keys]
    read = [key.read_cursor(value, field) for key, value, field in zip(keys, cursor, fields, strict=True)]

    def follows(hit: Hit) -> bool:
        for key, value, limit in zip(keys, hit.keys, read, strict=True):
            compared = key.compare(value, limit)
            if compared:
                return compared > 0
        return False

    return [hit for hit in hits if follows(hit)]


def _one(given: Any) -> SortKey:
    if isinstance(given, str):
        return SortKey(given, given == "_score")
    if not isinstance(given, dict) or len(given) != 1:
        raise illegal("malformed sort format, within the sort array, an object, or an actual string are allowed")
    path, how = next(iter(given.items()))
    if path in ("_geo_distance", "_script"):
        raise PartMissing(f"sort by [{path}]")
    given_options = how if isinstance(how, dict) else {"order": how}
    for name in given_options:
        if name in _REFUSED:
            raise PartMissing(f"[{name}] of a sort")
        if name not in _KNOWN:
            raise parsing(f"[field_sort] unknown field [{name}]")
    direction = str(given_options.get("order", "desc" if path == "_score" else "asc")).lower()
    if direction not in ("asc", "desc"):
        raise illegal(f"No enum constant org.opensearch.search.sort.SortOrder.{direction.upper()}")
    mode = str(given_options.get("mode", ""))
    if mode not in ("", "min", "max"):
        raise PartMissing(f"sort mode [{mode}]")
    unmapped = str(given_options.get("unmapped_type", ""))
    if unmapped and unmapped not in FIELD_TYPES:
        raise illegal(f"No mapper found for type [{unmapped}]")
    return SortKey(path, direction == "desc", given_options.get("missing", "_last"), unmapped, mode)
