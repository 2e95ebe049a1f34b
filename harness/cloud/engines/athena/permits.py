"""What Athena does in the name of whoever starts a query, and may only do if they may.

Reading a table takes Glue's permissions on catalogue, database and table, and S3's on its
objects; writing results takes S3's on the output location.

Source: https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html and
https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
"""

from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.engines.athena.query_errors import QueryError

Allows = Callable[[str, str, str], bool]
"""Whether somebody (first) may do something (second) to a resource (third)."""

_ACTIONS = {
    "CREATE_TABLE": "CreateTable",
    "DROP_TABLE": "DeleteTable",
    "CREATE_DATABASE": "CreateDatabase",
    "DROP_DATABASE": "DeleteDatabase",
    "ALTER_TABLE_ADD_PARTITION": "BatchCreatePartition",
    "ALTER_TABLE_DROP_PARTITION": "DeletePartition",
    "ALTER_TABLE_SET_LOCATION": "UpdateTable",
    "ALTER_TABLE_SET_TBLPROPERTIES": "UpdateTable",
    "MSCK_REPAIR_TABLE": "BatchCreatePartition",
    "SHOW_PARTITIONS": "GetPartitions",
    "SHOW_TABLES": "GetTables",
    "SHOW_DATABASES": "GetDatabases",
}


@dataclass(frozen=True)
class Permits:
    """What one caller may do.

    Attributes:
        catalogue: beginning of Glue's ARNs, as in "arn:aws:glue:eu-west-1:123456789012".
    """

    owner: str
    catalogue: str
    allows: Allows

    def glue(self, action: str, database: str = "", table: str = "") -> None:
        """Raises QueryError unless the caller may do this to a table, its database and the catalogue."""
        resources = [f"{self.catalogue}:catalog"]
        resources += [f"{self.catalogue}:database/{database}"] if database else []
        resources += [f"{self.catalogue}:table/{database}/{table}"] if table else []
        for resource in resources:
            if not self.allows(self.owner, f"glue:{action}", resource):
                raise QueryError(
                    "",
                    f"Insufficient permissions to execute the query. {self.owner} is not authorized to perform: "
                    f"glue:{action} on resource: {resource} because no identity-based policy allows the "
                    f"glue:{action} action",
                )

    def statement(self, subtype: str, database: str) -> None:
        """Raises QueryError unless the caller may do what a statement of Hive's part does."""
        self.glue(_ACTIONS.get(subtype, "GetTable"), "" if subtype == "SHOW_DATABASES" else database)

    def read(self, bucket: str, key: str = "") -> None:
        """Raises QueryError unless the caller may read an object, or without a key list a bucket."""
        action = "s3:GetObject" if key else "s3:ListBucket"
        resource = f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
        if not self.allows(self.owner, action, resource):
            raise QueryError(
                "PERMISSION_DENIED",
                f"Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied): {self.owner} is not "
                f"authorized to perform: {action} on resource: {resource}",
            )

    def may_write(self, url: str) -> bool:
        """Whether the caller may write an object."""
        return self.allows(self.owner, "s3:PutObject", f"arn:aws:s3:::{url.removeprefix('s3://')}")

    def may_locate(self, url: str) -> bool:
        """Whether the caller may learn where the bucket of a URL is: Athena looks at it first."""
        bucket = url.removeprefix("s3://").partition("/")[0]
        return self.allows(self.owner, "s3:GetBucketLocation", f"arn:aws:s3:::{bucket}")
