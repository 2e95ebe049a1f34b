"""The errors of the AWS Glue Data Catalog, as its JSON protocol carries them.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-exceptions.html
"""

from harness.cloud.engines.aws_json import AwsJsonError

NOT_FOUND = "EntityNotFoundException"
EXISTS = "AlreadyExistsException"
INVALID_INPUT = "InvalidInputException"


class GlueError(AwsJsonError):
    """Glue refuses a call; nothing was done."""


def invalid(message: str) -> GlueError:
    """An argument that Glue does not take."""
    return GlueError(INVALID_INPUT, message)


def no_database(name: str) -> GlueError:
    """There is no database of this name."""
    return GlueError(NOT_FOUND, f"Database {name} not found.")


def no_table(name: str) -> GlueError:
    """The database has no table of this name."""
    return GlueError(NOT_FOUND, f"Entity Not Found: Table {name} not found.")


def no_partition() -> GlueError:
    """The table has no partition of these values."""
    return GlueError(NOT_FOUND, "Cannot find partition.")


def exists(what: str) -> GlueError:
    """There is one of this name."""
    return GlueError(EXISTS, f"{what} already exists.")
