"""CREATE, MERGE, SET, REMOVE, DELETE: a clause changes the graph row by row.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-extensions.html (custom ids)
and https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-exceptions.html
"""

from typing import Any

from harness.cloud.engines.graph.errors import GraphError, malformed
from harness.cloud.engines.graph.language.syntax import Delete, EdgePattern, Merge, NodePattern, Pattern, SetItem
from harness.cloud.engines.graph.running.budget import check_rows
from harness.cloud.engines.graph.running.evaluation import Evaluator
from harness.cloud.engines.graph.running.matching import Matcher
from harness.cloud.engines.graph.running.values import Row, storable
from harness.cloud.engines.graph.store import Edge, GraphStore, IdTaken, Node

_STILL_CONNECTED = (
    "Cannot delete node, because it still has relationships. "
    "To delete this node, you must first delete its relationships."
)
_LAST_LABEL = "Invalid operation: attempting to remove the last label of a node. A node must have at least one label."


class Writer:
    """Carries out the clauses that write."""

    def __init__(self, store: GraphStore, evaluator: Evaluator, matcher: Matcher) -> None:
        self._store = store
        self._evaluator = evaluator
        self._matcher = matcher

    # ---- CREATE, MERGE -------------------------------------------------------------------------

    def create(self, patterns: tuple[Pattern, ...], row: Row) -> Row:
        """The row with what has been made."""
        for pattern in patterns:
            row = self._make(pattern, row)
        return row

    def merge(self, clause: Merge, rows: list[Row]) -> list[Row]:
        """The matches of the pattern, or what has been made because there was none.

        Each row sees what the rows before it have made.
        """
        result: list[Row] = []
        for row in rows:
            self._refuse_null(clause.pattern, row)
            found = list(self._matcher.rows((clause.pattern,), None, row))
            if found:
                for each in found:
                    self.assign(clause.on_match, each)
            else:
                found = [self._make(clause.pattern, row)]
                self.assign(clause.on_create, found[0])
            result += found
            check_rows(len(result))
        return result

    def _refuse_null(self, pattern: Pattern, row: Row) -> None:
        for element in pattern.elements:
            for key, value in self._matcher.properties(element, row).items():
                if value is None:
                    raise malformed(f"MERGE cannot look for `{key}`: its value is null")

    def _make(self, pattern: Pattern, row: Row) -> Row:
        nodes = []
        for one in pattern.nodes:
            row, node = self._node(one, row)
            nodes.append(node)
        for number, edge in enumerate(pattern.edges):
            row = self._edge(edge, nodes[number], nodes[number + 1], row)
        return row

    def _node(self, pattern: NodePattern, row: Row) -> tuple[Row, Node]:
        name = pattern.variable
        if name is not None and name in row:
            bound = row[name]
            if not isinstance(bound, Node):
                raise malformed(f"variable `{name}` is no node")
            if self._store.nodes.get(bound.id) is not bound:
                raise malformed(f"the node `{name}` has been deleted in this query")
            return row, bound
        properties, node_id = self._kept(pattern, row)
        try:
            node = self._store.add_node(pattern.labels, properties, node_id)
        except IdTaken as taken:
            raise _taken(taken) from None
        return (row if name is None else {**row, name: node}), node

    def _edge(self, pattern: EdgePattern, left: Node, right: Node, row: Row) -> Row:
        start, end = (right, left) if pattern.direction == "in" else (left, right)
        properties, edge_id = self._kept(pattern, row)
        try:
            edge = self._store.add_edge(pattern.types[0], start, end, properties, edge_id)
        except IdTaken as taken:
            raise _taken(taken) from None
        return row if pattern.variable is None else {**row, pattern.variable: edge}

    def _kept(self, pattern: NodePattern | EdgePattern, row: Row) -> tuple[dict[str, Any], str]:
        """The properties to keep, without nulls, and the id that is asked for."""
        given = self._matcher.properties(pattern, row)
        node_id = given.get("~id", "")
        if not isinstance(node_id, str):
            raise malformed("`~id` takes a string")
        kept = {key: storable(key, value) for key, value in given.items() if value is not None and key != "~id"}
        return kept, node_id

    # ---- SET, REMOVE ---------------------------------------------------------------------------

    def assign(self, items: tuple[SetItem, ...], row: Row) -> None:
        """Every assignment has been made; those to null are none."""
        for item in items:
            target = row[item.variable]
            if target is None:
                continue
            if not isinstance(target, Node | Edge):
                raise malformed(f"variable `{item.variable}` is no node and no relationship")
            if item.operator == ":":
                self._add_labels(_node(target, item.variable), item.labels)
            elif item.key:
                self._put(target, item.key, None if item.value is None else self._evaluator.value(item.value, row))
            else:
                self._put_all(target, item, self._evaluator.value(item.value, row) if item.value else {})

    def remove(self, items: tuple[SetItem, ...], row: Row) -> None:
        """Every property and label named is gone."""
        for item in items:
            if item.operator != ":":
                self.assign((item,), row)
            elif isinstance(row[item.variable], Node):
                self._drop_labels(row[item.variable], item.labels)

    def _put(self, target: Node | Edge, key: str, value: Any) -> None:
        if key == "~id":
            raise malformed("`~id` cannot be changed")
        self._store.set_property(target, key, None if value is None else storable(key, value))

    def _put_all(self, target: Node | Edge, item: SetItem, value: Any) -> None:
        given = dict(value.properties) if isinstance(value, Node | Edge) else value
        if not isinstance(given, dict):
            raise malformed(f"SET {item.variable} {item.operator} takes a map")
        if item.operator == "=":
            for key in [key for key in target.properties if key not in given]:
                self._store.set_property(target, key, None)
        for key, one in given.items():
            self._put(target, key, one)

    def _add_labels(self, node: Node, labels: tuple[str, ...]) -> None:
        fresh = [label for label in dict.fromkeys(labels) if label not in node.labels]
        if fresh:
            self._store.set_labels(node, [*node.labels, *fresh])

    def _drop_labels(self, node: Node, labels: tuple[str, ...]) -> None:
        left = [label for label in node.labels if label not in labels]
        if not left:
            raise GraphError("BadRequestException", _LAST_LABEL)
        self._store.set_labels(node, left)

    # ---- DELETE --------------------------------------------------------------------------------

    def delete(self, clause: Delete, rows: list[Row]) -> None:
        """What the clause names in any row is gone: edges first, so that their nodes may go too."""
        targets = [self._evaluator.value(target, row) for row in rows for target in clause.targets]
        flat = [each for target in targets for each in (target if isinstance(target, list) else [target])]
        for target in flat:
            if target is not None and not isinstance(target, Node | Edge):
                raise malformed("DELETE takes nodes and relationships")
            if isinstance(target, Edge):
                self._store.remove_edge(target)
        for target in flat:
            if isinstance(target, Node):
                self._delete_node(target, detach=clause.detach)

    def _delete_node(self, node: Node, *, detach: bool) -> None:
        if self._store.nodes.get(node.id) is not node:
            return
        edges = {edge.id: edge for edge in (*node.outgoing, *node.incoming)}
        if edges and not detach:
            raise GraphError("BadRequestException", _STILL_CONNECTED)
        for edge in edges.values():
            self._store.remove_edge(edge)
        self._store.remove_node(node)


def _node(target: Node | Edge, name: str) -> Node:
    if not isinstance(target, Node):
        raise malformed(f"variable `{name}` is no node, and a relationship has no labels")
    return target


def _taken(taken: IdTaken) -> GraphError:
    return GraphError("ConstraintViolationException", f"an element with the id {taken} exists already")
