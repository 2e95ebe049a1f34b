"""Workgroups: where the results of their queries go, and how much one may scan.

Source: https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings.html
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.athena.errors import invalid

PRIMARY = "primary"


@dataclass(frozen=True)
class WorkGroup:
    """A workgroup.

    Attributes:
        output_location: "" where queries bring their own.
        enforced: whether its settings win over those of a query.
        cutoff_bytes: a query that scans more is cancelled; None: any may.
        enabled: whether it takes queries.
    """

    name: str
    description: str = ""
    output_location: str = ""
    enforced: bool = True
    cutoff_bytes: int | None = None
    enabled: bool = True

    def location(self, asked: str) -> str:
        """Where a query's results go that asks for a location. Raises AthenaError if there is none."""
        found = self.output_location if self.enforced and self.output_location else asked or self.output_location
        if not found:
            raise invalid(
                "No output location provided. An output location is required either through the Workgroup result "
                "configuration setting or as an API input."
            )
        if not found.startswith("s3://") or not found[5:].partition("/")[0]:
            raise invalid(f"outputLocation is not a valid S3 path: {found}")
        return found

    def described(self, created_s: float) -> dict[str, Any]:
        """As GetWorkGroup has it."""
        results = {"OutputLocation": self.output_location} if self.output_location else {}
        configuration: dict[str, Any] = {
            "ResultConfiguration": results,
            "EnforceWorkGroupConfiguration": self.enforced,
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
        }
        if self.cutoff_bytes is not None:
            configuration["BytesScannedCutoffPerQuery"] = self.cutoff_bytes
        return {**self.summary(created_s), "Configuration": configuration}

    def summary(self, created_s: float) -> dict[str, Any]:
        """As ListWorkGroups has it."""
        return {
            "Name": self.name,
            "State": "ENABLED" if self.enabled else "DISABLED",
            "Description": self.description,
            "CreationTime": created_s,
        }


class WorkGroups:
    """All workgroups of the account; `primary` is always there."""

    def __init__(self, created_s: float) -> None:
        self.created_s = created_s
        self.named: dict[str, WorkGroup] = {}
        self.add(WorkGroup(PRIMARY, enforced=False))

    def add(self, group: WorkGroup) -> None:
        """Creates a workgroup, or gives one other settings."""
        self.named[group.name] = group

    def find(self, name: str) -> WorkGroup:
        """The workgroup of this name, that takes queries. Raises AthenaError."""
        group = self.named.get(name or PRIMARY)
        if group is None:
            raise invalid(f"WorkGroup {name} is not found.")
        if not group.enabled:
            raise invalid(f"WorkGroup {name} is disabled.")
        return group
