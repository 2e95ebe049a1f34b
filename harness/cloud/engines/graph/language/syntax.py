"""The tree of a query. Every node is immutable, and two that say the same are equal."""

from dataclasses import dataclass

# ---- expressions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written. The kind tells `true` from `1`, which Python takes for equal."""

    kind: str
    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that a clause has bound."""

    name: str


@dataclass(frozen=True, slots=True)
class Property:
    """`subject.key`."""

    subject: "Expression"
    key: str


@dataclass(frozen=True, slots=True)
class Subscript:
    """`subject[index]`."""

    subject: "Expression"
    index: "Expression"


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[a, b]`."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """`{key: value}`."""

    entries: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an aggregate; `count(*)` has no arguments and `star`."""

    name: str
    arguments: tuple["Expression", ...]
    distinct: bool = False
    star: bool = False


@dataclass(frozen=True, slots=True)
class Unary:
    """`NOT x`, `-x`."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class IsNull:
    """`x IS NULL`, `x IS NOT NULL`."""

    operand: "Expression"
    negated: bool


@dataclass(frozen=True, slots=True)
class HasLabels:
    """`n:Label`."""

    subject: "Expression"
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """`CASE [subject] WHEN a THEN b ... [ELSE c] END`."""

    subject: "Expression | None"
    branches: tuple[tuple["Expression", "Expression"], ...]
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class PatternExists:
    """A pattern in the place of a condition: whether there is a match."""

    pattern: "Pattern"


Expression = (
    Literal
    | Parameter
    | Variable
    | Property
    | Subscript
    | ListOf
    | MapOf
    | Call
    | Unary
    | Binary
    | IsNull
    | HasLabels
    | Case
    | PatternExists
)

# ---- patterns ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NodePattern:
    """`(variable:Label {key: value})`; the properties are a map or a parameter."""

    variable: str | None
    labels: tuple[str, ...]
    properties: MapOf | Parameter | None


@dataclass(frozen=True, slots=True)
class EdgePattern:
    """`-[variable:TYPE|OTHER*1..2 {key: value}]->`.

    Attributes:
        direction: "out", "in" or "both".
        least, most: of a variable length; None: it is one edge. A `most` of -1 is no limit.
    """

    variable: str | None
    types: tuple[str, ...]
    properties: MapOf | Parameter | None
    direction: str
    least: int | None = None
    most: int = -1


@dataclass(frozen=True, slots=True)
class Pattern:
    """Nodes with the edges between them: always one node more than edges."""

    nodes: tuple[NodePattern, ...]
    edges: tuple[EdgePattern, ...]

    @property
    def elements(self) -> tuple[NodePattern | EdgePattern, ...]:
        """Its nodes, then its edges."""
        return (*self.nodes, *self.edges)


# ---- clauses -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """`[OPTIONAL] MATCH ... [WHERE ...]`."""

    patterns: tuple[Pattern, ...]
    condition: Expression | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Unwind:
    """`UNWIND list AS variable`."""

    source: Expression
    variable: str


@dataclass(frozen=True, slots=True)
class Create:
    """`CREATE ...`."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class SetItem:
    """One assignment.

    Attributes:
        operator: "=", "+=" (a map into the properties) or ":" (labels).
        key: the property; "": all of them.
    """

    variable: str
    operator: str
    key: str = ""
    value: Expression | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetItems:
    """`SET ...`."""

    items: tuple[SetItem, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """`REMOVE n.key, n:Label`: assignments without a value."""

    items: tuple[SetItem, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """`MERGE ... [ON CREATE SET ...] [ON MATCH SET ...]`."""

    pattern: Pattern
    on_create: tuple[SetItem, ...]
    on_match: tuple[SetItem, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """`[DETACH] DELETE ...`."""

    targets: tuple[Expression, ...]
    detach: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A column: an expression and its name (the text as written, if it has no alias)."""

    expression: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Sorting:
    """`expression [DESC]`."""

    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """`WITH` or `RETURN`, with what belongs to it.

    Attributes:
        star: whether all variables go on (`*`).
        condition: the WHERE of a WITH.
    """

    items: tuple[Item, ...]
    star: bool
    distinct: bool
    order: tuple[Sorting, ...]
    skip: Expression | None
    limit: Expression | None
    condition: Expression | None
    final: bool


Clause = Match | Unwind | Create | SetItems | Remove | Merge | Delete | Projection
WRITES = (Create, SetItems, Remove, Merge, Delete)


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query."""

    clauses: tuple[Clause, ...]

    @property
    def writes(self) -> bool:
        """Whether it may change the graph."""
        return any(isinstance(clause, WRITES) for clause in self.clauses)
