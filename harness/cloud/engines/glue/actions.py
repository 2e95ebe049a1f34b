"""What each action of the Glue API does, and what it answers.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from harness.cloud.engines.glue import requests
from harness.cloud.engines.glue.catalogue import Catalogue, Database, Partition, Table
from harness.cloud.engines.glue.errors import GlueError, invalid
from harness.cloud.engines.glue.expressions import partition_filter

CREATE_LIMIT = 100
"""Partitions of one BatchCreatePartition. Source: API_BatchCreatePartition"""
DELETE_LIMIT = 25
"""Partitions of one BatchDeletePartition. Source: API_BatchDeletePartition"""

T = TypeVar("T")


class Actions:
    """The actions on one catalogue."""

    def __init__(self, catalogue: Catalogue, account_id: str) -> None:
        self._catalogue = catalogue
        self._account_id = account_id

    # ---- databases -------------------------------------------------------------------------

    def create_database(self, request: requests.CreateDatabase) -> dict[str, Any]:
        """CreateDatabase."""
        self._catalogue.create_database(request.database_input)
        return {}

    def get_database(self, request: requests.ByName) -> dict[str, Any]:
        """GetDatabase."""
        return {"Database": self._database(self._catalogue.database(request.name))}

    def get_databases(self, request: requests.Page) -> dict[str, Any]:
        """GetDatabases."""
        found = [self._catalogue.databases[name] for name in sorted(self._catalogue.databases)]
        page, more = _page(found, request.next_token, request.max_results)
        return {"DatabaseList": [self._database(each) for each in page], **more}

    def update_database(self, request: requests.UpdateDatabase) -> dict[str, Any]:
        """UpdateDatabase."""
        self._catalogue.update_database(request.name, request.database_input)
        return {}

    def delete_database(self, request: requests.ByName) -> dict[str, Any]:
        """DeleteDatabase."""
        self._catalogue.delete_database(request.name)
        return {}

    # ---- tables ----------------------------------------------------------------------------

    def create_table(self, request: requests.ToTable) -> dict[str, Any]:
        """CreateTable."""
        self._catalogue.create_table(request.database_name, request.table_input)
        return {}

    def get_table(self, request: requests.TableByName) -> dict[str, Any]:
        """GetTable."""
        return {"Table": self._table(self._catalogue.table(request.database_name, request.name))}

    def get_tables(self, request: requests.ListTables) -> dict[str, Any]:
        """GetTables."""
        tables = self._catalogue.database(request.database_name).tables
        try:
            wanted = re.compile(request.expression or ".*", re.IGNORECASE)
        except re.error:
            raise invalid(f"Invalid expression {request.expression}") from None
        found = [tables[name] for name in sorted(tables) if wanted.fullmatch(name)]
        page, more = _page(found, request.next_token, request.max_results)
        return {"TableList": [self._table(each) for each in page], **more}

    def update_table(self, request: requests.ToTable) -> dict[str, Any]:
        """UpdateTable."""
        self._catalogue.update_table(request.database_name, request.table_input)
        return {}

    def delete_table(self, request: requests.TableByName) -> dict[str, Any]:
        """DeleteTable."""
        self._catalogue.delete_table(request.database_name, request.name)
        return {}

    def delete_tables(self, request: requests.DeleteTables) -> dict[str, Any]:
        """BatchDeleteTable: each on its own."""

        def delete(name: str) -> None:
            self._catalogue.delete_table(request.database_name, name)

        self._catalogue.database(request.database_name)
        failed = _each(request.tables_to_delete, delete)
        return {"Errors": [{"TableName": name, "ErrorDetail": detail} for name, detail in failed]}

    # ---- partitions ------------------------------------------------------------------------

    def create_partition(self, request: requests.CreatePartition) -> dict[str, Any]:
        """CreatePartition."""
        self._catalogue.create_partition(self._of(request), request.partition_input)
        return {}

    def create_partitions(self, request: requests.BatchCreatePartition) -> dict[str, Any]:
        """BatchCreatePartition: each on its own."""
        _at_most(len(request.partition_input_list), CREATE_LIMIT, "partitionInputList")
        table = self._of(request)
        failed = _each(request.partition_input_list, lambda given: self._catalogue.create_partition(table, given))
        return {"Errors": [{"PartitionValues": given.values, "ErrorDetail": detail} for given, detail in failed]}

    def get_partition(self, request: requests.OnePartition) -> dict[str, Any]:
        """GetPartition."""
        table = self._of(request)
        return {"Partition": self._partition(table, table.partition(tuple(request.partition_values)))}

    def get_partitions(self, request: requests.GetPartitions) -> dict[str, Any]:
        """GetPartitions."""
        table = self._of(request)
        wanted = partition_filter(request.expression, table)
        found = [each for each in table.sorted_partitions() if wanted(each.values)]
        page, more = _page(found, request.next_token, request.max_results)
        return {"Partitions": [self._partition(table, each) for each in page], **more}

    def get_these_partitions(self, request: requests.BatchGetPartition) -> dict[str, Any]:
        """BatchGetPartition: those there are."""
        table = self._of(request)
        found = [table.partitions.get(tuple(each.values)) for each in request.partitions_to_get]
        return {"Partitions": [self._partition(table, each) for each in found if each], "UnprocessedKeys": []}

    def update_partition(self, request: requests.UpdatePartition) -> dict[str, Any]:
        """UpdatePartition."""
        values = tuple(request.partition_value_list)
        self._catalogue.update_partition(self._of(request), values, request.partition_input)
        return {}

    def delete_partition(self, request: requests.OnePartition) -> dict[str, Any]:
        """DeletePartition."""
        self._catalogue.delete_partition(self._of(request), tuple(request.partition_values))
        return {}

    def delete_partitions(self, request: requests.BatchDeletePartition) -> dict[str, Any]:
        """BatchDeletePartition: each on its own."""
        _at_most(len(request.partitions_to_delete), DELETE_LIMIT, "partitionsToDelete")
        table = self._of(request)
        failed = _each(
            request.partitions_to_delete, lambda each: self._catalogue.delete_partition(table, tuple(each.values))
        )
        return {"Errors": [{"PartitionValues": each.values, "ErrorDetail": detail} for each, detail in failed]}

    # ---- what they answer ------------------------------------------------------------------

    def _of(self, request: requests.InTable) -> Table:
        return self._catalogue.table(request.database_name, request.table_name)

    def _database(self, database: Database) -> dict[str, Any]:
        return {
            **database.input.described(),
            "CreateTime": database.created_s,
            "CreateTableDefaultPermissions": [],
            "CatalogId": self._account_id,
        }

    def _table(self, table: Table) -> dict[str, Any]:
        return {
            **table.input.described(),
            "DatabaseName": table.database,
            "CreateTime": table.created_s,
            "UpdateTime": table.updated_s,
            "PartitionKeys": [key.described() for key in table.input.partition_keys],
            "VersionId": str(table.version),
            "IsRegisteredWithLakeFormation": False,
            "CatalogId": self._account_id,
        }

    def _partition(self, table: Table, partition: Partition) -> dict[str, Any]:
        return {
            **partition.input.described(),
            "DatabaseName": table.database,
            "TableName": table.name,
            "CreationTime": partition.created_s,
            "CatalogId": self._account_id,
        }


def _page(found: Sequence[T], token: str, size: int) -> tuple[Sequence[T], dict[str, str]]:
    if not 1 <= size <= 1000:
        raise invalid(f"MaxResults is {size}; it is from 1 to 1000")
    if token and not re.fullmatch(r"\d{1,9}", token):
        raise invalid("Invalid NextToken")
    begins = int(token or 0)
    ends = begins + size
    return found[begins:ends], {"NextToken": str(ends)} if ends < len(found) else {}


def _each(entries: Sequence[T], do: Callable[[T], object]) -> list[tuple[T, dict[str, str]]]:
    """Those that failed, with why."""
    failed = []
    for entry in entries:
        try:
            do(entry)
        except GlueError as error:
            failed.append((entry, {"ErrorCode": error.code, "ErrorMessage": error.message}))
    return failed


def _at_most(count: int, limit: int, member: str) -> None:
    if count > limit:
        raise GlueError(
            "ValidationException",
            f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {limit}",
        )
