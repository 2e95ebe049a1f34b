"""Brings the rows of a table's objects to where DuckDB reads them, and counts the bytes.

Whole objects are scanned, whatever columns a query needs; of Parquet only those columns.

Source: https://docs.aws.amazon.com/athena/latest/ug/performance-tuning.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from harness.cloud.engines.athena.duck import Duck
from harness.cloud.engines.athena.permits import Permits
from harness.cloud.engines.athena.query_errors import exhausted
from harness.cloud.engines.athena.serde import PARQUET, serde_of
from harness.cloud.engines.athena.serde.compression import unpacked
from harness.cloud.engines.athena.serde.parquet import parquet_rows
from harness.cloud.engines.athena.sql.expressions import PATH
from harness.cloud.engines.athena.storage.objects import Files, StoredFile
from harness.cloud.engines.athena.storage.parts import Part

LIMIT_BYTES = 128 * 1024 * 1024
"""Unpacked bytes of one query at most."""


@dataclass
class Loaded:
    """A part whose rows are there.

    Attributes:
        weights: bytes of each column by object, for Parquet.
    """

    files: tuple[StoredFile, ...]
    weights: list[Mapping[str, int]]

    def scanned(self, columns: Iterable[str]) -> int:
        """Bytes a reading of these columns scans."""
        if self.weights:
            return sum(weight.get(column, 0) for weight in self.weights for column in columns)
        return sum(file.size for file in self.files)


class Loader:
    """The loading of one query's objects.

    Attributes:
        longest_row: bytes of the longest row so far.
    """

    def __init__(self, duck: Duck, files: Files, permits: Permits) -> None:
        self._duck = duck
        self._permits = permits
        self._files = files
        self._left_bytes = LIMIT_BYTES
        self.longest_row = 0

    def load(self, part: Part, to: Path, *, with_path: bool) -> Loaded:
        """Writes the rows of a part to a file, an object a line.

        Args:
            with_path: whether each row is to have its object's URL.

        Raises:
            QueryError: an object cannot be read.
        """
        loaded = Loaded(part.files, [])
        with to.open("wb") as out:
            for file in part.files:
                for row in self._rows(part, file, to.with_suffix(".parquet"), loaded):
                    if with_path:
                        row = row[:-1] + (b"," if len(row) > 2 else b"") + _path_member(file) + b"}"
                    self.longest_row = max(self.longest_row, len(row))
                    out.write(row + b"\n")
        return loaded

    def _rows(self, part: Part, file: StoredFile, scratch: Path, loaded: Loaded) -> Iterable[bytes]:
        self._permits.read(file.bucket, file.key)
        content = self._files.read(file)
        layout = replace(part.layout, where=file.url)
        if part.library == PARQUET:
            self._spend(len(content))
            rows, weights = parquet_rows(self._duck, content, layout, scratch)
            loaded.weights.append(weights)
            return [row.encode() for row in rows]
        content = unpacked(content, file.url, self._left_bytes)
        self._spend(len(content))
        encode = msgspec.json.Encoder().encode
        return (encode(row) for row in serde_of(part.library)(content, layout))

    def _spend(self, count: int) -> None:
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise exhausted()


def _path_member(file: StoredFile) -> bytes:
    return msgspec.json.encode({PATH: file.url})[1:-1]
