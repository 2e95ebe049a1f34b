"""Walks the tree of a query: lets only what is known through, and turns Trino's words into DuckDB's.

Tables become views of one schema; everything the walk does not know is refused.
"""

from dataclasses import replace
from typing import Any

from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.sql import kinds
from harness.cloud.engines.athena.sql.expressions import Expressions
from harness.cloud.engines.athena.sql.nodes import Node, arguments, called, name_of, place, refuse
from harness.cloud.engines.athena.sql.scopes import Columns, Scope, Source, output_name

UNNAMED = "kata unnamed"
"""What a column without a name is called until the result is written: then it is `_col0`."""

_CLAUSES = ("where_clause", "group_expressions", "having")
_JOINS = ("INNER", "LEFT", "RIGHT", "OUTER", "FULL")


class Translation(Expressions):
    """A query on its way to DuckDB: its SELECTs, its FROM, its WITH."""

    def query(self, node: Node, scope: Scope) -> tuple[Node, Columns | None]:
        """A query in DuckDB's words, and the columns it gives."""
        kind = node.get("type")
        scope, ctes = self._with(node, scope)
        if kind == "SET_OPERATION_NODE":
            if node["setop_type"] not in ("UNION", "INTERSECT", "EXCEPT"):
                raise QueryError("SYNTAX_ERROR", f"{node['setop_type']} is not Trino's")
            children = [self.query(child, scope) for child in node["children"]]
            columns = children[0][1]
            after = replace(scope, sources=(Source("", columns),))
            found = {**node, "children": [child for child, _ in children], "modifiers": self._modifiers(node, after)}
            return {**found, "cte_map": ctes}, columns
        if kind == "RECURSIVE_CTE_NODE":
            inside = replace(scope, tables={**scope.tables, node["cte_name"].lower(): None})
            left, right = self.query(node["left"], inside)[0], self.query(node["right"], inside)[0]
            return {**node, "left": left, "right": right, "cte_map": ctes}, None
        if kind != "SELECT_NODE":
            raise QueryError("NOT_SUPPORTED", f"{kind} is not supported")
        found, columns = self._select(node, scope)
        return {**found, "cte_map": ctes}, columns

    # ---- a SELECT --------------------------------------------------------------------------

    def _with(self, node: Node, scope: Scope) -> tuple[Scope, Node]:
        entries = []
        for entry in (node.get("cte_map") or {}).get("map", []):
            name, value = entry["key"], entry["value"]
            found, columns = self.query(value["query_node"], scope)
            if value.get("aliases") and columns is not None:
                columns = dict(zip([each.lower() for each in value["aliases"]], columns.values(), strict=False))
            scope = replace(scope, tables={**scope.tables, name.lower(): columns})
            entries.append({**entry, "value": {**value, "query_node": found}})
        return scope, {"map": entries}

    def _select(self, node: Node, scope: Scope) -> tuple[Node, Columns | None]:
        if node.get("qualify") or node.get("aggregate_handling") != "STANDARD_HANDLING":
            raise QueryError("SYNTAX_ERROR", "mismatched input: QUALIFY and GROUP BY ALL are not Trino's")
        if node.get("sample"):
            raise QueryError("NOT_SUPPORTED", "TABLESAMPLE is not simulated")
        source, sources = self._from(node["from_table"], scope)
        scope = replace(scope, sources=tuple(sources))
        self._refuse_aliases(node, scope)
        columns = _outputs(node["select_list"], scope)
        found = {
            **node,
            "from_table": source,
            "select_list": [self._output(each, scope) for each in node["select_list"]],
        }
        for clause in _CLAUSES:
            if node.get(clause):
                found[clause] = self.expression(node[clause], scope)
        found["modifiers"] = self._modifiers(node, scope)
        return found, columns

    def _refuse_aliases(self, node: Node, scope: Scope) -> None:
        """Trino knows the aliases of the select list in ORDER BY only; DuckDB everywhere."""
        aliases = {each["alias"].lower() for each in node["select_list"] if each.get("alias")}
        if not aliases or not scope.is_known():
            return
        places = [node.get(clause) for clause in _CLAUSES] + [
            each for each in node["select_list"] if each.get("class") != "COLUMN_REF" or not each.get("alias")
        ]
        for reference in _references(places):
            name = name_of(reference) or ""
            if name in aliases and not scope.has(name):
                raise _no_column(name, reference)

    def _output(self, node: Node, scope: Scope) -> Node:
        named = node.get("alias") or node["class"] in ("COLUMN_REF", "STAR")
        found: Node = self.expression(node if named else {**node, "alias": UNNAMED}, scope)
        return found

    def _modifiers(self, node: Node, scope: Scope) -> list[Node]:
        found = []
        for modifier in node.get("modifiers") or []:
            kind = modifier["type"]
            if kind == "ORDER_MODIFIER":
                orders = [
                    {**each, "expression": self.expression(each["expression"], scope)} for each in modifier["orders"]
                ]
                found.append({**modifier, "orders": orders})
            elif kind == "LIMIT_MODIFIER" and modifier.get("limit_type", "ROW_COUNT") == "ROW_COUNT":
                found.append({**modifier, **self._limits(modifier, scope)})
            elif kind == "DISTINCT_MODIFIER" and not modifier.get("distinct_on_targets"):
                found.append(modifier)
            else:
                raise QueryError(
                    "SYNTAX_ERROR", "mismatched input: neither DISTINCT ON nor LIMIT in percent is Trino's"
                )
        return found

    def _limits(self, modifier: Node, scope: Scope) -> Node:
        return {key: self.expression(modifier[key], scope) for key in ("limit", "offset") if modifier.get(key)}

    # ---- FROM ------------------------------------------------------------------------------

    def _from(self, node: Node, scope: Scope) -> tuple[Node, list[Source]]:
        kind = node["type"]
        if node.get("sample") or node.get("at_clause"):
            raise refuse("NOT_SUPPORTED", "TABLESAMPLE and time travel are not simulated", node)
        if kind == "EMPTY":
            return node, []
        if kind == "BASE_TABLE":
            return self._table(node, scope)
        if kind == "JOIN":
            return self._join(node, scope)
        if kind == "SUBQUERY":
            found, columns = self.query(node["subquery"]["node"], Scope((), scope.outer, scope.tables))
            source = _aliased(node, columns)
            return {**node, "subquery": {**node["subquery"], "node": found}}, [source]
        if kind == "EXPRESSION_LIST":
            rows = [[self.expression(value, scope) for value in row] for row in node["values"]]
            return {**node, "values": rows}, [Source(str(node.get("alias", "")).lower(), None)]
        if kind == "TABLE_FUNCTION" and node["function"].get("function_name", "").lower() == "unnest":
            return self._unnest(node, scope), [Source(str(node.get("alias", "")).lower(), None)]
        raise refuse("NOT_SUPPORTED", f"{_called(node)} cannot stand in FROM", node)

    def _table(self, node: Node, scope: Scope) -> tuple[Node, list[Source]]:
        path = [str(part) for part in node["qualified_name"]["path"]]
        if len(path) == 3 and path[0].lower() == "awsdatacatalog":
            path = path[1:]
        if len(path) > 2:
            raise refuse("CATALOG_NOT_FOUND", f"Catalog '{path[0]}' does not exist", node)
        if len(path) == 1 and path[0].lower() in scope.tables:
            return node, [_aliased(node, scope.tables[path[0].lower()], path[0])]
        name = (path[0].lower() if len(path) == 2 else self.request.database, path[-1].lower())
        try:
            columns = self.request.columns(name)
        except QueryError as error:
            raise QueryError(error.code, error.message, at=error.at if error.at is not None else place(node)) from None
        view = self.tables.setdefault(name, self.request.view(name))
        alias = node.get("alias") or path[-1]
        found = {**node, "catalog_name": "", "schema_name": self.schema, "table_name": view, "alias": alias}
        return {**found, "qualified_name": {"path": [self.schema, view]}}, [_aliased(node, columns, path[-1])]

    def _join(self, node: Node, scope: Scope) -> tuple[Node, list[Source]]:
        if node["join_type"] not in _JOINS or node["ref_type"] not in ("REGULAR", "CROSS"):
            raise refuse("SYNTAX_ERROR", f"mismatched input: a {node['ref_type']} {node['join_type']} JOIN", node)
        left, sources = self._from(node["left"], scope)
        beside = replace(scope, sources=(*scope.sources, *sources))
        right, more = self._from(node["right"], beside)
        sources = [*sources, *more]
        found = {**node, "left": left, "right": right}
        if node.get("condition"):
            found["condition"] = self.expression(node["condition"], replace(scope, sources=tuple(sources)))
        return found, sources

    def _unnest(self, node: Node, scope: Scope) -> Node:
        function = node["function"]
        given = [self.expression(each, scope) for each in arguments(function)]
        if len(given) != 1:
            raise refuse("NOT_SUPPORTED", "UNNEST takes one array here", node)
        return {**node, "function": called(function, "unnest", given)}


