"""What databases, tables and partitions are made of, in the API's own structure.

Field names become the API's (`serde_info` is SerdeInfo). Members that nothing in the
simulator depends on are dropped.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html
"""

from typing import Any

import msgspec


class Shape(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """A structure of the API."""

    def described(self) -> dict[str, Any]:
        """It in the API's words, without what is not set."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class Column(Shape, frozen=True, kw_only=True):
    """A column, or a partition key. Its type is Hive's, as in "array<string>"."""

    name: str
    type: str = "string"
    comment: str = ""
    parameters: dict[str, str] = {}

    @property
    def key(self) -> str:
        """Its name in lower case: names differ in nothing else."""
        return self.name.lower()


class SerdeInfo(Shape, frozen=True, kw_only=True):
    """How bytes become rows."""

    name: str = ""
    serialization_library: str = ""
    parameters: dict[str, str] = {}


class StorageDescriptor(Shape, frozen=True, kw_only=True):
    """Where rows lie, and how."""

    columns: list[Column] = []
    location: str = ""
    input_format: str = ""
    output_format: str = ""
    compressed: bool = False
    number_of_buckets: int = 0
    serde_info: SerdeInfo = SerdeInfo()
    bucket_columns: list[str] = []
    parameters: dict[str, str] = {}
    stored_as_sub_directories: bool = False


class DatabaseInput(Shape, frozen=True, kw_only=True):
    """What a database is created from."""

    name: str = ""
    description: str = ""
    location_uri: str = ""
    parameters: dict[str, str] = {}


class TableInput(Shape, frozen=True, kw_only=True):
    """What a table is created from. A table without a storage descriptor has columns nowhere."""

    name: str = ""
    description: str = ""
    owner: str = ""
    retention: int = 0
    storage_descriptor: StorageDescriptor | None = None
    partition_keys: list[Column] = []
    table_type: str = ""
    parameters: dict[str, str] = {}


class PartitionInput(Shape, frozen=True, kw_only=True):
    """What a partition is created from: one value for each partition key, as a text."""

    values: list[str] = []
    storage_descriptor: StorageDescriptor | None = None
    parameters: dict[str, str] = {}
