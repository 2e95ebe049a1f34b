"""The mapping of an index: its fields, as a tree of objects, and how it grows.

Source: https://docs.opensearch.org/latest/mappings/index/
"""

from collections.abc import Iterator
from typing import Any

from harness.cloud.engines.search.analysis.analyzers import Analysis, Analyzer
from harness.cloud.engines.search.errors import PartMissing, illegal
from harness.cloud.engines.search.mapping.fields import Field, wrong_mapping
from harness.cloud.engines.search.mapping.registry import build_field

DYNAMIC = ("true", "false", "strict")

_ROOT_KEYS = ("properties", "dynamic", "date_detection", "numeric_detection")
_ROOT_REFUSED = ("dynamic_templates", "_routing", "_source", "_meta", "dynamic_date_formats", "_field_names")
_MAY_CHANGE = ("fields", "ignore_above", "ignore_malformed", "coerce", "meta", "search_analyzer")


class ObjectNode:
    """An object of the mapping.

    Attributes:
        dynamic: what becomes of unknown fields; "": as in the object around it.
        enabled: whether anything in it is read.
    """

    def __init__(self, dynamic: str = "", enabled: bool = True) -> None:
        self.properties: dict[str, ObjectNode | Field] = {}
        self.dynamic = dynamic
        self.enabled = enabled

    def to_json(self) -> dict[str, Any]:
        """As a mapping writes it."""
        shown: dict[str, Any] = {}
        if self.dynamic:
            shown["dynamic"] = self.dynamic
        if not self.enabled:
            shown |= {"type": "object", "enabled": False}
        if self.properties:
            shown["properties"] = {
                name: node.parameters if isinstance(node, Field) else node.to_json()
                for name, node in sorted(self.properties.items())
            }
        return shown


