"""The Data Catalog's databases, tables and partitions, and Athena's workgroups: their properties."""

from harness.cloud.template.resource_type import ResourceType
from harness.cloud.template.shapes import (
    Flag,
    ListOf,
    MapOf,
    NoEffect,
    Record,
    Text,
    Unsupported,
    Whole,
    choice,
    words,
)
from harness.cloud.template.types_data import REFERENCE, TAGS

_NAME = Text(pattern=r"[^/]{1,255}", called="1 to 255 characters")
_PARAMETERS = MapOf(Text(longest=512_000))
_VIEWS = Unsupported("views are not simulated: write the query where it is used")
_ICEBERG = Unsupported("tables lie in S3 as JSON, CSV or Parquet here")
_COLUMNS = ListOf(
    Record({"Name": _NAME, "Type": Text(longest=131_072), "Comment": Text(longest=255)}, required=("Name",))
)

_STORAGE = Record(
    {
        "Columns": _COLUMNS,
        "Location": Text(longest=2056),
        "InputFormat": Text(),
        "OutputFormat": Text(),
        "Compressed": Flag(),
        "StoredAsSubDirectories": Flag(),
        "SerdeInfo": Record({"Name": Text(), "SerializationLibrary": Text(), "Parameters": _PARAMETERS}),
        "Parameters": _PARAMETERS,
        "SchemaReference": Unsupported("list the columns in Columns"),
        **{name: NoEffect() for name in words("NumberOfBuckets BucketColumns SortColumns SkewedInfo")},
    }
)

DATABASE = ResourceType(
    page=f"{REFERENCE}/aws-resource-glue-database.html",
    name_property="DatabaseInput.Name",
    properties=Record(
        {
            "CatalogId": NoEffect(),
            "DatabaseName": Unsupported("write the name as DatabaseInput: {Name: ...}"),
            "DatabaseInput": Record(
                {
                    "Name": _NAME,
                    "Description": Text(longest=2048),
                    "LocationUri": Text(longest=1024),
                    "Parameters": _PARAMETERS,
                    "CreateTableDefaultPermissions": NoEffect(),
                    "FederatedDatabase": Unsupported("the database is in this account"),
                    "TargetDatabase": Unsupported("the database is in this account"),
                }
            ),
        },
        required=("DatabaseInput",),
    ),
)

TABLE = ResourceType(
    page=f"{REFERENCE}/aws-resource-glue-table.html",
    name_property="TableInput.Name",
    properties=Record(
        {
            "CatalogId": NoEffect(),
            "DatabaseName": _NAME,
            "Name": Unsupported("write the name as TableInput: {Name: ...}"),
            "OpenTableFormatInput": _ICEBERG,
            "TableInput": Record(
                {
                    "Name": _NAME,
                    "Description": Text(longest=2048),
                    "Owner": Text(longest=255),
                    "Retention": NoEffect(),
                    "StorageDescriptor": _STORAGE,
                    "PartitionKeys": _COLUMNS,
                    "TableType": Text(longest=255),
                    "Parameters": _PARAMETERS,
                    "ViewOriginalText": _VIEWS,
                    "ViewExpandedText": _VIEWS,
                    "TargetTable": Unsupported("the table is in this account"),
                }
            ),
        },
        required=("DatabaseName", "TableInput"),
    ),
)

PARTITION = ResourceType(
    page=f"{REFERENCE}/aws-resource-glue-partition.html",
    ref="{logical_id}",
    properties=Record(
        {
            "CatalogId": NoEffect(),
            "DatabaseName": _NAME,
            "TableName": _NAME,
            "PartitionInput": Record(
                {"Values": ListOf(Text(longest=1024)), "StorageDescriptor": _STORAGE, "Parameters": _PARAMETERS},
                required=("Values",),
            ),
        },
        required=("DatabaseName", "TableName", "PartitionInput"),
    ),
)

WORK_GROUP = ResourceType(
    page=f"{REFERENCE}/aws-resource-athena-workgroup.html",
    name_property="Name",
    name_limit=128,
    properties=Record(
        {
            "Name": Text(pattern=r"[a-zA-Z0-9._-]{1,128}", called="1 to 128 letters, digits, dots, _ and -"),
            "Description": Text(longest=1024),
            "State": choice("ENABLED DISABLED"),
            "Tags": TAGS,
            "RecursiveDeleteOption": NoEffect(),
            "WorkGroupConfigurationUpdates": Unsupported("write it as WorkGroupConfiguration"),
            "WorkGroupConfiguration": Record(
                {
                    "BytesScannedCutoffPerQuery": Whole(10_000_000, 2**53, "bytes"),
                    "EnforceWorkGroupConfiguration": Flag(),
                    "ResultConfiguration": Record(
                        {
                            "OutputLocation": Text(pattern="s3://[^/]+(/.*)?", called="s3://bucket/prefix/"),
                            "EncryptionConfiguration": NoEffect(),
                            "ExpectedBucketOwner": NoEffect(),
                            "AclConfiguration": NoEffect(),
                        }
                    ),
                    "EngineVersion": Record(
                        {
                            "SelectedEngineVersion": Text(
                                pattern="AUTO|Athena engine version 3", called="AUTO or Athena engine version 3"
                            ),
                            "EffectiveEngineVersion": NoEffect(),
                        }
                    ),
                    "ManagedQueryResultsConfiguration": Unsupported("give an OutputLocation"),
                    "ExecutionRole": Unsupported("Spark is not simulated"),
                    "AdditionalConfiguration": Unsupported("Spark is not simulated"),
                    **{
                        name: NoEffect()
                        for name in words(
                            "PublishCloudWatchMetricsEnabled RequesterPaysEnabled "
                            "CustomerContentEncryptionConfiguration"
                        )
                    },
                }
            ),
        },
        required=("Name",),
    ),
)
