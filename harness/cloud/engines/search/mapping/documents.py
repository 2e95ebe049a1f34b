"""Reads a document by the mapping of its index; the mapping may grow by it (dynamic mapping).

Source: https://docs.opensearch.org/latest/mappings/index/#dynamic-mapping
"""

from typing import Any

from harness.cloud.engines.search.errors import SearchError
from harness.cloud.engines.search.mapping.dates import DateFormat
from harness.cloud.engines.search.mapping.fields import Field, GeoPoint
from harness.cloud.engines.search.mapping.mapping import Mapping, ObjectNode
from harness.cloud.engines.search.mapping.values import BadValue, Value, preview

METADATA = ("_id", "_index", "_source", "_routing", "_ignored", "_seq_no", "_primary_term", "_version", "_type")

MAX_DEPTH = 20
"""Objects within objects. Source: https://docs.opensearch.org/latest/mappings/index/ (index.mapping.depth.limit)"""

_DETECTED_DATES = DateFormat("strict_date_optional_time||yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z||yyyy/MM/dd")


def read_document(mapping: Mapping, source: dict[str, Any], doc_id: str) -> dict[str, list[Value]]:
    """What is indexed of a document, by field.

    Raises:
        SearchError: mapper_parsing_exception and the like; the mapping is as it was.
    """
    reading = _Reading(mapping, doc_id)
    try:
        reading.object(mapping.root, source, "", mapping.root.dynamic or "true", 1)
    except SearchError:
        reading.undo()
        raise
    return reading.found


class _Reading:
    def __init__(self, mapping: Mapping, doc_id: str) -> None:
        self.found: dict[str, list[Value]] = {}
        self._mapping = mapping
        self._doc_id = doc_id
        self._added: list[tuple[ObjectNode, str]] = []

    def undo(self) -> None:
        """Takes back the fields that the document brought."""
        for parent, name in reversed(self._added):
            self._mapping.detach(parent, name)

    def object(self, node: ObjectNode, value: dict[str, Any], prefix: str, dynamic: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise SearchError(
                400, "illegal_argument_exception", f"Limit of mapping depth [{MAX_DEPTH}] has been exceeded"
            )
        for dotted, inner in value.items():
            name, _, rest = dotted.partition(".")
            if not prefix and name in METADATA:
                raise self._refusal(
                    f"Field [{name}] is a metadata field and cannot be added inside a document. "
                    "Use the index API request parameters."
                )
            if not name:
                raise self._refusal(
                    "object field starting or ending with a [.] makes object resolution ambiguous: [" + dotted + "]"
                )
            self._member(node, prefix, name, {rest: inner} if rest else inner, dynamic, depth)

    def _member(self, node: ObjectNode, prefix: str, name: str, value: Any, dynamic: str, depth: int) -> None:
        known = node.properties.get(name)
        if known is None:
            known = self._grow(node, prefix, name, value, dynamic)
        if isinstance(known, Field):
            self._field(known, value)
        elif known is not None and known.enabled:
            for one in _listed(value):
                if one is not None and not isinstance(one, dict):
                    reason = f"tried to parse field [{name}] as object, but found a concrete value"
                    raise self._refusal(f"object mapping for [{prefix}{name}] {reason}")
                if one is not None:
                    self.object(known, one, f"{prefix}{name}.", known.dynamic or dynamic, depth + 1)

    def _grow(self, node: ObjectNode, prefix: str, name: str, value: Any, dynamic: str) -> ObjectNode | Field | None:
        """A new node for an unknown field, if there is one to be made of this value."""
        if dynamic == "strict":
            where = prefix[:-1] or "_doc"
            reason = f"mapping set to strict, dynamic introduction of [{name}] within [{where}] is not allowed"
            raise SearchError(400, "strict_dynamic_mapping_exception", reason)
        if dynamic == "false":
            return None
        example = next((one for one in _listed(value) if one is not None), None)
        if example is None:
            return None
        new: ObjectNode | Field
        if isinstance(example, dict):
            new = ObjectNode()
        else:
            new = self._mapping.field(f"{prefix}{name}", guessed(example, self._mapping.detects_dates))
        self._mapping.attach(node, name, new)
        self._added.append((node, name))
        return new

    def _field(self, field: Field, value: Any) -> None:
        if isinstance(field, GeoPoint) and _is_pair(value):
            value = tuple(value)
        for one in _listed(value):
            self._one(field, field.null_value if one is None else one)
        for child in self._mapping.children[field.path]:
            for one in _listed(value):
                self._one(child, child.null_value if one is None else one)

    def _one(self, field: Field, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, list) and not isinstance(field, GeoPoint):
            for inner in _listed(value):
                self._one(field, inner)
            return
        try:
            values = field.values(tuple(value) if isinstance(value, list) else value)
        except BadValue as bad:
            if field.ignores_malformed:
                return
            raise self._bad_value(field, value, bad) from None
        self.found.setdefault(field.path, []).extend(values)

    def _bad_value(self, field: Field, value: Any, bad: BadValue) -> SearchError:
        reason = f"failed to parse field [{field.path}] of type [{field.type_name}]"
        if not isinstance(field, GeoPoint):
            reason += f" in document with id '{self._doc_id}'. Preview of field's value: '{preview(value)}'"
        return SearchError(400, "mapper_parsing_exception", reason, caused_by=bad.error())

    def _refusal(self, reason: str) -> SearchError:
        return SearchError(400, "mapper_parsing_exception", reason)


def guessed(value: Any, detect_dates: bool = True) -> dict[str, Any]:
    """The definition that dynamic mapping gives to a field with this value."""
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "long"}
    if isinstance(value, float):
        return {"type": "float"}
    if detect_dates and isinstance(value, str) and not value.isdigit():
        try:
            _DETECTED_DATES.parse(value)
        except BadValue:
            pass
        else:
            return {"type": "date"}
    return {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_pair(value: Any) -> bool:
    numbers = isinstance(value, list) and len(value) in (2, 3)
    return numbers and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in value)