class Mapping:
    """All fields of an index.

    Attributes:
        root: the tree.
        fields: every field that can be searched, by its path, sub-fields too.
        children: the sub-fields of a field, by its path.
    """

    def __init__(self, definition: dict[str, Any], analysis: Analysis, limit: int = 1000) -> None:
        self.root = ObjectNode()
        self.fields: dict[str, Field] = {}
        self.children: dict[str, list[Field]] = {}
        self.detects_dates = True
        self._analysis = analysis
        self._limit = limit
        self.merge(definition)

    def to_json(self) -> dict[str, Any]:
        """As GET _mapping shows it."""
        return self.root.to_json()

    def find(self, path: str) -> Field | None:
        """The field of this path."""
        return self.fields.get(path)

    def matching(self, pattern: str) -> list[Field]:
        """The fields whose path fits a pattern with `*`."""
        if "*" not in pattern:
            return [self.fields[pattern]] if pattern in self.fields else []
        return [field for path, field in sorted(self.fields.items()) if fits(pattern, path)]

    def analyzer(self, name: str) -> Analyzer | None:
        """The analyzer of this name."""
        return self._analysis.analyzer(name)

    def merge(self, definition: dict[str, Any]) -> None:
        """Adds what the definition has and this has not; nothing is added if any of it is wrong.

        Raises:
            SearchError: it cannot be read, or would change a field that is there.
        """
        if not isinstance(definition, dict):
            raise wrong_mapping("a mapping must be an object")
        for key in definition:
            if key in _ROOT_REFUSED:
                raise PartMissing(f"[{key}] in a mapping")
            if key not in _ROOT_KEYS:
                raise wrong_mapping(f"Root mapping definition has unsupported parameters:  [{key} : {definition[key]}]")
        additions = list(self._additions(self.root, "", definition))
        if len(self.fields) + len(additions) > self._limit:
            raise illegal(f"Limit of total fields [{self._limit}] has been exceeded")
        for parent, name, node in additions:
            self.attach(parent, name, node)
        self.root.dynamic = _dynamic(definition, self.root.dynamic)
        self.detects_dates = definition.get("date_detection", self.detects_dates) in (True, "true")

    def attach(self, parent: ObjectNode, name: str, node: "ObjectNode | Field") -> None:
        """Puts a node into the tree, a field with its sub-fields."""
        parent.properties[name] = node
        if isinstance(node, Field):
            self.fields[node.path] = node
            self.children[node.path] = list(self._sub_fields(node))
            self.fields |= {child.path: child for child in self.children[node.path]}

    def detach(self, parent: ObjectNode, name: str) -> None:
        """Takes back what `attach` did last."""
        node = parent.properties.pop(name)
        if isinstance(node, Field):
            for field in [node, *self.children.pop(node.path)]:
                del self.fields[field.path]

    def field(self, path: str, parameters: dict[str, Any]) -> Field:
        """A field that is not attached yet."""
        return build_field(path, parameters, self._analysis)

    def _additions(
        self, parent: ObjectNode, prefix: str, definition: dict[str, Any]
    ) -> Iterator[tuple[ObjectNode, str, "ObjectNode | Field"]]:
        properties = definition.get("properties", {})
        if not isinstance(properties, dict):
            raise wrong_mapping("Expected map for property [properties]")
        for dotted, parameters in properties.items():
            if not isinstance(parameters, dict):
                raise wrong_mapping(f"Expected map for property [fields] on field [{dotted}]")
            name, _, rest = dotted.partition(".")
            inner = {"properties": {rest: parameters}} if rest else parameters
            is_object = "properties" in inner or inner.get("type", "object") == "object"
            known = parent.properties.get(name)
            if is_object:
                yield from self._object(parent, prefix, name, inner, known)
            else:
                yield parent, name, self._leaf(f"{prefix}{name}", inner, known)

    def _object(
        self, parent: ObjectNode, prefix: str, name: str, inner: dict[str, Any], known: "ObjectNode | Field | None"
    ) -> Iterator[tuple[ObjectNode, str, "ObjectNode | Field"]]:
        unknown = sorted(set(inner) - {"type", "properties", "dynamic", "enabled"})
        if unknown or inner.get("type", "object") != "object":
            raise PartMissing(f"[{(unknown or ['type'])[0]}] of the object [{prefix}{name}]")
        if isinstance(known, Field):
            raise illegal(f"can't merge a non object mapping [{prefix}{name}] with an object mapping")
        node = known
        if node is None:
            node = ObjectNode(_dynamic(inner, ""), inner.get("enabled", True) not in (False, "false"))
            yield parent, name, node
        yield from self._additions(node, f"{prefix}{name}.", inner)

    def _leaf(self, path: str, parameters: dict[str, Any], known: "ObjectNode | Field | None") -> Field:
        if isinstance(known, ObjectNode):
            raise illegal(f"can't merge a non object mapping [{path}] with an object mapping")
        if known is not None:
            _refuse_changes(known, parameters)
            subs = {**known.parameters.get("fields", {}), **parameters.get("fields", {})}
            parameters = {**known.parameters, **parameters} | ({"fields": subs} if subs else {})
        field = self.field(path, parameters)
        list(self._sub_fields(field))
        return field

    def _sub_fields(self, field: Field) -> Iterator[Field]:
        for name, parameters in field.parameters.get("fields", {}).items():
            if not isinstance(parameters, dict):
                raise wrong_mapping(f"expected map for property [{name}] on field [{field.path}]")
            yield self.field(f"{field.path}.{name}", parameters)


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for anything."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return len(text) - at >= len(rest[-1]) and text.endswith(rest[-1])


def _dynamic(definition: dict[str, Any], default: str) -> str:
    value = str(definition.get("dynamic", default)).lower()
    if value == "strict_allow_templates":
        raise PartMissing("[dynamic: strict_allow_templates]")
    if value not in (*DYNAMIC, ""):
        raise wrong_mapping(f"Could not convert [dynamic] to boolean: {value}")
    return value


def _refuse_changes(known: Field, parameters: dict[str, Any]) -> None:
    kind = parameters.get("type")
    if kind != known.type_name:
        raise illegal(f"mapper [{known.path}] cannot be changed from type [{known.type_name}] to [{kind}]")
    for name in sorted({*known.parameters, *parameters} - {*_MAY_CHANGE}):
        before, after = known.parameters.get(name, "default"), parameters.get(name, "default")
        if before != after:
            raise illegal(
                f"Mapper for [{known.path}] conflicts with existing mapper:\n\t"
                f"Cannot update parameter [{name}] from [{before}] to [{after}]"
            )
