"""A DynamoDB table as acceptance tests see and use it, past the submission and at no cost."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from harness.cloud.binaries import item_in_base64
from harness.cloud.errors import SubmissionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.cloud.table_items import TableShape
    from harness.world.deployment import Deployment


class TableMissing(SubmissionError):
    """The kata's contract fixes a table that the template does not have."""


class TableView:
    """A table of the submission. All but `exists` and `logical_id` need it to exist.

    Items are plain: texts, whole and broken numbers, booleans, bytes, lists, maps, sets.
    """

    def __init__(self, logical_id: str, deployment: Deployment) -> None:
        self.logical_id = logical_id
        self._deployment = deployment
        self._calls = deployment.dynamodb.item_calls

    @property
    def exists(self) -> bool:
        """Whether the template has it."""
        return self.logical_id in self._deployment.template.tables

    @property
    def name(self) -> str:
        """Its physical name."""
        return self._shape.name

    def items(self) -> list[dict[str, Any]]:
        """Every item, expired ones included, in no order to rely on."""
        return [_plain(item) for item in self._calls.items.every(self._shape)]

    def texts(self) -> list[str]:
        """Every item as JSON, to look for what must not be there."""
        items = self._calls.items.every(self._shape)
        return [json.dumps(item, ensure_ascii=False, default=str) for item in items]

    def get(self, **key: Any) -> dict[str, Any] | None:
        """An item by its key; None: there is none."""
        found = self._calls.items.get(self._shape, _attributes(key))
        return None if found is None else _plain(found)

    def put(self, item: Mapping[str, Any]) -> None:
        """Writes an item, whole, as another team's program might; the table's stream tells of it."""
        attributes = _attributes(item)
        self._write("PutItem", self._shape.key_of(attributes), {"Item": attributes})

    def delete(self, **key: Any) -> None:
        """Deletes an item; the table's stream tells of it."""
        attributes = _attributes(key)
        self._write("DeleteItem", attributes, {"Key": attributes})

    def wipe(self) -> int:
        """Deletes every item, and returns how many there were."""
        shape = self._shape
        items = self._calls.items.every(shape)
        for item in items:
            key = shape.key_of(item)
            self._write("DeleteItem", key, {"Key": key})
        return len(items)

    @property
    def throttled(self) -> int:
        """How often the table or an index of it has refused a call for lack of capacity."""
        return self._calls.capacity.throttled.get(self.name, 0)

    @property
    def _shape(self) -> TableShape:
        if not self.exists:
            raise TableMissing(
                f"The template has no table {self.logical_id}.",
                expected=f"a resource {self.logical_id} of type AWS::DynamoDB::Table or AWS::Serverless::SimpleTable",
                file="template.yaml",
            )
        shape = self._calls.items.shape(self._deployment.template.tables[self.logical_id].name)
        assert shape is not None
        return shape

    def _write(self, operation: str, key: dict[str, Any], parameters: dict[str, Any]) -> None:
        shape, items = self._shape, self._calls.items
        before = items.stream_length(shape)
        target = f"DynamoDB_20120810.{operation}"
        self._deployment.account.json_call("dynamodb", target, TableName=shape.name, **parameters)
        items.tidy_stream(shape, before)
        for tell in self._calls.on_written:
            tell(shape, key, items.get(shape, key))
        self._deployment.dynamodb.collect()


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return item_in_base64({name: serialize(_storable(value)) for name, value in item.items()})


def _storable(value: Any) -> Any:
    match value:
        case float():
            return Decimal(str(value))
        case list():
            return [_storable(each) for each in value]
        case dict():
            return {key: _storable(each) for key, each in value.items()}
    return value


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    deserialize = TypeDeserializer().deserialize
    return {name: _readable(deserialize(value)) for name, value in item.items()}


def _readable(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Binary():
            return bytes(value)
        case list():
            return [_readable(each) for each in value]
        case set():
            return {_readable(each) for each in value}
        case dict():
            return {key: _readable(each) for key, each in value.items()}
    return value
