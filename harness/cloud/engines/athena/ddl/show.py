"""SHOW and DESCRIBE: what the catalogue has.

Source: https://docs.aws.amazon.com/athena/latest/ug/show-partitions.html
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.engines.athena.ddl.cursor import Cursor
from harness.cloud.engines.athena.ddl.partitions import hive_path, table_of
from harness.cloud.engines.athena.query_errors import ddl_failed
from harness.cloud.engines.athena.storage.objects import Files
from harness.cloud.engines.glue.catalogue import Catalogue

_WIDTH = 20


@dataclass(frozen=True)
class Showing:
    """A statement that shows something."""

    subtype: str
    column: str
    run: Callable[[Catalogue, Files], list[str]]


def read(cursor: Cursor, database: str) -> Showing:
    """Reads SHOW or DESCRIBE. Raises MalformedQuery."""
    if cursor.has("SHOW", "DATABASES") or cursor.has("SHOW", "SCHEMAS"):
        cursor.end()
        return Showing("SHOW_DATABASES", "database_name", lambda cat, files: sorted(cat.databases))
    if cursor.has("SHOW", "TABLES"):
        return _tables(cursor, database)
    if cursor.has("SHOW", "PARTITIONS"):
        name = cursor.table(database)
        cursor.end()
        return Showing("SHOW_PARTITIONS", "partition", lambda cat, files: _partitions(cat, name))
    if cursor.has("SHOW", "COLUMNS"):
        if not cursor.has("IN"):
            cursor.need("FROM")
        name = cursor.table(database)
        cursor.end()
        return Showing("SHOW_COLUMNS", "field", lambda cat, files: _columns(cat, name, typed=False))
    if cursor.has("DESCRIBE") or cursor.has("DESC"):
        name = cursor.table(database)
        cursor.end()
        return Showing("DESCRIBE_TABLE", "col_name", lambda cat, files: _columns(cat, name, typed=True))
    raise cursor.unexpected(
        "CREATE EXTERNAL TABLE, CREATE DATABASE, DROP, ALTER TABLE, MSCK REPAIR TABLE, SHOW or DESCRIBE"
    )


def _tables(cursor: Cursor, database: str) -> Showing:
    schema = cursor.name() if cursor.has("IN") or cursor.has("FROM") else database
    pattern = "" if cursor.is_done else cursor.text()
    cursor.end()

    def run(catalogue: Catalogue, files: Files) -> list[str]:
        if schema not in catalogue.databases:
            raise ddl_failed(f"SemanticException [Error 10072]: Database does not exist: {schema}")
        wanted = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\|", "|") or ".*")
        return [name for name in sorted(catalogue.databases[schema].tables) if wanted.fullmatch(name)]

    return Showing("SHOW_TABLES", "tab_name", run)


def _partitions(catalogue: Catalogue, name: tuple[str, str]) -> list[str]:
    table = table_of(catalogue, name)
    if not table.input.partition_keys:
        raise ddl_failed(f"Execution Error, return code 1. Table {name[1]} is not a partitioned table")
    return [hive_path(table, partition.values) for partition in table.sorted_partitions()]


def _columns(catalogue: Catalogue, name: tuple[str, str], *, typed: bool) -> list[str]:
    table = table_of(catalogue, name)
    columns = [*table.storage.columns, *table.input.partition_keys]
    if not typed:
        return [column.key.ljust(_WIDTH) for column in columns]
    lines = [f"{column.key:<{_WIDTH}}\t{column.type:<{_WIDTH}}\t{column.comment:<{_WIDTH}}" for column in columns]
    keys = [f"{key.key:<{_WIDTH}}\t{key.type:<{_WIDTH}}\t{key.comment:<{_WIDTH}}" for key in table.input.partition_keys]
    return [*lines, "\t", "# Partition Information", "# col_name\tdata_type\tcomment", *keys] if keys else lines
