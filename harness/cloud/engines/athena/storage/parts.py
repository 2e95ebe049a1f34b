"""A table as parts: its whole, or its partitions, each with where and how its rows are stored.

A partition that nobody registered (by template, Glue API, ALTER TABLE ADD PARTITION or MSCK
REPAIR TABLE) does not exist, whatever lies in S3: its rows are missing without a word.

Source: https://docs.aws.amazon.com/athena/latest/ug/partitions.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.cloud.engines.athena.hive_types import HiveType, UnknownType, hive_type
from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.serde.layout import Layout
from harness.cloud.engines.athena.storage.objects import Files, Listing, StoredFile, place
from harness.cloud.engines.athena.storage.projection import is_projected, location_expression, projected_key
from harness.cloud.engines.glue.catalogue import Partition, Table
from harness.cloud.engines.glue.shapes import Column, StorageDescriptor

Typed = tuple[tuple[str, HiveType], ...]

_HEADER = "skip.header.line.count"


@dataclass(frozen=True)
class Part:
    """A partition, or a whole table without any.

    Attributes:
        values: one for each partition key.
        library: of its serde.
        layout: for its serde, without the object.
    """

    values: tuple[str, ...]
    library: str
    layout: Layout
    files: tuple[StoredFile, ...]


def columns_of(columns: list[Column]) -> Typed:
    """Names and types. Raises QueryError for a type that Hive does not know."""
    found = []
    for column in columns:
        try:
            found.append((column.key, hive_type(column.type)))
        except UnknownType:
            raise QueryError(
                "HIVE_INVALID_METADATA", f"Column '{column.name}' has the type '{column.type}', which does not exist"
            ) from None
    return tuple(found)


def parts_of(table: Table, files: Files, now: datetime) -> list[Part]:
    """The parts of a table that have objects.

    Args:
        now: what NOW means in a projected range.

    Raises:
        QueryError: the table cannot be read.
    """
    found: list[tuple[tuple[str, ...], StorageDescriptor]]
    listing = Listing(files)
    if not table.input.partition_keys:
        found = [((), table.storage)]
    elif is_projected(table.input.parameters):
        return _projected(table, listing, now)
    else:
        found = [(each.values, _checked(table, each)) for each in table.sorted_partitions()]
    parts = [
        _part(table, values, storage, tuple(listing.visible(place(storage.location)))) for values, storage in found
    ]
    return [part for part in parts if part.files]


def _projected(table: Table, listing: Listing, now: datetime) -> list[Part]:
    parameters = table.input.parameters
    names = [key.key for key in table.input.partition_keys]
    keys = {name: projected_key(name, parameters, now) for name in names}
    template = parameters.get("storage.location.template", "")
    if not template:
        template = table.storage.location.rstrip("/") + "".join(f"/{name}=${{{name}}}" for name in names)
    where = place(template.partition("${")[0].rpartition("/")[0] + "/")
    expression = location_expression(template.partition("://")[2].partition("/")[2], keys)
    found: dict[tuple[str, ...], list[StoredFile]] = {}
    for file in listing.visible(where):
        match = expression.fullmatch(file.key)
        if match and all(keys[name].contains(match[name]) for name in names):
            found.setdefault(tuple(match[name] for name in names), []).append(file)
    return [_part(table, values, table.storage, tuple(found[values])) for values in sorted(found)]


def _checked(table: Table, partition: Partition) -> StorageDescriptor:
    """The partition's storage, if its columns have the table's types."""
    declared = {column.key: column.type.lower() for column in partition.storage.columns}
    for column in table.storage.columns:
        own = declared.get(column.key, column.type.lower())
        if own != column.type.lower():
            values = "/".join(
                f"{key.key}={value}" for key, value in zip(table.input.partition_keys, partition.values, strict=True)
            )
            raise QueryError(
                "HIVE_PARTITION_SCHEMA_MISMATCH",
                "There is a mismatch between the table and partition schemas. The types are incompatible and cannot be "
                f"coerced. The column '{column.key}' in table '{table.database}.{table.name}' is declared as type "
                f"'{column.type}', but partition '{values}' declared column '{column.key}' as type '{own}'.",
            )
    return partition.storage


def _part(table: Table, values: tuple[str, ...], storage: StorageDescriptor, files: tuple[StoredFile, ...]) -> Part:
    library = storage.serde_info.serialization_library
    if not library:
        what = "Partition" if values and storage is not table.storage else "Table"
        raise QueryError("HIVE_METASTORE_ERROR", f"{what} storage descriptor is missing SerDe info")
    if not storage.location:
        raise QueryError("HIVE_METASTORE_ERROR", "Table storage descriptor is missing its location")
    header = _setting(_HEADER, table.input.parameters, storage.parameters, storage.serde_info.parameters)
    properties = {name.lower(): value for name, value in storage.serde_info.parameters.items()}
    lines = int(header) if header.isdecimal() and len(header) < 6 else 0
    return Part(values, library, Layout(columns_of(table.storage.columns), properties, lines), files)


def _setting(name: str, *places: Mapping[str, str]) -> str:
    return next((each[name].strip() for each in places if name in each), "")
