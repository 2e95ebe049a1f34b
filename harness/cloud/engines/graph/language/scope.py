"""Checks, before anything is done, that a query names only what is there.

A name that no clause has bound, an aggregate where there is nothing to aggregate, a parameter
that was not given: whether the graph is empty or not, such a query is refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.cloud.engines.graph.errors import GraphError, malformed
from harness.cloud.engines.graph.language.syntax import (
    Create,
    Delete,
    EdgePattern,
    Expression,
    Match,
    Merge,
    Parameter,
    Pattern,
    PatternExists,
    Projection,
    Query,
    Remove,
    SetItem,
    SetItems,
    Unwind,
    Variable,
)
from harness.cloud.engines.graph.language.walk import (
    aggregates_in,
    everything,
    is_aggregate,
    parts,
    pattern_expressions,
    pattern_variables,
)


def check(query: Query, parameters: Mapping[str, Any]) -> None:
    """Returns if every name has a meaning where it stands.

    Raises:
        GraphError: one has none.
    """
    _Scope(parameters).check(query)


class _Scope:
    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._names: set[str] = set()

    def check(self, query: Query) -> None:
        for clause in query.clauses:
            match clause:
                case Match():
                    self._read(clause.patterns)
                    self._plain(clause.condition)
                case Unwind():
                    self._plain(clause.source)
                    self._bind([clause.variable], fresh=True)
                case Create():
                    self._write(clause.patterns, merging=False)
                case Merge():
                    self._write((clause.pattern,), merging=True)
                    self._items(clause.on_create + clause.on_match)
                case SetItems() | Remove():
                    self._items(clause.items)
                case Delete():
                    for target in clause.targets:
                        self._plain(target)
                case Projection():
                    self._project(clause)

    def _bind(self, names: Iterable[str], *, fresh: bool = False) -> None:
        for name in names:
            if fresh and name in self._names:
                raise malformed(f"variable `{name}` is already defined")
            self._names.add(name)

    def _plain(self, expression: Expression | None) -> None:
        """An expression in which nothing may be aggregated."""
        if expression is None:
            return
        if aggregates_in(expression):
            raise malformed("an aggregate can stand in WITH and RETURN only")
        self._known(expression, self._names)

    def _known(self, expression: Expression, names: set[str]) -> None:
        for one in everything(expression):
            match one:
                case Variable(name=name) if name not in names:
                    raise malformed(f"variable `{name}` not defined")
                case Parameter(name=name) if name not in self._parameters:
                    raise GraphError("MissingParameterException", f"the query needs a parameter ${name}")
                case PatternExists(pattern=pattern):
                    for name in pattern_variables(pattern):
                        if name not in names:
                            raise malformed(f"variable `{name}` not defined: a condition binds nothing")

    def _read(self, patterns: tuple[Pattern, ...]) -> None:
        for pattern in patterns:
            self._bind(pattern_variables(pattern))
            self._maps(pattern)
            _once(pattern)

    def _maps(self, pattern: Pattern) -> None:
        for expression in pattern_expressions(pattern):
            self._plain(expression)

    def _write(self, patterns: tuple[Pattern, ...], *, merging: bool) -> None:
        word = "MERGE" if merging else "CREATE"
        for pattern in patterns:
            self._maps(pattern)
            for edge in pattern.edges:
                _writable(edge, word)
                self._bind([edge.variable] if edge.variable else [], fresh=True)
            for node in pattern.nodes:
                known = node.variable in self._names
                if known and (node.labels or node.properties or not pattern.edges):
                    raise malformed(f"variable `{node.variable}` is already defined, {word} cannot make it anew")
                if node.variable and not known:
                    self._bind([node.variable])

    def _items(self, items: tuple[SetItem, ...]) -> None:
        for item in items:
            if item.variable not in self._names:
                raise malformed(f"variable `{item.variable}` not defined")
            self._plain(item.value)

    def _project(self, clause: Projection) -> None:
        if clause.star and not self._names and not clause.items:
            raise malformed("* needs a variable")
        for item in clause.items:
            self._known(item.expression, self._names)
            _check_aggregates(item.expression)
        grouped = any(aggregates_in(item.expression) for item in clause.items)
        if grouped:
            _check_grouping(clause, self._names)
        columns = {item.name for item in clause.items} | (self._names if clause.star else set())
        seen = columns if grouped or clause.distinct else columns | self._names
        projected = {item.expression for item in clause.items}
        for sorting in clause.order:
            if sorting.expression not in projected:
                if aggregates_in(sorting.expression):
                    raise malformed("ORDER BY an aggregate needs the same aggregate among the columns")
                self._known(sorting.expression, seen)
        for number in (clause.skip, clause.limit):
            if number is not None:
                self._known(number, set())
        self._names = columns
        self._plain(clause.condition)


def _once(pattern: Pattern) -> None:
    named = [edge.variable for edge in pattern.edges if edge.variable]
    if len(set(named)) < len(named):
        raise malformed("one variable cannot stand for two relationships of a pattern")


def _writable(edge: EdgePattern, word: str) -> None:
    if len(edge.types) != 1:
        raise malformed(f"{word} needs exactly one type for a relationship")
    if edge.least is not None:
        raise malformed(f"{word} cannot make a relationship of variable length")
    if edge.direction == "both" and word == "CREATE":
        raise malformed("CREATE needs a direction for a relationship")


def _check_aggregates(expression: Expression) -> None:
    for call in aggregates_in(expression):
        if any(aggregates_in(argument) for argument in call.arguments):
            raise malformed("an aggregate inside an aggregate")
        if len(call.arguments) != (0 if call.star else 1):
            raise malformed(f"{call.name} takes one argument")


def _check_grouping(clause: Projection, names: set[str]) -> None:
    """What stands beside an aggregate in one column must be a column too: else it has no one value."""
    keys = {item.expression for item in clause.items if not aggregates_in(item.expression)}
    if clause.star:
        keys |= {Variable(name) for name in names}
    for item in clause.items:
        if aggregates_in(item.expression):
            _check_beside(item.expression, keys)


def _check_beside(expression: Expression, keys: set[Expression]) -> None:
    if expression in keys or is_aggregate(expression):
        return
    if isinstance(expression, Variable):
        raise malformed(f"`{expression.name}` beside an aggregate must be a column of its own")
    for part in parts(expression):
        _check_beside(part, keys)
