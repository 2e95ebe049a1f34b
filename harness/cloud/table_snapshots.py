"""Makes moto's transactions cheap: what a table was is remembered without copying every item.

For each action of a transaction moto copies the whole table, and with it every item, to be able
to go back: a transaction on a table of a thousand items takes a tenth of a real second. Here the
copy shares the items; an item that is about to be changed in place is copied into it first.
"""

import copy
from types import SimpleNamespace
from typing import Any

import moto.dynamodb.models
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table


def share_items() -> None:
    """From now on, moto copies tables so."""
    copies = _Copies()
    models: Any = moto.dynamodb.models
    models.copy = SimpleNamespace(deepcopy=copies.of)
    transact = models.DynamoDBBackend.transact_write_items

    def transact_and_forget(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        try:
            transact(backend, transact_items)
        finally:
            copies.forget()

    models.DynamoDBBackend.transact_write_items = transact_and_forget


class _Copies:
    """Stands where moto's DynamoDB backend expects the module `copy`."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def forget(self) -> None:
        """The transaction is over: a table that was gone back to is the table from now on."""
        self._tables.clear()

    def of(self, value: Any) -> Any:
        """A copy of a table or an item."""
        if isinstance(value, Table):
            self._tables[value.name] = _shared(value)
            return self._tables[value.name]
        duplicate = copy.deepcopy(value)
        if isinstance(value, Item):
            for table in self._tables.values():
                _keep(table, value, duplicate)
        return duplicate


def _shared(table: Table) -> Table:
    snapshot = copy.copy(table)
    items: Any = table.items
    snapshot.items = copy.copy(items)
    if table.has_range_key:
        for hash_key, of_one in items.items():
            snapshot.items[hash_key] = dict(of_one)
    if table.stream_shard is not None:
        shard = snapshot.stream_shard = copy.copy(table.stream_shard)
        shard.items = list(table.stream_shard.items)
        shard.table = snapshot
    return snapshot


def _keep(table: Table, item: Item, duplicate: Item) -> None:
    """In a remembered table, the item as it is now takes the place of the one that will change."""
    at: Any = table.items
    if item.range_key is not None:
        at = at.get(item.hash_key, {})
    key = item.hash_key if item.range_key is None else item.range_key
    if at.get(key) is item:
        at[key] = duplicate
