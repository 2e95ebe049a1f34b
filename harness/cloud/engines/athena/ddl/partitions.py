"""Partitions added, dropped, moved, and found by MSCK REPAIR TABLE.

Source: https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html and
https://docs.aws.amazon.com/athena/latest/ug/msck-repair-table.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

import msgspec

from harness.cloud.engines.athena.ddl.cursor import Cursor
from harness.cloud.engines.athena.query_errors import QueryError, ddl_failed
from harness.cloud.engines.athena.storage.objects import Files, Listing, place
from harness.cloud.engines.glue.catalogue import Catalogue, Table
from harness.cloud.engines.glue.errors import EXISTS, GlueError
from harness.cloud.engines.glue.shapes import PartitionInput, StorageDescriptor

TableName = tuple[str, str]


@dataclass(frozen=True)
class Given:
    """A partition as a statement names it.

    Attributes:
        location: "" where the statement gives none.
    """

    keys: Mapping[str, str]
    location: str = ""


def values(cursor: Cursor) -> dict[str, str]:
    """(key = value, ...). Raises MalformedQuery."""
    cursor.need("(")
    found = {}
    while True:
        key = cursor.name()
        cursor.need("=")
        found[key] = cursor.value()
        if cursor.has(")"):
            return found
        cursor.need(",")


def table_of(catalogue: Catalogue, name: TableName) -> Table:
    """The table of a statement. Raises QueryError if there is none."""
    try:
        return catalogue.table(*name)
    except GlueError:
        raise ddl_failed(f"SemanticException [Error 10001]: Table not found {'.'.join(name)}") from None


def add(catalogue: Catalogue, name: TableName, given: Sequence[Given], quietly: bool) -> list[str]:
    """ALTER TABLE ADD PARTITION. Raises QueryError."""
    table = table_of(catalogue, name)
    for one in given:
        ordered = _ordered(table, one.keys)
        location = one.location or f"{table.storage.location.rstrip('/')}/{hive_path(table, ordered)}/"
        _register(catalogue, table, ordered, location, quietly=quietly)
    return []


def drop(catalogue: Catalogue, name: TableName, given: Sequence[Given], quietly: bool) -> list[str]:
    """ALTER TABLE DROP PARTITION. Raises QueryError."""
    table = table_of(catalogue, name)
    for one in given:
        try:
            catalogue.delete_partition(table, _ordered(table, one.keys))
        except GlueError:
            if not quietly:
                raise ddl_failed(f"SemanticException [Error 10006]: Partition not found {dict(one.keys)}") from None
    return []


def move(catalogue: Catalogue, name: TableName, given: Given) -> list[str]:
    """ALTER TABLE [PARTITION (...)] SET LOCATION. Raises QueryError."""
    table = table_of(catalogue, name)
    if given.keys:
        ordered = _ordered(table, given.keys)
        try:
            old = table.partition(ordered)
        except GlueError:
            raise ddl_failed(f"SemanticException [Error 10006]: Partition not found {dict(given.keys)}") from None
        storage = msgspec.structs.replace(old.storage, location=given.location)
        catalogue.update_partition(table, ordered, msgspec.structs.replace(old.input, storage_descriptor=storage))
    else:
        storage = msgspec.structs.replace(table.storage, location=given.location)
        catalogue.update_table(name[0], msgspec.structs.replace(table.input, storage_descriptor=storage))
    return []


def describe(catalogue: Catalogue, name: TableName, properties: Mapping[str, str]) -> list[str]:
    """ALTER TABLE SET TBLPROPERTIES. Raises QueryError."""
    table = table_of(catalogue, name)
    merged = {**table.input.parameters, **properties}
    catalogue.update_table(name[0], msgspec.structs.replace(table.input, parameters=merged))
    return []


def repair(catalogue: Catalogue, files: Files, name: TableName) -> list[str]:
    """MSCK REPAIR TABLE: registers each folder `key=value/...` below the table's location. Raises QueryError."""
    table = table_of(catalogue, name)
    if not table.input.partition_keys:
        raise ddl_failed(f"Execution Error, return code 1. Table {name[1]} is not a partitioned table")
    base = place(table.storage.location)
    found: dict[tuple[str, ...], str] = {}
    for file in Listing(files).visible(base):
        folders = file.key.removeprefix(base.prefix).split("/")[:-1]
        if (ordered := _from_folders(table, folders)) and ordered not in table.partitions:
            found.setdefault(ordered, "/".join(folders[: len(ordered)]))
    for ordered, path in sorted(found.items()):
        _register(catalogue, table, ordered, f"{table.storage.location.rstrip('/')}/{path}/", quietly=True)
    if not found:
        return []
    named = [f"{name[1]}:{hive_path(table, ordered)}" for ordered in sorted(found)]
    missing = "\t".join(["Partitions not in metastore:", *named])
    return [missing, *(f"Repair: Added partition to metastore {each}" for each in named)]


def hive_path(table: Table, ordered: Sequence[str]) -> str:
    """The folder of a partition below its table's, in Hive's way."""
    pairs = zip(table.input.partition_keys, ordered, strict=True)
    return "/".join(f"{key.key}={quote(value, safe=' -_.,')}" for key, value in pairs)


def _from_folders(table: Table, folders: Sequence[str]) -> tuple[str, ...]:
    """The values in names of folders; () if these are not the table's partition keys."""
    keys = [key.key for key in table.input.partition_keys]
    pairs = [folder.partition("=") for folder in folders[: len(keys)]]
    if [name.lower() for name, _, _ in pairs] != keys or not all(value for _, _, value in pairs):
        return ()
    return tuple(unquote(value) for _, _, value in pairs)


def _ordered(table: Table, given: Mapping[str, str]) -> tuple[str, ...]:
    keys = [key.key for key in table.input.partition_keys]
    if sorted(given) != sorted(keys):
        raise ddl_failed(
            f"SemanticException [Error 10001]: partition spec {dict(given)} does not match the partition keys {keys}"
        )
    return tuple(given[key] for key in keys)


def _register(catalogue: Catalogue, table: Table, ordered: tuple[str, ...], location: str, *, quietly: bool) -> None:
    storage: StorageDescriptor = msgspec.structs.replace(table.storage, location=location)
    try:
        place(location)
        catalogue.create_partition(table, PartitionInput(values=list(ordered), storage_descriptor=storage))
    except QueryError as error:
        raise ddl_failed(f"Execution Error, return code 1. {error.message}") from None
    except GlueError as error:
        if error.code == EXISTS and quietly:
            return
        raise ddl_failed(
            "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException("
            f"message:{error.message} Partition(values:[{', '.join(ordered)}], tableName:{table.name}))"
        ) from None
