"""Tables over objects in a dictionary, and an engine that asks them."""

import gzip
import json
import random
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from harness.cloud.engines.athena.engine import Answer, Engine
from harness.cloud.engines.athena.permits import Permits
from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.storage.objects import StoredFile
from harness.cloud.engines.glue.catalogue import Catalogue, Table
from harness.cloud.engines.glue.shapes import DatabaseInput, PartitionInput, TableInput

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
OPENX = "org.openx.data.jsonserde.JsonSerDe"


class FakeFiles:
    """Objects of one bucket."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.reads: list[str] = []

    def all(self, bucket: str) -> list[StoredFile]:
        """All of them."""
        kept = sorted(self.contents.items(), key=lambda each: each[0].encode())
        return [StoredFile(bucket, key, len(content), str(zlib.crc32(content))) for key, content in kept]

    def read(self, file: StoredFile) -> bytes:
        """Its bytes."""
        self.reads.append(file.key)
        return self.contents[file.key]


class Lake:
    """A catalogue with objects, and an engine over both."""

    def __init__(self, folder: Path) -> None:
        self.files = FakeFiles()
        self.catalogue = Catalogue(lambda: 0.0)
        self.catalogue.create_database(DatabaseInput(name="media"))
        self.engine = Engine(folder, self.catalogue, self.files, random.Random(1))
        self.permits = Permits("Ask", "arn:aws:glue:eu-west-1:123456789012", lambda owner, action, resource: True)

    def table(self, name: str, columns: dict[str, str], *, keys: dict[str, str] | None = None, **more: Any) -> Table:
        """A table of JSON lines below a prefix of its name."""
        storage = {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
            "Location": f"s3://b/{name}/",
            "SerdeInfo": {
                "SerializationLibrary": more.pop("serde", OPENX),
                "Parameters": more.pop("properties", {}),
            },
            **more.pop("storage", {}),
        }
        named = [{"Name": key, "Type": kind} for key, kind in (keys or {}).items()]
        given = {"Name": name, "StorageDescriptor": storage, "PartitionKeys": named, **more}
        return self.catalogue.create_table("media", msgspec.convert(given, TableInput))

    def partition(self, table: Table, *values: str) -> None:
        """Registers a partition at its place in Hive's layout."""
        keys = [key.name for key in table.input.partition_keys]
        path = "/".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))
        storage = msgspec.structs.replace(table.storage, location=f"s3://b/{table.name}/{path}/")
        self.catalogue.create_partition(table, PartitionInput(values=list(values), storage_descriptor=storage))

    def put(self, key: str, content: bytes | str | list[Any]) -> None:
        """Writes an object; a list becomes JSON lines, packed where the name ends in .gz."""
        if isinstance(content, list):
            content = "".join(json.dumps(each) + "\n" for each in content)
        body = content.encode() if isinstance(content, str) else content
        self.files.contents[key] = gzip.compress(body, mtime=0) if key.endswith(".gz") else body

    def ask(self, statement: str, *parameters: str) -> Answer:
        """Runs a query."""
        return self.engine.run(statement, "media", parameters, NOW, self.permits)

    def rows(self, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.ask(statement, *parameters).rows

    def reason(self, statement: str, *parameters: str) -> str:
        """Why a query fails."""
        try:
            answer = self.ask(statement, *parameters)
        except QueryError as error:
            return error.reason(statement)
        raise AssertionError(f"It does not fail: {answer}")
