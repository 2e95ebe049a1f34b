"""DynamoDB's tables and items as plain data: looked at, put back, taken out.

What is asked for here is in moto and not in its API: an item beside a call, the way back
after a write that turned out to be throttled, and a table's stream without moto's doubles.
Like `item_requests`, this module knows moto from within.
"""

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

from harness.cloud.account import Account
from harness.cloud.table_sizes import Item, item_bytes


@dataclass(frozen=True, slots=True)
class IndexShape:
    """A secondary index.

    Attributes:
        keys: partition key, then sort key if it has one.
        attributes: what is projected besides keys; None: everything.
        read_per_s, write_per_s: provisioned units; 0: not provisioned.
    """

    name: str
    keys: tuple[str, ...]
    is_global: bool
    attributes: frozenset[str] | None
    read_per_s: int = 0
    write_per_s: int = 0


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table. Attributes as in `IndexShape`."""

    name: str
    arn: str
    keys: tuple[str, ...]
    indexes: tuple[IndexShape, ...]
    provisioned: bool
    read_per_s: int
    write_per_s: int

    def key_of(self, attributes: Item) -> Item:
        """The key among attributes.

        Raises:
            KeyError: there is none.
        """
        return {name: attributes[name] for name in self.keys}

    def entry(self, index: IndexShape, item: Item | None) -> Item | None:
        """The item as an index holds it; None: the index does not hold it."""
        if item is None or any(name not in item for name in index.keys):
            return None
        if index.attributes is None:
            return item
        kept = index.attributes.union(index.keys, self.keys)
        return {name: value for name, value in item.items() if name in kept}


def text_of(key: Item) -> str:
    """A key as text, to find it again."""
    return json.dumps(key, sort_keys=True, default=str)


def table_name(identifier: str) -> str:
    """The name in a table's name or ARN."""
    return identifier.rpartition("table/")[2].partition("/")[0]


class TableItems:
    """All tables of the account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @functools.cached_property
    def _tables(self) -> dict[str, Any]:
        """moto's tables; it keeps one dictionary of them as long as there is the account."""
        return self._account.dynamodb_tables()

    def shape(self, name: str) -> TableShape | None:
        """A table by name; None: there is none."""
        table = self._tables.get(name)
        if table is None:
            return None
        provisioned = table.billing_mode != "PAY_PER_REQUEST"
        indexes = [_index(index, is_global=True, provisioned=provisioned) for index in table.global_indexes]
        indexes += [_index(index, is_global=False, provisioned=False) for index in table.indexes]
        return TableShape(
            name=name,
            arn=table.table_arn,
            keys=tuple(table.table_key_attrs),
            indexes=tuple(indexes),
            provisioned=provisioned,
            read_per_s=int(table.throughput.get("ReadCapacityUnits", 0)),
            write_per_s=int(table.throughput.get("WriteCapacityUnits", 0)),
        )

    def expiry_attribute(self, name: str) -> str:
        """The attribute of time to live; "": it is off."""
        setting = self._tables[name].ttl
        return str(setting.get("AttributeName", "")) if setting.get("TimeToLiveStatus") == "ENABLED" else ""

    def get(self, shape: TableShape, key: Item) -> Item | None:
        """An item; None: there is none."""
        table, values = self._found(shape, key)
        item = table.get_item(*values)
        return None if item is None or isinstance(item, dict) else item.to_json()["Attributes"]

    def every(self, shape: TableShape) -> list[Item]:
        """All items, in the order in which moto keeps them."""
        table = self._tables[shape.name]
        return [item.to_json()["Attributes"] for item in table.all_items()]

    def put_back(self, shape: TableShape, key: Item, item: Item | None) -> None:
        """An item is as it was; the stream does not hear of it."""
        table, values = self._found(shape, key)
        shard, table.stream_shard = table.stream_shard, None
        try:
            if item is None:
                table.delete_item(*values)
            else:
                table.put_item(item, overwrite=True)
        finally:
            table.stream_shard = shard

    def expire(self, shape: TableShape, key: Item) -> None:
        """Time to live removes an item, and says so in the stream.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
        """
        table, values = self._found(shape, key)
        before = self.stream_length(shape)
        table.delete_item(*values)
        self.tidy_stream(shape, before)
        for record in self._records(shape)[before:]:
            record.record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}

    # ---- streams -------------------------------------------------------------------------------

    def stream_length(self, shape: TableShape) -> int:
        """How many records the table's stream has ever got."""
        return len(self._records(shape))

    def cut_stream(self, shape: TableShape, length: int) -> None:
        """The records behind the first so many are gone."""
        del self._records(shape)[length:]

    def tidy_stream(self, shape: TableShape, since: int) -> None:
        """Of the records since then, each item has one: moto writes two for an UpdateItem that creates."""
        records = self._records(shape)
        fresh = records[since:]
        last = {text_of(record.record["dynamodb"]["Keys"]): record for record in fresh}
        if len(last) < len(fresh):
            records[since:] = [record for record in fresh if record in last.values()]
        first = self._tables[shape.name].stream_shard
        for number, record in enumerate(records[since:], since):
            change = record.record["dynamodb"]
            change["SequenceNumber"] = str(first.starting_sequence_number + number)
            images = (change["Keys"], change.get("NewImage"), change.get("OldImage"))
            change["SizeBytes"] = sum(item_bytes(image) for image in images)

    def _records(self, shape: TableShape) -> list[Any]:
        shard = self._tables[shape.name].stream_shard
        return shard.items if shard is not None else []

    def _found(self, shape: TableShape, key: Item) -> tuple[Any, list[Any]]:
        """moto's table, and the key as moto takes it."""
        table = self._tables[shape.name]
        values = [DynamoType(key[name]) for name in shape.keys]
        return table, values if len(values) == 2 else [*values, None]


def _index(index: Any, *, is_global: bool, provisioned: bool) -> IndexShape:
    projection = index.projection or {}
    kind = projection.get("ProjectionType", "ALL")
    attributes = None if kind == "ALL" else frozenset(projection.get("NonKeyAttributes") or ())
    throughput = index.throughput if provisioned else {}
    return IndexShape(
        name=index.name,
        keys=_key_names(index.schema),
        is_global=is_global,
        attributes=attributes,
        read_per_s=int(throughput.get("ReadCapacityUnits", 0)),
        write_per_s=int(throughput.get("WriteCapacityUnits", 0)),
    )


def _key_names(schema: Iterable[dict[str, str]]) -> tuple[str, ...]:
    in_order = sorted(schema, key=lambda one: one["KeyType"] != "HASH")
    return tuple(one["AttributeName"] for one in in_order)
