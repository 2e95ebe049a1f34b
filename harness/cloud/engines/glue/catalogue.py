"""The state of the Data Catalog, and its rules: names are lower case, partitions match their keys.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from harness.cloud.engines.glue.errors import GlueError, exists, invalid, no_database, no_partition, no_table
from harness.cloud.engines.glue.shapes import DatabaseInput, PartitionInput, StorageDescriptor, TableInput

Values = tuple[str, ...]

DEFAULT_DATABASE = "default"


@dataclass(eq=False)
class Partition:
    """A partition.

    Attributes:
        values: one for each partition key.
        created_s: when, in seconds since 1970.
    """

    input: PartitionInput
    created_s: float

    @property
    def values(self) -> Values:
        """One for each partition key."""
        return tuple(self.input.values)

    @property
    def storage(self) -> StorageDescriptor:
        """Where its rows lie."""
        return self.input.storage_descriptor or StorageDescriptor()


@dataclass(eq=False)
class Table:
    """A table.

    Attributes:
        version: counts the updates.
    """

    database: str
    input: TableInput
    created_s: float
    updated_s: float
    version: int = 0
    partitions: dict[Values, Partition] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name, lower case."""
        return self.input.name

    @property
    def storage(self) -> StorageDescriptor:
        """Where its rows lie."""
        return self.input.storage_descriptor or StorageDescriptor()

    def partition(self, values: Values) -> Partition:
        """The partition of these values. Raises GlueError if there is none."""
        if values not in self.partitions:
            raise no_partition()
        return self.partitions[values]

    def sorted_partitions(self) -> list[Partition]:
        """All partitions, by their values."""
        return [self.partitions[values] for values in sorted(self.partitions)]


@dataclass(eq=False)
class Database:
    """A database."""

    input: DatabaseInput
    created_s: float
    tables: dict[str, Table] = field(default_factory=dict)


class Catalogue:
    """All databases of one account in one Region. A new account has `default`."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Args:
        now_s: tells virtual time in seconds since 1970.
        """
        self._now_s = now_s
        self.databases: dict[str, Database] = {}
        self.create_database(DatabaseInput(name=DEFAULT_DATABASE))

    # ---- databases -------------------------------------------------------------------------

    def database(self, name: str) -> Database:
        """The database of this name. Raises GlueError if there is none."""
        if name.lower() not in self.databases:
            raise no_database(name)
        return self.databases[name.lower()]

    def create_database(self, given: DatabaseInput) -> Database:
        """Creates a database. Raises GlueError if there is one of its name, or it has none."""
        name = _name(given.name, "databaseInput.name")
        if name in self.databases:
            raise exists("Database")
        self.databases[name] = Database(msgspec.structs.replace(given, name=name), self._now_s())
        return self.databases[name]

    def update_database(self, name: str, given: DatabaseInput) -> None:
        """Gives a database other properties; its name stays. Raises GlueError if there is none."""
        database = self.database(name)
        database.input = msgspec.structs.replace(given, name=database.input.name)

    def delete_database(self, name: str) -> None:
        """Removes a database with all its tables. Raises GlueError if there is none."""
        self.database(name)
        del self.databases[name.lower()]

    # ---- tables ----------------------------------------------------------------------------

    def table(self, database: str, name: str) -> Table:
        """The table of this name. Raises GlueError if there is none."""
        tables = self.database(database).tables
        if name.lower() not in tables:
            raise no_table(name)
        return tables[name.lower()]

    def create_table(self, database: str, given: TableInput) -> Table:
        """Creates a table. Raises GlueError if there is one of its name, or it is malformed."""
        tables = self.database(database).tables
        checked = _checked(given)
        if checked.name in tables:
            raise exists("Table")
        table = Table(database.lower(), checked, self._now_s(), self._now_s())
        tables[checked.name] = table
        return table

    def update_table(self, database: str, given: TableInput) -> None:
        """Replaces the definition of a table; its partitions stay. Raises GlueError if there is none."""
        table = self.table(database, given.name)
        table.input = _checked(given)
        table.updated_s = self._now_s()
        table.version += 1

    def delete_table(self, database: str, name: str) -> None:
        """Removes a table and its partitions, never its data. Raises GlueError if there is none."""
        self.table(database, name)
        del self.database(database).tables[name.lower()]

    # ---- partitions ------------------------------------------------------------------------

    def create_partition(self, table: Table, given: PartitionInput) -> Partition:
        """Adds a partition. Raises GlueError if there is one of its values, or they do not match the keys."""
        _check_values(table, given)
        values = tuple(given.values)
        if values in table.partitions:
            raise exists("Partition")
        partition = Partition(given, self._now_s())
        table.partitions[values] = partition
        return partition

    def update_partition(self, table: Table, values: Values, given: PartitionInput) -> None:
        """Replaces a partition; its values may change. Raises GlueError as `create_partition`."""
        old = table.partition(values)
        _check_values(table, given)
        if tuple(given.values) != values and tuple(given.values) in table.partitions:
            raise exists("Partition")
        del table.partitions[values]
        table.partitions[tuple(given.values)] = Partition(given, old.created_s)

    def delete_partition(self, table: Table, values: Values) -> None:
        """Removes a partition, never its data. Raises GlueError if there is none."""
        table.partition(values)
        del table.partitions[values]


def _name(given: str, member: str) -> str:
    if not given or len(given) > 255:
        raise GlueError(
            "ValidationException",
            f"1 validation error detected: Value '{given}' at '{member}' failed to satisfy constraint: "
            "Member must have length between 1 and 255",
        )
    return given.lower()


def _checked(given: TableInput) -> TableInput:
    name = _name(given.name, "tableInput.name")
    storage = given.storage_descriptor or StorageDescriptor()
    seen: set[str] = set()
    for column in [*storage.columns, *given.partition_keys]:
        if column.key in seen:
            raise invalid(f"Column {column.name} is repeated.")
        seen.add(column.key)
    return msgspec.structs.replace(given, name=name)


def _check_values(table: Table, given: PartitionInput) -> None:
    keys = table.input.partition_keys
    if len(given.values) != len(keys):
        raise invalid(
            "The number of partition keys do not match the number of partition values"
            f" ({len(keys)} keys, {len(given.values)} values)"
        )
    if any(not value for value in given.values):
        raise invalid("Partition values cannot be null or empty")
