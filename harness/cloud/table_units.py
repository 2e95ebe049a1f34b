"""Which capacity units an operation consumes, of the table and of each of its indexes.

Left out: the extra reads of a local secondary index for attributes that it does not project.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
"""

from collections.abc import Sequence

import msgspec

from harness.cloud.table_items import IndexShape, TableShape, text_of
from harness.cloud.table_sizes import Item, item_bytes, read_units, write_units


class Units(msgspec.Struct, frozen=True):
    """Units of one kind, at one place.

    Attributes:
        index: name of the secondary index; "": the table itself.
        is_global: whether that index is a global one, with a throughput of its own.
        partition: the partition key's value, as text; "": several, or unknown.
        kind: "read" or "write".
    """

    table: str
    index: str
    is_global: bool
    partition: str
    kind: str
    units: float


class Consumption(msgspec.Struct, frozen=True, kw_only=True):
    """What one call consumed.

    Attributes:
        call: its id.
        function: logical id of the function that made it.
        request_id: the invocation that made it.
        items_read: how many items it looked at, whatever a filter kept of them.
    """

    call: int
    at_us: int
    function: str
    request_id: str
    operation: str
    units: tuple[Units, ...]
    items_read: int = 0


def of_write(
    shape: TableShape, before: Item | None, after: Item | None, key: Item, *, transactional: bool = False
) -> list[Units]:
    """Units of a write: of the larger of the two items, and of each index whose entry changes."""
    size = max(item_bytes(before), item_bytes(after))
    partition = _partition(shape.keys, key)
    consumed = [
        Units(shape.name, "", False, partition, "write", write_units(size, transactional=transactional)),
    ]
    for index in shape.indexes:
        consumed += _of_entry(shape, index, before, after, transactional=transactional)
    return consumed


def _of_entry(
    shape: TableShape, index: IndexShape, before: Item | None, after: Item | None, *, transactional: bool
) -> list[Units]:
    """An entry that changes is one write; one that moves to another key is taken out and put in: two."""
    old, new = shape.entry(index, before), shape.entry(index, after)
    if old == new:
        return []
    moved = old is not None and new is not None and any(old[name] != new[name] for name in index.keys)
    entries = [old, new] if moved else [max(old, new, key=item_bytes)]
    return [
        Units(
            shape.name,
            index.name,
            index.is_global,
            _partition(index.keys, entry),
            "write",
            write_units(item_bytes(entry), transactional=transactional),
        )
        for entry in entries
        if entry is not None
    ]


def of_get(shape: TableShape, item: Item | None, key: Item, strength: float) -> Units:
    """Units of reading one item by its key."""
    partition = _partition(shape.keys, key)
    return Units(shape.name, "", False, partition, "read", read_units(item_bytes(item), strength))


def of_scanned(shape: TableShape, index_name: str, items: Sequence[Item], strength: float, *, query: bool) -> Units:
    """Units of a Query or Scan: of all items it looked at together, before its filter."""
    index = next((one for one in shape.indexes if one.name == index_name), None)
    keys = index.keys if index else shape.keys
    partition = _partition(keys, items[0]) if query and items else ""
    size = sum(item_bytes(item) for item in items)
    is_global = index is not None and index.is_global
    return Units(shape.name, index_name if index else "", is_global, partition, "read", read_units(size, strength))


def _partition(keys: Sequence[str], item: Item) -> str:
    return text_of({keys[0]: item.get(keys[0])})
