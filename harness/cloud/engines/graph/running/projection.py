"""WITH and RETURN: columns, groups, DISTINCT, ORDER BY, SKIP, LIMIT."""

from typing import Any

from harness.cloud.engines.graph.errors import malformed
from harness.cloud.engines.graph.language.syntax import Call, Expression, Item, Projection, Variable
from harness.cloud.engines.graph.language.walk import aggregates_in
from harness.cloud.engines.graph.running.aggregation import aggregate
from harness.cloud.engines.graph.running.budget import Budget
from harness.cloud.engines.graph.running.evaluation import Evaluator
from harness.cloud.engines.graph.running.values import Row, identity, order_key

Pair = tuple[Row, Row]
"""A row of the result, and what can be seen from it besides when it is sorted."""


class Projector:
    """Makes rows out of rows."""

    def __init__(self, evaluator: Evaluator, budget: Budget) -> None:
        self._evaluator = evaluator
        self._budget = budget

    def rows(self, clause: Projection, rows: list[Row]) -> list[Row]:
        """What the clause makes of the rows.

        Raises:
            GraphError: SKIP or LIMIT is no number.
        """
        items = _items(clause, rows)
        if any(aggregates_in(item.expression) for item in items):
            pairs = self._grouped(items, rows)
        else:
            pairs = [({item.name: self._evaluator.value(item.expression, row) for item in items}, row) for row in rows]
        if clause.distinct:
            pairs = list({_same(pair[0]): pair for pair in reversed(pairs)}.values())[::-1]
        pairs = self._sorted(clause, items, pairs)
        skip = self._count(clause.skip, "SKIP") or 0
        limit = self._count(clause.limit, "LIMIT")
        found = [row for row, _ in pairs[skip : None if limit is None else skip + limit]]
        return [row for row in found if self._evaluator.holds(clause.condition, row)]

    def _grouped(self, items: list[Item], rows: list[Row]) -> list[Pair]:
        keys = [item for item in items if not aggregates_in(item.expression)]
        groups: dict[Any, tuple[Row, list[Row]]] = {}
        for row in rows:
            values = {item.name: self._evaluator.value(item.expression, row) for item in keys}
            groups.setdefault(_same(values), (values, []))[1].append(row)
        if not keys and not groups:
            groups[()] = ({}, [])
        return [self._group(items, values, members) for values, members in groups.values()]

    def _group(self, items: list[Item], values: Row, rows: list[Row]) -> Pair:
        calls = {call for item in items for call in aggregates_in(item.expression)}
        self._evaluator.aggregated = {call: self._aggregated(call, rows) for call in calls}
        seen = rows[0] if rows else {}
        result = {
            item.name: values[item.name] if item.name in values else self._evaluator.value(item.expression, seen)
            for item in items
        }
        self._evaluator.aggregated = {}
        return result, {}

    def _aggregated(self, call: Call, rows: list[Row]) -> Any:
        if call.star:
            return len(rows)
        values = [self._evaluator.value(call.arguments[0], row) for row in rows]
        return aggregate(call.name, values, distinct=call.distinct)

    def _sorted(self, clause: Projection, items: list[Item], pairs: list[Pair]) -> list[Pair]:
        columns = {item.expression: item.name for item in items}
        self._budget.spend(len(pairs) * len(clause.order))
        for sorting in reversed(clause.order):
            expression = sorting.expression
            pairs = sorted(
                pairs,
                key=lambda pair, by=expression: order_key(self._sorting_value(by, columns, pair)),  # type: ignore[misc]
                reverse=sorting.descending,
            )
        return pairs

    def _sorting_value(self, expression: Expression, columns: dict[Expression, str], pair: Pair) -> Any:
        row, seen = pair
        if isinstance(expression, Variable) and expression.name in row:
            return row[expression.name]
        if expression in columns:
            return row[columns[expression]]
        return self._evaluator.value(expression, {**seen, **row})

    def _count(self, expression: Expression | None, word: str) -> int | None:
        if expression is None:
            return None
        count = self._evaluator.value(expression, {})
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise malformed(f"{word} takes a whole number, 0 or more")
        return count


def _items(clause: Projection, rows: list[Row]) -> list[Item]:
    """The columns; `*` stands for every variable."""
    named = [item.name for item in clause.items]
    names = [name for name in (rows[0] if rows else ()) if name not in named] if clause.star else []
    return [*(Item(Variable(name), name) for name in names), *clause.items]


def _same(row: Row) -> tuple[Any, ...]:
    return tuple(identity(value) for value in row.values())
