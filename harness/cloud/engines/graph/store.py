"""The graph: nodes and edges with their properties, and the way back for a failed transaction.

Elements are kept in an order that depends on their ids alone, so that whoever relies on the
order of creation sees here that Neptune promises none. Every property of a node is indexed,
as in Neptune.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/feature-overview-data-model.html
"""

import bisect
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

DEFAULT_LABEL = "vertex"
"""Of a node that is created without one."""

Value = Any
"""A property: str, int, float or bool."""

E = TypeVar("E", "Node", "Edge")


class Node:
    """A node. Only the store changes it."""

    __slots__ = ("id", "incoming", "labels", "outgoing", "properties", "rank")

    def __init__(self, node_id: str, labels: Sequence[str], properties: dict[str, Value]) -> None:
        self.id = node_id
        self.rank = _rank(node_id)
        self.labels = list(labels)
        self.properties = properties
        self.outgoing: list[Edge] = []
        self.incoming: list[Edge] = []


class Edge:
    """An edge, which Neptune calls a relationship. Only the store changes it."""

    __slots__ = ("end", "id", "properties", "rank", "start", "type")

    def __init__(self, edge_id: str, edge_type: str, start: Node, end: Node, properties: dict[str, Value]) -> None:
        self.id = edge_id
        self.rank = _rank(edge_id)
        self.type = edge_type
        self.start = start
        self.end = end
        self.properties = properties


class IdTaken(Exception):
    """A node or edge has this id already."""


class GraphStore:
    """All nodes and edges.

    Attributes:
        nodes, edges: by id.
    """

    def __init__(self, new_id: Callable[[], str]) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: dict[str, Edge] = {}
        self._new_id = new_id
        self._all: list[Node] = []
        self._by_label: dict[str, list[Node]] = {}
        self._by_value: dict[tuple[str, Any], list[Node]] = {}
        self._undo: list[Callable[[], None]] = []

    # ---- reading -------------------------------------------------------------------------------

    def labelled(self, labels: Sequence[str]) -> list[Node]:
        """The nodes that may have all these labels: those of the rarest one."""
        lists = [self._by_label.get(label, []) for label in labels]
        return min(lists, key=len) if lists else self._all

    def having(self, key: str, value: Value) -> list[Node]:
        """The nodes with this value of a property."""
        return self._by_value.get((key, _indexed(value)), [])

    # ---- transactions --------------------------------------------------------------------------

    def commit(self) -> None:
        """What has been done since the last commit stays."""
        self._undo.clear()

    def roll_back(self) -> None:
        """What has been done since the last commit is undone."""
        while self._undo:
            self._undo.pop()()

    # ---- changing ------------------------------------------------------------------------------

    def add_node(self, labels: Sequence[str], properties: dict[str, Value], node_id: str = "") -> Node:
        """A new node.

        Args:
            node_id: "": a fresh one.

        Raises:
            IdTaken: there is one of this id.
        """
        node = Node(node_id or self._new_id(), labels or (DEFAULT_LABEL,), dict(properties))
        if node.id in self.nodes:
            raise IdTaken(node.id)
        self._insert_node(node)
        self._undo.append(lambda: self._take_node(node))
        return node

    def add_edge(self, edge_type: str, start: Node, end: Node, properties: dict[str, Value], edge_id: str = "") -> Edge:
        """A new edge.

        Raises:
            IdTaken: there is one of this id.
        """
        edge = Edge(edge_id or self._new_id(), edge_type, start, end, dict(properties))
        if edge.id in self.edges:
            raise IdTaken(edge.id)
        self._insert_edge(edge)
        self._undo.append(lambda: self._take_edge(edge))
        return edge

    def remove_node(self, node: Node) -> None:
        """Removes a node that has no edges."""
        if node.id in self.nodes:
            self._take_node(node)
            self._undo.append(lambda: self._insert_node(node))

    def remove_edge(self, edge: Edge) -> None:
        """Removes an edge."""
        if edge.id in self.edges:
            self._take_edge(edge)
            self._undo.append(lambda: self._insert_edge(edge))

    def set_property(self, element: Node | Edge, key: str, value: Value | None) -> None:
        """Sets a property; None removes it."""
        before = element.properties.get(key)
        self._put_property(element, key, value)
        self._undo.append(lambda: self._put_property(element, key, before))

    def set_labels(self, node: Node, labels: Sequence[str]) -> None:
        """Gives a node other labels."""
        before = list(node.labels)
        self._put_labels(node, labels)
        self._undo.append(lambda: self._put_labels(node, before))

    # ---- details -------------------------------------------------------------------------------

    def _insert_node(self, node: Node) -> None:
        self.nodes[node.id] = node
        _insert(self._all, node)
        for label in node.labels:
            _insert(self._by_label.setdefault(label, []), node)
        for key, value in node.properties.items():
            _insert(self._by_value.setdefault((key, _indexed(value)), []), node)

    def _take_node(self, node: Node) -> None:
        del self.nodes[node.id]
        _take(self._all, node)
        for label in node.labels:
            _take(self._by_label[label], node)
        for key, value in node.properties.items():
            self._take_value(node, key, value)

    def _insert_edge(self, edge: Edge) -> None:
        self.edges[edge.id] = edge
        _insert(edge.start.outgoing, edge)
        _insert(edge.end.incoming, edge)

    def _take_edge(self, edge: Edge) -> None:
        del self.edges[edge.id]
        _take(edge.start.outgoing, edge)
        _take(edge.end.incoming, edge)

    def _put_property(self, element: Node | Edge, key: str, value: Value | None) -> None:
        indexed = element if isinstance(element, Node) and element.id in self.nodes else None
        if indexed is not None and key in indexed.properties:
            self._take_value(indexed, key, indexed.properties[key])
        if value is None:
            element.properties.pop(key, None)
            return
        element.properties[key] = value
        if indexed is not None:
            _insert(self._by_value.setdefault((key, _indexed(value)), []), indexed)

    def _take_value(self, node: Node, key: str, value: Value) -> None:
        """Out of the index, which keeps no empty entries."""
        entry = (key, _indexed(value))
        nodes = self._by_value[entry]
        _take(nodes, node)
        if not nodes:
            del self._by_value[entry]

    def _put_labels(self, node: Node, labels: Sequence[str]) -> None:
        if node.id in self.nodes:
            for label in node.labels:
                _take(self._by_label[label], node)
            for label in labels:
                _insert(self._by_label.setdefault(label, []), node)
        node.labels = list(labels)


def _rank(element_id: str) -> bytes:
    return hashlib.blake2b(element_id.encode(errors="replace"), digest_size=8).digest()


def _key(element: Node | Edge) -> tuple[bytes, str]:
    return element.rank, element.id


def _insert(elements: list[E], element: E) -> None:
    bisect.insort(elements, element, key=_key)


def _take(elements: list[E], element: E) -> None:
    del elements[bisect.bisect_left(elements, _key(element), key=_key)]


def _indexed(value: Value) -> tuple[bool, Value]:
    """What a value is found by: 1 and 1.0 are one number, and True is none."""
    return isinstance(value, bool), value


def in_order(elements: Iterable[E]) -> list[E]:
    """Elements as the store orders them."""
    return sorted(elements, key=_key)
