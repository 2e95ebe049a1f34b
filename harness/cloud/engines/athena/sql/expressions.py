"""Expressions in Trino's words turned into DuckDB's: every kind that is allowed, one method each.

Every kind of node has its place in `_EXPRESSIONS`; one that has none is refused, so that a
new version of DuckDB opens no door by itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harness.cloud.engines.athena.sql import kinds
from harness.cloud.engines.athena.sql.functions import FUNCTIONS, OPERATORS, TYPES
from harness.cloud.engines.athena.sql.nodes import Node, arguments, called, name_of, refuse, text_of
from harness.cloud.engines.athena.sql.rewriting import UTC, instant, rewritten
from harness.cloud.engines.athena.sql.scopes import Columns, Scope

PATH = "$path"
"""The hidden column with an object's URL."""

TableName = tuple[str, str]
_ZONE = re.compile(r"\d\s*([A-Za-z][\w/+-]*|[+-]\d\d:?\d\d)\s*$")
"""A time zone behind a time."""

_QUERY_PARTS = ("from_table", "table_name", "cte_map")


@dataclass(frozen=True)
class Request:
    """What a translation is made from.

    Attributes:
        columns: types of a table's columns, by database and table; raises QueryError if there is none.
        view: the name of the view that stands for a table.
    """

    database: str
    columns: Callable[[TableName], Columns]
    view: Callable[[TableName], str]
    now: datetime


