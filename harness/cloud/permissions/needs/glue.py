"""What calls of the Data Catalog need: a table, its database and the catalogue, all of them.

Source: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
"""

from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.needs.asked import Asked, mapping, text


def glue(asked: Asked) -> list[Need]:
    """Needs of a call of Glue."""
    names = asked.parameters
    is_database = "Database" in asked.operation
    made = text(mapping(names.get("DatabaseInput")).get("Name"))
    database = asked.named("DatabaseName") or (is_database and asked.named("Name")) or made
    table = asked.named("TableName") or text(mapping(names.get("TableInput")).get("Name"))
    if not is_database and not table:
        table = asked.named("Name") or ("*" if asked.operation == "GetTables" else "")
    resources = ["catalog"]
    resources += [f"database/{database.lower()}"] if database else []
    resources += [f"table/{database.lower()}/{table.lower()}"] if database and table else []
    return [Need(f"glue:{asked.operation}", asked.arn("glue", resource)) for resource in resources]
