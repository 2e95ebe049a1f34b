"""Brings the rows of a table's objects to where DuckDB reads them, and counts the bytes.

Whole objects are scanned, whatever columns a query needs; of Parquet only those columns.

Source: https://docs.aws.amazon.com/athena/latest/ug/performance-tuning.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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

LIMIT_BYTES = 64 * 1024 * 1024
"""Unpacked bytes of one query at most."""


@dataclass
class Loaded:
    """A part whose rows are there.

    Attributes:
        with_path: whether each row has its object's URL.
        weights: bytes of each column by object, for Parquet.
        longest_row: bytes.
        unpacked_bytes: what it counts against the limit.
    """

    part: Part
    with_path: bool
    weights: list[Mapping[str, int]] = field(default_factory=list)
    longest_row: int = 0
    unpacked_bytes: int = 0

    def scanned(self, columns: Iterable[str]) -> int:
        """Bytes a reading of these columns scans."""
        if self.part.library == PARQUET:
            return sum(weight.get(column, 0) for weight in self.weights for column in columns)
        return sum(file.size for file in self.part.files)


class Loader:
    """The loading of one query's objects."""

    def __init__(self, duck: Duck, files: Files, permits: Permits, there: dict[Path, Loaded]) -> None:
        """Args:
        there: what earlier queries have loaded.
        """
        self._duck = duck
        self._files = files
        self._permits = permits
        self._there = there
        self._left_bytes = LIMIT_BYTES

    def load(self, part: Part, to: Path, *, with_path: bool) -> Loaded:
        """Writes the rows of a part to a file, an object a line, unless they are there.

        Args:
            with_path: whether each row is to have its object's URL.

        Raises:
            QueryError: an object cannot be read.
        """
        for file in part.files:
            self._permits.read(file.bucket, file.key)
        known = self._there.pop(to, None)
        if known is None or (known.part, known.with_path) != (part, with_path):
            known = self._load(Loaded(part, with_path), to)
        else:
            self._spend(known.unpacked_bytes)
        self._there[to] = known
        return known

    def _load(self, loaded: Loaded, to: Path) -> Loaded:
        before = self._left_bytes
        with to.open("wb") as out:
            for file in loaded.part.files:
                for row in self._rows(loaded, file, to.with_suffix(".parquet")):
                    if loaded.with_path:
                        row = row[:-1] + (b"," if len(row) > 2 else b"") + _path_member(file) + b"}"
                    loaded.longest_row = max(loaded.longest_row, len(row))
                    out.write(row + b"\n")
        loaded.unpacked_bytes = before - self._left_bytes
        return loaded

    def _rows(self, loaded: Loaded, file: StoredFile, scratch: Path) -> Iterable[bytes]:
        part = loaded.part
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