@dataclass
class Expressions:
    """What the expressions of a query become, and what they use.

    Attributes:
        schema: of the views that stand for the tables.
        tables: those that the query reads, with the names of their views.
        functions: DuckDB's names of the functions it uses.
        wants_path: whether it asks for the hidden column "$path".
    """

    request: Request
    schema: str
    tables: dict[TableName, str] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    wants_path: bool = False

    def query(self, node: Node, scope: Scope) -> tuple[Node, Columns | None]:
        """A query in DuckDB's words, and the columns it gives."""
        raise NotImplementedError

    def expression(self, node: Any, scope: Scope) -> Any:
        """An expression in DuckDB's words, or a list of them."""
        if isinstance(node, list):
            return [self.expression(each, scope) for each in node]
        if not isinstance(node, dict):
            return node
        if "class" not in node and any(part in node for part in _QUERY_PARTS):
            raise refuse("SYNTAX_ERROR", "mismatched input: a query stands where none can", node)
        if "class" not in node:
            return {key: self.expression(value, scope) for key, value in node.items()}
        handle = _EXPRESSIONS.get(node["class"])
        if handle is None:
            raise refuse("SYNTAX_ERROR", f"mismatched input: {node['class']} is not Trino's", node)
        kinds.check(node, scope)
        found: Node = handle(self, node, scope)
        return found

    def _inside(self, node: Node, scope: Scope) -> Node:
        return {key: self.expression(value, scope) for key, value in node.items()}

    def _as_it_is(self, node: Node, scope: Scope) -> Node:
        return node

    def _column(self, node: Node, scope: Scope) -> Node:
        names = node["column_names"]
        if (name := name_of(node)) and (found := instant(name, self.request.now, node)) and not scope.has(name):
            return found
        if names[-1] == PATH:
            self.wants_path = True
        if len(names) > 2 and (names[0].lower(), names[1].lower()) in self.tables:
            return {**node, "column_names": names[1:]}
        return node

    def _star(self, node: Node, scope: Scope) -> Node:
        extra = ("exclude_list", "qualified_exclude_list", "replace_list", "rename_list", "expr", "columns")
        if any(node.get(key) for key in extra):
            raise refuse("SYNTAX_ERROR", "mismatched input: EXCLUDE, REPLACE and COLUMNS are not Trino's", node)
        return node

    def _subquery(self, node: Node, scope: Scope) -> Node:
        found, _ = self.query(node["subquery"]["node"], scope.below())
        child = self.expression(node["child"], scope) if node.get("child") else node.get("child")
        return {**node, "subquery": {**node["subquery"], "node": found}, "child": child}

    def _cast(self, node: Node, scope: Scope) -> Node:
        name, text = str(node["type_expr"].get("type_name", "")).upper(), text_of(node["child"])
        if name.startswith("TIMESTAMP") and text and (zone := _ZONE.search(text)) and zone[1].lower() not in UTC:
            raise refuse("NOT_SUPPORTED", f"the time zone in '{text}' is not simulated: every instant is in UTC", node)
        return {**node, "child": self.expression(node["child"], scope), "type_expr": self._type(node["type_expr"])}

    def _type(self, node: Node) -> Node:
        name = str(node.get("type_name", "")).upper()
        if name not in TYPES:
            raise refuse("TYPE_NOT_FOUND", f"Unknown type: {node.get('type_name', '')}", node)
        children = [self._type(each) for each in node.get("children") or [] if each.get("class") == "TYPE"]
        if name == "DECIMAL":
            children = [each for each in node.get("children") or [] if each.get("class") == "CONSTANT"]
        found = {**node, "type_name": TYPES[name], "children": children, "schema": "", "catalog": ""}
        return {**found, "qualified_name": {"path": [TYPES[name]]}}

    def _lambda(self, node: Node, scope: Scope) -> Node:
        if node.get("syntax_type") != "SINGLE_ARROW":
            raise refuse("SYNTAX_ERROR", "mismatched input: a lambda is written x -> x + 1", node)
        return {**node, "expr": self.expression(node["expr"], Scope()), "syntax_type": "LAMBDA_KEYWORD"}

    def _function(self, node: Node, scope: Scope) -> Node:
        name = self._known(node)
        given = [self.expression(each, scope) for each in arguments(node)]
        if any(argument.get("name") for argument in node["arguments"]):
            raise refuse("SYNTAX_ERROR", "mismatched input: arguments have no names", node)
        found = called(node, name, given)
        for key in ("filter", "order_bys"):
            if node.get(key):
                found[key] = self.expression(node[key], scope)
        return rewritten(found, self.request.now)

    def _window(self, node: Node, scope: Scope) -> Node:
        name = self._known(node)
        found = self._inside(node, scope)
        if node["type"] == "WINDOW_AGGREGATE":
            found = {**found, "function_name": name, "qualified_name": {"path": [name]}}
        return found

    def _known(self, node: Node) -> str:
        """DuckDB's name of a function or operator."""
        name: str = node["function_name"].lower()
        if node.get("schema") or node.get("catalog"):
            raise refuse("FUNCTION_NOT_FOUND", f"Function '{node.get('schema')}.{name}' not registered", node)
        if node.get("is_operator"):
            if name not in OPERATORS:
                raise refuse("SYNTAX_ERROR", f"mismatched input '{name}'", node)
            return name
        if name not in FUNCTIONS:
            raise refuse("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", node)
        self.functions.add(FUNCTIONS[name])
        return FUNCTIONS[name]

    def _operator(self, node: Node, scope: Scope) -> Node:
        if node["type"] not in _OPERATORS:
            raise refuse("SYNTAX_ERROR", f"mismatched input: {node['type']} is not Trino's", node)
        return self._inside(node, scope)


_OPERATORS = frozenset(
    (
        "ARRAY_EXTRACT", "ARRAY_CONSTRUCTOR", "STRUCT_EXTRACT", "OPERATOR_TRY", "OPERATOR_NOT", "OPERATOR_IS_NULL",
        "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE", "OPERATOR_NULLIF", "COMPARE_IN", "COMPARE_NOT_IN",
        "GROUPING_FUNCTION",
    )
)  # fmt: skip

_EXPRESSIONS: dict[str, Callable[[Expressions, Node, Scope], Node]] = {
    "COLUMN_REF": Expressions._column,
    "CONSTANT": Expressions._as_it_is,
    "STAR": Expressions._star,
    "FUNCTION": Expressions._function,
    "WINDOW": Expressions._window,
    "OPERATOR": Expressions._operator,
    "COMPARISON": Expressions._inside,
    "CONJUNCTION": Expressions._inside,
    "BETWEEN": Expressions._inside,
    "CASE": Expressions._inside,
    "CAST": Expressions._cast,
    "SUBQUERY": Expressions._subquery,
    "LAMBDA": Expressions._lambda,
}
