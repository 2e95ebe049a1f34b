"""The requests of the Glue API that the simulator knows, as typed records: decoding one checks its types.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html
"""

import msgspec

from harness.cloud.engines.glue.shapes import DatabaseInput, PartitionInput, TableInput


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A request."""

    catalog_id: str = ""


class Page(Request, frozen=True, kw_only=True):
    """A request for a list."""

    next_token: str = ""
    max_results: int = 100


class ByName(Request, frozen=True, kw_only=True):
    """A request about one database."""

    name: str = ""


class CreateDatabase(Request, frozen=True, kw_only=True):
    """Creates a database."""

    database_input: DatabaseInput


class UpdateDatabase(ByName, frozen=True, kw_only=True):
    """Changes a database."""

    database_input: DatabaseInput


class ToTable(Request, frozen=True, kw_only=True):
    """Creates or replaces a table."""

    database_name: str
    table_input: TableInput


class TableByName(Request, frozen=True, kw_only=True):
    """A request about one table."""

    database_name: str
    name: str = ""


class DeleteTables(Request, frozen=True, kw_only=True):
    """Removes tables."""

    database_name: str
    tables_to_delete: list[str] = []


class ListTables(Page, frozen=True, kw_only=True):
    """Lists the tables of a database; `expression` is a pattern of the whole name."""

    database_name: str
    expression: str = ""


class InTable(Request, frozen=True, kw_only=True):
    """A request about the partitions of one table."""

    database_name: str
    table_name: str


class CreatePartition(InTable, frozen=True, kw_only=True):
    """Adds a partition."""

    partition_input: PartitionInput


class BatchCreatePartition(InTable, frozen=True, kw_only=True):
    """Adds up to 100 partitions."""

    partition_input_list: list[PartitionInput] = []


class OnePartition(InTable, frozen=True, kw_only=True):
    """Reads or removes a partition."""

    partition_values: list[str] = []


class UpdatePartition(InTable, frozen=True, kw_only=True):
    """Replaces a partition."""

    partition_value_list: list[str] = []
    partition_input: PartitionInput


class ValueList(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """The values of one partition."""

    values: list[str] = []


class BatchDeletePartition(InTable, frozen=True, kw_only=True):
    """Removes up to 25 partitions."""

    partitions_to_delete: list[ValueList] = []


class BatchGetPartition(InTable, frozen=True, kw_only=True):
    """Reads up to 1,000 partitions."""

    partitions_to_get: list[ValueList] = []


class GetPartitions(InTable, frozen=True, kw_only=True):
    """Lists partitions."""

    expression: str = ""
    next_token: str = ""
    max_results: int = 1000
