"""CREATE EXTERNAL TABLE, as a table of the Data Catalog.

Source: https://docs.aws.amazon.com/athena/latest/ug/create-table.html
"""

from harness.cloud.engines.athena.ddl.cursor import Cursor
from harness.cloud.engines.athena.query_errors import MalformedQuery
from harness.cloud.engines.athena.serde import PARQUET
from harness.cloud.engines.glue.shapes import Column, SerdeInfo, StorageDescriptor, TableInput

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
_DELIMITERS = (
    (("FIELDS", "TERMINATED", "BY"), "field.delim"),
    (("ESCAPED", "BY"), "escape.delim"),
    (("COLLECTION", "ITEMS", "TERMINATED", "BY"), "collection.delim"),
    (("MAP", "KEYS", "TERMINATED", "BY"), "mapkey.delim"),
    (("LINES", "TERMINATED", "BY"), "line.delim"),
    (("NULL", "DEFINED", "AS"), "serialization.null.format"),
)


def table_input(cursor: Cursor, name: str) -> TableInput:
    """The rest of a statement, from the columns on. Raises MalformedQuery."""
    columns = _columns(cursor)
    comment = cursor.text() if cursor.has("COMMENT") else ""
    keys = _columns(cursor) if cursor.has("PARTITIONED", "BY") else []
    serde, formats = _row_format(cursor)
    if cursor.has("WITH", "SERDEPROPERTIES"):
        serde = SerdeInfo(serialization_library=serde.serialization_library, parameters=cursor.properties())
    if cursor.has("STORED", "AS"):
        serde, formats = _stored_as(cursor, serde)
    if not cursor.has("LOCATION"):
        raise cursor.unexpected("LOCATION")
    location = cursor.text()
    parameters = cursor.properties() if cursor.has("TBLPROPERTIES") else {}
    cursor.end()
    return TableInput(
        name=name,
        description=comment,
        storage_descriptor=StorageDescriptor(
            columns=columns, location=location, input_format=formats[0], output_format=formats[1], serde_info=serde
        ),
        partition_keys=keys,
        table_type="EXTERNAL_TABLE",
        parameters={"EXTERNAL": "TRUE", **parameters},
    )


def _columns(cursor: Cursor) -> list[Column]:
    cursor.need("(")
    found = []
    while True:
        name, kind = cursor.name(), cursor.type()
        comment = cursor.text() if cursor.has("COMMENT") else ""
        found.append(Column(name=name, type=kind, comment=comment))
        if cursor.has(")"):
            return found
        cursor.need(",")


def _row_format(cursor: Cursor) -> tuple[SerdeInfo, tuple[str, str]]:
    text = (TEXT_INPUT, TEXT_OUTPUT)
    if not cursor.has("ROW", "FORMAT"):
        return SerdeInfo(serialization_library=LAZY, parameters={"serialization.format": "1"}), text
    if cursor.has("SERDE"):
        return SerdeInfo(serialization_library=cursor.text()), text
    cursor.need("DELIMITED")
    parameters: dict[str, str] = {}
    while True:
        key = next((key for words, key in _DELIMITERS if cursor.has(*words)), "")
        if not key:
            return SerdeInfo(serialization_library=LAZY, parameters=parameters), text
        parameters[key] = cursor.text()


def _stored_as(cursor: Cursor, serde: SerdeInfo) -> tuple[SerdeInfo, tuple[str, str]]:
    if cursor.has("INPUTFORMAT"):
        given = cursor.text()
        cursor.need("OUTPUTFORMAT")
        return serde, (given, cursor.text())
    if cursor.has("PARQUET"):
        return SerdeInfo(serialization_library=PARQUET, parameters=serde.parameters), (PARQUET_INPUT, PARQUET_OUTPUT)
    if cursor.has("TEXTFILE"):
        return serde, (TEXT_INPUT, TEXT_OUTPUT)
    raise MalformedQuery("STORED AS is PARQUET, TEXTFILE or INPUTFORMAT ... OUTPUTFORMAT ... in this simulator")
