"""Nodes of the tree that DuckDB parses a query into, and the few that are made here."""

from collections.abc import Sequence
from typing import Any

from harness.cloud.engines.athena.query_errors import QueryError

Node = dict[str, Any]

_NOWHERE = 2**63


def place(node: Node) -> int | None:
    """Where in the statement a node stands; None: DuckDB does not say."""
    at = node.get("query_location")
    return at if isinstance(at, int) and at < _NOWHERE else None


def refuse(code: str, message: str, node: Node) -> QueryError:
    """An error about a node."""
    return QueryError(code, message, at=place(node))


def text_of(node: Any) -> str | None:
    """The text of a text literal; None: it is none."""
    if not isinstance(node, dict) or node.get("class") != "CONSTANT":
        return None
    literal = node["literal"]
    return literal["text"] if literal.get("kind") == "STRING" else None


def name_of(node: Any) -> str | None:
    """The name in a reference to a column by its bare name, in lower case; None: it is none."""
    if not isinstance(node, dict) or node.get("class") != "COLUMN_REF" or len(node["column_names"]) != 1:
        return None
    name: str = node["column_names"][0]
    return name.lower()


def arguments(node: Node) -> list[Node]:
    """The arguments of a function."""
    return [argument["expression"] for argument in node["arguments"]]


def literal(text: str) -> Node:
    """A text."""
    return {"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "literal": {"kind": "STRING", "text": text}}


def cast(child: Node, type_name: str, alias: str = "") -> Node:
    """A value as a type of DuckDB's."""
    wanted = {"class": "TYPE", "type": "TYPE", "alias": "", "type_name": type_name}
    return {
        "class": "CAST",
        "type": "OPERATOR_CAST",
        "alias": alias,
        "child": child,
        "try_cast": False,
        "type_expr": wanted,
        "query_location": child.get("query_location", _NOWHERE),
    }


def called(node: Node, name: str, given: list[Node]) -> Node:
    """The same call of another function with other arguments."""
    found = {**node, "function_name": name, "arguments": [{"name": "", "expression": each} for each in given]}
    return {**found, "qualified_name": {"path": [name]}}


def is_date(node: Any) -> bool:
    """Whether an expression is a date, as far as can be seen without types."""
    if not isinstance(node, dict):
        return False
    if node.get("class") == "CAST":
        return str(node["type_expr"].get("type_name", "")).upper() == "DATE"
    return node.get("class") == "FUNCTION" and node["function_name"] in ("last_day", "trino_from_iso8601_date")


def filled_in(tree: Any, given: Sequence[Node], at: int) -> Any:
    """The tree with an expression in the place of each question mark.

    Raises:
        QueryError: there are more, or fewer, than expressions.
    """
    seen: set[int] = set()
    found = _filled_in(tree, given, seen)
    if len(seen) != len(given):
        message = f"Incorrect number of parameters: expected {len(seen)} but found {len(given)}"
        raise QueryError("INVALID_PARAMETER_USAGE", message, at=at)
    return found


def _filled_in(node: Any, given: Sequence[Node], seen: set[int]) -> Any:
    if isinstance(node, list):
        return [_filled_in(each, given, seen) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("class") != "PARAMETER":
        return {key: _filled_in(value, given, seen) for key, value in node.items()}
    number = int(node["identifier"]) if str(node["identifier"]).isdecimal() else 0
    seen.add(number)
    if not 0 < number <= len(given):
        return node
    return {**given[number - 1], "alias": node.get("alias", ""), "query_location": node.get("query_location", _NOWHERE)}
