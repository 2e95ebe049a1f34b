"""Every statement that is no query, as something to be done to the catalogue.

Source: https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
"""

from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.engines.athena.ddl import partitions, show
from harness.cloud.engines.athena.ddl.create_table import table_input
from harness.cloud.engines.athena.ddl.cursor import Cursor
from harness.cloud.engines.athena.ddl.partitions import Given
from harness.cloud.engines.athena.query_errors import QueryError, ddl_failed
from harness.cloud.engines.athena.storage.objects import Files, place
from harness.cloud.engines.glue.catalogue import Catalogue
from harness.cloud.engines.glue.errors import EXISTS, GlueError
from harness.cloud.engines.glue.shapes import DatabaseInput

UTILITY, DDL = "UTILITY", "DDL"

Lines = list[str]


@dataclass(frozen=True)
class Statement:
    """A statement that has been read.

    Attributes:
        type: as in StatementType.
        subtype: as in SubstatementType.
        column: what the one column of its result is called.
        run: does it, and gives the lines of its result; raises QueryError.
    """

    type: str
    subtype: str
    column: str
    run: Callable[[Catalogue, Files], Lines]


def read_statement(text: str, database: str) -> Statement:
    """Reads a statement.

    Args:
        database: where tables are that are named without one.

    Raises:
        MalformedQuery: it is none of those there are.
    """
    cursor = Cursor(text)
    if cursor.has("CREATE", "EXTERNAL", "TABLE"):
        return _create_table(cursor, database)
    if cursor.has("CREATE", "DATABASE") or cursor.has("CREATE", "SCHEMA"):
        return _create_database(cursor)
    if cursor.has("DROP", "DATABASE") or cursor.has("DROP", "SCHEMA"):
        return _drop_database(cursor)
    if cursor.has("DROP", "TABLE"):
        return _drop_table(cursor, database)
    if cursor.has("ALTER", "TABLE"):
        return _alter_table(cursor, database)
    if cursor.has("MSCK", "REPAIR", "TABLE"):
        name = cursor.table(database)
        cursor.end()
        return Statement(DDL, "MSCK_REPAIR_TABLE", "result", lambda cat, files: partitions.repair(cat, files, name))
    found = show.read(cursor, database)
    return Statement(UTILITY, found.subtype, found.column, found.run)


def _create_table(cursor: Cursor, database: str) -> Statement:
    quietly = cursor.has("IF", "NOT", "EXISTS")
    schema, name = cursor.table(database)
    given = table_input(cursor, name)

    def run(catalogue: Catalogue, files: Files) -> Lines:
        try:
            place(given.storage_descriptor.location if given.storage_descriptor else "")
            catalogue.create_table(schema, given)
        except QueryError as error:
            raise ddl_failed(f"Execution Error, return code 1. {error.message}") from None
        except GlueError as error:
            if error.code == EXISTS and quietly:
                return []
            raise _ddl_task(error, f"Table {name} already exists", schema) from None
        return []

    return Statement(DDL, "CREATE_TABLE", "result", run)


def _create_database(cursor: Cursor) -> Statement:
    quietly = cursor.has("IF", "NOT", "EXISTS")
    name = cursor.name()
    comment = cursor.text() if cursor.has("COMMENT") else ""
    location = cursor.text() if cursor.has("LOCATION") else ""
    parameters = cursor.properties() if cursor.has("WITH", "DBPROPERTIES") else {}
    cursor.end()
    given = DatabaseInput(name=name, description=comment, location_uri=location, parameters=parameters)

    def run(catalogue: Catalogue, files: Files) -> Lines:
        try:
            catalogue.create_database(given)
        except GlueError as error:
            if error.code != EXISTS or not quietly:
                raise _ddl_task(error, f"Database {name} already exists", name) from None
        return []

    return Statement(DDL, "CREATE_DATABASE", "result", run)


def _drop_database(cursor: Cursor) -> Statement:
    quietly = cursor.has("IF", "EXISTS")
    name = cursor.name()
    cascade = cursor.has("CASCADE")
    if not cascade:
        cursor.has("RESTRICT")
    cursor.end()

    def run(catalogue: Catalogue, files: Files) -> Lines:
        if name not in catalogue.databases:
            if quietly:
                return []
            raise ddl_failed(f"SemanticException [Error 10072]: Database does not exist: {name}")
        if catalogue.databases[name].tables and not cascade:
            raise ddl_failed(
                "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                f"InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)"
            )
        catalogue.delete_database(name)
        return []

    return Statement(DDL, "DROP_DATABASE", "result", run)


def _drop_table(cursor: Cursor, database: str) -> Statement:
    quietly = cursor.has("IF", "EXISTS")
    schema, name = cursor.table(database)
    cursor.end()

    def run(catalogue: Catalogue, files: Files) -> Lines:
        try:
            catalogue.delete_table(schema, name)
        except GlueError:
            if not quietly:
                raise ddl_failed(f"SemanticException [Error 10001]: Table not found {schema}.{name}") from None
        return []

    return Statement(DDL, "DROP_TABLE", "result", run)


def _alter_table(cursor: Cursor, database: str) -> Statement:
    name = cursor.table(database)
    if cursor.has("ADD"):
        quietly = cursor.has("IF", "NOT", "EXISTS")
        added = _partitions(cursor, with_location=True)
        return Statement(
            DDL, "ALTER_TABLE_ADD_PARTITION", "result", lambda cat, files: partitions.add(cat, name, added, quietly)
        )
    if cursor.has("DROP"):
        quietly = cursor.has("IF", "EXISTS")
        dropped = _partitions(cursor, with_location=False)
        return Statement(
            DDL, "ALTER_TABLE_DROP_PARTITION", "result", lambda cat, files: partitions.drop(cat, name, dropped, quietly)
        )
    keys = partitions.values(cursor) if cursor.has("PARTITION") else {}
    cursor.need("SET")
    if cursor.has("LOCATION"):
        given = Given(keys, cursor.text())
        cursor.end()
        return Statement(
            DDL, "ALTER_TABLE_SET_LOCATION", "result", lambda cat, files: partitions.move(cat, name, given)
        )
    cursor.need("TBLPROPERTIES")
    properties = cursor.properties()
    cursor.end()
    return Statement(
        DDL, "ALTER_TABLE_SET_TBLPROPERTIES", "result", lambda cat, files: partitions.describe(cat, name, properties)
    )


def _partitions(cursor: Cursor, *, with_location: bool) -> list[Given]:
    found = []
    while not cursor.is_done:
        cursor.need("PARTITION")
        keys = partitions.values(cursor)
        found.append(Given(keys, cursor.text() if with_location and cursor.has("LOCATION") else ""))
        cursor.has(",")
    if not found:
        raise cursor.unexpected("PARTITION")
    return found


def _ddl_task(error: GlueError, exists: str, database: str) -> QueryError:
    if error.code == EXISTS:
        return ddl_failed(
            "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
            f"AlreadyExistsException(message:{exists})"
        )
    if error.code == "EntityNotFoundException":
        return ddl_failed(f"SemanticException [Error 10072]: Database does not exist: {database}")
    return ddl_failed(f"Execution Error, return code 1. {error.message}")
