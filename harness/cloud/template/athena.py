"""Builds the specs of workgroups and of what a template adds to the Data Catalog.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Glue.html
"""

from harness.cloud.template.model_athena import AthenaSpec, CatalogueSpec, WorkGroupSpec
from harness.cloud.template.schema import GLUE_DATABASE, GLUE_PARTITION, GLUE_TABLE, WORK_GROUP
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import plain, section

_KINDS = (
    ("database", GLUE_DATABASE, "DatabaseInput"),
    ("table", GLUE_TABLE, "TableInput"),
    ("partition", GLUE_PARTITION, "PartitionInput"),
)


def athena_spec(stack: Stack) -> AthenaSpec:
    """All workgroups, databases, tables and partitions of the template."""
    return AthenaSpec(
        entries=tuple(
            _entry(resource, stack, kind, key) for kind, type_, key in _KINDS for resource in stack.of(type_)
        ),
        work_groups={group.logical_id: _work_group(group, stack) for group in stack.of(WORK_GROUP)},
    )


def _entry(resource: Resource, stack: Stack, kind: str, key: str) -> CatalogueSpec:
    given = plain(resource.properties[key])
    if kind != "partition":
        given["Name"] = stack.name(resource.logical_id)
    return CatalogueSpec(
        logical_id=resource.logical_id,
        kind=kind,
        input=given,
        database=resource.properties.get("DatabaseName", ""),
        table=resource.properties.get("TableName", ""),
        line=resource.place.line,
    )


def _work_group(resource: Resource, stack: Stack) -> WorkGroupSpec:
    configuration = section(resource.properties, "WorkGroupConfiguration")
    return WorkGroupSpec(
        logical_id=resource.logical_id,
        name=stack.name(resource.logical_id),
        description=resource.properties.get("Description", ""),
        output_location=section(configuration, "ResultConfiguration").get("OutputLocation", ""),
        enforced=configuration.get("EnforceWorkGroupConfiguration", True),
        cutoff_bytes=configuration.get("BytesScannedCutoffPerQuery"),
        enabled=resource.properties.get("State", "ENABLED") == "ENABLED",
        line=resource.place.line,
    )
