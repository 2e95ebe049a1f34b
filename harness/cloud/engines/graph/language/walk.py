"""Goes through the expressions of a tree."""

from collections.abc import Iterator

from harness.cloud.engines.graph.language.syntax import (
    Binary,
    Call,
    Case,
    Expression,
    HasLabels,
    IsNull,
    ListOf,
    MapOf,
    Parameter,
    Pattern,
    PatternExists,
    Property,
    Subscript,
    Unary,
)

AGGREGATES = frozenset({"count", "collect", "sum", "min", "max", "avg"})


def is_aggregate(expression: Expression) -> bool:
    """Whether this is itself the call of an aggregate."""
    return isinstance(expression, Call) and expression.name in AGGREGATES


def parts(expression: Expression) -> Iterator[Expression]:
    """The expressions directly inside an expression."""
    match expression:
        case Property(subject=subject) | HasLabels(subject=subject):
            yield subject
        case Subscript(subject=subject, index=index):
            yield from (subject, index)
        case ListOf(items=items):
            yield from items
        case MapOf(entries=entries):
            yield from (value for _, value in entries)
        case Call(arguments=arguments):
            yield from arguments
        case Unary(operand=operand) | IsNull(operand=operand):
            yield operand
        case Binary(left=left, right=right):
            yield from (left, right)
        case Case(subject=of, branches=branches, otherwise=otherwise):
            if of is not None:
                yield of
            for condition, value in branches:
                yield from (condition, value)
            yield otherwise
        case PatternExists(pattern=pattern):
            yield from pattern_expressions(pattern)
        case _:
            return


def everything(expression: Expression) -> Iterator[Expression]:
    """An expression and all that is inside it."""
    yield expression
    for part in parts(expression):
        yield from everything(part)


def pattern_expressions(pattern: Pattern) -> Iterator[Expression]:
    """The expressions in the maps of a pattern."""
    for element in pattern.elements:
        if isinstance(element.properties, MapOf | Parameter):
            yield element.properties


def pattern_variables(pattern: Pattern) -> list[str]:
    """The variables that a pattern names, each once, in order."""
    named = [element.variable for element in pattern.elements]
    return list(dict.fromkeys(name for name in named if name is not None))


def aggregates_in(expression: Expression) -> list[Call]:
    """The calls of aggregates in an expression."""
    return [one for one in everything(expression) if isinstance(one, Call) and is_aggregate(one)]
