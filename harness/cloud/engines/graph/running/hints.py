"""What a WHERE says about a variable that an index can answer: `n.key = value`, `n.key IN list`.

Only conditions that all must hold count, so that looking there first leaves nothing out.
"""

from dataclasses import dataclass

from harness.cloud.engines.graph.language.syntax import Binary, Call, Expression, Property, Variable
from harness.cloud.engines.graph.language.walk import everything


@dataclass(frozen=True, slots=True)
class Hint:
    """The variable's property has this value, or one of these.

    Attributes:
        key: the property; "~id": its id.
        needs: variables that must be known to work out the value.
    """

    variable: str
    key: str
    value: Expression
    among: bool
    needs: frozenset[str]


def hints_of(condition: Expression | None) -> tuple[Hint, ...]:
    """The hints in a condition."""
    match condition:
        case Binary(operator="AND", left=left, right=right):
            return hints_of(left) + hints_of(right)
        case Binary(operator="=", left=left, right=right):
            return _hint(left, right, among=False) + _hint(right, left, among=False)
        case Binary(operator="IN", left=left, right=right):
            return _hint(left, right, among=True)
        case _:
            return ()


def _hint(subject: Expression, value: Expression, *, among: bool) -> tuple[Hint, ...]:
    needs = frozenset(one.name for one in everything(value) if isinstance(one, Variable))
    match subject:
        case Property(subject=Variable(name=name), key=key):
            return (Hint(name, key, value, among, needs),)
        case Call(name="id", arguments=(Variable(name=name),)):
            return (Hint(name, "~id", value, among, needs),)
        case _:
            return ()