def _called(node: Node) -> str:
    if node["type"] == "TABLE_FUNCTION":
        return f"The table function {node['function'].get('function_name', '')}"
    return str(node["type"])


def _aliased(node: Node, columns: Columns | None, name: str = "") -> Source:
    aliases = [each.lower() for each in node.get("column_name_alias") or []]
    if aliases and columns is not None:
        kinds = list(columns.values())
        names = [*aliases, *list(columns)[len(aliases) :]]
        columns = dict(zip(names, kinds, strict=False))
    return Source(str(node.get("alias") or name).lower(), columns)


def _outputs(select_list: list[Node], scope: Scope) -> Columns | None:
    """Names and types of a query's columns; None where they cannot be known."""
    found: dict[str, str] = {}
    for index, node in enumerate(select_list):
        if node["class"] != "STAR":
            found[output_name(node) or f"_col{index}"] = kinds.type_of(node, scope)
            continue
        wanted = str(node.get("relation_name") or "").lower()
        for source in scope.sources:
            if wanted in ("", source.alias):
                if source.columns is None:
                    return None
                found |= source.columns
    return found


def _references(node: Any) -> list[Node]:
    """The references to columns in an expression, those in subqueries and lambdas left out."""
    if isinstance(node, list):
        return [found for each in node for found in _references(each)]
    if not isinstance(node, dict) or node.get("class") in ("SUBQUERY", "LAMBDA"):
        return []
    if node.get("class") == "COLUMN_REF":
        return [node]
    return [found for value in node.values() for found in _references(value)]


def _no_column(name: str, node: Node) -> QueryError:
    return refuse(
        "COLUMN_NOT_FOUND",
        f"Column '{name}' cannot be resolved or requester is not authorized to access requested resources",
        node,
    )
