"""The graph as tests see and use it: nothing here takes time or is counted as a request."""

import json
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.graph.running.budget import Budget
from harness.cloud.engines.graph.running.query import read_query, run
from harness.cloud.engines.graph.store import Edge, GraphStore, Node


@dataclass(frozen=True)
class NodeView:
    """A node as it is at this moment."""

    id: str
    labels: tuple[str, ...]
    properties: dict[str, Any]


@dataclass(frozen=True)
class EdgeView:
    """An edge as it is at this moment."""

    id: str
    type: str
    start: NodeView
    end: NodeView
    properties: dict[str, Any]


class GraphWords:
    """Words for tests of a kata that has a graph."""

    _store: GraphStore

    def nodes(self, label: str = "", **properties: Any) -> list[NodeView]:
        """Every node with this label and these properties, in no order to rely on."""
        return [_node(node) for node in self._found(label, properties)]

    def edges(self, edge_type: str = "") -> list[EdgeView]:
        """Every edge of this type; "": all."""
        return [_edge(edge) for edge in self._store.edges.values() if edge_type in ("", edge.type)]

    def add_node(self, label: str, **properties: Any) -> str:
        """Puts a node into the graph at once, and returns its id."""
        node = self._store.add_node([label], properties)
        self._store.commit()
        return node.id

    def add_edge(self, start_id: str, edge_type: str, end_id: str, **properties: Any) -> str:
        """Connects two nodes at once, and returns the edge's id."""
        nodes = self._store.nodes
        edge = self._store.add_edge(edge_type, nodes[start_id], nodes[end_id], properties)
        self._store.commit()
        return edge.id

    def query(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query answers, done at once.

        Raises:
            GraphError: it is refused.
        """
        return run(read_query(text), self._store, parameters, Budget())

    def wipe(self, label: str = "") -> int:
        """Removes every node with this label, and its edges; "": the whole graph.

        Returns:
            how many nodes are gone.
        """
        found = list(self._found(label, {}))
        for node in found:
            for edge in [*node.outgoing, *node.incoming]:
                self._store.remove_edge(edge)
            self._store.remove_node(node)
        self._store.commit()
        return len(found)

    def texts(self) -> list[str]:
        """The properties of every node and edge, as JSON, to look for what must not be there."""
        elements: list[Node | Edge] = [*self._store.nodes.values(), *self._store.edges.values()]
        return [json.dumps({"~id": element.id, **element.properties}, ensure_ascii=False) for element in elements]

    def _found(self, label: str, properties: dict[str, Any]) -> list[Node]:
        nodes = self._store.labelled([label] if label else [])
        wanted = properties.items()
        return [node for node in nodes if all(node.properties.get(key) == value for key, value in wanted)]


def _node(node: Node) -> NodeView:
    return NodeView(node.id, tuple(node.labels), dict(node.properties))


def _edge(edge: Edge) -> EdgeView:
    return EdgeView(edge.id, edge.type, _node(edge.start), _node(edge.end), dict(edge.properties))
