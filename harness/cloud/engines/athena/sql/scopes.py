"""What a part of a query can see: the sources in its FROM, with the types of their columns where known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.cloud.engines.athena.sql.nodes import Node

Columns = Mapping[str, str]
"""Types by name, as Trino writes them; "" where a type is not known."""


@dataclass(frozen=True)
class Source:
    """A table, subquery or the like in a FROM.

    Attributes:
        columns: None: not known.
    """

    alias: str
    columns: Columns | None


@dataclass(frozen=True)
class Scope:
    """What an expression can see.

    Attributes:
        sources: of its own FROM.
        outer: of the query around it.
        tables: the names that WITH defines, with their columns.
    """

    sources: tuple[Source, ...] = ()
    outer: "Scope | None" = None
    tables: Mapping[str, Columns | None] = field(default_factory=dict)

    def below(self) -> "Scope":
        """The scope a subquery begins with."""
        return Scope((), self, self.tables)

    def is_known(self) -> bool:
        """Whether every column that can be seen is known."""
        own = all(source.columns is not None for source in self.sources)
        return own and (self.outer is None or self.outer.is_known())

    def has(self, name: str) -> bool:
        """Whether a column of this bare name can be seen."""
        own = any(name in (source.columns or {}) for source in self.sources)
        return own or (self.outer is not None and self.outer.has(name))

    def type_of(self, names: list[str]) -> str:
        """The type of a reference to a column; "" where it is not known."""
        lowered = [name.lower() for name in names]
        found = [
            source.columns[lowered[-1]]
            for source in self.sources
            if source.columns is not None
            and lowered[-1] in source.columns
            and (len(lowered) == 1 or source.alias == lowered[-2])
        ]
        if found or self.outer is None:
            return found[0] if len(found) == 1 else ""
        return self.outer.type_of(names)


def output_name(node: Node) -> str:
    """What a column of a result is called; "" if the query gives it no name."""
    if node.get("alias"):
        return str(node["alias"]).lower()
    names: list[Any] = node.get("column_names") or [""]
    return str(names[-1]).lower()
