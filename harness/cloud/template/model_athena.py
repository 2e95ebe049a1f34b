"""What a template says of Athena's workgroups and of the Data Catalog, as plain data."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueSpec:
    """A database, table or partition.

    Attributes:
        kind: "database", "table" or "partition".
        database: what it is in; "" of a database itself.
        table: of a partition.
        input: DatabaseInput, TableInput or PartitionInput of the Glue API, with the name in it.
    """

    logical_id: str
    kind: str
    input: dict[str, Any]
    database: str = ""
    table: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkGroupSpec:
    """A workgroup.

    Attributes:
        output_location: "" where queries bring their own.
        cutoff_bytes: None: a query may scan any number.
    """

    logical_id: str
    name: str
    description: str = ""
    output_location: str = ""
    enforced: bool = True
    cutoff_bytes: int | None = None
    enabled: bool = True
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AthenaSpec:
    """All of it.

    Attributes:
        entries: in the order in which they can be created.
    """

    entries: tuple[CatalogueSpec, ...] = ()
    work_groups: dict[str, WorkGroupSpec] = field(default_factory=dict)
