"""What moto works out anew for each item request, worked out once: expressions taken apart, maps of node types.

A quarter of a DynamoDB call with an expression went into compiling the same six patterns for each
word of it, and into asking each node of a syntax tree what kinds of node there are. The results are
moto's. Pinned by `harness/tests/cloud/test_moto_sparing.py`, for these are its internals.
"""

import functools
import importlib
from collections import deque
from collections.abc import Callable
from typing import Any

from moto.dynamodb.comparisons import ConditionExpressionParser

_nodes: Any = importlib.import_module("moto.dynamodb.parsing.ast_nodes")  # has no types
_KEPT_EXPRESSIONS = 512


class MOTOS:
    """What is replaced, as moto has it."""

    lex = ConditionExpressionParser._lex_condition_expression
    traverse = _nodes.DepthFirstTraverser.traverse_node_recursively
    find_clauses = _nodes.Node.find_clauses


def install() -> None:
    """From now on, in this process."""
    ConditionExpressionParser._lex_condition_expression = _lex_condition_expression  # type: ignore[method-assign]
    _nodes.DepthFirstTraverser.traverse_node_recursively = _traverse
    _nodes.Node.find_clauses = _find_clauses


@functools.lru_cache(_KEPT_EXPRESSIONS)
def _words(expression: str) -> tuple[Any, ...]:
    return tuple(MOTOS.lex(ConditionExpressionParser(expression, None, None)))


def _lex_condition_expression(self: ConditionExpressionParser) -> deque[Any]:
    return deque(_words(self.condition_expression or ""))


def _traverse(self: Any, node: Any, child_id: int = -1) -> Any:
    """Depth first, children before their parent, as moto does it."""
    is_told = type(self).pre_processing_of_child is not _nodes.DepthFirstTraverser.pre_processing_of_child
    return _Walk(self._processing_map(), self.pre_processing_of_child if is_told else None).over(node, child_id)


class _Walk:
    """One walk over a tree; what is done with a node depends on its type alone."""

    def __init__(self, processors: dict[type, Any], before_child: Any) -> None:
        self._processors = processors
        self._bases = tuple(processors)
        self._before_child = before_child

    def over(self, node: Any, child_id: int) -> Any:
        if not _is_node(type(node)):
            return node
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            if self._before_child:
                self._before_child(node, number)
            self.over(child, number)
        base = _processed_as(type(node), self._bases)
        if base:
            node = self._processors[base](node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node


def _find_clauses(self: Any, clause_types: Any) -> list[Any]:
    found: list[Any] = []
    for child in self.children or ():
        kind = type(child)
        if kind in clause_types:
            found.append(child)
        elif _has_clauses(kind):
            found.extend(_find_clauses(child, clause_types))
    return found


def _first_base(kind: type, bases: tuple[type, ...]) -> type | None:
    return next((base for base in bases if issubclass(kind, base)), None)


_is_node: Callable[[type], bool] = functools.cache(lambda kind: issubclass(kind, _nodes.Node))
_has_clauses: Callable[[type], bool] = functools.cache(
    lambda kind: issubclass(kind, _nodes.Expression | _nodes.UpdateExpressionFunction)
)
_processed_as: Callable[[type, tuple[type, ...]], type | None] = functools.cache(_first_base)
