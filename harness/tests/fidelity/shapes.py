"""Holds an answer against the shape that botocore's service model, AWS's own, says it has.

botocore's parser is lenient: it drops what it does not know and passes on what has the wrong
type. So the parsed answer is checked for types, required members and enumerations, and the
body as it was sent for members that the model does not have.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from botocore.model import OperationModel, Shape

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "character": (str,), "boolean": (bool,), "timestamp": (datetime,),
    "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float), "bigdecimal": (int, float),
    "structure": (dict,), "map": (dict,), "list": (list,),
}  # fmt: skip


def misfits(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Where a parsed answer does not fit its shape, a sentence each."""
    kind = shape.type_name
    if kind == "blob":  # bytes, or a stream of them
        if not isinstance(value, bytes) and not hasattr(value, "read"):
            yield f"{path} is no blob: {value!r}"
    elif not _is_of(value, kind):
        yield f"{path} is no {kind}: {value!r}"
    elif kind == "structure":
        yield from _of_structure(value, shape, path)
    elif kind == "list":
        for number, one in enumerate(value):
            yield from misfits(one, shape.member, f"{path}[{number}]")
    elif kind == "map":
        for key, one in value.items():
            yield from misfits(key, shape.key, f"{path} key {key}")
            yield from misfits(one, shape.value, f"{path}.{key}")
    else:
        yield from _out_of_bounds(value, shape, path)


def _is_of(value: object, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _of_structure(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"{path} lacks {name}"
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield f"{path} has {len(value)} members of a union"
    for name, one in value.items():
        yield from misfits(one, shape.members[name], f"{path}.{name}")


def _out_of_bounds(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{path} is none of {shape.enum}: {value!r}"
    size = len(value) if isinstance(value, str) else value
    if isinstance(size, int | float) and not isinstance(size, bool):
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if (least is not None and size < least) or (most is not None and size > most):
            yield f"{path} is not within {least} and {most}: {value!r}"


def unknown_members(body: bytes, operation: OperationModel) -> Iterator[str]:
    """What the body of an answer holds and the model does not know."""
    shape = operation.output_shape
    if not body or (shape is not None and "payload" in shape.serialization):
        return
    if operation.service_model.resolved_protocol == "query":
        yield from _unknown_elements(body, operation)
    elif shape is None:
        if json.loads(body) != {}:
            yield f"{operation.name} has no answer, and got {body!r}"
    else:
        yield from _unknown_keys(json.loads(body), shape, "")


def _unknown_keys(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for key, one in value.items():
            if key not in known:
                yield f"{path}.{key} is unknown"
            else:
                yield from _unknown_keys(one, known[key], f"{path}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        for one in value:
            yield from _unknown_keys(one, shape.member, f"{path}[]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for one in value.values():
            yield from _unknown_keys(one, shape.value, f"{path}{{}}")


def _unknown_elements(body: bytes, operation: OperationModel) -> Iterator[str]:
    root = ElementTree.fromstring(body)
    if _tag(root) != f"{operation.name}Response":
        yield f"the answer is a {_tag(root)}"
    parts = {_tag(child): child for child in root}
    yield from (f"{name} is unknown" for name in parts if name not in ("ResponseMetadata", f"{operation.name}Result"))
    shape, result = operation.output_shape, parts.get(f"{operation.name}Result")
    if shape is not None and result is not None:
        yield from _unknown_children(result, shape, "")


def _unknown_children(node: ElementTree.Element, shape: Shape, path: str) -> Iterator[str]:
    known: dict[str, Shape | None] = {}
    if shape.type_name == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    elif shape.type_name == "list":
        known = {shape.member.serialization.get("name", "member"): shape.member}
    elif shape.type_name == "map" and _tag(node) == "entry":
        known = {"key": shape.key, "value": shape.value}
    elif shape.type_name == "map":
        known = {"entry": shape}
    for child in node:
        below = known.get(_tag(child))
        if below is None:
            yield f"{path}.{_tag(child)} is unknown"
        else:
            yield from _unknown_children(child, below, f"{path}.{_tag(child)}")


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]
