"""What a serde must know of the table or partition whose object it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.cloud.engines.athena.hive_types import HiveType


@dataclass(frozen=True)
class Layout:
    """The columns of an object, and the serde's settings.

    Attributes:
        columns: (name in lower case, type) in the order of the table.
        properties: SERDEPROPERTIES, names in lower case.
        header_lines: lines to be skipped at the beginning of each object.
        where: the object, for messages: "s3://bucket/key".
    """

    columns: tuple[tuple[str, HiveType], ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    header_lines: int = 0
    where: str = ""

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A setting that is true or false."""
        return self.properties.get(name, str(default)).strip().lower() == "true"


def lines(content: bytes, layout: Layout) -> list[str]:
    """The lines of a text, without the header; a newline at the end begins no line."""
    text = content.decode("utf-8", errors="replace")
    found = text.replace("\r\n", "\n").split("\n")
    if found and not found[-1]:
        found.pop()
    return found[layout.header_lines :]
