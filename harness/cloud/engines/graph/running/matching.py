"""Finds the matches of patterns in the graph.

Within one MATCH no edge is used twice. A search begins at the node of which there are the
fewest, and goes on along edges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.graph.errors import malformed
from harness.cloud.engines.graph.language.syntax import (
    EdgePattern,
    Expression,
    MapOf,
    NodePattern,
    Parameter,
    Pattern,
)
from harness.cloud.engines.graph.running.budget import Budget
from harness.cloud.engines.graph.running.evaluation import Evaluator, property_of
from harness.cloud.engines.graph.running.hints import Hint, hints_of
from harness.cloud.engines.graph.running.values import Row, equal
from harness.cloud.engines.graph.store import Edge, GraphStore, Node, in_order

Used = frozenset[str]
"""Ids of the edges of a match."""


@dataclass(frozen=True, slots=True)
class _Step:
    """From a node of a pattern along an edge to the next.

    Attributes:
        backwards: whether it goes against the order in which the pattern is written.
    """

    edge: EdgePattern
    origin: int
    goal: int
    backwards: bool


class Matcher:
    """Looks for matches."""

    def __init__(self, store: GraphStore, evaluator: Evaluator, budget: Budget) -> None:
        self._store = store
        self._evaluator = evaluator
        self._budget = budget
        evaluator.pattern_test = self.is_there

    def rows(self, patterns: Sequence[Pattern], condition: Expression | None, row: Row) -> Iterator[Row]:
        """The row with what the patterns bind, once for each match that meets the condition."""
        for found, _ in self._join(list(patterns), row, frozenset(), hints_of(condition)):
            if self._evaluator.holds(condition, found):
                yield found

    def is_there(self, pattern: Pattern, row: Row) -> bool:
        """Whether a pattern has a match."""
        return next(self.rows((pattern,), None, row), None) is not None

    def properties(self, pattern: NodePattern | EdgePattern, row: Row) -> dict[str, Any]:
        """The map in a pattern."""
        if isinstance(pattern.properties, MapOf):
            return {key: self._evaluator.value(one, row) for key, one in pattern.properties.entries}
        if isinstance(pattern.properties, Parameter):
            given = self._evaluator.value(pattern.properties, row)
            if not isinstance(given, dict):
                raise malformed(f"${pattern.properties.name} must be a map")
            return given
        return {}

    def _join(
        self, patterns: list[Pattern], row: Row, used: Used, hints: tuple[Hint, ...]
    ) -> Iterator[tuple[Row, Used]]:
        if not patterns:
            yield row, used
            return
        begins = [self._begin(pattern, row, hints) for pattern in patterns]
        best = min(range(len(patterns)), key=lambda number: len(begins[number][1]))
        start, nodes = begins[best]
        rest = patterns[:best] + patterns[best + 1 :]
        for node in nodes:
            for found, now_used in self._from(patterns[best], start, node, row, used):
                yield from self._join(rest, found, now_used, hints)

    # ---- where a search begins -----------------------------------------------------------------

    def _begin(self, pattern: Pattern, row: Row, hints: tuple[Hint, ...]) -> tuple[int, list[Node]]:
        """The place in a pattern with the fewest nodes that may stand there, and those."""
        found = [self._candidates(node, row, hints) for node in pattern.nodes]
        best = min(range(len(found)), key=lambda number: len(found[number]))
        return best, list(found[best])

    def _candidates(self, pattern: NodePattern, row: Row, hints: tuple[Hint, ...]) -> list[Node]:
        name = pattern.variable
        if name in row:
            bound = row[name]
            if bound is not None and not isinstance(bound, Node):
                raise malformed(f"variable `{name}` is no node")
            return [] if bound is None else [bound]
        best = self._store.labelled(pattern.labels)
        for key, value in self.properties(pattern, row).items():
            best = min(best, self._having(key, [value]), key=len)
        for hint in hints:
            if hint.variable == name and hint.needs <= row.keys():
                value = self._evaluator.value(hint.value, row)
                values = value if hint.among and isinstance(value, list) else [value]
                best = min(best, self._having(hint.key, values), key=len)
        return best

    def _having(self, key: str, values: list[Any]) -> list[Node]:
        self._budget.spend(len(values))
        scalars = [value for value in values if isinstance(value, str | int | float | bool)]
        if key == "~id":
            return [self._store.nodes[value] for value in scalars if value in self._store.nodes]
        if len(scalars) == 1:
            return self._store.having(key, scalars[0])
        nodes = {node.id: node for value in scalars for node in self._store.having(key, value)}
        return in_order(nodes.values())

    # ---- along the edges -----------------------------------------------------------------------

    def _from(self, pattern: Pattern, start: int, node: Node, row: Row, used: Used) -> Iterator[tuple[Row, Used]]:
        """All matches with this node at one place of the pattern."""
        found = self._bind_node(pattern.nodes[start], node, row)
        if found is None:
            return
        steps = [_Step(pattern.edges[at], at, at + 1, False) for at in range(start, len(pattern.edges))]
        steps += [_Step(pattern.edges[at - 1], at, at - 1, True) for at in range(start, 0, -1)]
        yield from self._walk(pattern, steps, {start: node}, found, used)

    def _walk(
        self, pattern: Pattern, steps: list[_Step], places: dict[int, Node], row: Row, used: Used
    ) -> Iterator[tuple[Row, Used]]:
        if not steps:
            yield row, used
            return
        step, rest = steps[0], steps[1:]
        for edges, node in self._reached(step, places[step.origin], row, used):
            found = self._bind_edges(step.edge, edges, row)
            if found is not None:
                found = self._bind_node(pattern.nodes[step.goal], node, found)
            if found is not None:
                now_used = used.union(edge.id for edge in edges)
                yield from self._walk(pattern, rest, {**places, step.goal: node}, found, now_used)

    def _reached(self, step: _Step, node: Node, row: Row, used: Used) -> Iterator[tuple[list[Edge], Node]]:
        """Where a step leads, and by which edges."""
        properties = self.properties(step.edge, row)
        if step.edge.least is None:
            for edge, other in self._edges(step, node, properties):
                if edge.id not in used:
                    yield [edge], other
            return
        paths: list[tuple[list[Edge], Node]] = [([], node)]
        while paths:
            edges, at = paths.pop()
            if len(edges) >= step.edge.least:
                yield (edges[::-1] if step.backwards else edges), at
            if len(edges) == step.edge.most:
                continue
            taken = used.union(edge.id for edge in edges)
            further = [one for one in self._edges(step, at, properties) if one[0].id not in taken]
            paths += [([*edges, edge], other) for edge, other in reversed(further)]

    def _edges(self, step: _Step, node: Node, properties: dict[str, Any]) -> Iterator[tuple[Edge, Node]]:
        direction = step.edge.direction
        if step.backwards and direction != "both":
            direction = "in" if direction == "out" else "out"
        found = [(edge, edge.end) for edge in node.outgoing] if direction != "in" else []
        if direction != "out":
            loops = direction == "both"
            found += [(edge, edge.start) for edge in node.incoming if not (loops and edge.start is node)]
        for edge, other in found:
            self._budget.spend()
            if (not step.edge.types or edge.type in step.edge.types) and _has(edge, properties):
                yield edge, other

    # ---- binding -------------------------------------------------------------------------------

    def _bind_node(self, pattern: NodePattern, node: Node, row: Row) -> Row | None:
        """The row with the node, or None if it does not fit there."""
        self._budget.spend()
        name = pattern.variable
        if name in row and row[name] is not node:
            return None
        if not all(label in node.labels for label in pattern.labels):
            return None
        if not _has(node, self.properties(pattern, row)):
            return None
        return row if name is None or name in row else {**row, name: node}

    def _bind_edges(self, pattern: EdgePattern, edges: list[Edge], row: Row) -> Row | None:
        name = pattern.variable
        if name is None:
            return row
        value: Any = edges[0] if pattern.least is None else edges
        if name in row:
            return row if row[name] == value else None
        return {**row, name: value}


def _has(element: Node | Edge, properties: dict[str, Any]) -> bool:
    return all(equal(property_of(element, key), value) for key, value in properties.items())
