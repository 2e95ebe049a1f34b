"""Databases, tables, partitions and workgroups in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Glue.html
"""

import pytest

from harness.cloud.template import errors
from harness.tests.cloud.template.conftest import ReadFunction

DATABASE = "D: {Type: AWS::Glue::Database, Properties: {CatalogId: '1', DatabaseInput: {Name: media}}}\n"
TABLE = """
  T:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref D
      TableInput:
        PartitionKeys: [{Name: dt, Type: string}]
        Parameters: {skip.header.line.count: 1, projection.enabled: true}
        StorageDescriptor: {Location: s3://b/t/, Columns: [{Name: a, Type: string}]}
"""
PARTITION = """
  P:
    Type: AWS::Glue::Partition
    Properties: {CatalogId: '1', DatabaseName: !Ref D, TableName: !Ref T, PartitionInput: {Values: [x]}}
"""


def test_what_the_catalogue_gets_is_in_the_order_in_which_it_can_be_created(read_function: ReadFunction) -> None:
    template = read_function(
        "Environment: {Variables: {TABLE: !Ref T, DATABASE: !Ref D}}", PARTITION + TABLE + "  " + DATABASE
    )
    name = "kata-T-ABCDEFGHIJKL"

    assert [(each.kind, each.database, each.table) for each in template.athena.entries] == [
        ("database", "", ""),
        ("table", "media", ""),
        ("partition", "media", name),
    ]
    assert template.athena.entries[1].input["Name"] == name
    assert template.athena.entries[1].input["Parameters"] == {
        "skip.header.line.count": "1",
        "projection.enabled": "true",
    }
    assert template.functions["Worker"].variables == {"TABLE": name, "DATABASE": "media"}


def test_a_workgroup_enforces_its_configuration_unless_it_says_otherwise(read_function: ReadFunction) -> None:
    text = (
        "W: {Type: AWS::Athena::WorkGroup, Properties: {Name: w, State: DISABLED, WorkGroupConfiguration: "
        "{BytesScannedCutoffPerQuery: 10000000, ResultConfiguration: {OutputLocation: s3://b/r/}}}}\n"
    )
    group = read_function(resources=text).athena.work_groups["W"]

    assert (group.name, group.output_location, group.enforced, group.enabled) == ("w", "s3://b/r/", True, False)
    assert group.cutoff_bytes == 10_000_000


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            DATABASE.replace("Name: media", "FederatedDatabase: {}"),
            errors.UnsupportedProperty,
            "FederatedDatabase of D",
        ),
        (
            "W: {Type: AWS::Athena::WorkGroup, Properties: {Name: w, WorkGroupConfiguration: "
            "{BytesScannedCutoffPerQuery: 5}}}\n",
            errors.PropertyOutOfRange,
            "BytesScannedCutoffPerQuery of W",
        ),
        ("T: {Type: AWS::Glue::Table, Properties: {DatabaseName: d}}\n", errors.MissingProperty, "lacks TableInput"),
        ("N: {Type: AWS::Athena::NamedQuery}\n", errors.UnknownResourceType, "AWS::Athena::NamedQuery"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    read_function: ReadFunction, text: str, kind: type[errors.TemplateError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        read_function(resources=text)
