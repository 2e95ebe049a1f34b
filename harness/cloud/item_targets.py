"""Which items a call is about, read off its parameters before it is carried out.

A request that is not well-formed is about nothing: DynamoDB's own error is its answer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.cloud.table_items import TableItems, TableShape, table_name, text_of
from harness.cloud.table_sizes import STRONG, TRANSACTIONAL, WEAK, Item

Parameters = dict[str, Any]

_NARROWING = (
    "FilterExpression",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
    "ProjectionExpression",
    "AttributesToGet",
    "Select",
)


@dataclass(frozen=True, slots=True)
class Target:
    """An item that a call names.

    Attributes:
        new: what it is replaced by, where the request says so as a whole; None: it is deleted,
            updated or only read.
        request: the entry of a batch that names it.
        strength: of a read.
    """

    shape: TableShape
    key: Item
    new: Item | None = None
    request: Any = None
    strength: float = WEAK

    @property
    def place(self) -> tuple[str, str]:
        """Table and key, to compare with others."""
        return self.shape.name, text_of(self.key)


def targets_of(operation: str, parameters: Parameters, items: TableItems) -> list[Target]:
    """The items of a call; [] if it cannot be understood, or names a table that is not there."""
    read = _READERS.get(operation)
    if read is None:
        return []
    try:
        return read(parameters, items)
    except (KeyError, TypeError, AttributeError, StopIteration, ValueError):
        return []


def strength_of(parameters: Parameters) -> float:
    """The strength of a read with these parameters."""
    return STRONG if parameters.get("ConsistentRead") else WEAK


def unfiltered(parameters: Parameters) -> Parameters | None:
    """The same Query or Scan without what narrows its answer; None: nothing does.

    Names and values that only the filter used are left out too: DynamoDB refuses unused ones.
    """
    if not any(name in parameters for name in _NARROWING):
        return None
    wide = {name: value for name, value in parameters.items() if name not in _NARROWING}
    condition = str(wide.get("KeyConditionExpression", ""))
    for name, mark in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        used = set(re.findall(rf"{mark}\w+", condition))
        kept = {key: value for key, value in (wide.pop(name, None) or {}).items() if key in used}
        if kept:
            wide[name] = kept
    return wide


def _shape(items: TableItems, identifier: str) -> TableShape:
    shape = items.shape(table_name(identifier))
    if shape is None:
        raise KeyError(identifier)
    return shape


def _key(shape: TableShape, attributes: Any) -> Item:
    """The key among attributes, if each part is {type: value}."""
    key = shape.key_of(attributes)
    for value in key.values():
        ((kind, content),) = value.items()
        if kind not in ("S", "N", "B") or not isinstance(content, str):
            raise TypeError
    return key


def _by_key(parameters: Parameters, items: TableItems) -> list[Target]:
    shape = _shape(items, parameters["TableName"])
    return [Target(shape, _key(shape, parameters["Key"]), strength=strength_of(parameters))]


def _by_item(parameters: Parameters, items: TableItems) -> list[Target]:
    shape = _shape(items, parameters["TableName"])
    return [Target(shape, _key(shape, parameters["Item"]), parameters["Item"])]


def _transacted(parameters: Parameters, items: TableItems) -> list[Target]:
    targets = []
    for action in parameters["TransactItems"]:
        ((_, details),) = action.items()
        shape = _shape(items, details["TableName"])
        named = details["Item"] if "Item" in details else details["Key"]
        targets.append(Target(shape, _key(shape, named), details.get("Item"), action, TRANSACTIONAL))
    return targets


def _batch_written(parameters: Parameters, items: TableItems) -> list[Target]:
    targets = []
    for table, requests in parameters["RequestItems"].items():
        shape = _shape(items, table)
        for request in requests:
            ((kind, details),) = request.items()
            new = details["Item"] if kind == "PutRequest" else None
            key = _key(shape, details["Item"] if kind == "PutRequest" else details["Key"])
            targets.append(Target(shape, key, new, (table, request)))
    return targets


def _batch_read(parameters: Parameters, items: TableItems) -> list[Target]:
    targets = []
    for table, request in parameters["RequestItems"].items():
        shape, strength = _shape(items, table), strength_of(request)
        targets += [Target(shape, _key(shape, key), None, (table, key), strength) for key in request["Keys"]]
    return targets


_READERS: dict[str, Callable[[Parameters, TableItems], list[Target]]] = {
    "GetItem": _by_key,
    "UpdateItem": _by_key,
    "DeleteItem": _by_key,
    "PutItem": _by_item,
    "TransactWriteItems": _transacted,
    "TransactGetItems": _transacted,
    "BatchWriteItem": _batch_written,
    "BatchGetItem": _batch_read,
}
