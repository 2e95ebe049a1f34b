"""Runs a query: clause after clause, each on the rows that the one before it left.

One query is one transaction: it is done as a whole or not at all.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/transactions-neptune.html
"""

import functools
from collections.abc import Mapping
from typing import Any

from harness.cloud.engines.graph.errors import malformed
from harness.cloud.engines.graph.language.clauses import parse_query
from harness.cloud.engines.graph.language.scope import check
from harness.cloud.engines.graph.language.syntax import (
    Clause,
    Create,
    Delete,
    Match,
    Merge,
    Projection,
    Query,
    Remove,
    SetItems,
    Unwind,
)
from harness.cloud.engines.graph.language.walk import pattern_variables
from harness.cloud.engines.graph.running.budget import Budget, check_rows
from harness.cloud.engines.graph.running.evaluation import Evaluator
from harness.cloud.engines.graph.running.matching import Matcher
from harness.cloud.engines.graph.running.projection import Projector
from harness.cloud.engines.graph.running.values import Row, shown
from harness.cloud.engines.graph.running.writing import Writer
from harness.cloud.engines.graph.store import GraphStore


@functools.lru_cache(maxsize=256)
def read_query(text: str) -> Query:
    """The tree of a query; the same text is parsed once.

    Raises:
        GraphError: it is not in the language.
    """
    try:
        return parse_query(text)
    except RecursionError:
        raise malformed("the query is nested too deeply") from None


def run(query: Query, store: GraphStore, parameters: Mapping[str, Any], budget: Budget) -> list[Row]:
    """Carries a query out.

    Returns:
        the rows of its RETURN as they stand in the answer; [] without one.

    Raises:
        GraphError: it cannot be done; the graph is as before.
    """
    try:
        check(query, parameters)
        rows = _Run(store, parameters, budget).rows(query)
    except RecursionError:
        store.roll_back()
        raise malformed("the query is nested too deeply") from None
    except BaseException:
        store.roll_back()
        raise
    store.commit()
    return rows


class _Run:
    def __init__(self, store: GraphStore, parameters: Mapping[str, Any], budget: Budget) -> None:
        evaluator = Evaluator(parameters, budget)
        self._evaluator = evaluator
        self._matcher = Matcher(store, evaluator, budget)
        self._projector = Projector(evaluator, budget)
        self._writer = Writer(store, evaluator, self._matcher)

    def rows(self, query: Query) -> list[Row]:
        rows: list[Row] = [{}]
        for clause in query.clauses:
            rows = self._do(clause, rows)
            check_rows(len(rows))
        last = query.clauses[-1]
        if not isinstance(last, Projection):
            return []
        return [{name: shown(value) for name, value in row.items()} for row in rows]

    def _do(self, clause: Clause, rows: list[Row]) -> list[Row]:
        match clause:
            case Match():
                return self._match(clause, rows)
            case Unwind():
                return self._unwind(clause, rows)
            case Projection():
                return self._projector.rows(clause, rows)
            case Create():
                return [self._writer.create(clause.patterns, row) for row in rows]
            case Merge():
                return self._writer.merge(clause, rows)
            case SetItems():
                for row in rows:
                    self._writer.assign(clause.items, row)
            case Remove():
                for row in rows:
                    self._writer.remove(clause.items, row)
            case Delete():
                self._writer.delete(clause, rows)
        return rows

    def _match(self, clause: Match, rows: list[Row]) -> list[Row]:
        names = [name for pattern in clause.patterns for name in pattern_variables(pattern)]
        result: list[Row] = []
        for row in rows:
            before = len(result)
            for found in self._matcher.rows(clause.patterns, clause.condition, row):
                result.append(found)
                check_rows(len(result))
            if clause.optional and len(result) == before:
                result.append({**dict.fromkeys(names), **row})
        return result

    def _unwind(self, clause: Unwind, rows: list[Row]) -> list[Row]:
        result: list[Row] = []
        for row in rows:
            source = self._evaluator.value(clause.source, row)
            items = source if isinstance(source, list) else [] if source is None else [source]
            check_rows(len(result) + len(items))
            result += [{**row, clause.variable: item} for item in items]
        return result
